/**
 * Source positions of resources in the state: the line of the program, on either engine. Does not prove this for resources of
 * azure-native, whose classes are not part of this package.
 */
import { gatewayConfig, startTestGateway, type TestGateway } from "../helpers/gateway";
import { type InlineProgram, inlineProgram } from "../helpers/inlineProgram";
import { createTestStack, type StackUnderTest, usesCli } from "../helpers/stack";

interface Entry {
  readonly urn: string;
  readonly type: string;
  readonly sourcePosition?: string;
  readonly stackTrace?: readonly { readonly sourcePosition?: string }[];
}

let gateway: TestGateway;
let program: InlineProgram;
let underTest: StackUnderTest;

/** Lines are counted after the two that `inlineProgram` adds at the start. */
const PROGRAM = `
function createKey(name) {
  return new ngrok.ProviderKey(name, { providerId: "openai", value: "planted-provider-key-0123" });
}
class Team extends pulumi.ComponentResource {
  constructor(name) {
    super("test:index:Team", name);
    new ngrok.AccessConfiguration(name, {}, { parent: this });
  }
}
new Team("team");
createKey("key");
pulumi.output("late").apply((name) => new ngrok.ApiKey(name));
`;

beforeAll(async () => {
  gateway = await startTestGateway();
  program = inlineProgram("source-position", PROGRAM);
  underTest = await createTestStack({
    workDir: program.folder,
    config: gatewayConfig(gateway),
  });
  await underTest.stack.up();
});

afterAll(async () => {
  underTest?.dispose();
  program?.dispose();
  await gateway?.close();
});

async function entries(): Promise<Entry[]> {
  const { deployment } = await underTest.stack.exportStack();
  return (deployment as { resources: Entry[] }).resources;
}

test("a resource's position is the line of the program that creates it", async () => {
  const positions = (await entries())
    .filter(({ type }) => type.includes("ngrok-ai"))
    .map(({ urn, sourcePosition }) => [urn.split("::").at(-1), sourcePosition?.replace(/,\d+$/, "")])
    .sort();
  expect(positions).toEqual([
    ["key", "project:///index.js#5"],
    ["late", "project:///index.js#15"],
    ["team", "project:///index.js#10"],
  ]);
});

test("the call stack that the CLI records contains only lines of the program", async () => {
  const key = (await entries()).find(({ urn }) => urn.endsWith("::key"));
  const lines = (key?.stackTrace ?? []).map(({ sourcePosition }) => sourcePosition?.replace(/,\d+$/, ""));
  // OfflineStack records none: see docs/offline-stack.md.
  expect(lines).toEqual(usesCli ? ["project:///index.js#5", "project:///index.js#14"] : []);
});
