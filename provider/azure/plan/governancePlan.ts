/** Plans the resources around an account's deployments: content filters, logs and alerts. */
import { ALERT_WINDOWS, CONTENT_SOURCES, GRADED_CONTENT, SOURCES } from "./governance";
import type { ContentFilterInputs, ContentFilterRuleInputs } from "./inputs";
import type { Common, NewAccount, Region } from "./normalize";
import type { Tags, Values } from "./values";

/** A filter for one kind of content, in prompts or in completions. */
export interface ContentFilterRule {
  readonly name: string;
  readonly source: string;
  readonly enabled: boolean;
  readonly blocking: boolean;
  readonly severityThreshold?: string;
}

export interface ContentFilterPlan<V extends Values> {
  readonly resourceName: string;
  readonly name: string;
  readonly basePolicyName: string;
  readonly mode: string;
  readonly rules: readonly ContentFilterRule[];
  readonly tags: Tags<V>;
}

export interface DiagnosticsPlan<V extends Values> {
  readonly resourceName: string;
  readonly name: string;
  readonly workspaceId: V["text"];
  readonly logs: readonly ({ readonly category: string } | { readonly categoryGroup: string })[];
  readonly metrics: readonly string[];
}

export interface AlertPlan<V extends Values> {
  readonly resourceName: string;
  readonly ruleName: string;
  readonly description: string;
  readonly metricName: string;
  /** Values of the metric's dimensions that are included; `*`: each value separately. */
  readonly dimensions: Readonly<Record<string, string>>;
  readonly timeAggregation: "Average" | "Total";
  /** The alert is raised above this value. */
  readonly threshold: number;
  /** ISO 8601 duration. */
  readonly window: string;
  readonly severity: number;
  readonly actionGroupIds: readonly V["text"][];
  readonly tags: Tags<V>;
}

export interface GovernancePlan<V extends Values> {
  /** Created one after the other, before the deployments. */
  readonly contentFilters: readonly ContentFilterPlan<V>[];
  readonly diagnostics: DiagnosticsPlan<V> | undefined;
  readonly alerts: readonly AlertPlan<V>[];
}

/** Azure's filter for deployments that name none. */
const DEFAULT_BASE_POLICY = "Microsoft.DefaultV2";
const DEFAULT_MODE = "Blocking";
const DEFAULT_SEVERITY_THRESHOLD = "Medium";
const SETTING_NAME = "pulumi-ngrok-ai";

/** Names of the content filters that a region's deployments use. */
export function usedFilters<V extends Values>({ deployments }: Region<V>, { governance }: Common<V>): string[] {
  const named = deployments.map(({ given }) => given.raiPolicyName);
  return Object.keys(governance.contentFilters).filter((name) => named.includes(name));
}

/** Logs and alerts are only for new accounts; those of an existing account are managed elsewhere. */
export function planGovernance<V extends Values>(region: Region<V>, common: Common<V>): GovernancePlan<V> {
  const { account } = region;
  return {
    contentFilters: usedFilters(region, common).map((name) => planFilter(name, region, common)),
    diagnostics: account.kind === "new" ? planDiagnostics(region, common) : undefined,
    alerts: account.kind === "new" ? planAlerts(region, account, common) : [],
  };
}

function planFilter<V extends Values>(name: string, region: Region<V>, common: Common<V>): ContentFilterPlan<V> {
  const { basedOn, mode, rules = [], tags }: ContentFilterInputs<V> = common.governance.contentFilters[name] ?? {};
  return {
    resourceName: `${region.name}-filter-${name}`,
    name,
    basePolicyName: basedOn ?? DEFAULT_BASE_POLICY,
    mode: mode ?? DEFAULT_MODE,
    rules: rules.flatMap(toRules),
    tags: { ...common.tags, ...tags },
  };
}

/** One rule per side: prompts and completions, unless the kind of content has only one side. */
function toRules(given: ContentFilterRuleInputs): ContentFilterRule[] {
  const { name = "", enabled = true, blocking = true } = given;
  const isGraded = GRADED_CONTENT.includes(name);
  const severityThreshold = given.severityThreshold ?? (isGraded ? DEFAULT_SEVERITY_THRESHOLD : undefined);
  const only = given.source ?? (Object.hasOwn(CONTENT_SOURCES, name) ? CONTENT_SOURCES[name] : undefined);
  return (only === undefined ? SOURCES : [only]).map((source) => ({
    name,
    source,
    enabled,
    blocking,
    ...(severityThreshold === undefined ? {} : { severityThreshold }),
  }));
}

function planDiagnostics<V extends Values>(
  { name }: Region<V>,
  { governance: { diagnostics } }: Common<V>,
): DiagnosticsPlan<V> | undefined {
  if (diagnostics === undefined) return undefined;
  const { logs, metrics = true } = diagnostics;
  return {
    resourceName: `${name}-diagnostics`,
    name: SETTING_NAME,
    workspaceId: diagnostics.workspaceId,
    logs: logs?.map((category) => ({ category })) ?? [{ categoryGroup: "allLogs" }],
    metrics: metrics ? ["AllMetrics"] : [],
  };
}

function planAlerts<V extends Values>(region: Region<V>, account: NewAccount<V>, common: Common<V>): AlertPlan<V>[] {
  const { alerts } = common.governance;
  if (alerts === undefined) return [];
  const { throttledRequests, responseTimeMs, windowMinutes, severity, actionGroupIds } = alerts;
  const window = ALERT_WINDOWS[windowMinutes] ?? "";
  const plan = (
    what: string,
    alert: Pick<AlertPlan<V>, "description" | "metricName" | "dimensions" | "timeAggregation">,
    threshold: number,
  ) => ({
    resourceName: `${region.name}-${what}`,
    ruleName: `${account.name}-${what}`,
    ...alert,
    threshold,
    window,
    severity,
    actionGroupIds,
    tags: common.tags,
  });
  const throttled = {
    description: `A deployment answered more than ${throttledRequests} requests with 429 within ${windowMinutes} min.`,
    metricName: "AzureOpenAIRequests",
    dimensions: { StatusCode: "429", ModelDeploymentName: "*" },
    timeAggregation: "Total",
  } as const;
  const slow = {
    description: `A deployment took more than ${responseTimeMs} ms to respond, on average over ${windowMinutes} min.`,
    metricName: "AzureOpenAITimeToResponse",
    dimensions: { ModelDeploymentName: "*" },
    timeAggregation: "Average",
  } as const;
  return [
    ...(throttledRequests === false ? [] : [plan("throttled", throttled, throttledRequests)]),
    ...(responseTimeMs === false ? [] : [plan("slow", slow, responseTimeMs)]),
  ];
}
