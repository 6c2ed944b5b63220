/**
 * Routing rules that a killed run left. A rule carries no mark, so it is identified by the unfinished creation in the state, including
 * its keys. A creation fails if the rule exists already, so a rule that exists afterwards was written by that creation.
 */

import { isSame } from "../../provider/lifecycle/values";
import { fromWireRules, normalizeRule, selectorOf, withoutRule } from "../../provider/routing/routingRules";
import type { Rule } from "../../provider/routing/rule";
import type { GatewayClient } from "../../sdk";
import { toRuleWrite } from "../../sdk/contract/toWrite";
import type { Inventory } from "./inventory";
import type { StackState, StateEntry } from "./stackState";

export interface UnfinishedRule {
  /** The id of a `RoutingRule`: `<configurationId>/<selector>`. */
  readonly id: string;
  /** The resource that was being created, and its record in the state. */
  readonly resource: string;
  readonly pending: StateEntry;
  /** When its configuration was last written, which is the latest possible time of the rule's creation. */
  readonly createdAt: string;
}

export function unfinishedRules(state: StackState, { configurations }: Inventory): UnfinishedRule[] {
  const known = new Set(state.resources.map(({ id }) => id));
  return state.pendingCreates
    .filter(({ kind }) => kind === "RoutingRule")
    .flatMap((pending) => {
      const { name, inputs } = pending;
      const configuration = configurations.find(({ id }) => id === inputs.configurationId);
      if (configuration === undefined) return [];
      const { provider, model, steps } = normalizeRule(inputs) as Rule;
      const rule = { provider, model, steps };
      const id = `${configuration.id}/${selectorOf(rule)}`;
      const isThere = fromWireRules(configuration.router).some((candidate) => isSame(candidate, rule));
      return isThere && !known.has(id) ? [{ id, resource: name, pending, createdAt: configuration.updatedAt }] : [];
    });
}

/** Removes one rule from its configuration's router; the others are written back unchanged. */
export async function removeRule(client: GatewayClient, id: string): Promise<void> {
  const slash = id.indexOf("/");
  const [configurationId, selector] = [id.slice(0, slash), id.slice(slash + 1)];
  const { router } = await client.getAccessKeyConfiguration(configurationId);
  const rules = withoutRule((router?.rules ?? []).map(toRuleWrite), selector);
  await client.updateAccessKeyConfiguration(configurationId, { router: { ...router, rules: [...rules] } });
}
