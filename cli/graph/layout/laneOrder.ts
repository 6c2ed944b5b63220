/** Orders the nodes of each lane by the average place of their neighbors, forward and backward, so that few edges cross. */

export interface Spot {
  readonly before: Spot[];
  readonly after: Spot[];
  /** Its place in its lane. */
  index: number;
  /** The average place of its neighbors. */
  rank: number;
}

export type Side = "before" | "after";

/** Odd, so that the last sweep goes forward: objects of one configuration stay together. */
const SWEEPS = 3;

/** Sorts each lane in place, in a time linear in the edges. */
export function sortLanes(lanes: readonly Spot[][]): void {
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const side = sweep % 2 === 0 ? "before" : "after";
    for (const lane of inDirection(lanes, side)) sortLane(lane, side);
  }
}

/** Lanes in the order in which each follows the one that was sorted before it. */
export function inDirection<T>(lanes: readonly T[], side: Side): readonly T[] {
  return side === "before" ? lanes : lanes.toReversed();
}

/** Nodes without incoming edges come last; nodes without outgoing edges keep their place. */
function sortLane(lane: Spot[], side: Side): void {
  const isFirst = lane.every(({ before }) => before.length === 0);
  for (const spot of lane) {
    const rest = side === "before" && !isFirst ? Number.MAX_VALUE : spot.index;
    spot.rank = average(spot[side], indexOf) ?? rest;
  }
  lane.sort((left, right) => left.rank - right.rank || left.index - right.index);
  for (const [index, spot] of lane.entries()) spot.index = index;
}

function indexOf({ index }: Spot): number {
  return index;
}

export function average<T>(items: readonly T[], of: (item: T) => number): number | undefined {
  if (items.length === 0) return undefined;
  let sum = 0;
  for (const item of items) sum += of(item);
  return sum / items.length;
}
