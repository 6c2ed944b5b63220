/**
 * The parts of the page's script that need no browser: which edges belong together, and how cards are distributed over
 * columns.
 */

import { buildGraph } from "../../../cli/graph/buildGraph";
import { toPageData } from "../../../cli/graph/write/pageData";
import { smallObjects, topologyOf, userStep } from "./smallTopology";

interface Block {
  readonly label?: string;
  readonly cards: readonly {
    readonly lines: number;
    readonly pills: number;
    readonly parts: number;
    readonly name: string;
  }[];
}

interface PageNode {
  readonly title: string;
  readonly role: string;
  readonly parent?: PageNode;
  readonly parts: readonly PageNode[];
}

interface PageEdge {
  readonly from: PageNode;
  readonly to: PageNode;
  readonly isWeak: boolean;
}

// Scripts of the page: plain JavaScript without types.
const { arrange } = require("../../../cli/graph/page/arrange.js") as {
  arrange(
    lanes: readonly (readonly Block[])[],
    width: number,
    height: number,
  ): { density: string; isStacked: boolean; columns: Block[][][] };
};
const { readGraph, waysOf, drawnWays } = require("../../../cli/graph/page/graph.js") as {
  readGraph(data: object): { nodes: PageNode[]; edges: PageEdge[] };
  waysOf(node: PageNode): { nodes: Set<PageNode> };
  drawnWays(edges: readonly PageEdge[], isDrawn: (node: PageNode) => boolean): PageEdge[];
};

function graphOf(configurations = smallObjects.configurations) {
  const graph = readGraph(toPageData(buildGraph(topologyOf({ ...smallObjects, configurations }))));
  const titled = (title: string) => graph.nodes.find((node) => node.title === title)!;
  return { graph, titled };
}

const titles = (nodes: Iterable<PageNode>) => [...nodes].map(({ title }) => title).toSorted();

test("only rules and keys are parts: rules of their configuration, keys of their provider", () => {
  const { graph } = graphOf();
  const parts = graph.nodes.filter(({ parent }) => parent !== undefined);
  expect(parts.map(({ title, parent }) => `${parent?.title}: ${title}`).toSorted()).toEqual([
    "azure-east: east-1",
    "azure-east: east-2",
    "azure-west: west-1",
    "team: Rule 1",
    "team: Rule 2",
  ]);
});

test("a route through a rule contains only the keys of that rule", () => {
  const other = {
    ...smallObjects.configurations[0]!,
    id: "aigac_other",
    name: "other",
    access: { providers: { allow: ["azure-east"] } },
    router: { rules: [{ provider: "azure-east", steps: [userStep("east-1")] }] },
  };
  const { titled } = graphOf([...smallObjects.configurations, other]);
  expect(titles(waysOf(titled("other")).nodes)).toEqual(
    ["Rule 1", "ai-eastus2-1", "azure-east", "east-1", "other"].toSorted(),
  );
  expect(titles(waysOf(titled("west-1")).nodes)).toContain("team");
  expect(titles(waysOf(titled("azure-east")).nodes)).toEqual(
    expect.arrayContaining(["east-1", "east-2", "team", "other"]),
  );
});

test("edges of a folded object end once at the card that contains it, and no edge is inside a card", () => {
  const { graph, titled } = graphOf();
  const cards = new Set(graph.nodes.filter(({ parent }) => parent === undefined));
  const ways = (isDrawn: (node: PageNode) => boolean) =>
    drawnWays(graph.edges, isDrawn)
      .map(({ from, to, isWeak }) => `${from.title} ${isWeak ? "~" : ">"} ${to.title}`)
      .toSorted();
  const folded = [
    "app > team",
    "azure-east > ai-eastus2-1",
    "azure-west > ai-westus3-1",
    "openai ~ ngrok credits",
    "team > azure-east",
    "team > azure-west",
    "team ~ openai",
  ];
  expect(ways((node) => cards.has(node))).toEqual(folded);
  const open = new Set([...cards, ...titled("team").parts, ...titled("azure-east").parts]);
  expect(ways((node) => open.has(node))).toEqual(
    [
      ...folded.filter((way) => !/^team >|^azure-east >/.test(way)),
      "Rule 1 > azure-east",
      "Rule 2 > azure-west",
      "east-1 > ai-eastus2-1",
      "east-2 > ai-eastus2-1",
    ].toSorted(),
  );
});

const cardOf = (name: string, parts = 0) => ({ name, lines: 0, pills: 0, parts });
const cards = (count: number, label?: string): Block[] =>
  label === undefined
    ? Array.from({ length: count }, (_, index) => ({ cards: [cardOf(`${index}`)] }))
    : [{ label, cards: Array.from({ length: count }, (_, index) => cardOf(`${index}`)) }];
const namesIn = (columns: readonly (readonly Block[])[]) =>
  columns.map((blocks) => blocks.flatMap((block) => block.cards.map(({ name }) => name)));

test("few cards have the comfortable size, in one column per lane", () => {
  const { density, isStacked, columns } = arrange([cards(2), cards(3), [], cards(1)], 1200, 700);
  expect([density, isStacked, columns.map(namesIn)]).toEqual([
    "comfortable",
    false,
    [[["0", "1"]], [["0", "1", "2"]], [], [["0"]]],
  ]);
});

test("many cards are compact and fill the required columns in order and about equally", () => {
  const { density, columns } = arrange([cards(40), cards(70)], 1200, 700);
  expect(density).toBe("compact");
  const counts = columns.map((lane) => namesIn(lane).map(({ length }) => length));
  expect(counts).toEqual([
    [20, 20],
    [23, 23, 24],
  ]);
  expect(namesIn(columns[1]!).flat()).toEqual(Array.from({ length: 70 }, (_, index) => `${index}`));
});

test("a frame higher than a column continues in the next column, with its heading", () => {
  const { columns } = arrange([cards(60, "eastus2")], 1200, 400);
  const [lane] = columns;
  expect(lane!.length).toBeGreaterThan(1);
  expect(lane!.every((blocks) => blocks.every(({ label }) => label === "eastus2"))).toBe(true);
  expect(namesIn(lane!).flat()).toHaveLength(60);
});

test("at any size, each card is placed once and no lane exceeds its share of the width", () => {
  for (const width of [300, 699, 700, 1280, 2560]) {
    for (const height of [50, 300, 900]) {
      for (const count of [0, 1, 7, 300]) {
        const { columns } = arrange([cards(count), cards(20), cards(count, "frame")], width, height);
        expect(columns.map((lane) => namesIn(lane).flat().length)).toEqual([count, 20, count]);
        const total = columns.reduce((sum, lane) => sum + lane.length, 0);
        if (width >= 700) expect(total).toBeLessThanOrEqual(Math.max(3, Math.floor(width / 140)));
      }
    }
  }
});

test("lanes are stacked in a narrow window", () => {
  expect(arrange([cards(5)], 500, 900)).toMatchObject({ density: "compact", isStacked: true });
});
