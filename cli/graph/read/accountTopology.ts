/** The topology of an account, as its lists tell it. */
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
      `An attempt may take ${perRequestTimeout}, a request with all its attempts ${totalTimeout}.`,
      "In which order regions are tried stands in each request (models), which an account does not hold: a stack's state tells it.",
    ],
  };
}
