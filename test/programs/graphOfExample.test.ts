/**
 * The graph of the example `multi-region`: of its preview, of its state, and of the changes of a preview. The picture in README
 * is the graph of its state; `UPDATE_PICTURES=1 npm test -- test/programs/graphOfExample.test.ts` redraws it.
 * test/pulumi/graph.test.ts tests graphs of the Pulumi CLI's own documents.
 */
import fs from "node:fs";
import path from "node:path";
import type { Graph } from "../../cli/graph/model";
import { OfflineStack, startAzure, startGateway } from "../../emulator";
import { runCommand } from "../helpers/commandLine";
import { gatewayConfig } from "../helpers/gateway";

const root = path.resolve(__dirname, "..", "..");
const PICTURE = path.join(root, "docs", "images", "multi-region.svg");

let azure: Awaited<ReturnType<typeof startAzure>>;
let gateway: Awaited<ReturnType<typeof startGateway>>;
let stack: OfflineStack;
let folder: string;

beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(require("node:os").tmpdir(), "graph-example-"));
  azure = await startAzure({});
  gateway = await startGateway({ azureUrl: azure.azureUrl });
  stack = await OfflineStack.create({
    workDir: root,
    stackName: "local",
    stateFile: path.join(folder, "stack", "state.json"),
    passphrase: "a passphrase of the tests",
    env: { AZURE_EMULATOR_URL: azure.azureUrl },
  });
  await stack.setAllConfig({
    ...gatewayConfig(gateway),
    "ngrok-ai:gatewayUrl": { value: gateway.gatewayUrl },
  });
});
afterAll(async () => {
  await gateway?.close();
  await azure?.close();
  fs.rmSync(folder, { recursive: true, force: true });
});

function written(name: string, document: unknown): string {
  const file = path.join(folder, name);
  fs.writeFileSync(file, typeof document === "string" ? document : JSON.stringify(document));
  return file;
}

async function graph(...flags: string[]): Promise<string> {
  const { code, stdout, stderr } = await runCommand(["graph", "--output", "-", ...flags]);
  expect([code, stderr]).toEqual([0, ""]);
  return stdout;
}

const graphOf = async (...flags: string[]) => JSON.parse(await graph("--format", "json", ...flags)) as Graph;

/** Routes as titles, without the order of keys that do not exist yet, which only an update determines. */
function ways({ nodes, edges }: Graph, withOrder: boolean): string[] {
  const titles = new Map(nodes.map(({ id, title }) => [id, title]));
  return edges
    .map(({ from, to, order = "" }) => `${titles.get(from)} > ${titles.get(to)} ${withOrder ? order : ""}`.trim())
    .sort();
}

const CHAIN = [{ label: "eastus2" }, { label: "swedencentral" }, { label: "westus3" }];
let planned: Graph;

test("the preview of a new stack shows the planned routes, all to be created", async () => {
  const { steps, maskedOutputs: outputs } = await stack.preview();
  planned = await graphOf("--preview", written("preview.json", { steps, outputs }));
  expect(planned.summary).toBe(
    "1 access key · 1 configuration · 3 routing rules · 3 custom providers · 6 provider keys · 3 Azure accounts in 3 regions",
  );
  const created = planned.nodes.filter(({ kind }) => kind !== "RoutingRule").map(({ change }) => change);
  expect(new Set(created)).toEqual(new Set(["create"]));
  expect(planned.failover).toEqual([
    { model: "gpt-5-mini", steps: CHAIN.map((step) => expect.objectContaining(step)) },
    { model: "gpt-5.1", steps: CHAIN.map((step) => expect.objectContaining(step)) },
  ]);
});

test("the preview as a stream of engine events shows the same routes", async () => {
  const events: unknown[] = [];
  await stack.preview({ onEvent: (event) => events.push(event) });
  const streamed = await graphOf(
    "--preview",
    written("events.json", events.map((each) => JSON.stringify(each)).join("\n")),
  );
  const isKnown = (way: string) => planned.nodes.some(({ title }) => way.startsWith(title));
  expect(ways(streamed, false).filter(isKnown)).toEqual(ways(planned, false));
});

test("the state of the deployed stack shows the same routes, with the order of keys", async () => {
  await stack.up();
  const drawn = await graphOf("--state", written("state.json", await stack.exportStack()));
  expect(ways(drawn, false)).toEqual(ways(planned, false));
  expect(ways(drawn, true).filter((way) => way.startsWith("azure-eastus2 >"))).toEqual([
    "azure-eastus2 > ai-eastus2-key1 1",
    "azure-eastus2 > ai-eastus2-key2 2",
  ]);
  expect(drawn.nodes.filter(({ marks }) => marks.length > 0)).toEqual([]);
  expect(drawn.failover.map(({ model, steps }) => [model, ...steps.map(({ label }) => label)])).toEqual([
    ["gpt-5-mini", "eastus2", "swedencentral", "westus3"],
    ["gpt-5.1", "eastus2", "swedencentral", "westus3"],
  ]);
});

test("the picture in README is the graph of the example", async () => {
  const drawn = await graph("--format", "svg", "--state", written("state.json", await stack.exportStack()));
  if (process.env.UPDATE_PICTURES) fs.writeFileSync(PICTURE, drawn);
  expect(drawn).toBe(fs.readFileSync(PICTURE, "utf8"));
});

test("a preview over a state shows both a region to delete and the remaining parts", async () => {
  await stack.setConfig("regions", { value: JSON.stringify({ eastus2: {}, swedencentral: {} }) });
  const { steps } = await stack.preview();
  // The Pulumi CLI omits unchanged resources, unless it is called with --show-sames.
  const changing = { steps: steps.filter(({ op }) => op !== "same"), changeSummary: { same: 24, delete: 9 } };
  const state = written("state.json", await stack.exportStack());
  const { nodes } = await graphOf("--state", state, "--preview", written("change.json", changing));
  const going = nodes.filter(({ change }) => change === "delete").map(({ title }) => title);
  expect(going).toHaveLength(4);
  expect(going.every((title) => title.includes("westus3"))).toBe(true);
  expect(nodes.find(({ title }) => title === "azure-eastus2")?.change).toBeUndefined();
});

describe("a preview in the format of the Pulumi CLI", () => {
  /** The CLI prints new states before it copies id and outputs of an unchanged resource. */
  async function cliPreview() {
    const { steps, changeSummary } = await stack.preview();
    const kept = steps.map((step) => {
      if (step.op !== "same" && step.op !== "update") return step;
      const { id, outputs, ...newState } = step.newState ?? {};
      return { ...step, newState };
    });
    return { steps: kept, changeSummary };
  }

  test("that lists unchanged resources shows the graph of the state", async () => {
    await stack.removeConfig("regions");
    const preview = await graphOf("--preview", written("preview.json", await cliPreview()));
    const state = await graphOf("--state", written("state.json", await stack.exportStack()));
    expect(preview).toEqual({ ...state, title: `${state.title}, previewed` });
  });

  test("that omits unchanged resources is refused without the state", async () => {
    const { steps, changeSummary } = await cliPreview();
    const file = written("preview.json", { steps: steps.filter(({ op }) => op !== "same"), changeSummary });
    const { code, stderr } = await runCommand(["graph", "--output", "-", "--preview", file]);
    expect([code, stderr]).toEqual([
      1,
      `pulumi-ngrok-ai: the preview leaves out ${changeSummary.same} resources that do not change, so a picture of it would be wrong: ` +
        "add --show-sames to `pulumi preview --json`, or give the state with --state\n",
    ]);
  });
});

test.each(["html", "svg", "mermaid", "json"])(
  "a %s picture contains no secret of the state, even if one is used as a name",
  async (format) => {
    const { token } = await stack.outputs();
    const state = await stack.exportStack();
    const text = JSON.stringify(state);
    const values = [...text.matchAll(/"plaintext":"\\"([^"\\]{8,})\\""/g)].map(([, value]) => value ?? "");
    expect(new Set(values).size).toBeGreaterThanOrEqual(7);
    const misused = text.replaceAll("team-a", `team ${values[0]}`);
    const drawn = await graph("--format", format, "--state", written("misused.json", misused));
    expect(drawn).toMatch(/team (\[secret\]|#91;secret#93;)/);
    expect([...values, String(token?.value)].filter((value) => drawn.includes(value))).toEqual([]);
  },
);
