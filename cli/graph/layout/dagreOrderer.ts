/** Heights by dagre: few crossings and short edges, but slow for big graphs. */

import { type GraphNode, LANES } from "../model";
import { GAP_Y, type Heights, type Orderer } from "./layout";

/** Wide enough for dagre to keep the lanes apart; layout.ts sets their positions. */
const RANK_PX = 100;
const EDGE_GAP_PX = 8;

export const dagreOrderer: Orderer = ({ nodes, edges }, cards) => {
  const dagre = require("@dagrejs/dagre") as typeof import("@dagrejs/dagre");
  const graph = new dagre.graphlib.Graph();
  graph.setGraph({ rankdir: "LR", nodesep: GAP_Y, edgesep: EDGE_GAP_PX, ranksep: RANK_PX });
  const lanes = new Map(nodes.map(({ id, lane }) => [id, LANES.indexOf(lane)]));
  for (const { id } of nodes) graph.setNode(id, { width: 1, height: cards.get(id)?.height ?? 0 });
  for (const { from, to } of edges) {
    const minlen = (lanes.get(to) ?? 0) - (lanes.get(from) ?? 0);
    graph.setEdge(from, to, { minlen });
  }
  dagre.layout(graph);
  const heights = new Map(nodes.map(({ id }) => [id, (graph.node(id) as { y: number }).y]));
  return isUpsideDown(nodes, heights) ? new Map([...heights].map(([id, y]) => [id, -y])) : heights;
};

/** dagre may return the mirror image of an order; readers expect the first node at the top. */
function isUpsideDown(nodes: readonly GraphNode[], heights: Heights): boolean {
  let trend = 0;
  for (const lane of Map.groupBy(nodes, (node) => node.lane).values()) {
    for (const [index, { id }] of lane.slice(1).entries()) {
      trend += Math.sign(heights.get(id)! - heights.get(lane[index]!.id)!);
    }
  }
  return trend < 0;
}
