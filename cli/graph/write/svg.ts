/** The picture as an SVG document. */

import { PILL_PX, SMALL_PX } from "../layout/card";
import { type Frame, type Layout, MARGIN, type Place } from "../layout/layout";
import { widthOf } from "../layout/text";
import { type Graph, type GraphEdge, LANE_TITLES } from "../model";
import { cardMarkup, round } from "./card";
import { escapeXml } from "./escape";
import { PICTURE_STYLE, REGION_COLORS } from "./style";

/** A part of the picture and its height. */
interface Piece {
  readonly markup: string;
  readonly height: number;
}

const TITLE_HEIGHT = 70;
const CHAIN_TOP = 46;
const CHAIN_STEP = 30;
const HEADING_HEIGHT = 34;
const LEGEND_HEIGHT = 44;
const BADGE_RADIUS = 8.5;

export function toSvg(graph: Graph, layout: Layout): string {
  const pieces = [title(graph), failover(graph), headings(layout), lanes(graph, layout), legend(graph)];
  let y = 0;
  const placed = pieces.map(({ markup, height }) => {
    const moved = `<g transform="translate(0 ${round(y)})">${markup}</g>`;
    y += height;
    return moved;
  });
  const [width, height] = [round(layout.width), round(y)];
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" class="graph" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="graph-title graph-summary">\n` +
    `<title id="graph-title">${escapeXml(graph.title)}</title><desc id="graph-summary">${escapeXml(graph.summary)}</desc>\n` +
    `<style>${PICTURE_STYLE}</style>\n` +
    `<rect width="${width}" height="${height}" fill="var(--bg)" rx="10"/>\n${placed.join("\n")}\n</svg>\n`
  );
}

function title(graph: Graph): Piece {
  const markup =
    `<text class="name" x="${MARGIN}" y="36">${escapeXml(graph.title)}</text>` +
    `<text class="summary" x="${MARGIN}" y="58">${escapeXml(graph.summary)}</text>`;
  return { markup, height: TITLE_HEIGHT };
}

/** For each model, the regions that a request tries, in order. */
function failover(graph: Graph): Piece {
  if (graph.failover.length === 0) return { markup: "", height: 0 };
  const names = graph.failover.map(({ model }) => widthOf(model, 13));
  const start = MARGIN + Math.max(...names) + 30;
  const rows = graph.failover.map(({ model, steps }, row) => {
    const y = CHAIN_TOP + row * CHAIN_STEP;
    let x = start;
    const chain = steps.map(({ label, region }, index) => {
      const color = colorOf(graph, region);
      const arrow = index === 0 ? "" : `<path class="edge" d="M${round(x)} ${y - 4}h16m-5 -4l5 4l-5 4"/>`;
      if (index > 0) x += 28;
      const markup =
        `${arrow}<circle class="badge ${color}" cx="${round(x + BADGE_RADIUS)}" cy="${y - 4}" r="${BADGE_RADIUS}"/>` +
        `<text class="order" x="${round(x + BADGE_RADIUS)}" y="${y - 0.3}">${index + 1}</text>` +
        `<text x="${round(x + 24)}" y="${y}">${escapeXml(label)}</text>`;
      x += 24 + widthOf(label, 13) + 10;
      return markup;
    });
    return `<text class="title" x="${MARGIN}" y="${y}">${escapeXml(model)}</text>${chain.join("")}`;
  });
  const heading = `<text class="small" x="${MARGIN}" y="18">Order in which a request for a model tries the regions</text>`;
  return { markup: [heading, ...rows].join("\n"), height: CHAIN_TOP + graph.failover.length * CHAIN_STEP };
}

function headings(layout: Layout): Piece {
  const markup = layout.lanes.map(({ lane, x, width, count }) => {
    const name = LANE_TITLES[lane];
    return (
      `<text class="heading" x="${x}" y="20">${name} <tspan class="count" dx="3">${count === 0 ? "none" : count}</tspan></text>` +
      `<path class="edge" d="M${x} 28.5h${width}"/>`
    );
  });
  return { markup: markup.join(""), height: HEADING_HEIGHT + 10 };
}

/** Draws frames, edges, cards, and on top the places in an order. */
function lanes(graph: Graph, layout: Layout): Piece {
  const color = colorsOf(graph);
  const cards = [...layout.places.values()].map((place) => cardMarkup(place, color(place.node.region)));
  const badges = layout.edges.flatMap((edge) => badgeMarkup(edge, layout, color) ?? []);
  const ways = waysMarkup(layout, color);
  return { markup: [...ways, ...cards, ...badges].join("\n"), height: layout.height + MARGIN };
}

function waysMarkup({ frames, edges, places }: Layout, color: ColorOf): string[] {
  const pieces = frames.map((frame) => frameMarkup(frame, color(frame.region)));
  for (const { from, to, style } of edges) {
    const [left, right] = [places.get(from)!, places.get(to)!];
    pieces.push(edgeMarkup(style, left, right, tintOf(left, right, color)));
  }
  return pieces;
}

/** An edge has the color of the region that it leads to. */
function tintOf({ node: from }: Place, { node: to }: Place, color: ColorOf): string {
  return color(to.region ?? (to.lane === "azure" ? from.region : undefined));
}

/** The color class of each region; empty for no region. */
export type ColorOf = (region: string | undefined) => string;

export function colorsOf(graph: Graph): ColorOf {
  const colors = new Map(graph.regions.map((region) => [region, colorOf(graph, region)]));
  return (region) => (region === undefined ? "" : (colors.get(region) ?? ""));
}

/** The class of a region's color. */
function colorOf({ regions }: Graph, region: string | undefined): string {
  const index = region === undefined ? -1 : regions.indexOf(region);
  return index < 0 ? "" : `r${index % REGION_COLORS}`;
}

function edgeMarkup(style: GraphEdge["style"], left: Place, right: Place, color: string): string {
  const x1 = left.x + left.card.width;
  const y1 = round(left.y + left.card.height / 2);
  const x2 = right.x;
  const y2 = round(right.y + right.card.height / 2);
  const bend = Math.min((x2 - x1) / 2, 60);
  const classes = `${style === "weak" ? "edge weak" : "edge"}${color === "" ? "" : ` ${color}`}`;
  return `<path class="${classes}" d="M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}"/>`;
}

/** The place in the order, at the end of the edge; undefined if it has none. */
function badgeMarkup({ from, to, order }: GraphEdge, { places }: Layout, color: ColorOf): string | undefined {
  if (order === undefined) return undefined;
  const [left, right] = [places.get(from)!, places.get(to)!];
  const { x, y, card } = right;
  const middle = y + card.height / 2;
  const half = Math.max(BADGE_RADIUS, widthOf(order, PILL_PX) / 2 + 5);
  return (
    `<g class="step"><rect class="badge ${tintOf(left, right, color)}" x="${round(x - half)}" y="${round(middle - BADGE_RADIUS)}" width="${round(2 * half)}" height="${2 * BADGE_RADIUS}" rx="${BADGE_RADIUS}"/>` +
    `<text class="order" x="${round(x)}" y="${round(middle + 3.8)}">${escapeXml(order)}</text></g>`
  );
}

function frameMarkup({ label, x, y, width, height }: Frame, color: string): string {
  return (
    `<rect class="frame" x="${x}" y="${round(y)}" width="${width}" height="${round(height)}" rx="10"/>` +
    `<circle class="dot ${color}" cx="${x + 15}" cy="${round(y + 14)}" r="4"/>` +
    `<text class="heading" x="${x + 25}" y="${round(y + 18)}">${escapeXml(label)}</text>`
  );
}

function legend(graph: Graph): Piece {
  const hasKind = (kind: string) => graph.nodes.some(({ marks }) => marks.some(({ weight }) => weight === kind));
  const parts: [width: number, markup: string][] = [
    entry("used by a rule", '<path class="edge" d="M0 10h26"/>', 34),
    entry("allowed or stored, but used by no rule", '<path class="edge weak" d="M0 10h26"/>', 34),
    entry(
      "place in the order in which a rule tries keys",
      `<circle class="badge" cx="8.5" cy="10" r="${BADGE_RADIUS}"/><text class="order" x="8.5" y="13.8">1</text>`,
      24,
    ),
  ];
  if (hasKind("broken"))
    parts.push(
      entry("no request can succeed this way", '<rect class="broken" x="0" y="3" width="22" height="14" rx="7"/>', 30),
    );
  if (hasKind("unused"))
    parts.push(entry("probably not intended", '<rect class="unused" x="0" y="3" width="22" height="14" rx="7"/>', 30));
  let x = MARGIN;
  const markup = parts.map(([width, part]) => {
    const moved = `<g transform="translate(${round(x)} 4)">${part}</g>`;
    x += width + 26;
    return moved;
  });
  return { markup: markup.join(""), height: LEGEND_HEIGHT };
}

function entry(text: string, sign: string, textX: number): [number, string] {
  return [textX + widthOf(text, SMALL_PX), `${sign}<text class="small" x="${textX}" y="14">${text}</text>`];
}
