/** The picture as a Mermaid flowchart: a lane is a subgraph, and an arrow is labeled with the place in the order. */
import { type Graph, LANE_TITLES, LANES } from "../model";
import { escapeMermaid } from "./escape";

export function toMermaid(graph: Graph): string {
  const lines = [`%% ${graph.title.replace(/\s+/g, " ").replaceAll(/[{}%]/g, "")}`, "flowchart LR"];
  for (const lane of LANES) {
    const nodes = graph.nodes.filter((node) => node.lane === lane);
    if (nodes.length === 0) continue;
    lines.push(`  subgraph ${lane}["${escapeMermaid(LANE_TITLES[lane])}"]`);
    for (const { id, title, subtitle, lines: texts, marks } of nodes) {
      const parts = [title, subtitle, ...texts.map(({ text, badge }) => (badge ? `${text} - ${badge}` : text))];
      const words = marks.map((mark) => mark.words);
      const label = [...parts, ...words].filter((part) => part !== undefined).map(escapeMermaid);
      lines.push(`    ${id}["${label.join("<br/>")}"]`);
    }
    lines.push("  end");
  }
  for (const { from, to, style, order } of graph.edges) {
    const arrow = style === "weak" ? "-.->" : "-->";
    lines.push(`  ${from} ${arrow}${order === undefined ? "" : `|"${escapeMermaid(order)}"|`} ${to}`);
  }
  const marked = (weight: string) => graph.nodes.filter(({ marks }) => marks.some((mark) => mark.weight === weight));
  for (const [weight, color] of [
    ["unused", "stroke:#b7791f,stroke-width:2px"],
    ["broken", "stroke:#c62828,stroke-width:2px"],
  ] as const) {
    const ids = marked(weight).map(({ id }) => id);
    if (ids.length > 0) lines.push(`  classDef ${weight} ${color}`, `  class ${ids.join(",")} ${weight}`);
  }
  return `${lines.join("\n")}\n`;
}
