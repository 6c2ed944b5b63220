/** Converts a topology to the text of a picture. */
import { buildGraph } from "./buildGraph";
import { dagreOrderer } from "./layout/dagreOrderer";
import { type Layout, layOut } from "./layout/layout";
import { sweepOrderer } from "./layout/sweepOrderer";
import type { Graph } from "./model";
import type { Topology } from "./topology";
import { toHtml } from "./write/html";
import { toJson } from "./write/json";
import { toMermaid } from "./write/mermaid";
import { toSvg } from "./write/svg";

export type Format = "html" | "svg" | "mermaid" | "json";

/** With more nodes dagre is too slow: its time grows faster than the graph. */
const MAX_DAGRE_NODES = 250;

export function draw(topology: Topology, format: Format): { readonly text: string; readonly summary: string } {
  const graph = buildGraph(topology);
  const { summary } = graph;
  if (format === "json") return { text: toJson(graph), summary };
  if (format === "mermaid") return { text: toMermaid(graph), summary };
  if (format === "html") return { text: toHtml(graph), summary };
  return { text: toSvg(graph, place(graph)), summary };
}

function place(graph: Graph): Layout {
  return layOut(graph, graph.nodes.length <= MAX_DAGRE_NODES ? dagreOrderer : sweepOrderer);
}
