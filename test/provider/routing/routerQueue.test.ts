/** Changes of single rules that come one by one, as a busy machine hands them over. Does not prove how fast an engine hands them over. */
import type { CallContext } from "../../../provider/lifecycle/definition";
import { changeRules } from "../../../provider/routing/routerQueue";
import type { Rule } from "../../../provider/routing/routingRules";
import { systemClock } from "../../../sdk/clock";
import { startTestGateway, type TestGateway } from "../../helpers/gateway";

const RULES = 30;
/** More than the shortest quiet time that ends a batch. */
const GAP_MS = 70;
/** A write is three requests, so that the next change always comes while one is under way. */
const REQUEST_MS = 60;
const MOST_PATCHES = 6;

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.close());

const contextOf = (): CallContext => ({
  client: gateway.client,
  gatewayUrl: gateway.gatewayUrl,
  clock: systemClock,
  accountId: () => Promise.resolve("acc_one"),
  call: { signal: new AbortController().signal, subject: { kind: "RoutingRule", name: "r", operation: "create" } },
});

test("changes that come slowly, while others are written, are still written together", async () => {
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
      apply: (rules: readonly Rule[]) => [...rules, rule],
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
