/**
 * Adopting never destroys an object, on an engine with Pulumi's own program runner and provider process: rename without alias,
 * rotation, `--replace`, two resources with one object, a move into a component. `test/provider/lifecycle/adopting.test.ts`
 * covers every kind and mode. Does not prove the output of the Pulumi CLI.
 */
import { startTestGateway, type TestGateway } from "../helpers/gateway";
import { type InlineProgram, inlineProgram } from "../helpers/inlineProgram";
import { createTestStack, realChanges, type StackUnderTest } from "../helpers/stack";

/** Each run starts several processes. */
jest.setTimeout(180_000);

let gateway: TestGateway;
let program: InlineProgram;
let underTest: StackUnderTest;

beforeAll(async () => {
  gateway = await startTestGateway();
});
beforeEach(async () => {
  await gateway.reset();
  program = inlineProgram("adopting");
  const env = { AI_GATEWAY_API_KEY: gateway.apiKey, AI_GATEWAY_API_URL: gateway.controlUrl };
  underTest = await createTestStack({ workDir: program.folder, stackName: "dev", env, config: {} });
});
afterEach(() => {
  underTest?.dispose();
  program?.dispose();
});
afterAll(() => gateway?.close());

const urnOf = (kind: string, name: string) =>
  `urn:pulumi:dev::adopting::pulumi-nodejs:dynamic/ngrok-ai:${kind}::${name}`;

async function keyIds(): Promise<string[]> {
  const ids: string[] = [];
  for await (const { id } of gateway.client.listAccessKeys()) ids.push(id);
  return ids;
}

async function providerIds(): Promise<string[]> {
  const ids: string[] = [];
  for await (const { id } of gateway.client.listProviders()) ids.push(id);
  return ids;
}

/** Ids of the package's resources in the state. */
async function stateIds(): Promise<string[]> {
  const { resources } = (await underTest.stack.exportStack()).deployment as {
    resources?: { type: string; id?: string }[];
  };
  return (resources ?? []).filter(({ type }) => type.includes("/ngrok-ai:")).map(({ id }) => id ?? "");
}

async function expectNothingToDo(): Promise<void> {
  expect(realChanges((await underTest.stack.preview()).changeSummary)).toEqual({});
}

const messageOf = (run: Promise<unknown>) =>
  run.then(
    () => "",
    (error: Error) => error.message,
  );

test("an adopted key whose trigger changes is replaced by a new key with a token, and the old one is deleted", async () => {
  const { id } = await gateway.client.createAccessKey({ name: "prod app" });
  const key = (trigger: string) =>
    program.write(
      `module.exports.token = new ngrok.AccessKey("prod-app", { adopt: "${id}", name: "prod app", rotationTrigger: "${trigger}" }).token;`,
    );
  key("1");
  await underTest.stack.up();
  expect(await keyIds()).toEqual([id]);
  key("2");
  const { outputs } = await underTest.stack.up();
  const now = await keyIds();
  expect(now).toHaveLength(1);
  expect(now).not.toContain(id);
  expect(await stateIds()).toEqual(now);
  expect(outputs.token).toMatchObject({ value: expect.stringMatching(/^ng-/), secret: true });
  await expectNothingToDo();
});

test("a renamed resource keeps its adopted object, even if the program moves it into a component", async () => {
  const { id } = await gateway.client.createAccessKey({ name: "app" });
  program.write(`new ngrok.AccessKey("old", { adopt: "${id}", name: "app" });`);
  await underTest.stack.up();
  program.write(`new ngrok.AccessKey("new", { adopt: "${id}", name: "app" });`);
  await underTest.stack.up();
  expect([await keyIds(), await stateIds()]).toEqual([[id], [id]]);
  await expectNothingToDo();
  program.write(`
const team = new pulumi.ComponentResource("my:index:Team", "team");
new ngrok.AccessKey("new", { adopt: "${id}", name: "app" }, { parent: team });
`);
  await underTest.stack.up();
  expect([await keyIds(), await stateIds()]).toEqual([[id], [id]]);
  await expectNothingToDo();
  await underTest.stack.destroy();
  expect(await keyIds()).toEqual([]);
});

test("--replace of a provider that adopts fails once with the reason, and keeps it", async () => {
  const { id } = await gateway.client.createProvider({
    providerId: "p-one",
    name: "p",
    baseUrl: "https://example.com",
  });
  program.write(
    `new ngrok.CustomProvider("p", { providerId: "p-one", baseUrl: "https://example.com", adopt: "ifExists" });`,
  );
  await underTest.stack.up();
  const replaced = await messageOf(underTest.stack.up({ replace: [urnOf("CustomProvider", "p")] }));
  expect(replaced).toContain(`CustomProvider ${id} was not replaced: its adopt option adopted its own object again`);
  expect(await providerIds()).toEqual([id]);
  await underTest.stack.up();
  expect([await providerIds(), await stateIds()]).toEqual([[id], [id]]);
  await expectNothingToDo();
});

test("--replace of a provider with an unchanged id fails because the id cannot exist twice", async () => {
  program.write(`new ngrok.CustomProvider("p", { providerId: "p-one", baseUrl: "https://example.com" });`);
  await underTest.stack.up();
  const before = await providerIds();
  const message = await messageOf(underTest.stack.up({ replace: [urnOf("CustomProvider", "p")] }));
  expect(message).toContain("it can't exist twice");
  expect(message).toContain('Set the resource option deleteBeforeReplace: true on "p"');
  expect(await providerIds()).toEqual(before);
  program.write(
    `new ngrok.CustomProvider("p", { providerId: "p-one", baseUrl: "https://example.com" }, { deleteBeforeReplace: true });`,
  );
  await underTest.stack.up({ replace: [urnOf("CustomProvider", "p")] });
  const now = await providerIds();
  expect([now.length, now[0] === before[0]]).toEqual([1, false]);
});

test("two resources with one providerId are refused at preview, the error names both, and refreshing ups do not change that", async () => {
  program.write(`new ngrok.CustomProvider("first", { providerId: "p-one", baseUrl: "https://example.com" });`);
  await underTest.stack.up();
  const before = await providerIds();
  program.write(`
new ngrok.CustomProvider("first", { providerId: "p-one", baseUrl: "https://example.com" });
new ngrok.CustomProvider("second", { providerId: "p-one", baseUrl: "https://example.com", adopt: "ifExists" });
`);
  // The two do not depend on each other, so either may be checked first.
  const either =
    /there can be one CustomProvider with providerId \\?"p-one\\?" only, and \\?"(first|second)\\?" declares it/;
  expect(await messageOf(underTest.stack.preview())).toMatch(either);
  for (const _ of [1, 2]) expect(await messageOf(underTest.stack.up({ refresh: true }))).toMatch(either);
  expect([await providerIds(), await stateIds()]).toEqual([before, before]);
});
