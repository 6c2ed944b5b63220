/** The panel: the details and connections of an object, and the findings in groups. */
const { make } = require("./cards.js");

/** @param goTo called with the node of a button */
function describe(node, findings, goTo) {
  const parts = [make("h2", undefined, "Details"), make("h3", undefined, node.title), make("p", "kind", node.kind)];
  if (node.change !== undefined) parts.push(make("p", undefined, `The previewed update would ${node.change} it.`));
  for (const { finding, detail } of node.marks ?? []) {
    const { words, weight, message, advice } = findings[finding];
    const line = make("p", "reason");
    line.append(
      make("span", `pill ${weight}`, words),
      ` ${message} ${advice}${detail === undefined ? "" : ` (${detail})`}`,
    );
    parts.push(line);
  }
  const list = make("dl");
  for (const [label, value] of node.facts) list.append(make("dt", undefined, label), make("dd", undefined, value));
  return [
    ...parts,
    list,
    ...neighbors("Leads to", node.out, "to", goTo),
    ...neighbors("Comes from", node.in, "from", goTo),
  ];
}

function neighbors(heading, edges, end, goTo) {
  if (edges.length === 0) return [];
  const list = make("ul", "ways");
  for (const edge of edges) {
    const button = make("button");
    button.type = "button";
    if (edge.order !== undefined && end === "to") button.append(make("span", "order", edge.order));
    button.append(edge[end].role === "rule" ? `${edge[end].title}: ${edge[end].subtitle ?? ""}` : edge[end].title);
    button.addEventListener("click", () => goTo(edge[end]));
    const item = make("li");
    item.append(button);
    list.append(item);
  }
  return [make("h2", undefined, heading), list];
}

/** One group per finding, closed; @param showAll called with the nodes of a group */
function findingGroups(nodes, findings, goTo, showAll) {
  const groups = Map.groupBy(
    nodes.flatMap((node) => (node.marks ?? []).map(({ finding }) => ({ node, finding }))),
    ({ finding }) => finding,
  );
  return [...groups].map(([finding, found]) => {
    const { words, weight, message, advice } = findings[finding];
    const group = make("details", "finding");
    const summary = make("summary");
    summary.append(make("span", `pill ${weight}`, words), make("span", "count", ` ${found.length}`));
    const all = make(
      "button",
      undefined,
      found.length === 1 ? "Show it in the picture" : `Show all ${found.length} in the picture`,
    );
    all.type = "button";
    all.addEventListener("click", () =>
      showAll(
        found.map(({ node }) => node),
        words,
      ),
    );
    const list = make("ul", "ways");
    // Buttons may be hundreds, so they are created when the group is opened.
    group.addEventListener("toggle", () => {
      if (!group.open || list.childElementCount > 0) return;
      for (const { node } of found) {
        const button = make("button", undefined, node.title);
        button.type = "button";
        button.addEventListener("click", () => goTo(node));
        const item = make("li");
        item.append(button);
        list.append(item);
      }
    });
    group.append(summary, make("p", "hint", `${message} ${advice}`), all, list);
    return group;
  });
}

module.exports = { describe, findingGroups };
