/**
 * Positions in a picture, from both ordering algorithms. Does not prove that a picture is readable; pictures were
 * inspected.
 */
import fc from "fast-check";
import { buildGraph } from "../../../cli/graph/buildGraph";
import { dagreOrderer } from "../../../cli/graph/layout/dagreOrderer";
import { type Layout, layOut, type Orderer } from "../../../cli/graph/layout/layout";
import { type Item, settle } from "../../../cli/graph/layout/settle";
import { sweepOrderer } from "../../../cli/graph/layout/sweepOrderer";
import { widthOf, wrap } from "../../../cli/graph/layout/text";
import { groupOf } from "../../../cli/graph/model";
import { sampleTopology } from "../../helpers/sampleTopology";

const ORDERERS: [string, Orderer][] = [
  ["dagre", dagreOrderer],
  ["sweeps", sweepOrderer],
];
const sample = buildGraph(sampleTopology(100));

function overlaps({ places, lanes }: Layout): string[] {
  return lanes.flatMap(({ lane }) => {
    const column = [...places.values()].filter(({ node }) => node.lane === lane).sort((one, other) => one.y - other.y);
    return column
      .slice(1)
      .filter(({ y }, index) => y < column[index]!.y + column[index]!.card.height)
      .map(({ node }) => node.title);
  });
}

test.each(ORDERERS)("with %s, objects do not overlap and are inside the picture", (_, orderer) => {
  const layout = layOut(sample, orderer);
  expect(layout.places.size).toBe(sample.nodes.length);
  expect(overlaps(layout)).toEqual([]);
  for (const { x, y, card } of layout.places.values()) {
    expect(x).toBeGreaterThanOrEqual(0);
    expect(y).toBeGreaterThanOrEqual(0);
    expect(x + card.width).toBeLessThanOrEqual(layout.width);
    expect(y + card.height).toBeLessThanOrEqual(layout.height);
  }
});

test.each(ORDERERS)("with %s, each edge goes from left to right", (_, orderer) => {
  const { places, edges } = layOut(sample, orderer);
  for (const { from, to } of edges) {
    const [left, right] = [places.get(from)!, places.get(to)!];
    expect(left.x + left.card.width).toBeLessThan(right.x);
  }
});

test.each(ORDERERS)("with %s, the accounts of a region are in one frame", (_, orderer) => {
  const { places, frames } = layOut(sample, orderer);
  const labels = frames.map(({ label }) => label);
  expect(new Set(labels).size).toBe(labels.length);
  for (const { node, x, y, card } of places.values()) {
    const label = groupOf(node);
    if (label === undefined) continue;
    const frame = frames.find((each) => each.label === label)!;
    expect([frame.x <= x, frame.y <= y, frame.x + frame.width >= x + card.width]).toEqual([true, true, true]);
    expect(frame.y + frame.height).toBeGreaterThanOrEqual(y + card.height);
  }
});

test("dagre draws the first object at the top", () => {
  const { places } = layOut(buildGraph(sampleTopology(20)), dagreOrderer);
  const ofAzure = [...places.values()].filter(({ node }) => node.lane === "rule" && node.subtitle !== "openai");
  const fromAbove = ofAzure.sort((one, other) => one.y - other.y).map(({ node }) => node.title);
  expect(fromAbove).toEqual(["Rule 1", "Rule 2", "Rule 3", "Rule 4", "Rule 5"]);
});

test("items are placed in order without overlap, and no single move brings an item closer to its preferred position", () => {
  const items = fc.array(
    fc.record({
      size: fc.integer({ min: 1, max: 50 }),
      gap: fc.integer({ min: 0, max: 9 }),
      wish: fc.integer({ min: -200, max: 200 }),
    }),
    { minLength: 1, maxLength: 30 },
  );
  fc.assert(
    fc.property(items, (wishes) => {
      const placed: Item[] = wishes.map((item) => ({ ...item, top: 0 }));
      settle(placed);
      for (const [index, { top, size, wish = 0 }] of placed.entries()) {
        const above = placed[index - 1];
        const below = placed[index + 1];
        const room = above === undefined ? Number.NEGATIVE_INFINITY : above.top + above.size + above.gap;
        const floor = below === undefined ? Number.POSITIVE_INFINITY : below.top - placed[index]!.gap - size;
        expect(top).toBeGreaterThanOrEqual(room - 1e-6);
        const wished = wish - size / 2;
        const best = Math.min(Math.max(wished, room), floor);
        // The item is at its preferred position, or a neighbor is in the way.
        expect(Math.abs(top - wished)).toBeLessThanOrEqual(Math.abs(best - wished) + 1e-6);
      }
    }),
    { numRuns: 300 },
  );
});

test("a text is wrapped after dashes into lines of similar length", () => {
  expect(wrap("azure-eastus2-gpt-5-1", 130, 11.5, 2)).toEqual(["azure-eastus2-", "gpt-5-1"]);
});

test("no line of text in any script exceeds the width; a part that is too wide is broken, and cut on the last line", () => {
  const wide = "m0`O\u0302\u0301O\u0302\u03010~\u2e80%\u2e80";
  expect(widthOf(wide, 12)).toBeGreaterThan(120);
  expect([wrap(wide, 120, 12, 2).join(""), wrap(wide, 120, 12, 1).join("")]).toEqual([wide, `${wide.slice(0, -1)}…`]);
  const text = fc.oneof(
    fc.string({ unit: "grapheme", maxLength: 80 }),
    fc.string({ unit: "binary", maxLength: 40 }),
    fc.array(fc.constantFrom("-", "m", "⺀", "Ố", "한", "👩‍👧", " "), { maxLength: 40 }).map((parts) => parts.join("")),
  );
  fc.assert(
    fc.property(text, fc.integer({ min: 20, max: 200 }), fc.integer({ min: 1, max: 3 }), (value, width, maxLines) => {
      const lines = wrap(value, width, 12, maxLines);
      expect(lines.length).toBeLessThanOrEqual(maxLines);
      for (const line of lines) expect(widthOf(line, 12)).toBeLessThanOrEqual(width);
    }),
    { numRuns: 500 },
  );
});
