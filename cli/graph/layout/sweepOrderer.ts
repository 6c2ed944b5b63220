/** Heights for big graphs in linear time: orders the lanes, then moves each node towards its neighbors. */
import { type Graph, LANES } from "../model";
import type { Card } from "./card";
import { average, inDirection, type Side, type Spot, sortLanes } from "./laneOrder";
import { GAP_Y, type Heights, type Orderer } from "./layout";
import { settle } from "./settle";

const HEIGHT_SWEEPS = 2;

interface PlacedSpot extends Spot {
  readonly id: string;
  readonly size: number;
  readonly gap: number;
  readonly before: PlacedSpot[];
  readonly after: PlacedSpot[];
  wish: number | undefined;
  top: number;
}

export const sweepOrderer: Orderer = (graph, cards) => {
  const lanes = toLanes(graph, cards);
  sortLanes(lanes);
  for (const lane of lanes) stack(lane);
  for (let sweep = 0; sweep < HEIGHT_SWEEPS; sweep++) {
    const side = sweep % 2 === 0 ? "after" : "before";
    for (const lane of inDirection(lanes, side)) pull(lane, side);
  }
  return new Map(lanes.flat().map((spot) => [spot.id, middle(spot)])) satisfies Heights;
};

function toLanes({ nodes, edges }: Graph, cards: ReadonlyMap<string, Card>): PlacedSpot[][] {
  const spots = new Map<string, PlacedSpot>();
  const lanes = new Map(LANES.map((lane) => [lane, [] as PlacedSpot[]]));
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

function stack(lane: readonly PlacedSpot[]): void {
  let top = 0;
  for (const spot of lane) {
    spot.top = top;
    top += spot.size + spot.gap;
  }
}

function pull(lane: readonly PlacedSpot[], side: Side): void {
  for (const spot of lane) spot.wish = average(spot[side], middle) ?? middle(spot);
  settle(lane);
}

function middle({ top, size }: PlacedSpot): number {
  return top + size / 2;
}
