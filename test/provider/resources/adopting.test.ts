/**
 * Adoption of objects created outside Pulumi: objects of any form that the API allows are adopted without a write. Over both
 * adapters, at the local gateway. Does not prove which of these forms the hosted gateway stores.
 */

import type { AnyDefinition } from "../../../provider/lifecycle/definition";
import type { PlainObject } from "../../../provider/lifecycle/values";
import { definition as accessKey } from "../../../provider/resources/accessKey";
import { definition as apiKey } from "../../../provider/resources/apiKey";
import { definition as customProvider } from "../../../provider/resources/customProvider";
import { definition as gatewaySettings } from "../../../provider/resources/gatewaySettings";
import { definition as routingRule } from "../../../provider/resources/routingRule";
import { startTestGateway } from "../../helpers/gateway";
import { ADAPTERS } from "../../helpers/miniEngine/adapters";
import { Life, type LifeGateway } from "./life";

describe.each(ADAPTERS)("over the %s adapter", (adapter) => {
  let gateway: LifeGateway;
  beforeAll(async () => {
    gateway = { ...(await startTestGateway()), adapter };
  });
  beforeEach(() => gateway.reset());
  afterAll(() => gateway.close());

  async function create(definition: AnyDefinition, inputs: PlainObject) {
    const life = new Life(gateway, definition, "adopted", "off");
    await gateway.requests();
    await life.create(inputs);
    const writes = (await gateway.requests()).filter((request) => !request.startsWith("GET "));
    return { id: life.id, writes, diff: await life.diff(inputs) };
  }

  const UNTOUCHED = { writes: [], diff: { changes: false, replaces: [] } };

  test.each([
    ["AccessKey", accessKey, () => gateway.client.createAccessKey({})],
    ["ApiKey", apiKey, () => gateway.client.createApiKey({})],
  ] as const)('an %s without a name is adopted with name: ""', async (_kind, definition, make) => {
    const { id } = await make();
    expect(await create(definition, { name: "", adopt: id })).toEqual({ id, ...UNTOUCHED });
  });

  test.each([
    ["AccessKey", accessKey, "/access-keys"],
    ["ApiKey", apiKey, "/api-keys"],
  ] as const)(
    'name: "" creates an %s without a name, and clears the name of an existing one',
    async (_kind, definition, path) => {
      const made = await create(definition, { name: "" });
      expect(made.writes).toEqual([`POST ${path}`]);
      expect(await nameOf(made.id)).toBeUndefined();
      const named =
        definition === accessKey
          ? await gateway.client.createAccessKey({ name: "named" })
          : await gateway.client.createApiKey({ name: "named" });
      const adopted = await create(definition, { name: "", adopt: named.id });
      expect(adopted.writes).toEqual([`PATCH ${path}/${named.id}`]);
      expect(await nameOf(named.id)).toBeUndefined();

      async function nameOf(id: string) {
        return (await (definition === accessKey ? gateway.client.getAccessKey(id) : gateway.client.getApiKey(id))).name;
      }
    },
  );

  test("surfaces whose unset fields the gateway returns as null equal those without the fields", () => {
    const { isSame } = customProvider.fields.supportedApiSurfaces ?? {};
    const told = [{ format: "openai", surface: undefined, supportedParams: null }];
    expect(isSame?.(told, [{ format: "openai" }])).toBe(true);
    expect(isSame?.(told, [{ format: "openai", surface: "responses" }])).toBe(false);
  });

  test.each(["ifExists", "required"])(
    "the account's settings, which always exist, are adopted with %s",
    async (adopt) => {
      const { accountId, totalTimeout } = await gateway.client.getGatewayConfig();
      expect(await create(gatewaySettings, { totalTimeout, adopt })).toEqual({ id: accountId, ...UNTOUCHED });
    },
  );

  test.each([
    [{ provider: "azure" }, "provider=azure"],
    [{ provider: "openai", model: "openai:gpt-5" }, "provider=openai,model=openai:gpt-5"],
  ])("a required rule %j that is missing is named by its selector", async (selector, words) => {
    const { id } = await gateway.client.createAccessKeyConfiguration({ name: "team" });
    const rule = { ...selector, configurationId: id, keys: ["aigpk_1"], adopt: "required" };
    await expect(create(routingRule, rule)).rejects.toThrow(
      `adopt: "required", but there is no RoutingRule for ${words} in configuration ${id}: make it first, or leave adopt out.`,
    );
  });
});
