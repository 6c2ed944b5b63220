/** The picture as data: what is drawn and how it hangs together, without places. */
import type { FindingId } from "../account/findings";
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
  /** `broken`: no request can succeed this way. `unused`: nothing fails. */
  readonly weight: "broken" | "unused";
}

export interface Line {
  readonly text: string;
  /** At the line's end: `1st of 3`. */
  readonly badge?: string;
}

export interface GraphNode {
  /** `n1`, in the order of the picture: nothing that a name could break. */
  readonly id: string;
  readonly lane: Lane;
  /** Class of the resource that manages it, or what else it is: `BuiltInProvider`, `Credits`, `Upstream`. */
  readonly kind: NodeKind;
  readonly title: string;
  readonly subtitle?: string;
  readonly lines: readonly Line[];
  /** Azure region, as `eastus2`. */
  readonly region?: string;
  /** Referred to, but not part of what was read. */
  readonly isElsewhere: boolean;
  readonly marks: readonly Mark[];
  readonly change?: Change;
  /** What is told when it is looked at. */
  readonly facts: readonly (readonly [label: string, value: string])[];
}

export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  /** `weak`: it is allowed, or stored, but no rule leads there. */
  readonly style: "rule" | "weak";
  /** The place in the order in which a rule tries it: `1`; several where rules differ. */
  readonly order?: string;
  /** The rules that lead this way, where not every one does. */
  readonly rules?: readonly string[];
}

export interface FailoverChain {
  readonly model: string;
  readonly steps: readonly { readonly label: string; readonly region?: string; readonly node?: string }[];
}

export interface Graph {
  readonly title: string;
  /** `41 objects in 3 regions, 2 findings` */
  readonly summary: string;
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  readonly failover: readonly FailoverChain[];
  /** Regions in the order of the picture; their place gives their colour. */
  readonly regions: readonly string[];
  readonly notes: readonly string[];
}

/** The frame in which it stands with others of its lane; undefined where it stands free. */
export function groupOf({ lane, kind, region }: GraphNode): string | undefined {
  if (isStandalone(kind)) return `${nounOf(kind)}s`;
  if (lane !== "azure") return undefined;
  return region ?? (kind === "AzureAccount" ? "region unknown" : "other hosts");
}
