/**
 * Heights for big graphs, in a time that grows with the edges alone: lanes are ordered by where their neighbours are, to and
 * fro, and then settle at their neighbours' average height.
 */
import { type Graph, LANES } from "../model";
import type { Card } from "./card";
import { GAP_Y, type Heights, type Orderer } from "./layout";
import { settle } from "./settle";

/** Odd, so that the last one goes forward: what belongs to one configuration stays together. */
const ORDER_SWEEPS = 3;
const HEIGHT_SWEEPS = 2;

interface Spot {
  readonly id: string;
  readonly size: number;
  readonly gap: number;
  readonly before: Spot[];
  readonly after: Spot[];
  index: number;
  /** Where its neighbours would have it. */
  rank: number;
  wish: number | undefined;
  top: number;
}

export const sweepOrderer: Orderer = (graph, cards) => {
  const lanes = toLanes(graph, cards);
  for (let sweep = 0; sweep < ORDER_SWEEPS; sweep++) {
    const side = sweep % 2 === 0 ? "before" : "after";
    for (const lane of inDirection(lanes, side)) order(lane, side);
  }
  for (const lane of lanes) stack(lane);
  for (let sweep = 0; sweep < HEIGHT_SWEEPS; sweep++) {
    const side = sweep % 2 === 0 ? "after" : "before";
    for (const lane of inDirection(lanes, side)) pull(lane, side);
  }
  return new Map(lanes.flat().map((spot) => [spot.id, middle(spot)])) satisfies Heights;
};

function toLanes({ nodes, edges }: Graph, cards: ReadonlyMap<string, Card>): Spot[][] {
  const spots = new Map<string, Spot>();
  const lanes = new Map(LANES.map((lane) => [lane, [] as Spot[]]));
  for (const { id, lane } of nodes) {
    const own = lanes.get(lane)!;
    const size = cards.get(id)?.height ?? 0;
    const spot = { id, size, gap: GAP_Y, before: [], after: [], index: own.length, rank: 0, wish: undefined, top: 0 };
    own.push(spot);
    spots.set(id, spot);
  }
  for (const { from, to } of edges) {
    const [left, right] = [spots.get(from)!, spots.get(to)!];
    left.after.push(right);
    right.before.push(left);
  }
  return [...lanes.values()];
}

/** Against the side that is looked at: what was placed first draws the next lane after it. */
function inDirection(lanes: readonly Spot[][], side: "before" | "after"): readonly Spot[][] {
  return side === "before" ? lanes : lanes.toReversed();
}

/** What nothing leads to goes below the rest; what leads nowhere keeps its place among the others. */
function order(lane: Spot[], side: "before" | "after"): void {
  const isFirst = lane.every(({ before }) => before.length === 0);
  for (const spot of lane) {
    const rest = side === "before" && !isFirst ? Number.MAX_VALUE : spot.index;
    spot.rank = average(spot[side], indexOf) ?? rest;
  }
  lane.sort((left, right) => left.rank - right.rank || left.index - right.index);
  for (const [index, spot] of lane.entries()) spot.index = index;
}

function stack(lane: readonly Spot[]): void {
  let top = 0;
  for (const spot of lane) {
    spot.top = top;
    top += spot.size + spot.gap;
  }
}

function pull(lane: readonly Spot[], side: "before" | "after"): void {
  for (const spot of lane) spot.wish = average(spot[side], middle) ?? middle(spot);
  settle(lane);
}

function indexOf({ index }: Spot): number {
  return index;
}

function middle({ top, size }: Spot): number {
  return top + size / 2;
}

function average(spots: readonly Spot[], of: (spot: Spot) => number): number | undefined {
  if (spots.length === 0) return undefined;
  let sum = 0;
  for (const spot of spots) sum += of(spot);
  return sum / spots.length;
}
