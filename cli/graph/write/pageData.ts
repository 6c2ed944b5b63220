/**
 * Data for the page's script: all nodes and edges, with the nodes in drawing order. Rules are parts of their configuration and keys
 * are parts of their provider, so that the page can fold them.
 */
import { FINDINGS } from "../../account/findings";
import { type Spot, sortLanes } from "../layout/laneOrder";
import { type Graph, type GraphNode, groupOf, type Lane } from "../model";
import { titleOf } from "../nodeKinds";
import { counted, type Fact } from "../words";
import { isPlain, plainText } from "./escape";
import { colorsOf } from "./svg";

/** The lanes of the page, each with the lanes of the graph that it shows: the second one is folded into the first. */
export const PAGE_LANES = [
  { title: "Access keys", lanes: ["access"], partNoun: undefined },
  { title: "Configurations", lanes: ["configuration", "rule"], partNoun: "rule" },
  { title: "Providers", lanes: ["provider", "key"], partNoun: "key" },
  { title: "Azure, upstreams", lanes: ["azure"], partNoun: undefined },
] as const satisfies readonly {
  readonly title: string;
  readonly lanes: readonly Lane[];
  readonly partNoun: string | undefined;
}[];

/** With more cards, alphabetical order finds a name faster than an order with fewer crossings. */
const MAX_UNTANGLED_CARDS = 60;
const UPSTREAM_LANE = PAGE_LANES.length - 1;

/** Empty members are left out, because most of thousands of nodes have few. */
interface PageNode {
  readonly kind: string;
  /** Its place in `PAGE_LANES`. */
  readonly lane: number;
  /** The lane of the graph, which edges refer to. */
  readonly role: Lane;
  readonly title: string;
  readonly subtitle?: string;
  readonly lines?: readonly string[];
  /** Index of the node that it is a part of. */
  parent?: number;
  /** `2 keys`, if it has parts. */
  parts?: string;
  /** Heading of the frame that it shares with others. */
  readonly group?: string;
  readonly region?: string;
  /** CSS class of its region's color. */
  readonly color?: string;
  readonly change?: string;
  readonly isElsewhere?: true;
  readonly marks?: readonly { readonly finding: string; readonly detail?: string }[];
  readonly facts: readonly Fact[];
}

/** From, to, whether it is weak, the place in the order, and the rules that use it. */
type PageEdge = readonly [from: number, to: number, isWeak: 0 | 1, order?: string, rules?: readonly number[]];

export interface PageData {
  readonly lanes: readonly string[];
  readonly findings: Readonly<
    Record<
      string,
      { readonly words: string; readonly weight: string; readonly message: string; readonly advice: string }
    >
  >;
  readonly nodes: readonly PageNode[];
  readonly edges: readonly PageEdge[];
}

export function toPageData(graph: Graph): PageData {
  const parents = parentsOf(graph);
  const order = orderOf(graph, parents);
  const places = new Map(order.map((node, place) => [node.id, place]));
  const color = colorsOf(graph);
  const nodes = order.map((node) => toPageNode(node, color(node.region)));
  const parts = new Map<number, GraphNode[]>();
  for (const [index, node] of order.entries()) {
    const parent = parents.get(node.id);
    if (parent === undefined) continue;
    const place = places.get(parent)!;
    nodes[index]!.parent = place;
    const known = parts.get(place);
    if (known === undefined) parts.set(place, [node]);
    else known.push(node);
  }
  for (const [place, own] of parts)
    nodes[place]!.parts = counted(own.length, PAGE_LANES[nodes[place]!.lane]?.partNoun ?? "");
  const edges = graph.edges.map(({ from, to, style, order: place, rules }): PageEdge => {
    const ends = [places.get(from)!, places.get(to)!, style === "weak" ? 1 : 0] as const;
    if (rules === undefined) return place === undefined ? ends : [...ends, place];
    return [...ends, place ?? "", rules.map((rule) => places.get(rule)!)];
  });
  return { lanes: PAGE_LANES.map(({ title }) => title), findings: FINDINGS, nodes, edges };
}

/** A rule is a part of its configuration, a key a part of its provider; credits belong to no provider. */
function parentsOf({ nodes, edges }: Graph): ReadonlyMap<string, string> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map<string, string>();
  for (const { from, to } of edges) {
    const [parent, part] = [byId.get(from)!, byId.get(to)!];
    const isRule = parent.lane === "configuration" && part.lane === "rule";
    const isKey = parent.lane === "provider" && part.lane === "key" && part.kind !== "Credits";
    if ((isRule || isKey) && !parents.has(to)) parents.set(to, from);
  }
  return parents;
}

function pageLaneOf({ kind, lane }: GraphNode): number {
  if (kind === "Credits") return UPSTREAM_LANE;
  return PAGE_LANES.findIndex(({ lanes }) => (lanes as readonly Lane[]).includes(lane));
}

interface NodeSpot extends Spot {
  readonly node: GraphNode;
}

/** Nodes in page order: lane by lane, then the parts. */
function orderOf({ nodes, edges }: Graph, parents: ReadonlyMap<string, string>): GraphNode[] {
  const lanes: NodeSpot[][] = PAGE_LANES.map(() => []);
  const spots = new Map<string, NodeSpot>();
  for (const node of nodes) {
    if (parents.has(node.id)) continue;
    const lane = lanes[pageLaneOf(node)]!;
    const spot = { node, before: [], after: [], index: lane.length, rank: 0 };
    lane.push(spot);
    spots.set(node.id, spot);
  }
  if (spots.size <= MAX_UNTANGLED_CARDS) untangle(lanes, spots, edges, parents);
  // Nodes of one frame must be adjacent.
  const grouped = lanes.flatMap((lane) => [...Map.groupBy(lane, ({ node }) => groupOf(node)).values()].flat());
  return [...grouped.map(({ node }) => node), ...nodes.filter(({ id }) => parents.has(id))];
}

/** Sorts the lanes so that few edges cross while all cards are folded. */
function untangle(
  lanes: NodeSpot[][],
  spots: ReadonlyMap<string, NodeSpot>,
  edges: Graph["edges"],
  parents: ReadonlyMap<string, string>,
): void {
  const foldedOf = (id: string) => spots.get(parents.get(id) ?? id);
  const seen = new Set<string>();
  for (const { from, to } of edges) {
    const [left, right] = [foldedOf(from), foldedOf(to)];
    if (left === undefined || right === undefined || left === right) continue;
    const way = `${left.node.id} ${right.node.id}`;
    if (seen.has(way)) continue;
    seen.add(way);
    left.after.push(right);
    right.before.push(left);
  }
  sortLanes(lanes);
}

function toPageNode(node: GraphNode, color: string): PageNode {
  const { kind, lane, title, subtitle, lines, region, isElsewhere, marks, change, facts } = node;
  const group = groupOf(node);
  return {
    kind: titleOf(kind),
    lane: pageLaneOf(node),
    role: lane,
    title: plainText(title),
    ...(subtitle !== undefined && { subtitle: plainText(subtitle) }),
    ...(lines.length > 0 && {
      lines: lines.map(({ text, badge }) => plainText(badge === undefined ? text : `${text} · ${badge}`)),
    }),
    ...(group !== undefined && { group }),
    ...(region !== undefined && { region }),
    ...(color !== "" && { color }),
    ...(change !== undefined && { change }),
    ...(isElsewhere && { isElsewhere }),
    ...(marks.length > 0 && {
      marks: marks.map(({ finding, detail }) => ({
        finding,
        ...(detail !== undefined && { detail: plainText(detail) }),
      })),
    }),
    facts: facts.every((fact) => fact.every(isPlain))
      ? facts
      : facts.map(([label, value]) => [plainText(label), plainText(value)] as const),
  };
}
