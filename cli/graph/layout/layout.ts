/** Positions for a graph: a lane for each kind, an order with few crossings in each, frames around regions. */
import { type Graph, type GraphEdge, type GraphNode, groupOf, LANES, type Lane } from "../model";
import { type Card, cardOf, LANE_WIDTHS } from "./card";
import { type Item, settle } from "./settle";

export interface Place {
  readonly node: GraphNode;
  readonly card: Card;
  readonly x: number;
  y: number;
}

export interface Frame {
  readonly label: string;
  readonly region: string | undefined;
  readonly x: number;
  y: number;
  readonly width: number;
  readonly height: number;
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly lanes: readonly {
    readonly lane: Lane;
    readonly x: number;
    readonly width: number;
    readonly count: number;
  }[];
  readonly places: ReadonlyMap<string, Place>;
  readonly frames: readonly Frame[];
  readonly edges: readonly GraphEdge[];
}

/** The preferred distance of each node's middle from the top. */
export type Heights = ReadonlyMap<string, number>;
export type Orderer = (graph: Graph, cards: ReadonlyMap<string, Card>) => Heights;

export const MARGIN = 24;
export const GAP_Y = 14;
const LANE_GAP = 54;
const FRAME_HEAD = 26;
const FRAME_PADDING = 8;
const FRAME_GAP = 18;

export function layOut(graph: Graph, orderer: Orderer): Layout {
  const cards = new Map(graph.nodes.map((node) => [node.id, cardOf(node)]));
  const heights = orderer(graph, cards);
  const connected = new Set<string>();
  for (const { from, to } of graph.edges) connected.add(from).add(to);
  const byLane = Map.groupBy(graph.nodes, ({ lane }) => lane);
  const places = new Map<string, Place>();
  const frames: Frame[] = [];
  const lanes: Layout["lanes"][number][] = [];
  let x = MARGIN;
  for (const lane of LANES) {
    const width = LANE_WIDTHS[lane];
    const nodes = byLane.get(lane) ?? [];
    lanes.push({ lane, x, width, count: nodes.length });
    const blocks = toBlocks(nodes, cards, heights, connected);
    settle(blocks);
    for (const block of blocks) {
      let y = block.top + (block.label === undefined ? 0 : FRAME_HEAD);
      if (block.label !== undefined) frames.push(frameOf(block, x, width));
      for (const node of block.nodes) {
        const card = cards.get(node.id)!;
        places.set(node.id, { node, card, x, y });
        y += card.height + GAP_Y;
      }
    }
    x += width + LANE_GAP;
  }
  return fromTop({ places, frames, lanes, edges: graph.edges, width: x - LANE_GAP + MARGIN });
}

interface Block extends Item {
  readonly label: string | undefined;
  readonly nodes: readonly GraphNode[];
}

/** The nodes of a frame, or a single node, as blocks. Nodes without edges come last. */
function toBlocks(
  nodes: readonly GraphNode[],
  cards: ReadonlyMap<string, Card>,
  heights: Heights,
  connected: ReadonlySet<string>,
): Block[] {
  const blocks: Block[] = [];
  const framed = new Map<string, GraphNode[]>();
  for (const node of nodes) {
    const label = groupOf(node);
    if (label === undefined) blocks.push(freeBlock(node, cards, heights, connected));
    else if (framed.has(label)) framed.get(label)!.push(node);
    else framed.set(label, [node]);
  }
  for (const [label, members] of framed) {
    const wish = ({ id }: GraphNode) => heights.get(id) ?? 0;
    members.sort((left, right) => wish(left) - wish(right));
    blocks.push(framedBlock(label, members, cards, heights, connected));
  }
  return blocks.sort((left, right) => (left.wish ?? Number.MAX_VALUE) - (right.wish ?? Number.MAX_VALUE));
}

function freeBlock(
  node: GraphNode,
  cards: ReadonlyMap<string, Card>,
  heights: Heights,
  connected: ReadonlySet<string>,
): Block {
  const { id } = node;
  const wish = connected.has(id) ? (heights.get(id) ?? 0) : undefined;
  return { label: undefined, nodes: [node], size: cards.get(id)?.height ?? 0, gap: GAP_Y, wish, top: 0 };
}

function framedBlock(
  label: string,
  nodes: readonly GraphNode[],
  cards: ReadonlyMap<string, Card>,
  heights: Heights,
  connected: ReadonlySet<string>,
): Block {
  let size = FRAME_HEAD + FRAME_PADDING - GAP_Y;
  let [sum, count] = [0, 0];
  for (const { id } of nodes) {
    size += (cards.get(id)?.height ?? 0) + GAP_Y;
    if (!connected.has(id)) continue;
    sum += heights.get(id) ?? 0;
    count++;
  }
  return { label, nodes, size, gap: FRAME_GAP, wish: count === 0 ? undefined : sum / count, top: 0 };
}

function frameOf({ label = "", nodes, top, size }: Block, x: number, width: number): Frame {
  const region = nodes[0]?.region;
  return { label, region, x: x - FRAME_PADDING, y: top, width: width + 2 * FRAME_PADDING, height: size };
}

/** Moves everything up to the top. */
function fromTop(layout: Omit<Layout, "height">): Layout {
  const placed = [...layout.places.values()];
  const boxes: Movable[] = [...placed, ...layout.frames];
  const top = boxes.reduce((least, { y }) => Math.min(least, y), Number.POSITIVE_INFINITY);
  for (const box of boxes) box.y -= top;
  const height = [
    ...placed.map(({ y, card }) => y + card.height),
    ...layout.frames.map((frame) => frame.y + frame.height),
  ].reduce((most, bottom) => Math.max(most, bottom), 0);
  return { ...layout, height };
}

interface Movable {
  y: number;
}
