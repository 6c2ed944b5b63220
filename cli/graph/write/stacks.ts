/**
 * The cards of a page in stacks: each a box of its own, so that the browser lays out and paints only those that are in sight.
 * Of a big account that is a few of many hundreds.
 */
import type { Layout, Place } from "../layout/layout";
import { type Graph, LANES } from "../model";
import { cardMarkup } from "./card";
import { badgeMarkup, colorsOf } from "./svg";

const CARDS_PER_STACK = 12;
/** Room for the outline of a card that is chosen. */
const OUTLINE = 4;
/** Room on the left, where a way ends in its place in an order. */
const BADGE_ROOM = 40;

export interface Stacks {
  readonly markup: string;
  /** Where each of them stands: the page's policy takes no style but that of its style sheet. */
  readonly style: string;
}

export function stacks(graph: Graph, layout: Layout): Stacks {
  const color = colorsOf(graph);
  const badges = badgesByCard(layout, color);
  // One list for all of it: text that is put together again and again is most of the work.
  const pieces: string[] = [];
  const rules: string[] = [];
  for (const cards of piled([...layout.places.values()])) {
    const id = `stack${rules.length + 1}`;
    // Whole pixels, so that a stack is no hair's breadth off the ways under it.
    const [x, y] = [Math.floor(cards[0]!.x - BADGE_ROOM), Math.floor(cards[0]!.y - OUTLINE)];
    const width = Math.ceil(cards[0]!.x + cards[0]!.card.width + OUTLINE) - x;
    const height = Math.ceil(cards.at(-1)!.y + cards.at(-1)!.card.height + OUTLINE) - y;
    rules.push(`#${id}{left:${x}px;top:${y}px;width:${width}px;height:${height}px}`);
    pieces.push(
      `<div class="stack" id="${id}"><svg class="graph" viewBox="${x} ${y} ${width} ${height}" role="presentation">`,
    );
    for (const place of cards) pieces.push(cardMarkup(place, color(place.node.region)));
    for (const { node } of cards) pieces.push(...(badges.get(node.id) ?? []));
    pieces.push("</svg></div>");
  }
  return { markup: pieces.join("\n"), style: rules.join("") };
}

/** By the card at which it stands. */
function badgesByCard(layout: Layout, color: ReturnType<typeof colorsOf>): ReadonlyMap<string, readonly string[]> {
  const badges = new Map<string, string[]>();
  for (const [index, edge] of layout.edges.entries()) {
    const badge = badgeMarkup(edge, layout, color, index);
    if (badge === undefined) continue;
    const known = badges.get(edge.to);
    if (known === undefined) badges.set(edge.to, [badge]);
    else known.push(badge);
  }
  return badges;
}

/** Lane by lane from above, a few at a time. */
function piled(places: readonly Place[]): Place[][] {
  const byLane = Map.groupBy(places, ({ node }) => node.lane);
  return LANES.flatMap((lane) => {
    const column = (byLane.get(lane) ?? []).toSorted((one, other) => one.y - other.y);
    const count = Math.ceil(column.length / CARDS_PER_STACK);
    return Array.from({ length: count }, (_, index) =>
      column.slice(index * CARDS_PER_STACK, (index + 1) * CARDS_PER_STACK),
    );
  });
}
