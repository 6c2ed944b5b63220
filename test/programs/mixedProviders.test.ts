/**
 * One program with resources of this package, a dynamic provider written by hand, which Pulumi serializes into the state, and a
 * package whose provider is a separate executable. Does not prove that every such package works.
 */
import { startAzure, startGateway } from "../../emulator";
import { gatewayConfig } from "../helpers/gateway";
import { type InlineProgram, inlineProgram } from "../helpers/inlineProgram";
import { createTestStack, realChanges, type StackUnderTest } from "../helpers/stack";

type Started<F extends (...args: never[]) => Promise<unknown>> = Awaited<ReturnType<F>>;
let azure: Started<typeof startAzure>;
let gateway: Started<typeof startGateway>;
let program: InlineProgram;
let underTest: StackUnderTest;

/**
 * Each resource uses the previous one's output: the hand-written one uses Azure's name, ours uses the hand-written one's output.
 */
const programOf = (suffix: string) => `
const { ResourceGroup } = require("@pulumi/azure-native/resources");
const suffix = ${JSON.stringify(suffix)};
const labels = {
  async check(olds, news) {
    return { inputs: { ...news, text: String(news.text).trim() } };
  },
  async diff(id, olds, news) {
    return { changes: olds.text !== news.text || olds.suffix !== news.suffix };
  },
  async create(inputs) {
    return { id: "label-1", outs: { ...inputs, label: inputs.text + inputs.suffix } };
  },
  async update(id, olds, news) {
    return { outs: { ...news, label: news.text + news.suffix } };
  },
};
class Label extends pulumi.dynamic.Resource {
  constructor(name, args) {
    super(labels, name, { label: undefined, ...args });
  }
}
const group = new ResourceGroup("group", { resourceGroupName: "mixed", location: "eastus2" });
const label = new Label("label", { text: group.name, suffix });
const provider = new ngrok.CustomProvider("ours", {
  providerId: "mixed",
  baseUrl: "https://mixed.example.com/v1",
  name: label.label,
});
exports.name = provider.name;
`;

beforeAll(async () => {
  azure = await startAzure({});
  gateway = await startGateway({ azureUrl: azure.azureUrl });
  program = inlineProgram("mixed-providers", programOf(" one"));
  underTest = await createTestStack({
    workDir: program.folder,
    env: { AZURE_EMULATOR_URL: azure.azureUrl },
    config: gatewayConfig(gateway),
  });
});

afterAll(async () => {
  underTest?.dispose();
  program?.dispose();
  await gateway?.close();
  await azure?.close();
});

async function namesAtTheGateway(): Promise<string[]> {
  const answer = await fetch(`${gateway.controlUrl}/providers`, {
    headers: { authorization: `Bearer ${gateway.apiKey}` },
  });
  const lists = Object.values((await answer.json()) as object).filter(Array.isArray) as { name: string }[][];
  return lists.flatMap((list) => list.map(({ name }) => name));
}

test("outputs of one provider's resource are inputs of the next one's", async () => {
  const { stack } = underTest;
  expect(realChanges((await stack.preview()).changeSummary)).toEqual({ create: 4 });
  const { summary, outputs } = await stack.up();
  expect(realChanges(summary.resourceChanges)).toEqual({ create: 4 });
  expect(outputs.name?.value).toBe("mixed one");
  expect(await namesAtTheGateway()).toEqual(["mixed one"]);
});

test("a later preview or refresh of mixed providers shows no change", async () => {
  const { stack } = underTest;
  expect(realChanges((await stack.preview()).changeSummary)).toEqual({});
  expect(realChanges((await stack.refresh()).summary.resourceChanges)).toEqual({});
});

test("a change updates all dependent resources in place", async () => {
  program.write(programOf(" two"));
  const { summary } = await underTest.stack.up();
  expect(realChanges(summary.resourceChanges)).toEqual({ update: 2 });
  expect(await namesAtTheGateway()).toEqual(["mixed two"]);
});

test("destroy deletes the resources of all providers", async () => {
  expect(realChanges((await underTest.stack.destroy()).summary.resourceChanges)).toEqual({ delete: 4 });
  expect(await namesAtTheGateway()).toEqual([]);
});
