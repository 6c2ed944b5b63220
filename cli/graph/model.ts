/** The picture as data: nodes and edges without positions. */
import type { FindingId } from "../account/findings";
import type { Usage, UsageRow, UsageWindow } from "../account/usageTally";
import { isStandalone, type NodeKind, nounOf } from "./nodeKinds";
import type { Change } from "./topology";

/** The columns of the picture, in the order in which a request passes them. */
export const LANES = ["access", "configuration", "rule", "provider", "key", "azure"] as const;
export type Lane = (typeof LANES)[number];

export const LANE_TITLES: Readonly<Record<Lane, string>> = {
  access: "Access keys",
  configuration: "Configurations",
  rule: "Rules",
  provider: "Providers, models",
  key: "Provider keys",
  azure: "Azure, upstreams",
};

export interface Mark {
  readonly finding: FindingId;
  /** `not routed` */
  readonly words: string;
  readonly reason: string;
  readonly detail?: string;
  /** `broken`: no request can succeed. `unused`: nothing fails. */
  readonly weight: "broken" | "unused";
}

export interface Line {
  readonly text: string;
  /** At the line's end: `1st of 3`. */
  readonly badge?: string;
}

export interface GraphNode {
  /** `n1`, `n2`, …: valid in every format, for any names. */
  readonly id: string;
  readonly lane: Lane;
  /** Class of the resource that manages it, or a kind that only the picture has: `BuiltInProvider`, `Credits`, `Upstream`. */
  readonly kind: NodeKind;
  readonly title: string;
  readonly subtitle?: string;
  readonly lines: readonly Line[];
  /** Azure region, such as `eastus2`. */
  readonly region?: string;
  /** Other objects refer to it, but it was not among the objects read. */
  readonly isElsewhere: boolean;
  readonly marks: readonly Mark[];
  readonly change?: Change;
  /** Shown in the details of the node. */
  readonly facts: readonly (readonly [label: string, value: string])[];
}

export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  /** `weak`: the target is allowed or stored, but no rule uses the edge. */
  readonly style: "rule" | "weak";
  /** The place at which rules try the target: `1`, or several if rules differ. */
  readonly order?: string;
  /** The rules that use the edge; absent if every rule may use it. */
  readonly rules?: readonly string[];
}

export interface FailoverChain {
  readonly model: string;
  readonly steps: readonly { readonly label: string; readonly region?: string; readonly node?: string }[];
}

/** The account's usage, by provider. */
export interface GraphUsage extends UsageWindow {
  readonly providers: readonly UsageRow[];
  readonly total: Usage;
  readonly creditBalanceUsd: number;
}

export interface Graph {
  readonly title: string;
  /** `41 objects in 3 regions, 2 findings` */
  readonly summary: string;
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  readonly failover: readonly FailoverChain[];
  /** Regions in alphabetical order; the index of a region decides its color. */
  readonly regions: readonly string[];
  readonly notes: readonly string[];
  readonly usage?: GraphUsage;
}

/** The heading of the node's frame, shared with others of its lane; undefined without a frame. */
export function groupOf({ lane, kind, region }: GraphNode): string | undefined {
  if (isStandalone(kind)) return `${nounOf(kind)}s`;
  if (lane !== "azure") return undefined;
  return region ?? (kind === "AzureAccount" ? "region unknown" : "other hosts");
}
