/**
 * The picture as one page that needs nothing else and asks nobody: style, script and data are in it, and its policy lets
 * the browser load nothing and run only what stands here.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import type { Layout, Place } from "../layout/layout";
import type { Graph } from "../model";
import { titleOf } from "../nodeKinds";
import { round } from "./card";
import { escapeXml, isPlain, plainText, scriptJson } from "./escape";
import { stacks } from "./stacks";
import { PAGE_STYLE } from "./style";
import { failover, headings, legend, ways } from "./svg";

export function toHtml(graph: Graph, layout: Layout): string {
  const script = pageFile("page.js");
  const cards = stacks(graph, layout);
  const style = PAGE_STYLE + pageFile("page.css") + cards.style;
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(style)}'`,
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  // Signs beyond Latin-1 stand as numbers: with one of them in it, the whole text takes twice the memory, and longer to write.
  const doubtful = graph.nodes.filter(({ marks }) => marks.length > 0);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="data:,">
<title>${escapeXml(graph.title)}</title>
<style>${style}</style>
</head>
<body>
<header>
<div class="about"><h1>${escapeXml(graph.title)}</h1><p>${escapeXml(graph.summary)}</p></div>
<div class="tools">
<label class="search"><span class="hidden">Search</span><input id="search" type="search" placeholder="Search names, models, regions" autocomplete="off" spellcheck="false"></label>
<output id="found" for="search" aria-live="polite"></output>
<div class="zoom" role="group" aria-label="Zoom"><button id="smaller" type="button" aria-label="Smaller">&#8722;</button><button id="fit" type="button">Fit</button><button id="larger" type="button" aria-label="Larger">+</button></div>
<button id="theme" type="button" aria-label="Colours: as the system">&#9680;</button>
</div>
</header>
<main>
<div id="picture" class="picture" tabindex="-1">
<div id="sheet" class="sheet">
${svg(layout.width, failover(graph), "strip", "Order in which regions are tried")}
${svg(layout.width, headings(layout), "headings", "Lanes")}
<div id="lanes" class="lanes" role="group" aria-label="Objects, in the order in which a request passes them. Arrow keys move between them.">
${svg(layout.width, ways(graph, layout), "under", "Ways")}
${cards.markup}
</div>
${svg(layout.width, legend(graph), "legend", "Legend")}
</div>
</div>
<aside aria-label="Details">
<section id="details" aria-live="polite"><h2>Details</h2><p class="hint">Point at an object to see its ways, press or click it to keep them. The arrow keys move from object to object.</p></section>
${findingsMarkup(doubtful)}
${graph.notes.length === 0 ? "" : `<section><h2>Good to know</h2>${graph.notes.map((note) => `<p class="hint">${escapeXml(note)}</p>`).join("")}</section>`}
</aside>
</main>
<script type="application/json" id="data">${scriptJson(dataOf(graph, layout))}</script>
<script>${script}</script>
</body>
</html>
`;
}

function svg(
  width: number,
  { markup, height }: { markup: string; height: number },
  kind: string,
  label: string,
): string {
  if (height === 0) return "";
  return `<svg class="graph ${kind}" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="group" aria-label="${label}">${markup}</svg>`;
}

function findingsMarkup(doubtful: Graph["nodes"]): string {
  const count = doubtful.reduce((sum, { marks }) => sum + marks.length, 0);
  if (count === 0) return `<section><h2>Findings</h2><p class="hint">Nothing doubtful was found.</p></section>`;
  const items = doubtful.flatMap(({ id, title, marks }) =>
    marks.map(
      ({ words, weight }) =>
        `<li><button type="button" data-goto="${id}"><span class="tag ${weight}">${words}</span> ${escapeXml(title)}</button></li>`,
    ),
  );
  return `<section><h2>Findings <span class="count">${count}</span></h2><ul class="findings">${items.join("")}</ul></section>`;
}

/** What the page's script needs: what to tell of each node, what to search in, and how nodes hang together. */
function dataOf(graph: Graph, layout: Layout) {
  const nodes = graph.nodes.map(({ id, lane, kind, title, subtitle, region, facts, marks, change }) => ({
    id,
    lane,
    kind: titleOf(kind),
    title: plainText(title),
    subtitle: subtitle === undefined ? undefined : plainText(subtitle),
    region,
    facts: facts.every((fact) => fact.every(isPlain))
      ? facts
      : facts.map(([label, value]) => [plainText(label), plainText(value)]),
    marks: marks.map(({ words, weight, reason }) => ({ words, weight, reason })),
    change,
    middle: middleOf(layout.places.get(id)!),
  }));
  const edges = graph.edges.map(({ from, to, order, rules }) => ({ from, to, order, rules }));
  return { nodes, edges };
}

/** How far from above the middle of a card is. */
function middleOf({ y, card }: Place): number {
  return round(y + card.height / 2);
}

function pageFile(name: string): string {
  return readFileSync(path.join(__dirname, "..", "page", name), "utf8");
}

function hashOf(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}
