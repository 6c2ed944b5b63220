/**
 * The picture as one page without dependencies. It contains style, script and data; its content policy lets the browser load nothing
 * and run only this script.
 */
import { createHash } from "node:crypto";
import { dollars } from "../../account/usageReport";
import type { Usage } from "../../account/usageTally";
import type { Graph, GraphUsage } from "../model";
import { counted } from "../words";
import { escapeXml, scriptJson } from "./escape";
import { PAGE_LANES, toPageData } from "./pageData";
import { pageFile, pageScript } from "./pageScript";
import { PAGE_STYLE } from "./style";
import { colorsOf } from "./svg";

export function toHtml(graph: Graph): string {
  const script = pageScript();
  const style = PAGE_STYLE + pageFile("page.css");
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(style)}'`,
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  const findingCount = graph.nodes.reduce((count, { marks }) => count + marks.length, 0);
  // Characters beyond Latin-1 are written as numbers, because one of them would double the memory of the whole text.
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
<label><span class="hidden">Search</span><input id="search" type="search" placeholder="Name, model or region" autocomplete="off" spellcheck="false"></label>
<output id="found" for="search" aria-live="polite"></output>
<button id="panel" type="button" aria-controls="aside" aria-expanded="false">${panelTitle(findingCount)}</button>
<button id="theme" type="button" aria-label="Colors: as the system">&#9680;</button>
</div>
</header>
<main>
<div id="picture" class="picture" tabindex="-1">
${failoverMarkup(graph)}<p id="viewing" role="status" hidden><span></span><button id="all" type="button">Show everything</button></p>
<div id="lanes" class="lanes" role="group" aria-label="Objects, in the order in which a request passes them">
<svg id="drawing" aria-hidden="true"></svg><svg id="lit" aria-hidden="true"></svg>
${lanesMarkup(graph)}
</div>
${legendMarkup(graph)}
</div>
<aside id="aside" aria-label="Details and findings">
<section id="details" aria-live="polite"><h2>Details</h2><p class="hint">Select an object to see only what it is connected to.</p></section>
<section id="findings"><h2>Findings <span class="count">${findingCount === 0 ? "none" : findingCount}</span></h2></section>
${graph.usage === undefined ? "" : usageMarkup(graph.usage)}
${graph.notes.length === 0 ? "" : `<section><h2>Good to know</h2>${graph.notes.map((note) => `<p class="hint">${escapeXml(note)}</p>`).join("")}</section>`}
${HELP}
</aside>
</main>
<noscript>This picture is drawn by a script in this file, which the browser does not run.</noscript>
<script type="application/json" id="data">${scriptJson(toPageData(graph))}</script>
<script>${script}</script>
</body>
</html>
`;
}

const HELP = `<section class="help"><h2>How to use this page</h2><table>
<tr><td>Click or tap</td><td>Shows only what the object is connected to; again, everything.</td></tr>
<tr><td>&#9656;</td><td>Opens the rules of a configuration or the keys of a provider.</td></tr>
<tr><td>Point</td><td>Highlights the connections of the object.</td></tr>
<tr><td><kbd>/</kbd></td><td>Search. <kbd>Enter</kbd> goes to the next match.</td></tr>
<tr><td><kbd>Tab</kbd></td><td>Enters the picture.</td></tr>
<tr><td><kbd>&#8592;</kbd> <kbd>&#8593;</kbd> <kbd>&#8595;</kbd> <kbd>&#8594;</kbd></td><td>Move between objects; left and right along their connections.</td></tr>
<tr><td><kbd>Enter</kbd></td><td>Selects the object.</td></tr>
<tr><td><kbd>Space</kbd></td><td>Opens or folds its rules or keys.</td></tr>
<tr><td><kbd>Esc</kbd></td><td>Shows everything.</td></tr>
</table></section>`;

const MAX_USAGE_ROWS = 12;

/** The providers with the highest cost, and the total. */
function usageMarkup({ startTime, endTime, providers, total, creditBalanceUsd }: GraphUsage): string {
  const row = (name: string, { requests, errors, costUsd }: Usage, cell: string) =>
    `<tr>${[escapeXml(name), requests.toLocaleString("en"), errors.toLocaleString("en"), dollars(costUsd)]
      .map((text) => `<${cell}>${text}</${cell}>`)
      .join("")}</tr>`;
  const left = providers.length - MAX_USAGE_ROWS;
  const rows = providers.slice(0, MAX_USAGE_ROWS).map((provider) => row(provider.name, provider, "td"));
  if (left > 0) rows.push(`<tr><td colspan="4">and ${counted(left, "provider")} more</td></tr>`);
  const head = "<tr><th>Provider</th><th>Requests</th><th>Errors</th><th>Cost</th></tr>";
  const days = `${startTime.slice(0, 10)} to ${endTime.slice(0, 10)}`;
  return `<section id="usage"><h2>Usage <span class="count">${days}</span></h2>
<table class="usage"><thead>${head}</thead><tbody>${rows.join("")}</tbody><tfoot>${row("Total", total, "th")}</tfoot></table>
<p class="hint">Credit balance: ${dollars(creditBalanceUsd)}</p></section>`;
}

function panelTitle(findingCount: number): string {
  return findingCount === 0 ? "Help" : `${findingCount} ${findingCount === 1 ? "finding" : "findings"}, help`;
}

/** For each model, the regions that a request tries, in order. */
function failoverMarkup(graph: Graph): string {
  if (graph.failover.length === 0) return "";
  const color = colorsOf(graph);
  const chains = graph.failover.map(({ model, steps }) => {
    const items = steps.map(({ label, region }) => `<li class="${color(region)}">${escapeXml(label)}</li>`);
    return `<ol><li class="model">${escapeXml(model)}</li>${items.join("")}</ol>`;
  });
  return `<section class="failover"><h2>Order in which a request for a model tries the regions</h2>${chains.join("")}</section>\n`;
}

function lanesMarkup({ nodes }: Graph): string {
  return PAGE_LANES.map(({ title, lanes, partNoun }) => {
    const [own = 0, parts] = lanes.map((lane) => nodes.filter((node) => node.lane === lane).length);
    const counts = parts === undefined ? [own] : [own, `\u00b7 ${counted(parts, partNoun ?? "")}`];
    const heading = [title, ...counts.map((count) => `<span class="count">${count}</span>`)].join(" ");
    return `<section class="lane"><h2>${heading}</h2><div class="columns"></div></section>`;
  }).join("\n");
}

function legendMarkup(graph: Graph): string {
  const hasWeight = (weight: string) => graph.nodes.some(({ marks }) => marks.some((mark) => mark.weight === weight));
  const line = (kind: string) => `<svg width="26" height="8"><path class="${kind}" d="M0 4h26"/></svg>`;
  const entries = [
    `${line("way")}used by a rule`,
    `${line("way weak")}allowed or stored, but used by no rule`,
    `<span class="order">1</span> place in the order in which a rule tries keys`,
    ...(hasWeight("broken") ? [`<span class="swatch fails"></span>no request can succeed this way`] : []),
    ...(hasWeight("unused") ? [`<span class="swatch"></span>probably not intended`] : []),
  ];
  return `<ul class="legend">${entries.map((entry) => `<li>${entry}</li>`).join("")}</ul>`;
}

function hashOf(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}
