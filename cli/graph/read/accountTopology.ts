/** Converts an account's inventory to a topology. */
import { findingsOf } from "../../account/findings";
import type { Inventory } from "../../account/inventory";
import type { Topology } from "../topology";

export function accountTopology(inventory: Inventory): Topology {
  const { accountId, perRequestTimeout, totalTimeout } = inventory.settings;
  return {
    title: `Account ${accountId}`,
    objects: inventory,
    azureAccounts: [],
    failover: [],
    findings: findingsOf(inventory),
    changes: new Map(),
    notes: [
      `Time-outs: ${perRequestTimeout} for one attempt, ${totalTimeout} for a request with all its attempts.`,
      "Each request names the order in which regions are tried (models). An account does not store it; the picture of a stack shows it.",
    ],
  };
}
