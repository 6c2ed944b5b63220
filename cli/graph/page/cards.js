/** The elements of nodes: a card for each, and a line in its card for each part. All text is set as text, never as markup. */

const CHANGE_SIGNS = { create: "+", update: "~", replace: "±", delete: "−" };
/** This number of characters at the end of a long name is always shown, because names often differ there. */
const TAIL_CHARS = 10;
/** A shorter name fits into the narrowest column. */
const MIN_LONG_CHARS = 15;

function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className !== undefined) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}

function labelOf(node, findings) {
  const { kind, title, subtitle, change, marks = [], partsText } = node;
  const words = marks.map(({ finding }) => findings[finding].words);
  return [`${kind} ${title}`, subtitle, partsText, change && `would ${change}`, ...words].filter(Boolean).join(", ");
}

/** A name whose middle is shortened if it is too long. */
function name(text) {
  if (text.length < MIN_LONG_CHARS) return make("span", "title", text);
  const element = make("span", "title");
  element.append(make("span", "head", text.slice(0, -TAIL_CHARS)), make("span", "tail", text.slice(-TAIL_CHARS)));
  return element;
}

function marksOf({ marks = [], change }, findings) {
  const pills = change === undefined ? [] : [make("span", `pill ${change}`, `${CHANGE_SIGNS[change]} ${change}`)];
  for (const { finding } of marks)
    pills.push(make("span", `pill ${findings[finding].weight}`, findings[finding].words));
  return pills;
}

function nodeButton(node, findings, className) {
  const button = make("button", className);
  button.type = "button";
  button.dataset.node = String(node.index);
  button.tabIndex = -1;
  button.setAttribute("aria-label", labelOf(node, findings));
  button.setAttribute("aria-pressed", "false");
  return button;
}

/** The texts below a name. */
function descriptionOf(node, findings) {
  const texts = node.subtitle === undefined ? [] : [make("span", "small", node.subtitle)];
  for (const line of node.lines ?? []) texts.push(make("span", "small", line));
  const pills = marksOf(node, findings);
  if (pills.length === 0) return texts;
  const box = make("span", "pills");
  box.append(...pills);
  return [...texts, box];
}

/** The card of a node that is not a part; in a compact picture only with its name. */
function createCard(node, findings, isCompact) {
  const card = make(
    "div",
    ["card", node.color, node.isElsewhere && "elsewhere", node.change === "delete" && "gone"].filter(Boolean).join(" "),
  );
  if (node.marks !== undefined) {
    card.classList.add("marked");
    if (node.marks.some(({ finding }) => findings[finding].weight === "broken")) card.classList.add("fails");
  }
  const button = nodeButton(node, findings, "node");
  button.append(name(node.title));
  if (!isCompact) button.append(...descriptionOf(node, findings));
  card.append(button);
  let fold;
  const list = make("div", "parts");
  if (node.parts.length > 0) {
    fold = make("button", "fold", isCompact ? node.partsText.split(" ")[0] : node.partsText);
    const weights = new Set(
      node.parts.flatMap(({ marks = [] }) => marks.map(({ finding }) => findings[finding].weight)),
    );
    if (weights.size > 0) fold.classList.add(weights.has("broken") ? "broken" : "unused");
    fold.type = "button";
    fold.tabIndex = -1;
    fold.dataset.fold = String(node.index);
    fold.setAttribute("aria-label", `${node.partsText} of ${node.title}`);
    card.append(fold, list);
  }
  return { card, button, fold, list };
}

/** The line of a part: its place in the order of the rules, its name and its purpose. */
function createPart(node, findings, isCompact) {
  const button = nodeButton(
    node,
    findings,
    ["node part", node.isElsewhere && "elsewhere", node.marks && "marked"].filter(Boolean).join(" "),
  );
  const order = node.in.map((edge) => edge.order).find(Boolean);
  if (order !== undefined) button.append(make("span", "order", order));
  button.append(name(node.role === "rule" ? (node.subtitle ?? node.title) : node.title));
  if (isCompact) return button;
  if (node.role === "rule") for (const line of node.lines ?? []) button.append(make("span", "small", line));
  button.append(...marksOf(node, findings));
  return button;
}

module.exports = { make, createCard, createPart, marksOf };
