/**
 * Pure planning of the Azure components: arguments → normalize (defaults, names) → check (problems, warnings) → plan (resources to
 * create), each called once. Equal arguments give equal plans: no clock, no randomness, no network, no Pulumi.
 */
import { checkAccess } from "./checks/access";
import { checkAccount } from "./checks/account";
import { checkApi } from "./checks/api";
import { checkDeployments } from "./checks/deployments";
import { checkGateway } from "./checks/gateway";
import { checkGovernance } from "./checks/governance";
import { type Finding, Findings } from "./findings";
import * as gatewayPlan from "./gatewayPlan";
import type { GatewayInputs, PlanContext, RegionInputs } from "./inputs";
import { normalizeCommon, normalizeRegion } from "./normalize";
import { normalizeGateway } from "./normalizeGateway";
import * as regionPlan from "./regionPlan";
import type { Values } from "./values";

export interface Planned<Plan> {
  /** `undefined` if there are problems. */
  readonly plan: Plan | undefined;
  /** Invalid arguments. */
  readonly problems: readonly Finding[];
  /** Valid arguments that are rarely intended. */
  readonly warnings: readonly Finding[];
}

/**
 * Plans one Azure account with its deployments.
 * @param findings may contain arguments that could not be read.
 */
export function planRegion<V extends Values>(
  name: string,
  inputs: RegionInputs<V>,
  context: PlanContext,
  findings = new Findings(),
): Planned<regionPlan.RegionPlan<V>> {
  const common = normalizeCommon(inputs);
  const region = normalizeRegion(name, inputs, common, context);
  checkAccount(region, findings);
  checkDeployments([region], context.today, findings);
  checkApi(inputs, common, region.deployments, findings);
  checkGovernance(inputs, common, [region], findings);
  return conclude(findings, () => regionPlan.planRegion(region, common));
}

/**
 * Plans accounts in several regions and the gateway's objects in front of them.
 * @param findings may contain arguments that could not be read.
 */
export function planGateway<V extends Values>(
  name: string,
  inputs: GatewayInputs<V>,
  context: PlanContext,
  findings = new Findings(),
): Planned<gatewayPlan.GatewayPlan<V>> {
  const gateway = normalizeGateway(name, inputs, context);
  const { common, regions } = gateway;
  for (const region of regions) checkAccount(region, findings);
  checkDeployments(regions, context.today, findings);
  checkApi(
    inputs,
    common,
    regions.flatMap(({ deployments }) => deployments),
    findings,
  );
  checkGovernance(inputs, common, regions, findings);
  checkGateway(gateway, context.usedProviderIds ?? new Map(), findings);
  checkAccess(gateway, findings);
  return conclude(findings, () => gatewayPlan.planGateway(gateway));
}

function conclude<Plan>({ problems, warnings }: Findings, plan: () => Plan): Planned<Plan> {
  return { plan: problems.length === 0 ? plan() : undefined, problems, warnings };
}
