/** The page's behavior: which objects are drawn, their positions, and the effects of pointer, keys and search. */
const { readGraph, waysOf, waysOfAll, drawnWays } = require("./graph.js");
const { arrange } = require("./arrange.js");
const { make, createCard, createPart } = require("./cards.js");
const { drawWays } = require("./lines.js");
const { describe, findingGroups } = require("./details.js");

/** With more matches, the edges through all of them would hide the matches. */
const MAX_FOCUSED = 40;
/** With more objects on these edges, only the matches are shown. */
const MAX_RELEVANT = 120;
/** Widths in px: from WIDE on the panel is open at first; below NARROW it is under the picture and always open, as in page.css. */
const WIDE = 1500;
const NARROW = 900;
/** Height of a lane's heading, and of the legend below the lanes. */
const [HEADING_PX, LEGEND_PX] = [36, 36];

const find = (id) => document.getElementById(id);
const graph = readGraph(JSON.parse(find("data").textContent));
const { nodes, edges, findings } = graph;
const cardsOfGraph = nodes.filter(({ parent }) => parent === undefined);
const [picture, lanes, drawing, lit, viewing, details, search, found] = [
  "picture",
  "lanes",
  "drawing",
  "lit",
  "viewing",
  "details",
  "search",
  "found",
].map(find);
const laneElements = [...lanes.querySelectorAll(".lane")];
const hint = [...details.children];

// ── what is drawn ──────────────────────────────────────────────────────────────────────────────────────────────────

/** The whole picture, with the reader's opened cards. */
const whole = { shown: undefined, edges, focus: new Set(), label: "", toggled: new Set() };
let view = whole;
/** Drawn nodes, with their positions once requested. */
let drawn = new Set();
let boxes = new Map();
let isCompact = false;
/** The only node that the tab key reaches; the arrow keys move from there. */
let tabStop;
/** The elements of cards and parts, created when first drawn in this density. */
const cardElements = new Map();
const partElements = new Map();

const nodeAt = (element) => nodes[element.closest?.("[data-node]")?.dataset.node];
const isShown = (node) => view.shown === undefined || view.shown.has(node);
/** In the whole picture cards are folded until opened; if few nodes are shown, they are open until folded. */
const isOpen = (card) => (view.shown !== undefined) !== view.toggled.has(card);
const buttonOf = (node) => (node.parent === undefined ? cardElements.get(node)?.button : partElements.get(node));

function cardElement(node) {
  let element = cardElements.get(node);
  if (element === undefined) {
    element = createCard(node, findings, isCompact);
    cardElements.set(node, element);
  }
  return element;
}

function partElement(node) {
  let element = partElements.get(node);
  if (element === undefined) {
    element = createPart(node, findings, isCompact);
    partElements.set(node, element);
  }
  return element;
}

function drawnPartsOf(card) {
  return isOpen(card) ? card.parts.filter(isShown) : [];
}

function render() {
  const focused = nodeAt(document.activeElement);
  const cards = cardsOfGraph.filter((card) => isShown(card) || card.parts.some(isShown));
  const blocks = laneElements.map(() => []);
  for (const card of cards) {
    const lane = blocks[card.lane];
    const { lines = [], marks = [], change } = card;
    const extent = {
      node: card,
      lines: lines.length + (card.subtitle === undefined ? 0 : 1),
      pills: marks.length + (change === undefined ? 0 : 1),
      parts: drawnPartsOf(card).length,
    };
    if (card.group !== undefined && lane.at(-1)?.label === card.group) lane.at(-1).cards.push(extent);
    else lane.push({ label: card.group, cards: [extent] });
  }
  const { width, height } = room();
  const { density, isStacked, columns } = arrange(blocks, width, height);
  const isFiltered = view.shown !== undefined;
  lanes.className = ["lanes", density, isStacked && "stacked", isFiltered && "filtered"].filter(Boolean).join(" ");
  if (isCompact !== (density === "compact")) {
    isCompact = !isCompact;
    cardElements.clear();
    partElements.clear();
    tabStop = undefined;
  }
  for (const [index, element] of laneElements.entries()) {
    element.hidden = columns[index].length === 0 || blocks[index].length === 0;
    element.style.flexGrow = String(columns[index].length);
    element.querySelector(".columns").replaceChildren(...columns[index].map(columnElement));
  }
  drawn = new Set();
  for (const card of cards) {
    drawn.add(card);
    const { fold, list } = cardElement(card);
    const parts = drawnPartsOf(card);
    for (const part of parts) drawn.add(part);
    if (fold === undefined) continue;
    fold.setAttribute("aria-expanded", String(isOpen(card)));
    list.replaceChildren(...parts.map(partElement));
  }
  boxes = new Map();
  drawWays(
    drawing,
    drawnWays(view.edges, (node) => drawn.has(node)),
    boxOf,
    "way",
  );
  for (const node of view.focus) buttonOf(node)?.setAttribute("aria-pressed", "true");
  viewing.hidden = view.shown === undefined;
  viewing.querySelector("span").textContent = view.label;
  light(view.lit);
  ensureTabStop();
  // Moving an element removes its focus.
  if (focused !== undefined && drawn.has(focused)) focusOn(focused);
}

/** Height for cards below the headings; the page scrolls to the rest. */
function room() {
  const style = getComputedStyle(lanes);
  const width = lanes.clientWidth - Number.parseFloat(style.paddingLeft) - Number.parseFloat(style.paddingRight);
  const top = lanes.getBoundingClientRect().top - picture.getBoundingClientRect().top + picture.scrollTop;
  const height = innerWidth <= NARROW ? innerHeight : picture.clientHeight - top;
  return { width, height: height - HEADING_PX - LEGEND_PX };
}

function columnElement(blocks) {
  const column = make("div", "column");
  for (const { label, cards } of blocks) {
    const elements = cards.map(({ node }) => cardElement(node).card);
    if (label === undefined) column.append(...elements);
    else {
      const frame = make("div", `frame ${cards[0].node.color ?? ""}`);
      frame.append(make("h3", undefined, label), ...elements);
      column.append(frame);
    }
  }
  return column;
}

/** The position of a node in the drawing; computed once per rendering, because it forces a layout. */
function boxOf(node) {
  let box = boxes.get(node);
  if (box === undefined) {
    const element = node.parent === undefined ? cardElements.get(node).card : partElements.get(node);
    box = { x: element.offsetLeft, y: element.offsetTop, width: element.offsetWidth, height: element.offsetHeight };
    boxes.set(node, box);
  }
  return box;
}

// ── views ──────────────────────────────────────────────────────────────────────────────────────────────────────────

function show(next) {
  for (const node of view.focus) buttonOf(node)?.setAttribute("aria-pressed", "false");
  view = next;
  hovered = undefined;
  render();
  const [only, ...others] = view.focus;
  details.replaceChildren(...(only !== undefined && others.length === 0 ? describe(only, findings, select) : hint));
}

/** All nodes connected to these nodes; only the nodes themselves if the others would hide them. */
function relevantTo(focus, label) {
  const counted = (count) => `${count} of ${nodes.length} objects`;
  if (focus.length <= MAX_FOCUSED) {
    const { nodes: shown, edges: ways } = waysOfAll(focus);
    if (focus.length === 1 || shown.size <= MAX_RELEVANT) {
      return {
        shown,
        edges: [...ways],
        focus: new Set(focus),
        label: `${label}: ${counted(shown.size)}`,
        toggled: new Set(),
      };
    }
  }
  const shown = new Set(focus);
  const between = edges.filter(({ from, to }) => shown.has(from) && shown.has(to));
  return { shown, edges: between, focus: shown, label: `${label}: ${counted(shown.size)}`, toggled: new Set() };
}

function select(node) {
  show(relevantTo([node], `Connected to ${node.title}`));
  setPanel(true);
  focusOn(node);
}

function showAll(group, words) {
  show(relevantTo(group, `Finding “${words}”`));
}

function clear() {
  const [node] = view.focus;
  search.value = "";
  found.textContent = "";
  show(whole);
  if (node !== undefined && drawn.has(node.parent ?? node)) focusOn(drawn.has(node) ? node : node.parent);
}

function toggle(card) {
  if (!view.toggled.delete(card)) view.toggled.add(card);
  render();
}

// ── light ──────────────────────────────────────────────────────────────────────────────────────────────────────────

let hovered;
let lightened = [];

/** Highlights the reached nodes and dims the rest; `undefined` ends it. */
function light(reached) {
  for (const element of lightened) element.classList.remove("on");
  lightened = [];
  lanes.classList.toggle("dim", reached !== undefined);
  lit.replaceChildren();
  if (reached === undefined) return;
  for (const node of reached.nodes) {
    const element = drawn.has(node)
      ? buttonOf(node)
      : node.parent && drawn.has(node.parent)
        ? buttonOf(node.parent)
        : undefined;
    if (element === undefined) continue;
    lightened.push(element);
    if (node.parent === undefined) lightened.push(cardElements.get(node).card);
  }
  for (const element of lightened) element.classList.add("on");
  drawWays(
    lit,
    drawnWays(reached.edges, (node) => drawn.has(node)),
    boxOf,
    "way on",
  );
}

function hover(node) {
  if (node === hovered) return;
  hovered = node;
  light(node === undefined ? view.lit : waysOf(node));
  if (view.focus.size > 0) return;
  details.replaceChildren(...(node === undefined ? hint : describe(node, findings, select)));
}

lanes.addEventListener("mouseover", ({ target }) => hover(nodeAt(target)));
lanes.addEventListener("mouseleave", () => hover(undefined));
lanes.addEventListener("focusin", ({ target }) => hover(nodeAt(target)));
lanes.addEventListener("click", ({ target }) => {
  const folded = target.closest("[data-fold]");
  if (folded !== null) return toggle(nodes[folded.dataset.fold]);
  const node = nodeAt(target);
  if (node === undefined) return;
  if (view.focus.size === 1 && view.focus.has(node)) clear();
  else select(node);
});
find("all").addEventListener("click", clear);

// ── keys ───────────────────────────────────────────────────────────────────────────────────────────────────────────

function setTabStop(node) {
  if (tabStop !== undefined) buttonOf(tabStop)?.setAttribute("tabindex", "-1");
  tabStop = node;
  buttonOf(node)?.setAttribute("tabindex", "0");
}

function ensureTabStop() {
  if (tabStop !== undefined && drawn.has(tabStop)) return;
  const [first] = drawn;
  if (first !== undefined) setTabStop(first);
}

function focusOn(node) {
  const button = node && buttonOf(node);
  if (button === undefined || !drawn.has(node)) return;
  setTabStop(node);
  button.focus({ preventScroll: true });
  button.scrollIntoView({ block: "nearest", inline: "nearest" });
}

const middleOf = (box) => ({ x: box.x + box.width / 2, y: box.y + box.height / 2 });

function nearest(node, key) {
  const here = middleOf(boxOf(node));
  const isAcross = key === "ArrowLeft" || key === "ArrowRight";
  const others = isAcross ? linked(node, key === "ArrowRight") : [...drawn].filter(({ lane }) => lane === node.lane);
  const distance = (other) => {
    const { x, y } = middleOf(boxOf(other));
    if (isAcross) return Math.abs(y - here.y);
    const ahead = (y - here.y) * (key === "ArrowDown" ? 1 : -1);
    // The next node in this column, else the nearest end of a neighboring one.
    return ahead > 0 ? ahead + 10_000 * Math.sign(Math.round(Math.abs(x - here.x) / 60)) : Number.POSITIVE_INFINITY;
  };
  const candidates = others.filter((other) => other !== node && distance(other) < Number.POSITIVE_INFINITY);
  return candidates.sort((one, other) => distance(one) - distance(other))[0];
}

/** The drawn nodes that an edge of the node, or of its folded parts, leads to. */
function linked(node, isForward) {
  const own = drawnPartsOf(node).length > 0 ? [node] : [node, ...node.parts];
  const ends = own.flatMap((each) => (isForward ? each.out.map(({ to }) => to) : each.in.map(({ from }) => from)));
  const drawnEnds = ends.map((end) => (drawn.has(end) ? end : drawn.has(end.parent) ? end.parent : undefined));
  return [...new Set(drawnEnds)].filter((end) => end !== undefined && end !== node && !own.includes(end));
}

lanes.addEventListener("keydown", (event) => {
  const node = nodeAt(event.target);
  if (node === undefined) return;
  const card = node.parent ?? node;
  if (event.key.startsWith("Arrow")) focusOn(nearest(node, event.key));
  else if (event.key === " " && card.parts.length > 0) {
    toggle(card);
    focusOn(drawn.has(node) ? node : card);
  } else return;
  event.preventDefault();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && (view !== whole || search.value !== "")) clear();
  if (event.key !== "/" || event.target === search) return;
  event.preventDefault();
  search.focus();
});

// ── search ─────────────────────────────────────────────────────────────────────────────────────────────────────────

let texts;
let matches = [];
let at = -1;

function textOf({ kind, title, subtitle = "", region = "", facts, marks = [] }) {
  const words = marks.map(({ finding }) => findings[finding].words);
  return [title, subtitle, kind, region, ...facts.map(([, value]) => value), ...words].join("\n").toLowerCase();
}

search.addEventListener("input", () => {
  texts ??= nodes.map(textOf);
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  at = -1;
  if (words.length === 0) {
    found.textContent = "";
    return show(whole);
  }
  matches = nodes.filter(({ index }) => words.every((word) => texts[index].includes(word)));
  found.textContent = `${matches.length} of ${nodes.length}`;
  if (matches.length === 0) return show(whole);
  const next = relevantTo(matches, `Found “${search.value.trim()}”`);
  show({ ...next, focus: new Set(), lit: { nodes: new Set(matches), edges: next.edges } });
});
search.addEventListener("keydown", ({ key }) => {
  if (key !== "Enter" || matches.length === 0 || search.value === "") return;
  at = (at + 1) % matches.length;
  buttonOf(matches[at])?.scrollIntoView({ block: "center", inline: "center" });
  for (const match of matches) buttonOf(match)?.classList.toggle("current", match === matches[at]);
  found.textContent = `${at + 1} of ${matches.length}`;
});

// ── panel, theme, size ─────────────────────────────────────────────────────────────────────────────────────────────

const panelButton = find("panel");

function setPanel(isOpened) {
  document.body.classList.toggle("panel", isOpened);
  panelButton.setAttribute("aria-expanded", String(isOpened));
}

panelButton.addEventListener("click", () => {
  if (innerWidth <= NARROW) find("findings").scrollIntoView();
  else setPanel(!document.body.classList.contains("panel"));
});
setPanel(innerWidth >= WIDE || innerWidth <= NARROW);
find("findings").append(...findingGroups(nodes, findings, select, showAll));

const THEMES = { system: ["\u25d0", "as the system"], light: ["\u2600", "light"], dark: ["\u263e", "dark"] };
const theme = find("theme");
theme.addEventListener("click", () => {
  const names = Object.keys(THEMES);
  const next = names[(names.indexOf(document.documentElement.dataset.theme ?? "system") + 1) % names.length];
  if (next === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = next;
  [theme.textContent] = THEMES[next];
  theme.setAttribute("aria-label", `Colors: ${THEMES[next][1]}`);
});

let knownSize = "";
new ResizeObserver(() => {
  const size = `${picture.clientWidth} ${picture.clientHeight}`;
  if (size === knownSize) return;
  knownSize = size;
  render();
}).observe(picture);
knownSize = `${picture.clientWidth} ${picture.clientHeight}`;
render();
