/**
 * Many `RoutingRule`s of one configuration in one `up`: few writes, no rule lost, other owners' rules unchanged. Does not prove
 * how the hosted gateway orders writes that arrive together.
 */

import { toRuleWrite } from "../../sdk";
import { gatewayConfig, startTestGateway, type TestGateway } from "../helpers/gateway";
import { type InlineProgram, inlineProgram } from "../helpers/inlineProgram";
import { createTestStack, realChanges, type StackUnderTest } from "../helpers/stack";

const RULES = 100;
/** Number of concurrent steps for either engine: only rules that are submitted together can be written together. */
const PARALLEL = 64;
/**
 * Rules that are submitted together are written together. On a busy machine they arrive in small groups, so the bound is one
 * write per ten rules.
 */
const MOST_PATCHES = RULES / 10;

let gateway: TestGateway;
let program: InlineProgram;
let underTest: StackUnderTest;

const programOf = (count: number, keys: string) => `
const configuration = new ngrok.AccessConfiguration("team", {});
const one = new ngrok.ProviderKey("one", { providerId: "openai", value: "planted-key-one-0123456789" });
const two = new ngrok.ProviderKey("two", { providerId: "openai", value: "planted-key-two-0123456789" });
for (let index = 0; index < ${count}; index++) {
  new ngrok.RoutingRule("rule-" + index, { configurationId: configuration, model: "openai:model-" + index, keys: [${keys}] });
}
exports.configurationId = configuration.id;
`;

beforeAll(async () => {
  gateway = await startTestGateway();
  program = inlineProgram("routing-rules", programOf(RULES, "one"));
  underTest = await createTestStack({
    workDir: program.folder,
    parallel: PARALLEL,
    config: gatewayConfig(gateway),
  });
});

afterAll(async () => {
  underTest?.dispose();
  program?.dispose();
  await gateway?.close();
});

/** The router's rules, in the form "model-0: 1 key". */
async function rules(): Promise<{ model?: string | undefined; provider?: string | undefined; keys: number }[]> {
  for await (const { router } of gateway.client.listAccessKeyConfigurations()) {
    return (router?.rules ?? []).map(({ model, provider, steps }) => ({
      model,
      provider,
      keys: steps.flatMap(({ keys }) => keys ?? []).length,
    }));
  }
  return [];
}

async function upAndCountPatches() {
  await gateway.requests();
  const { summary } = await underTest.stack.up();
  const requests = await gateway.requests();
  const patches = requests.filter((request) => request.startsWith("PATCH /access-key-configurations"));
  return { changes: realChanges(summary.resourceChanges), patches: patches.length };
}

test("a hundred rules are created with few writes, and none is lost", async () => {
  const { changes, patches } = await upAndCountPatches();
  expect(changes).toEqual({ create: RULES + 4 });
  expect(patches).toBeLessThanOrEqual(MOST_PATCHES);
  expect(await rules()).toHaveLength(RULES);
  expect(realChanges((await underTest.stack.refresh()).summary.resourceChanges)).toEqual({});
});

test("a hundred rules are changed with few writes, and another writer's rule is kept", async () => {
  const { configurationId } = await underTest.stack.outputs();
  const id = String(configurationId?.value);
  const { router } = await gateway.client.getAccessKeyConfiguration(id);
  const theirs = { provider: "anthropic", steps: [{ type: "ngrok" as const }] };
  const rulesNow = [theirs, ...(router?.rules ?? []).map(toRuleWrite)];
  await gateway.client.updateAccessKeyConfiguration(id, { router: { rules: rulesNow } });
  program.write(programOf(RULES, "two, one"));
  const { changes, patches } = await upAndCountPatches();
  expect(changes).toEqual({ update: RULES });
  expect(patches).toBeLessThanOrEqual(MOST_PATCHES);
  const found = await rules();
  expect(found.filter(({ provider }) => provider === "anthropic")).toHaveLength(1);
  expect(found.filter(({ keys }) => keys === 2)).toHaveLength(RULES);
});

test("half of the rules are removed with few writes", async () => {
  program.write(programOf(RULES / 2, "two, one"));
  const { changes, patches } = await upAndCountPatches();
  expect(changes).toEqual({ delete: RULES / 2 });
  expect(patches).toBeLessThanOrEqual(MOST_PATCHES);
  expect(await rules()).toHaveLength(RULES / 2 + 1);
});

test("destroy removes only our rules before the configuration itself is deleted", async () => {
  await underTest.stack.destroy();
  expect(await rules()).toEqual([]);
});
