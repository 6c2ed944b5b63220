/**
 * Two accounts in one program with explicit providers, including a component, and a key that belongs to another account. Two
 * local gateways are the accounts. Does not prove how the Pulumi CLI shows the errors.
 */
import { gatewayConfig, startTestGateway, type TestGateway } from "../helpers/gateway";
import { type InlineProgram, inlineProgram } from "../helpers/inlineProgram";
import { createTestStack, realChanges, type StackUnderTest } from "../helpers/stack";

/** Each run starts several processes. */
jest.setTimeout(180_000);

let one: TestGateway;
let two: TestGateway;
let program: InlineProgram;
let underTest: StackUnderTest;

const providerTo = (name: string, { controlUrl, apiKey }: TestGateway) =>
  `new ngrok.Provider("${name}", { apiKey: ${JSON.stringify(apiKey)}, apiUrl: ${JSON.stringify(controlUrl)} })`;
const COMPONENT = `new AzureOpenAIGateway("ai", {
  regions: { eastus2: {
    account: { existing: { resourceGroupName: "rg", name: "contoso", endpoint: "https://contoso.openai.azure.com" } },
    existingDeployments: ["gpt-5-mini"],
    keys: { key1: "planted-first-key-0123456789abcdef", key2: "planted-second-key-0123456789abcde" },
  } },
}, { provider: second });`;
const programOf = (second: TestGateway, keyName = "in two") => `
const { AzureOpenAIGateway } = require("pulumi-ngrok-ai/azure");
const second = ${providerTo("second", second)};
new ngrok.AccessKey("first", { name: "in one" });
new ngrok.AccessKey("second", { name: "${keyName}" }, { provider: second });
${COMPONENT}
`;

beforeAll(async () => {
  [one, two] = [
    await startTestGateway({ apiKey: "planted-key-one" }),
    await startTestGateway({ apiKey: "planted-key-two" }),
  ];
  program = inlineProgram("accounts", programOf(two));
  underTest = await createTestStack({
    workDir: program.folder,
    config: {
      ...gatewayConfig(one),
    },
  });
});

afterAll(async () => {
  underTest?.dispose();
  program?.dispose();
  await one?.close();
  await two?.close();
});

async function keysOf({ client }: TestGateway): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of client.listAccessKeys()) names.push(name ?? "");
  return names.sort();
}

async function providersOf({ client }: TestGateway): Promise<string[]> {
  const ids: string[] = [];
  for await (const { providerId } of client.listProviders()) ids.push(providerId);
  return ids;
}

const messageOf = (act: Promise<unknown>) =>
  act.then(
    () => "",
    (error: Error) => error.message,
  );

test("each resource, including those of a component, is created in its provider's account", async () => {
  await underTest.stack.up();
  expect([await keysOf(one), await keysOf(two)]).toEqual([["in one"], ["ai", "in two"]]);
  expect([await providersOf(one), await providersOf(two)]).toEqual([[], ["azure-eastus2"]]);
  expect(realChanges((await underTest.stack.preview()).changeSummary)).toEqual({});
  expect(realChanges((await underTest.stack.refresh()).summary.resourceChanges)).toEqual({});
});

test("a resource whose account changed is refused by update and by refresh, and the errors name both accounts", async () => {
  program.write(programOf(one, "renamed"));
  const update = await messageOf(underTest.stack.up());
  const [first, second] = [await one.client.getGatewayConfig(), await two.client.getGatewayConfig()];
  const told = `was made in the account ${second.accountId}, but the API key in use now is of the account ${first.accountId}`;
  expect(update).toContain(told);
  const refresh = await messageOf(underTest.stack.refresh());
  expect(refresh).toContain(told);
  expect(`${update}${refresh}`).not.toContain("planted-");
  expect([await keysOf(one), await keysOf(two)]).toEqual([["in one"], ["ai", "in two"]]);
  expect(await providersOf(one)).toEqual([]);
});

test("a resource with a foreign key stays in the state: with the first key it is updated again and deleted from both accounts", async () => {
  program.write(programOf(two, "renamed"));
  await underTest.stack.up();
  expect(await keysOf(two)).toEqual(["ai", "renamed"]);
  await underTest.stack.destroy();
  expect([await keysOf(one), await keysOf(two), await providersOf(two)]).toEqual([[], [], []]);
});
