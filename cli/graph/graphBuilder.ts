/** Collects nodes and edges. A node has several references; edges between the same two nodes are merged. */
import { marksByObject } from "./marks";
import type { GraphEdge, GraphNode, Lane, Mark } from "./model";
import type { Change, Topology } from "./topology";

export type NodeDraft = Omit<GraphNode, "id" | "marks" | "change" | "isElsewhere" | "lines" | "facts"> &
  Partial<Pick<GraphNode, "lines" | "facts" | "isElsewhere">>;

interface EdgeDraft {
  readonly from: string;
  readonly to: string;
  isWeak: boolean;
  /** The rules that use the edge, each with the place at which it tries the target. */
  readonly rules: string[];
  readonly places: string[];
}

/** Larger than any number of nodes, so that two node numbers fit into one key. */
const MOST_NODES = 2 ** 26;

export class GraphBuilder {
  private readonly nodes: GraphNode[] = [];
  private readonly numbers = new Map<GraphNode, number>();
  private readonly byReference: Readonly<Record<Lane, Map<string, GraphNode>>> = {
    access: new Map(),
    configuration: new Map(),
    rule: new Map(),
    provider: new Map(),
    key: new Map(),
    azure: new Map(),
  };
  private readonly edges = new Map<number, EdgeDraft>();
  private readonly marks: ReadonlyMap<string, readonly Mark[]>;
  private readonly changes: ReadonlyMap<string, Change>;

  private readonly unknownParts: ReadonlyMap<string, readonly string[]>;

  constructor({ findings, changes, unknownParts = new Map() }: Topology) {
    this.unknownParts = unknownParts;
    this.marks = marksByObject(findings);
    this.changes = changes;
  }

  /** @param references the names by which other objects refer to it; the first is the object's id, if it has one */
  add(draft: NodeDraft, references: readonly string[]): GraphNode {
    const [objectId = ""] = references;
    const { lane, kind, title, subtitle, lines = [], region, isElsewhere = false, facts = [] } = draft;
    const id = `n${this.nodes.length + 1}`;
    const marks = this.marks.get(objectId) ?? [];
    // Assigned member by member: spreading thousands of nodes would cost as much as all other work here.
    const node: { -readonly [Key in keyof GraphNode]: GraphNode[Key] } = {
      id,
      lane,
      kind,
      title,
      lines,
      isElsewhere,
      marks,
      facts: this.factsWithUnknown(facts, objectId),
    };
    if (subtitle !== undefined) node.subtitle = subtitle;
    if (region !== undefined) node.region = region;
    const change = this.changes.get(objectId);
    if (change !== undefined) node.change = change;
    this.numbers.set(node, this.nodes.length);
    this.nodes.push(node);
    const known = this.byReference[draft.lane];
    for (const reference of references) if (!known.has(reference)) known.set(reference, node);
    return node;
  }

  private factsWithUnknown(facts: GraphNode["facts"], objectId: string): GraphNode["facts"] {
    const parts = this.unknownParts.get(objectId);
    return parts === undefined ? facts : [...facts, ["Not known to this version", parts.join(", ")]];
  }

  find(lane: Lane, reference: string): GraphNode | undefined {
    return this.byReference[lane].get(reference);
  }

  /** Adds an edge that no rule uses, unless a rule uses it. */
  connectWeakly(from: GraphNode, to: GraphNode): void {
    this.edge(from, to);
  }

  /** Adds an edge that one rule uses, or that every rule may use. */
  connect(from: GraphNode, to: GraphNode, rule?: GraphNode, place?: string): void {
    const edge = this.edge(from, to);
    edge.isWeak = false;
    // All edges of a rule are added consecutively, so only the last rule can be a repeated one.
    if (rule === undefined || edge.rules.at(-1) === rule.id) return;
    edge.rules.push(rule.id);
    if (place !== undefined && !edge.places.includes(place)) edge.places.push(place);
  }

  private edge(from: GraphNode, to: GraphNode): EdgeDraft {
    const id = this.numbers.get(from)! * MOST_NODES + this.numbers.get(to)!;
    let edge = this.edges.get(id);
    if (edge === undefined) {
      edge = { from: from.id, to: to.id, isWeak: true, rules: [], places: [] };
      this.edges.set(id, edge);
    }
    return edge;
  }

  finish(): { nodes: readonly GraphNode[]; edges: readonly GraphEdge[] } {
    return { nodes: this.nodes, edges: [...this.edges.values()].map(toEdge) };
  }
}

function toEdge({ from, to, isWeak, rules, places }: EdgeDraft): GraphEdge {
  return {
    from,
    to,
    style: isWeak ? "weak" : "rule",
    ...(places.length > 0 && { order: places.join(", ") }),
    ...(rules.length > 0 && { rules }),
  };
}
