/** The provider's functions: their results and refusals. The results have the form that the schema declares. */
import schema from "../../../provider/plugin/schema.json";
import { startTestGateway, type TestGateway } from "../../helpers/gateway";
import type { PluginClient } from "../../helpers/plugin/pluginClient";
import { startPlugin } from "./stack";

let gateway: TestGateway;
let plugin: PluginClient;

beforeAll(async () => {
  gateway = await startTestGateway();
});
beforeEach(async () => {
  await gateway.reset();
  plugin = await startPlugin(gateway);
});
afterAll(() => gateway.close());

const invoke = (name: string, args: Record<string, unknown> = {}) => plugin.invoke(`ngrok-ai:index:${name}`, args);

/** Outputs that the schema declares for the function; a result may leave out outputs without a value. */
function promised(name: string) {
  const { outputs } = (schema.functions as Record<string, { outputs: { properties: object; required: string[] } }>)[
    `ngrok-ai:index:${name}`
  ]!;
  return { names: Object.keys(outputs.properties), required: outputs.required };
}

async function expectPromised(name: string, args: Record<string, unknown>) {
  const { result, failures } = await invoke(name, args);
  expect(failures).toEqual([]);
  const { names, required } = promised(name);
  expect(names).toEqual(expect.arrayContaining(Object.keys(result)));
  expect(Object.keys(result)).toEqual(expect.arrayContaining(required));
  return result;
}

describe("look-ups", () => {
  const PROVIDER = { providerId: "contoso", name: "Contoso", baseUrl: "https://contoso.example.com" };

  test("find a custom provider by its providerId", async () => {
    const { id } = await gateway.client.createProvider(PROVIDER);
    await gateway.client.createProvider({ ...PROVIDER, providerId: "fabrikam" });
    expect(await expectPromised("getCustomProvider", { providerId: "contoso" })).toMatchObject({ id, ...PROVIDER });
    await expect(invoke("getCustomProvider", { providerId: "nobody" })).rejects.toThrow(
      'There is no custom provider with the providerId "nobody" in this account: correct it.',
    );
  });

  test("find keys and configurations by name or by id, without secrets", async () => {
    const { client } = gateway;
    const key = await client.createProviderKey({
      providerId: "openai",
      name: "key",
      value: "planted-value-0123456789",
    });
    const configuration = await client.createAccessKeyConfiguration({ name: "team", description: "of the team" });
    const access = await client.createAccessKey({ name: "app", accessKeyConfigurationId: configuration.id });
    for (const [name, label, id, members] of [
      ["getProviderKey", "key", key.id, { providerId: "openai", keyRedacted: key.keyRedacted }],
      ["getAccessConfiguration", "team", configuration.id, { description: "of the team" }],
      ["getAccessKey", "app", access.id, { configurationId: configuration.id }],
    ] as const) {
      const byName = await expectPromised(name, { name: label });
      expect(byName).toMatchObject({ id, name: label, ...members });
      expect(await expectPromised(name, { id })).toEqual(byName);
      expect(JSON.stringify(byName)).not.toMatch(/planted-value|"token"|"value"/);
    }
  });

  test("report the ids that share a name", async () => {
    const [one, two] = [
      await gateway.client.createAccessKey({ name: "app" }),
      await gateway.client.createAccessKey({ name: "app" }),
    ];
    await expect(invoke("getAccessKey", { name: "app" })).rejects.toThrow(
      new RegExp(
        `2 objects have the name "app": (${one.id}, ${two.id}|${two.id}, ${one.id})\\. Give the id of one of them instead\\.`,
      ),
    );
  });

  test("fail for an id that does not exist", async () => {
    await expect(invoke("getProviderKey", { id: "aigpk_gone" })).rejects.toThrow(
      "There is no ProviderKey aigpk_gone in this account: correct the id.",
    );
  });
});

describe("arguments", () => {
  test.each([
    ["getCustomProvider", {}, [{ property: "providerId", reason: "is missing: give it" }]],
    [
      "getCustomProvider",
      { providerID: "x", providerId: "x" },
      [{ property: "providerID", reason: "is no argument of getCustomProvider: did you mean providerId?" }],
    ],
    [
      "getCustomProvider",
      { providerId: 7 },
      [{ property: "providerId", reason: "must be text that is not empty: correct it" }],
    ],
    ["getAccessKey", {}, [{ property: "name", reason: "or id must be given, and not both" }]],
    ["getAccessKey", { id: "a", name: "b" }, [{ property: "name", reason: "or id must be given, and not both" }]],
    ["getUsage", { days: 0 }, [{ property: "days", reason: "must be from 1 to 366: correct it" }]],
    [
      "getUsage",
      { days: 1, startTime: "2026-01-01T00:00:00Z" },
      [{ property: "days", reason: "can't be given together with startTime: leave one out" }],
    ],
    [
      "getUsage",
      { groupBy: "model" },
      [{ property: "groupBy", reason: 'must be "provider" or "accessKey": correct it' }],
    ],
  ])("of %s: %j is refused without a request", async (name, args, failures) => {
    await gateway.requests();
    expect(await invoke(name, args)).toEqual({ result: {}, failures });
    expect(await gateway.requests()).toEqual([]);
  });

  test("of a function that this version does not have are refused", async () => {
    await expect(plugin.invoke("ngrok-ai:index:getWeather", {})).rejects.toThrow(
      'This version of pulumi-ngrok-ai has no function "ngrok-ai:index:getWeather": install a later version.',
    );
  });
});

test("getModels lists the catalog, or the models of one provider", async () => {
  const { client } = gateway;
  await client.createProvider({
    providerId: "contoso",
    name: "x",
    baseUrl: "https://c.example.com",
    models: [{ modelId: "m1" }],
  });
  const all = (await expectPromised("getModels", {})).models as Record<string, unknown>[];
  const own = (await expectPromised("getModels", { provider: "contoso" })).models as Record<string, unknown>[];
  expect(own).toEqual([
    expect.objectContaining({ ownedBy: "organization_owned", providers: [expect.objectContaining({ id: "contoso" })] }),
  ]);
  expect(all.length).toBe((await client.listModels()).length);
  const model = schema.types["ngrok-ai:index:Model"];
  for (const each of all) expect(Object.keys(model.properties)).toEqual(expect.arrayContaining(Object.keys(each)));
});

test("getUsage reads a window that ends now, or the given one", async () => {
  const before = Date.now();
  const { totals, startTime } = await expectPromised("getUsage", { days: 2 });
  expect(totals).toEqual({ cost: expect.any(String), requests: 0, errors: 0 });
  const ago = before - new Date(String(startTime)).getTime();
  expect(Math.abs(ago - 2 * 24 * 60 * 60 * 1000)).toBeLessThan(60_000);
  const given = { startTime: "2026-01-01T00:00:00Z", endTime: "2026-01-02T00:00:00Z", groupBy: "provider" };
  expect((await expectPromised("getUsage", given)).startTime).toBe(given.startTime);
});
