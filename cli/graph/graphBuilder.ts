/** Collects nodes and edges: nodes are found by what others call them, edges between the same two are one. */
import { marksByObject } from "./marks";
import type { GraphEdge, GraphNode, Lane, Mark } from "./model";
import type { Change, Topology } from "./topology";

export type NodeDraft = Omit<GraphNode, "id" | "marks" | "change" | "isElsewhere" | "lines" | "facts"> &
  Partial<Pick<GraphNode, "lines" | "facts" | "isElsewhere">>;

interface EdgeDraft {
  readonly from: string;
  readonly to: string;
  isWeak: boolean;
  /** By rule: at which place it comes this way. */
  readonly places: Map<string, string | undefined>;
}

export class GraphBuilder {
  private readonly nodes: GraphNode[] = [];
  private readonly byReference = new Map<string, GraphNode>();
  private readonly edges = new Map<string, EdgeDraft>();
  private readonly marks: ReadonlyMap<string, readonly Mark[]>;
  private readonly changes: ReadonlyMap<string, Change>;

  constructor({ findings, changes }: Topology) {
    this.marks = marksByObject(findings);
    this.changes = changes;
  }

  /** @param references all that others may call it by; the first is the object's id, where it has one */
  add(draft: NodeDraft, references: readonly string[]): GraphNode {
    const [objectId = ""] = references;
    const change = this.changes.get(objectId);
    const node = {
      lines: [],
      facts: [],
      isElsewhere: false,
      ...draft,
      id: `n${this.nodes.length + 1}`,
      marks: this.marks.get(objectId) ?? [],
      ...(change !== undefined && { change }),
    };
    this.nodes.push(node);
    for (const reference of references) {
      const place = `${draft.lane} ${reference}`;
      if (!this.byReference.has(place)) this.byReference.set(place, node);
    }
    return node;
  }

  find(lane: Lane, reference: string): GraphNode | undefined {
    return this.byReference.get(`${lane} ${reference}`);
  }

  /** A way that no rule leads, unless one does. */
  connectWeakly(from: GraphNode, to: GraphNode): void {
    this.edge(from, to);
  }

  /** A way that a rule leads, or every rule. */
  connect(from: GraphNode, to: GraphNode, rule?: GraphNode, place?: string): void {
    const edge = this.edge(from, to);
    edge.isWeak = false;
    if (rule !== undefined && !edge.places.has(rule.id)) edge.places.set(rule.id, place);
  }

  private edge(from: GraphNode, to: GraphNode): EdgeDraft {
    const id = `${from.id} ${to.id}`;
    let edge = this.edges.get(id);
    if (edge === undefined) {
      edge = { from: from.id, to: to.id, isWeak: true, places: new Map() };
      this.edges.set(id, edge);
    }
    return edge;
  }

  finish(): { nodes: readonly GraphNode[]; edges: readonly GraphEdge[] } {
    return { nodes: this.nodes, edges: [...this.edges.values()].map(toEdge) };
  }
}

function toEdge({ from, to, isWeak, places }: EdgeDraft): GraphEdge {
  const orders = [...new Set(places.values())].filter((place) => place !== undefined);
  return {
    from,
    to,
    style: isWeak ? "weak" : "rule",
    ...(orders.length > 0 && { order: orders.join(", ") }),
    ...(places.size > 0 && { rules: [...places.keys()] }),
  };
}
