/** Hostile names in every picture format. Does not prove that Mermaid draws the text that it is given. */
import { draw } from "../../../cli/graph/draw";
import type { DrawnObjects } from "../../../cli/graph/topology";
import { HOSTILE_NAMES } from "./hostileNames";
import { accessKey, provider, providerKey, smallObjects, topologyOf } from "./smallTopology";

const hostile: DrawnObjects = {
  ...smallObjects,
  providers: HOSTILE_NAMES.map((name) => ({ ...provider(name, "ai-eastus2-1", name), description: name })),
  providerKeys: HOSTILE_NAMES.map((name) => providerKey(name, name)),
  accessKeys: HOSTILE_NAMES.map((name) => accessKey(name, name)),
};
const topology = topologyOf(hostile, {
  title: HOSTILE_NAMES.join(" "),
  failover: HOSTILE_NAMES.map((name) => ({ model: name, targets: [`${name}:${name}`] })),
  notes: HOSTILE_NAMES,
});
const text = (format: Parameters<typeof draw>[1]) => draw(topology, format).text;

/** Every tag as it opens, its quoted values left out: what is left is what a browser takes for names. */
function tags(markup: string): string[] {
  return [...markup.matchAll(/<[a-z](?:[^>"']|"[^"]*"|'[^']*')*>/g)].map(([tag]) =>
    tag.replace(/"[^"]*"|'[^']*'/g, '""'),
  );
}

test("no name adds an element or an attribute to the page", () => {
  const page = text("html");
  expect(page.match(/<script/g)).toHaveLength(2);
  expect(page.match(/<\/script/g)).toHaveLength(2);
  expect(page).not.toMatch(/<img|<svg onload|onerror=alert\(1\)>/);
  expect(tags(page).filter((tag) => /\son\w+=/.test(tag))).toEqual([]);
});

test("no name adds an element or an attribute to the SVG, and it contains no character that XML forbids", () => {
  const svg = text("svg");
  expect(svg).not.toMatch(/<(script|img|svg onload)/);
  expect(svg.match(/<svg/g)).toHaveLength(1);
  expect(tags(svg).filter((tag) => /\son\w+=/.test(tag))).toEqual([]);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones that must not get through.
  expect(svg).not.toMatch(/[\u0000-\u0008\u202a-\u202e]|[\ud800-\udbff](?![\udc00-\udfff])/);
});

test("no name adds a line to a Mermaid picture: each line is a node, an edge or this package's own text", () => {
  const known = [
    /^%% [^{}%\n]*$/,
    /^flowchart LR$/,
    /^ {2}subgraph \w+\["[\p{L}\p{N} _.,#;-]*"\]$/u,
    /^ {2}end$/,
    /^ {4}n\d+\["[\p{L}\p{N} _.,#;<>br/-]*"\]$/u,
    /^ {2}n\d+ (-->|-\.->)(\|"[\d, ]+"\|)? n\d+$/,
    /^ {2}(classDef \w+ [\w:#,-]+|class [\w,]+ \w+)$/,
  ];
  const lines = text("mermaid").trimEnd().split("\n");
  expect(lines.filter((line) => !known.some((form) => form.test(line)))).toEqual([]);
});

test("the JSON picture contains names unchanged", () => {
  const { nodes } = JSON.parse(text("json")) as { nodes: { kind: string; title: string }[] };
  const keys = nodes.filter(({ kind }) => kind === "AccessKey").map(({ title }) => title);
  expect(keys.toSorted()).toEqual(HOSTILE_NAMES.map((name) => JSON.parse(JSON.stringify(name)) as string).toSorted());
});
