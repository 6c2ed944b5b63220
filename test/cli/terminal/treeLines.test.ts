/**
 * The resources of a run as rows of a tree and as single lines. Does not prove the display in a terminal;
 * offline.test.ts does.
 */
import { stripVTControlCharacters } from "node:util";
import type { EngineEvent, StepEventMetadata } from "@pulumi/pulumi/automation/events";
import fc from "fast-check";
import { columnsOf, cutMiddleTo, cutTo } from "../../../cli/terminal/fitText";
import { ResourceRows } from "../../../cli/terminal/resourceRows";
import { startRunView } from "../../../cli/terminal/runView";
import { type TreeOptions, toResourceLine, toTreeLines } from "../../../cli/terminal/treeLines";

const STACK = "urn:pulumi:dev::shop::pulumi:pulumi:Stack::shop-dev";
const urnOf = (type: string, name: string) => `urn:pulumi:dev::shop::${type}::${name}`;
const KEY = "pulumi-nodejs:dynamic/ngrok-ai:ProviderKey";

type Change = Partial<Pick<StepEventMetadata, "op" | "detailedDiff" | "diffs">>;

function metadata(type: string, name: string, parent: string, change: Change = {}): StepEventMetadata {
  const state = { parent } as StepEventMetadata["new"];
  return { op: "create", urn: urnOf(type, name), type, new: state, provider: "", ...change } as StepEventMetadata;
}

let sequence = 0;
const event = (part: Partial<EngineEvent>): EngineEvent => ({ sequence: sequence++, timestamp: 0, ...part });
const begun = (step: StepEventMetadata) => event({ resourcePreEvent: { metadata: step, planning: false } });
const planned = (step: StepEventMetadata) => event({ resourcePreEvent: { metadata: step, planning: true } });
const ended = (step: StepEventMetadata) => event({ resOutputsEvent: { metadata: step, planning: false } });
const failed = (step: StepEventMetadata) => event({ resOpFailedEvent: { metadata: step, status: 0, steps: 0 } });
const reported = (urn: string, severity: string) =>
  event({
    diagnosticEvent: { urn, message: "", color: "never", severity } as Required<EngineEvent>["diagnosticEvent"],
  });

function rowsOf(...events: readonly (EngineEvent | [EngineEvent, number])[]) {
  const rows = new ResourceRows();
  for (const each of events) {
    const [one, atMs] = Array.isArray(each) ? each : ([each, 0] as const);
    rows.apply(one, atMs);
  }
  return rows.all;
}

const options: TreeOptions = { isPreview: false, nowMs: 0, columns: 200, maxLines: 100, hasColors: false };
const stack = metadata("pulumi:pulumi:Stack", "shop-dev", "");
const unchangedStack = { ...stack, op: "same" as const };
const component = metadata("ngrok-ai:azure:AzureOpenAIGateway", "ai", STACK);
const componentUrn = component.urn;

test("children are below their parents, each with its duration", () => {
  const key = metadata(KEY, "key-1", componentUrn);
  const other = metadata("azure-native:resources:ResourceGroup", "group", STACK);
  const rows = rowsOf(
    begun(stack),
    begun(component),
    begun(other),
    [begun(key), 1000],
    [ended(key), 1500],
    [ended(other), 12_000],
    [ended(component), 2000],
  );
  expect(toTreeLines(rows, { ...options, nowMs: 3500 })).toEqual([
    "    Type                                     Name      Status",
    " +  pulumi:pulumi:Stack                      shop-dev  creating (3s)",
    " +  ├─ ngrok-ai:azure:AzureOpenAIGateway     ai        created (2.0s)",
    " +  │  └─ ngrok-ai:ProviderKey               key-1     created (0.5s)",
    " +  └─ azure-native:resources:ResourceGroup  group     created (12s)",
  ]);
});

test("a preview shows planned operations and changed properties, and hides unchanged resources", () => {
  const change = {
    op: "update" as const,
    detailedDiff: {
      "metadata.owner": { diffKind: "add", inputDiff: true },
      name: { diffKind: "update", inputDiff: true },
      value: { diffKind: "delete-replace", inputDiff: true },
    } as unknown as NonNullable<StepEventMetadata["detailedDiff"]>,
  };
  const rows = rowsOf(
    planned(unchangedStack),
    planned(metadata(KEY, "changed", STACK, change)),
    planned(metadata(KEY, "same", STACK, { op: "same" })),
  );
  expect(toTreeLines(rows, { ...options, isPreview: true })).toEqual([
    "    Type                     Name      Plan",
    "    pulumi:pulumi:Stack      shop-dev  ",
    " ~  └─ ngrok-ai:ProviderKey  changed   update  [diff: -value~metadata,name]",
  ]);
});

test("a run without changes has no tree", () => {
  expect(toTreeLines(rowsOf(planned(unchangedStack)), { ...options, isPreview: true })).toEqual([]);
});

test("a failed step is shown as failed, with its numbers of errors and warnings", () => {
  const key = metadata(KEY, "key", STACK);
  const rows = rowsOf(
    begun(stack),
    begun(key),
    reported(key.urn, "error"),
    reported(key.urn, "warning"),
    reported(key.urn, "warning"),
    reported("", "error"),
    failed(key),
  );
  expect(toTreeLines(rows, options).slice(1)).toEqual([
    " +  pulumi:pulumi:Stack      shop-dev  creating (0s)        1 error",
    " +  └─ ngrok-ai:ProviderKey  key       **creating failed**  1 error; 2 warnings",
  ]);
});

test("a replacement is one row that is done when its last step is done", () => {
  const of = (op: string) => metadata(KEY, "key", STACK, { op: op as StepEventMetadata["op"] });
  const plan = rowsOf(
    planned(stack),
    planned(of("create-replacement")),
    planned(of("replace")),
    planned(of("delete-replaced")),
  );
  expect(plan.map(({ op }) => op)).toEqual(["create", "replace"]);
  const run = rowsOf(
    begun(of("create-replacement")),
    ended(of("create-replacement")),
    ended(of("replace")),
    begun(of("delete-replaced")),
  );
  expect(run.map(({ op, status }) => [op, status])).toEqual([["delete-replaced", "running"]]);
});

test("a default provider is not shown", () => {
  const provider = metadata("pulumi:providers:pulumi-nodejs", "default", "");
  const own = metadata("pulumi:providers:pulumi-nodejs", "staging", "");
  expect(rowsOf(begun(provider), begun(own)).map(({ name }) => name)).toEqual(["staging"]);
});

test("with fewer lines than rows, running and last finished rows are shown in the order of the tree", () => {
  const keys = Array.from({ length: 8 }, (_, index) => metadata(KEY, `key-${index + 1}`, ""));
  const rows = rowsOf(
    ...keys.map((key) => begun(key)),
    ...keys.slice(1).map((key, index): [EngineEvent, number] => [ended(key), 1000 * (index + 1)]),
  );
  const lines = toTreeLines(rows, { ...options, nowMs: 9000, maxLines: 5 });
  expect(lines.map((line) => line.trim().split(/ {2,}/).slice(0, 3))).toEqual([
    ["Type", "Name", "Status"],
    ["+", "ngrok-ai:ProviderKey", "key-1"],
    ["+", "ngrok-ai:ProviderKey", "key-7"],
    ["+", "ngrok-ai:ProviderKey", "key-8"],
    ["… and 5 more"],
  ]);
});

const text = fc.oneof(fc.string({ unit: "grapheme", maxLength: 60 }), fc.string({ unit: "binary", maxLength: 20 }));

test("no line exceeds the terminal's width, for any names", () => {
  fc.assert(
    fc.property(text, text, fc.integer({ min: 1, max: 120 }), fc.boolean(), (type, name, columns, hasColors) => {
      const step = metadata(KEY, "x", STACK, { op: "update", diffs: [name, type] });
      const rows = rowsOf(
        begun(stack),
        begun({ ...step, type: `a:b:${type}`, urn: urnOf("a:b:c", name) }),
        reported(step.urn, "error"),
      );
      for (const line of toTreeLines(rows, { ...options, columns, hasColors })) {
        expect(columnsOf(stripVTControlCharacters(line))).toBeLessThanOrEqual(columns);
      }
    }),
    { numRuns: 300 },
  );
});

test("a shortened text does not exceed the given width; a text shortened in the middle keeps its end", () => {
  expect([cutTo("ai-swedencentral-key1", 12), cutMiddleTo("ai-swedencentral-key1", 12)]).toEqual([
    "ai-swedence…",
    "ai-swe…-key1",
  ]);
  fc.assert(
    fc.property(text, fc.integer({ min: 0, max: 40 }), (value, columns) => {
      for (const cut of [cutTo(value, columns), cutMiddleTo(value, columns)]) {
        expect(columnsOf(cut)).toBeLessThanOrEqual(columns);
      }
    }),
    { numRuns: 300 },
  );
});

test("control characters and reversed text in names are shown escaped", () => {
  const rows = rowsOf(begun(metadata(KEY, "\u202egnp.exe\u009b31m\u0007", "")));
  const lines = [...toTreeLines(rows, options), toResourceLine(rows[0]!, options) ?? ""];
  expect(lines.join("\n")).toContain("\\u202egnp.exe\\u009b31m\\u0007");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these must not reach a terminal
  expect(lines.join("\n")).not.toMatch(/[\u0007\u009b\u202e]/);
});

test("without a terminal, each changed resource is one line and unchanged ones are omitted", () => {
  const [row, same] = rowsOf(ended(metadata(KEY, "key", "")), ended(metadata(KEY, "same", "", { op: "same" })));
  expect([row, same].map((each) => toResourceLine(each!, options))).toEqual([
    " +  ngrok-ai:ProviderKey key created (0.0s)",
    undefined,
  ]);
});

test("without a terminal, a preview has one line per resource, although it reports a component twice", async () => {
  const written: string[] = [];
  const stream = { isTTY: false, write: (text: string) => written.push(text) } as unknown as NodeJS.WriteStream;
  const view = await startRunView(true, stream);
  const outputsOf = (step: StepEventMetadata) => event({ resOutputsEvent: { metadata: step, planning: true } });
  for (const step of [component, metadata(KEY, "key", componentUrn), component]) view.onEvent(outputsOf(step));
  view.end();
  expect(written.map((line) => stripVTControlCharacters(line))).toEqual([
    " +  ngrok-ai:azure:AzureOpenAIGateway ai create\n",
    " +  ngrok-ai:ProviderKey key create\n",
  ]);
});
