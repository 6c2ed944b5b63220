/** The page's graph, and the parts of it that belong together. */

/** Converts numbers to references: nodes with their edges and parts. */
function readGraph(data) {
  const nodes = data.nodes.map((node, index) => ({
    ...node,
    index,
    parts: [],
    partsText: node.parts,
    out: [],
    in: [],
  }));
  for (const node of nodes) {
    node.parent = node.parent === undefined ? undefined : nodes[node.parent];
    node.parent?.parts.push(node);
  }
  const edges = data.edges.map(([from, to, isWeak, order, rules], index) => {
    const edge = {
      index,
      from: nodes[from],
      to: nodes[to],
      isWeak: isWeak === 1,
      order: order || undefined,
      rules: rules?.map((rule) => nodes[rule]),
    };
    edge.from.out.push(edge);
    edge.to.in.push(edge);
    return edge;
  });
  return { nodes, edges, findings: data.findings, lanes: data.lanes };
}

/**
 * All nodes that a request through the node may pass, before and after it: after a rule only the keys of that rule, not keys that are
 * only stored.
 */
function waysOf(start) {
  const reached = { nodes: new Set([start]), edges: new Set() };
  const rules = new Set(start.role === "rule" ? [start] : []);
  const walk = (node, side, end) => {
    for (const edge of node[side]) {
      const isForeign = edge.rules === undefined ? isUnrouted(edge) : !edge.rules.some((rule) => rules.has(rule));
      if (rules.size > 0 && isForeign) continue;
      reached.edges.add(edge);
      const next = edge[end];
      if (reached.nodes.has(next)) continue;
      reached.nodes.add(next);
      if (next.role === "rule") rules.add(next);
      walk(next, side, end);
    }
  };
  walk(start, "in", "from");
  if (start.role === "provider" || start.role === "key") rules.clear();
  walk(start, "out", "to");
  return reached;
}

/** The key is stored for the provider, but no rule uses it. */
function isUnrouted({ isWeak, to }) {
  return isWeak && to.role === "key";
}

/** The nodes reached from several nodes. */
function waysOfAll(starts) {
  const all = { nodes: new Set(), edges: new Set() };
  for (const start of starts) {
    const { nodes, edges } = waysOf(start);
    for (const node of nodes) all.nodes.add(node);
    for (const edge of edges) all.edges.add(edge);
  }
  return all;
}

/**
 * The edges between the drawn nodes: a folded node is represented by the node that it is a part of. Edges with the same ends are
 * merged, and an edge within one card is left out.
 * @param isDrawn whether a node is drawn itself
 */
function drawnWays(edges, isDrawn) {
  const drawn = new Map();
  for (const edge of edges) {
    const [from, to] = [representative(edge.from, isDrawn), representative(edge.to, isDrawn)];
    if (from === undefined || to === undefined) continue;
    if ((from.parent ?? from) === (to.parent ?? to)) continue;
    const key = from.index * 2 ** 26 + to.index;
    const known = drawn.get(key);
    if (known === undefined) drawn.set(key, { from, to, isWeak: edge.isWeak, edges: [edge] });
    else {
      known.isWeak &&= edge.isWeak;
      known.edges.push(edge);
    }
  }
  return [...drawn.values()];
}

function representative(node, isDrawn) {
  if (isDrawn(node)) return node;
  return node.parent !== undefined && isDrawn(node.parent) ? node.parent : undefined;
}

module.exports = { readGraph, waysOf, waysOfAll, drawnWays };
