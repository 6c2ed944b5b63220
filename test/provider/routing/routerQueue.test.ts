/**
 * Changes of single rules: written together even if they arrive one by one, written again if another writer was faster, and
 * without a change of others' rules. Does not prove how fast an engine submits them, or which updates the hosted service refuses.
 */
import type { CallContext } from "../../../provider/lifecycle/definition";
import { definition as routingRule } from "../../../provider/resources/routingRule";
import { changeRules } from "../../../provider/routing/routerQueue";
import type { Rule } from "../../../provider/routing/rule";
import { systemClock } from "../../../sdk/clock";
import type { RouterRuleWrite } from "../../../sdk/contract/accessKeyConfigurations";
import { startFutureGateway } from "../../helpers/futureGateway";
import { startTestGateway, type TestGateway } from "../../helpers/gateway";
import { Life } from "../resources/life";

const RULES = 30;
/** Longer than the shortest quiet time that ends a batch. */
const GAP_MS = 70;
/** A write is three requests, so the next change always arrives during a write. */
const REQUEST_MS = 60;
const MOST_PATCHES = 6;

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterEach(() => gateway.clearFaults());
afterAll(() => gateway.close());

const contextOf = (): CallContext => ({
  client: gateway.client,
  gatewayUrl: gateway.gatewayUrl,
  clock: systemClock,
  accountId: () => Promise.resolve("acc_one"),
  call: { signal: new AbortController().signal, subject: { kind: "RoutingRule", name: "r", operation: "create" } },
});

test("changes that arrive slowly, while others are written, are still written together", async () => {
  const key = await gateway.client.createProviderKey({
    providerId: "openai",
    name: "k",
    value: "a planted value, 0123456789",
  });
  const { id } = await gateway.client.createAccessKeyConfiguration({ name: "team" });
  await gateway.requests();
  await gateway.fault({ times: 10 * RULES, action: { delayMs: REQUEST_MS } });
  const changes = [];
  for (let index = 0; index < RULES; index++) {
    const model = `openai:model-${index}`;
    const rule: Rule = { model, steps: [{ type: "user", keys: [{ id: key.id }] }] };
    const change = {
      apply: (rules: readonly RouterRuleWrite[]) => [...rules, rule],
      holds: (rules: readonly Rule[]) => rules.some((each) => each.model === model),
    };
    changes.push(changeRules(id, change, contextOf()));
    await new Promise((resolve) => setTimeout(resolve, GAP_MS));
  }
  await Promise.all(changes);
  const patches = (await gateway.requests()).filter((request) => request.startsWith("PATCH"));
  expect(patches.length).toBeGreaterThan(0);
  expect(patches.length).toBeLessThanOrEqual(MOST_PATCHES);
  expect((await gateway.client.getAccessKeyConfiguration(id)).router?.rules).toHaveLength(RULES);
});

const CONFLICT = {
  status: 409,
  body: {
    errorCode: "ERR_NGROK_AI_GATEWAY_RESOURCE_VERSION_CONFLICT",
    statusCode: 409,
    msg: "The resource changed.",
    details: {},
  },
};

describe("an update that the API refuses because the configuration changed since it was read", () => {
  const makeRule = async () => {
    const { id } = await gateway.client.createAccessKeyConfiguration({ name: "team" });
    await gateway.requests();
    const inputs = { configurationId: id, provider: "openai", steps: [{ type: "ngrok" }] };
    return { id, inputs, life: new Life({ ...gateway, adapter: "dynamic" }, routingRule, "rule") };
  };

  test("is computed again from the current rules", async () => {
    const { id, inputs, life } = await makeRule();
    await gateway.fault({ match: { method: "PATCH" }, times: 2, action: CONFLICT });
    await life.create(inputs);
    const ofRouter = (await gateway.requests()).filter((request) => request.includes(id));
    expect(ofRouter.map((request) => request.split(" ")[0])).toEqual([
      ...["GET", "PATCH", "GET", "PATCH", "GET", "PATCH", "GET"],
    ]);
    expect((await gateway.client.getAccessKeyConfiguration(id)).router?.rules).toHaveLength(1);
  });

  test("fails after five attempts, with advice, and writes nothing", async () => {
    const { id, inputs, life } = await makeRule();
    await gateway.fault({ match: { method: "PATCH" }, times: 100, action: CONFLICT });
    await expect(life.create(inputs)).rejects.toThrow(
      `Another writer keeps changing access key configuration ${id}: after 5 writes of its rules ours were refused or gone again.`,
    );
    await gateway.clearFaults();
    expect((await gateway.requests()).filter((request) => request.startsWith("PATCH"))).toHaveLength(5);
    expect((await gateway.client.getAccessKeyConfiguration(id)).router?.rules ?? []).toEqual([]);
  });
});

test("rules of unknown kinds and unknown fields are unchanged after a rule's whole life", async () => {
  const future = await startFutureGateway();
  try {
    const { id } = await future.client.createAccessKeyConfiguration({ name: "team" });
    const rules = async () => (await future.client.getAccessKeyConfiguration(id)).router?.rules ?? [];
    const before = await rules();
    expect(before).toEqual([expect.objectContaining({ futureSelector: "tag:beta", futureField: "kept" })]);
    const life = new Life({ ...future, adapter: "dynamic" }, routingRule, "rule");
    const key = await future.client.createProviderKey({
      providerId: "openai",
      name: "k",
      value: "a planted value, 0123456789",
    });
    const inputs = { configurationId: id, provider: "openai", steps: [{ type: "user", keys: [{ id: key.id }] }] };
    await life.create(inputs);
    const other = new Life({ ...future, adapter: "dynamic" }, routingRule, "other");
    await other.create({ ...inputs, provider: "anthropic", steps: [{ type: "ngrok" }] });
    expect(await rules()).toHaveLength(3);
    await life.update({ ...inputs, steps: [...inputs.steps, { type: "ngrok" }] });
    expect(await life.diff({ ...inputs, steps: [...inputs.steps, { type: "ngrok" }] })).toEqual({
      changes: false,
      replaces: [],
    });
    await other.delete();
    await life.delete();
    expect(await rules()).toEqual(before);
    expect(future.lost()).toEqual([]);
  } finally {
    await future.close();
  }
});
