/** The picture as a Mermaid flowchart: a lane is a subgraph, and an arrow is labeled with the place in the order. */
import { type Graph, LANE_TITLES, LANES } from "../model";
import type { Change } from "../topology";
import { escapeMermaid } from "./escape";

/** The planned change of an object in a preview. */
const CHANGE_COLORS: readonly (readonly [Change, string])[] = [
  ["create", "stroke:#2e7d32,stroke-width:3px"],
  ["update", "stroke:#b7791f,stroke-width:3px"],
  ["replace", "stroke:#b7791f,stroke-width:3px,stroke-dasharray:6 3"],
  ["delete", "stroke:#c62828,stroke-width:3px,stroke-dasharray:6 3"],
];

export function toMermaid(graph: Graph): string {
  const lines = [`%% ${graph.title.replace(/\s+/g, " ").replaceAll(/[{}%]/g, "")}`, "flowchart LR"];
  for (const lane of LANES) {
    const nodes = graph.nodes.filter((node) => node.lane === lane);
    if (nodes.length === 0) continue;
    lines.push(`  subgraph ${lane}["${escapeMermaid(LANE_TITLES[lane])}"]`);
    for (const { id, title, subtitle, lines: texts, marks, change } of nodes) {
      const parts = [
        change && `${change}:`,
        title,
        subtitle,
        ...texts.map(({ text, badge }) => (badge ? `${text} - ${badge}` : text)),
      ];
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
  for (const [change, color] of CHANGE_COLORS) {
    const ids = graph.nodes.filter((node) => node.change === change).map(({ id }) => id);
    if (ids.length > 0) lines.push(`  classDef ${change}d ${color}`, `  class ${ids.join(",")} ${change}d`);
  }
  return `${lines.join("\n")}\n`;
}
