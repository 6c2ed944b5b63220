/** Checks of content filters, logs and alerts. Values missing from Azure's published lists, such as kinds of content, cause warnings. */
import { nearest } from "../../../../sdk/nearest";
import { at, type Findings, quoted } from "../findings";
import { ALERT_WINDOWS, CONTENT_SOURCES, GRADED_CONTENT, SOURCES } from "../governance";
import { usedFilters } from "../governancePlan";
import type { AlertsInputs, CommonInputs, ContentFilterInputs, DiagnosticsInputs } from "../inputs";
import type { Common, Region } from "../normalize";
import type { Values } from "../values";
import { Places } from "./places";

const FILTER_NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]{1,63}$/;
const WORKSPACE_ID =
  /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.OperationalInsights\/workspaces\/[^/]+$/i;
const ACTION_GROUP_ID =
  /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.Insights\/actionGroups\/[^/]+$/i;

export function checkGovernance<V extends Values>(
  { contentFilters = {}, diagnostics, alerts }: CommonInputs<V>,
  common: Common<V>,
  regions: readonly Region<V>[],
  findings: Findings,
): void {
  for (const [name, filter] of Object.entries(contentFilters)) {
    checkFilter(filter, name, findings);
    if (regions.some((region) => usedFilters(region, common).includes(name))) continue;
    const text = "is used by no deployment, so it is not created: give its name as a deployment's raiPolicyName";
    findings.warning(at("contentFilters", name), text);
  }
  checkUses(regions, Object.keys(contentFilters), findings);
  if (diagnostics !== undefined) checkDiagnostics(diagnostics, findings);
  if (alerts !== undefined) checkAlerts(alerts, findings);
  if (diagnostics === undefined && alerts === undefined) return;
  for (const { account, path } of regions) {
    if (account.kind === "new") continue;
    const text = "is managed elsewhere, so diagnostics and alerts are not created for it";
    findings.warning(at(path, "account", "existing"), text);
  }
}

function checkFilter<V extends Values>(filter: ContentFilterInputs<V>, name: string, findings: Findings): void {
  const path = at("contentFilters", name);
  if (!FILTER_NAME.test(name) || /^microsoft\./i.test(name)) {
    const text = `is named ${JSON.stringify(name)}, but a filter's name has 2 to 64 letters, digits, "-", "_" and ".", and does not begin with "Microsoft.": change it`;
    findings.problem(path, text);
  }
  if (filter.rules === undefined || filter.rules.length === 0) {
    const text = 'is missing: give at least one, such as { name: "Hate", severityThreshold: "Low" }';
    findings.problem(at(path, "rules"), text);
  }
  const kinds = [...GRADED_CONTENT, ...Object.keys(CONTENT_SOURCES)];
  for (const [index, rule] of (filter.rules ?? []).entries()) {
    const where = at(path, "rules", index);
    if (rule.name === undefined || rule.name === "") {
      findings.problem(at(where, "name"), `is missing: give the kind of content, such as ${quoted(kinds)}`);
      continue;
    }
    const meant = kinds.includes(rule.name) ? undefined : nearest(rule.name, kinds);
    if (meant !== undefined) {
      findings.warning(at(where, "name"), `is ${JSON.stringify(rule.name)}: did you mean ${JSON.stringify(meant)}?`);
    }
    if (rule.source !== undefined && !SOURCES.includes(rule.source)) {
      const text = `is ${JSON.stringify(rule.source)}, which is not among the known sources ${quoted(SOURCES)}`;
      findings.warning(at(where, "source"), text);
    }
  }
}

/** A name that is similar to that of a filter is probably a typing error. */
function checkUses<V extends Values>(
  regions: readonly Region<V>[],
  filters: readonly string[],
  findings: Findings,
): void {
  const places = new Places();
  for (const { given, pathOf } of regions.flatMap(({ deployments }) => deployments)) {
    const name = given.raiPolicyName;
    if (typeof name !== "string" || filters.includes(name) || !places.isNew(pathOf("raiPolicyName"))) continue;
    const meant = nearest(name, filters);
    if (meant === undefined) continue;
    const text = `is ${JSON.stringify(name)}, which is none of contentFilters: did you mean ${JSON.stringify(meant)}?`;
    findings.warning(pathOf("raiPolicyName"), text);
  }
}

function checkDiagnostics<V extends Values>(
  { workspaceId, logs, metrics }: DiagnosticsInputs<V>,
  findings: Findings,
): void {
  const form = '"/subscriptions/…/resourceGroups/…/providers/Microsoft.OperationalInsights/workspaces/NAME"';
  if (workspaceId === undefined || workspaceId === "") {
    findings.problem("diagnostics.workspaceId", `is missing: give the id of a Log Analytics workspace, ${form}`);
  } else if (typeof workspaceId === "string" && !WORKSPACE_ID.test(workspaceId)) {
    const text = `is ${JSON.stringify(workspaceId)}, but must be the id of a Log Analytics workspace, ${form}: correct it`;
    findings.problem("diagnostics.workspaceId", text);
  }
  if (logs?.length === 0 && metrics === false) {
    findings.problem("diagnostics", "sends neither logs nor metrics: give one of them, or remove it");
  }
}

function checkAlerts<V extends Values>(alerts: AlertsInputs<V>, findings: Findings): void {
  const { actionGroupIds = [], throttledRequests, responseTimeMs, windowMinutes, severity } = alerts;
  if (actionGroupIds.length === 0) {
    findings.warning(
      "alerts.actionGroupIds",
      "names no action group, so an alert is shown in the portal and notifies nobody",
    );
  }
  for (const [index, id] of actionGroupIds.entries()) {
    if (typeof id !== "string" || ACTION_GROUP_ID.test(id)) continue;
    const form = '"/subscriptions/…/resourceGroups/…/providers/Microsoft.Insights/actionGroups/NAME"';
    const text = `is ${JSON.stringify(id)}, but must be the id of an action group, ${form}: correct it`;
    findings.problem(at("alerts.actionGroupIds", index), text);
  }
  if (throttledRequests === false && responseTimeMs === false) {
    findings.problem("alerts", "has both throttledRequests and responseTimeMs off: turn one of them on, or remove it");
  }
  checkThreshold(throttledRequests, "alerts.throttledRequests", "a number of requests", findings);
  checkThreshold(responseTimeMs, "alerts.responseTimeMs", "a number of milliseconds", findings);
  if (windowMinutes !== undefined && !Object.hasOwn(ALERT_WINDOWS, windowMinutes)) {
    const text = `is ${windowMinutes}, but Azure evaluates alerts over ${Object.keys(ALERT_WINDOWS).join(", ")} minutes: choose one of them`;
    findings.problem("alerts.windowMinutes", text);
  }
  if (severity !== undefined && ![0, 1, 2, 3, 4].includes(severity)) {
    findings.problem("alerts.severity", `is ${severity}, but must be 0 (critical) to 4 (verbose): correct it`);
  }
}

function checkThreshold(value: number | false | undefined, path: string, what: string, findings: Findings): void {
  if (value === undefined || value === false || (Number.isFinite(value) && value >= 0)) return;
  findings.problem(path, `is ${value}, but must be ${what}, 0 or more, or false for no such alert: correct it`);
}
