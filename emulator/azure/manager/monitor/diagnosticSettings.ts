/**
 * Diagnostic settings of a Cognitive Services account: the destinations of its logs and metrics.
 * @see https://learn.microsoft.com/rest/api/monitor/diagnostic-settings (2021-05-01-preview)
 *
 * Not emulated: nothing is sent anywhere. As in Azure, a setting outlives its account and applies again to a new account of
 * the same name.
 */
import { textOf } from "../../http";
import { keyOf } from "../../state";
import { requireAccount } from "../accounts";
import type { ManagerCall } from "../call";
import { accountId } from "../views";
import { invalidMonitorRequest, referenceNotFound } from "./errors";
import { asObject, handlersOf, listOf, type StoredType } from "./storedResources";
import { WORKSPACE_TYPE } from "./workspaces";

const TYPE = "Microsoft.Insights/diagnosticSettings";
const DESTINATIONS = ["workspaceId", "storageAccountId", "eventHubAuthorizationRuleId", "marketplacePartnerId"];
const LOG_CATEGORIES = ["Audit", "RequestResponse", "AzureOpenAIRequestUsage", "Trace"];
const LOG_GROUPS = ["audit", "allLogs"];
const METRIC_CATEGORIES = ["AllMetrics"];

const diagnosticSetting: StoredType = {
  type: TYPE,
  idOf(call, name) {
    const { subscriptionId, parameters } = call;
    const { resourceGroup: resourceGroupName = "", account = "" } = parameters;
    const all = `${accountId({ subscriptionId, resourceGroupName, name: account })}/providers/${TYPE}`;
    return name === undefined ? all : `${all}/${name}`;
  },
  read(call) {
    requireAccount(call);
    const properties = asObject(call.body.properties);
    if (!DESTINATIONS.some((destination) => textOf(properties[destination]) !== undefined)) {
      throw invalidMonitorRequest(
        "At least one data sink needs to be specified: workspaceId, storageAccountId, eventHubAuthorizationRuleId or marketplacePartnerId.",
      );
    }
    checkWorkspace(call, textOf(properties.workspaceId));
    const logs = listOf(properties.logs).map(asObject);
    const metrics = listOf(properties.metrics).map(asObject);
    if (logs.length + metrics.length === 0) {
      throw invalidMonitorRequest("At least one log or metric category needs to be specified.");
    }
    for (const { category, categoryGroup } of logs) checkLog(category, categoryGroup);
    for (const { category } of metrics) requireKnown("Metric category", category, METRIC_CATEGORIES);
    return { properties: { ...properties, logs, metrics } };
  },
  statuses: { created: 200, updated: 200 },
};

export const diagnosticSettings = handlersOf(diagnosticSetting);

function checkLog(category: unknown, group: unknown): void {
  if (category !== undefined && category !== null && group !== undefined && group !== null) {
    throw invalidMonitorRequest("A log takes either a category or a categoryGroup, not both.");
  }
  if (category !== undefined && category !== null) requireKnown("Category", category, LOG_CATEGORIES);
  else requireKnown("Category group", group, LOG_GROUPS);
}

function requireKnown(what: string, value: unknown, known: readonly string[]): void {
  if (known.some((each) => keyOf(each) === keyOf(String(value)))) return;
  throw invalidMonitorRequest(`${what} '${String(value)}' is not supported.`);
}

/** A workspace of another subscription is assumed to exist. */
function checkWorkspace({ state, subscriptionId }: ManagerCall, id: string | undefined): void {
  if (id === undefined) return;
  const isWorkspace = keyOf(id).includes(`/providers/${keyOf(WORKSPACE_TYPE)}/`);
  if (!isWorkspace) throw invalidMonitorRequest(`'${id}' is not the id of a Log Analytics workspace.`);
  const isOwn = keyOf(id).startsWith(keyOf(`/subscriptions/${subscriptionId}/`));
  if (isOwn && !state.storedResources.has(keyOf(id))) throw referenceNotFound(id);
}
