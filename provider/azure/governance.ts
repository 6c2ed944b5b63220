/** Content filters, logs and alerts of an account, as azure-native's resources. Loads its monitor module only if needed. */
import type * as cognitiveservices from "@pulumi/azure-native/cognitiveservices";
import type * as pulumi from "@pulumi/pulumi";
import type { Account } from "./account";
import { type AzureNative, loadMonitor } from "./azureNative";
import { type PulumiValues, toTags } from "./component";
import type { AlertPlan, ContentFilterPlan, DiagnosticsPlan, GovernancePlan } from "./plan/governancePlan";

/** Creates the content filters, one after the other, because Azure accepts one change of an account at a time. */
export function createContentFilters(
  { cognitiveservices }: AzureNative,
  plans: readonly ContentFilterPlan<PulumiValues>[],
  account: Account,
  options: pulumi.CustomResourceOptions,
): cognitiveservices.RaiPolicy[] {
  const created: cognitiveservices.RaiPolicy[] = [];
  for (const { resourceName, name, basePolicyName, mode, rules, tags } of plans) {
    const args = {
      resourceGroupName: account.resourceGroupName,
      accountName: account.name,
      raiPolicyName: name,
      properties: { basePolicyName, mode, contentFilters: rules.map((rule) => ({ ...rule })) },
      ...toTags(tags),
    };
    created.push(new cognitiveservices.RaiPolicy(resourceName, args, { ...options, dependsOn: [...created] }));
  }
  return created;
}

/** Creates diagnostic settings and alerts of an account. */
export function createWatch(
  { diagnostics, alerts }: GovernancePlan<PulumiValues>,
  { id, resourceGroupName }: Account,
  options: pulumi.CustomResourceOptions,
): void {
  // Only an existing account has no id here; its logs and alerts are managed elsewhere.
  if (id === undefined) return;
  if (diagnostics !== undefined) createDiagnostics(diagnostics, id, options);
  for (const alert of alerts) createAlert(alert, id, resourceGroupName, options);
}

function createDiagnostics(
  { resourceName, name, workspaceId, logs, metrics }: DiagnosticsPlan<PulumiValues>,
  accountId: pulumi.Output<string>,
  options: pulumi.CustomResourceOptions,
): void {
  new (loadMonitor().DiagnosticSetting)(
    resourceName,
    {
      name,
      resourceUri: accountId,
      workspaceId,
      logs: logs.map((log) => ({ ...log, enabled: true })),
      metrics: metrics.map((category) => ({ category, enabled: true })),
    },
    options,
  );
}

function createAlert(
  plan: AlertPlan<PulumiValues>,
  accountId: pulumi.Output<string>,
  resourceGroupName: pulumi.Output<string>,
  options: pulumi.CustomResourceOptions,
): void {
  const { ruleName, description, metricName, timeAggregation, threshold, window, severity } = plan;
  const dimensions = Object.entries(plan.dimensions).map(([name, value]) => ({
    name,
    operator: "Include",
    values: [value],
  }));
  new (loadMonitor().MetricAlert)(
    plan.resourceName,
    {
      resourceGroupName,
      ruleName,
      location: "global",
      description,
      enabled: true,
      autoMitigate: true,
      severity,
      scopes: [accountId],
      evaluationFrequency: window,
      windowSize: window,
      criteria: {
        odataType: "Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria",
        allOf: [
          {
            criterionType: "StaticThresholdCriterion",
            name: "threshold",
            metricNamespace: "Microsoft.CognitiveServices/accounts",
            metricName,
            dimensions,
            operator: "GreaterThan",
            threshold,
            timeAggregation,
            // A new account has no metrics yet.
            skipMetricValidation: true,
          },
        ],
      },
      actions: plan.actionGroupIds.map((actionGroupId) => ({ actionGroupId })),
      ...toTags(plan.tags),
    },
    options,
  );
}
