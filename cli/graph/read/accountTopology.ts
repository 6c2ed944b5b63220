/** Converts an account's inventory to a topology. */
import type { UsageEvent } from "../../../sdk";
import { findingsOf } from "../../account/findings";
import type { Inventory } from "../../account/inventory";
import { unknownPartsById } from "../../account/unknownParts";
import type { UsageReport } from "../../account/usageReport";
import type { Topology } from "../topology";

/** Present if requested: the report, and the events for findings that depend on usage. */
export interface ReadUsage {
  readonly report: UsageReport;
  readonly events: readonly UsageEvent[];
}

export function accountTopology(inventory: Inventory, usage?: ReadUsage): Topology {
  const { accountId, perRequestTimeout, totalTimeout } = inventory.settings;
  return {
    title: `Account ${accountId}`,
    objects: inventory,
    azureAccounts: [],
    failover: [],
    findings: findingsOf(inventory, usage?.events),
    changes: new Map(),
    notes: [
      `Time-outs: ${perRequestTimeout} for one attempt, ${totalTimeout} for a request with all its attempts.`,
      "Each request names the order in which regions are tried (models). An account does not store it; the picture of a stack shows it.",
    ],
    unknownParts: unknownPartsById(inventory),
    ...(usage !== undefined && { usage: usage.report }),
  };
}
