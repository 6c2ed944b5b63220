/**
 * Alert rules on the metrics of accounts.
 * @see https://learn.microsoft.com/rest/api/monitor/metric-alerts (2018-03-01)
 * @see https://learn.microsoft.com/azure/foundry/openai/monitor-openai-reference for the metrics
 *
 * Not emulated: no metric is collected, so no alert fires.
 */
import { isObject, textOf } from "../../http";
import { keyOf } from "../../state";
import type { ManagerCall } from "../call";
import { ACTION_GROUP_TYPE } from "./actionGroups";
import { invalidMonitorRequest, referenceNotFound } from "./errors";
import { asObject, groupResourceId, handlersOf, listOf, readTracked, type StoredType } from "./storedResources";

const TYPE = "Microsoft.Insights/metricAlerts";

/** Allowed durations of a rule's evaluation and of its window, in minutes. */
const FREQUENCIES: Readonly<Record<string, number>> = { PT1M: 1, PT5M: 5, PT15M: 15, PT30M: 30, PT1H: 60 };
const WINDOWS: Readonly<Record<string, number>> = { ...FREQUENCIES, PT6H: 360, PT12H: 720, P1D: 1_440 };
const OPERATORS = ["Equals", "GreaterThan", "GreaterThanOrEqual", "LessThan", "LessThanOrEqual", "GreaterOrLessThan"];
const AGGREGATIONS = ["Average", "Count", "Minimum", "Maximum", "Total"];
const SEVERITIES = ["0", "1", "2", "3", "4"];

const ACCOUNT_METRICS = [
  "ActiveTokens",
  "AzureOpenAIAvailabilityRate",
  "AzureOpenAIContextTokensCacheMatchRate",
  "AzureOpenAINormalizedTBTInMS",
  "AzureOpenAINormalizedTTFTInMS",
  "AzureOpenAIProvisionedManagedUtilization",
  "AzureOpenAIProvisionedManagedUtilizationV2",
  "AzureOpenAIRequests",
  "AzureOpenAITTLTInMS",
  "AzureOpenAITimeToResponse",
  "AzureOpenAITokenPerSecond",
  "BlockedCalls",
  "ClientErrors",
  "DataIn",
  "DataOut",
  "FineTunedTrainingHours",
  "GeneratedTokens",
  "Latency",
  "ProcessedPromptTokens",
  "RAIAbusiveUsersCount",
  "RAIHarmfulRequests",
  "RAIRejectedRequests",
  "RAISystemEvent",
  "RAITotalRequests",
  "Ratelimit",
  "ServerErrors",
  "SuccessfulCalls",
  "SuccessRate",
  "TokenTransaction",
  "TotalCalls",
  "TotalErrors",
  "TotalTokenCalls",
];

const metricAlert: StoredType = {
  type: TYPE,
  idOf: (call, name) => groupResourceId(TYPE, call, name),
  read(call, _id, existing) {
    const properties = asObject(call.body.properties);
    const { severity, scopes, evaluationFrequency, windowSize, criteria, actions } = properties;
    requireKnown("severity", severity, SEVERITIES);
    requireKnown("evaluationFrequency", evaluationFrequency, Object.keys(FREQUENCIES));
    requireKnown("windowSize", windowSize, Object.keys(WINDOWS));
    if ((WINDOWS[String(windowSize)] ?? 0) < (FREQUENCIES[String(evaluationFrequency)] ?? 0)) {
      throw invalidMonitorRequest("'windowSize' must not be shorter than 'evaluationFrequency'.");
    }
    if (listOf(scopes).length === 0) throw invalidMonitorRequest("'scopes' must name at least one resource.");
    checkScopes(call, scopes, existing?.body.properties);
    checkCriteria(criteria, listOf(scopes));
    for (const action of listOf(actions)) checkAction(call, action);
    const { location, ...tracked } = readTracked(call, { enabled: true, autoMitigate: true, ...properties });
    if (location !== "global")
      throw invalidMonitorRequest(`The location of a metric alert is 'global', not '${location}'.`);
    return { location, ...tracked };
  },
  statuses: { created: 200, updated: 200 },
};

export const metricAlerts = handlersOf(metricAlert);

/** Scopes in this subscription must exist; a rule's scopes cannot change. */
function checkScopes({ state, subscriptionId }: ManagerCall, scopes: unknown, before: unknown): void {
  const isOwn = (id: string) => keyOf(id).startsWith(keyOf(`/subscriptions/${subscriptionId}/`));
  for (const id of listOf(scopes).map(String)) {
    const [, , , group = "", , , type, name = ""] = id.split("/").slice(1);
    if (isOwn(id) && keyOf(type ?? "") === "accounts" && state.account(subscriptionId, group, name) === undefined) {
      throw referenceNotFound(id);
    }
  }
  const earlier = isObject(before) ? before.scopes : undefined;
  if (earlier !== undefined && keyOf(...listOf(earlier).map(String)) !== keyOf(...listOf(scopes).map(String))) {
    throw invalidMonitorRequest("'scopes' of a metric alert cannot change.");
  }
}

function checkCriteria(criteria: unknown, scopes: readonly unknown[]): void {
  const rules = isObject(criteria) ? listOf(criteria.allOf) : [];
  if (!isObject(criteria) || textOf(criteria["odata.type"]) === undefined || rules.length === 0) {
    throw invalidMonitorRequest("'criteria' needs an 'odata.type' and at least one condition in 'allOf'.");
  }
  const isOfAccounts = scopes.every((scope) => /\/Microsoft\.CognitiveServices\/accounts\/[^/]+$/i.test(String(scope)));
  for (const [index, rule] of rules.entries()) {
    const path = `criteria.allOf[${index}]`;
    const { name, metricName, criterionType, operator, timeAggregation, threshold, skipMetricValidation } =
      asObject(rule);
    if (textOf(name) === undefined) throw invalidMonitorRequest(`'${path}.name' is required.`);
    requireKnown(`${path}.operator`, operator, OPERATORS);
    requireKnown(`${path}.timeAggregation`, timeAggregation, AGGREGATIONS);
    if (criterionType === "StaticThresholdCriterion" && typeof threshold !== "number") {
      throw invalidMonitorRequest(`'${path}.threshold' must be a number.`);
    }
    const isKnown = ACCOUNT_METRICS.some((metric) => keyOf(metric) === keyOf(String(metricName)));
    if (isOfAccounts && !isKnown && skipMetricValidation !== true) {
      throw invalidMonitorRequest(
        `Couldn't find a metric named ${String(metricName)}. If it has not been emitted yet, set 'skipMetricValidation'.`,
      );
    }
  }
}

function checkAction({ state, subscriptionId }: ManagerCall, action: unknown): void {
  const id = isObject(action) ? textOf(action.actionGroupId) : undefined;
  if (id === undefined) throw invalidMonitorRequest("'actions' needs an 'actionGroupId' in each entry.");
  const isOwn = keyOf(id).startsWith(keyOf(`/subscriptions/${subscriptionId}/`));
  const isGroup = keyOf(id).includes(`/providers/${keyOf(ACTION_GROUP_TYPE)}/`);
  if (!isGroup || (isOwn && !state.storedResources.has(keyOf(id)))) throw referenceNotFound(id);
}

function requireKnown(path: string, value: unknown, known: readonly string[]): void {
  if (known.includes(String(value))) return;
  throw invalidMonitorRequest(`'${path}' is '${String(value)}'; it takes one of ${known.join(", ")}.`);
}
