/**
 * Pure: the arguments of a component → everything that is to be created, and all that is wrong with them. The same
 * question gets the same answer: no clock, no randomness, no network, nothing of Pulumi.
 */
import { checkApi } from "./apiChecks";
import { Findings } from "./findings";
import { checkEntries, checkGateway } from "./gatewayChecks";
import { type GatewayPlan, planAll, toRegionEntries, toRegionSources } from "./gatewayPlan";
import { checkRegion } from "./regionChecks";
import { planAccount, type RegionPlan, toRegionSource } from "./regionPlan";
import type { GatewayArgsShape, PlanContext, RegionArgsShape } from "./shapes";

/** A plan, which is to be carried out only where there are no problems. */
export interface Planned<Plan> {
  readonly plan: Plan;
  /** What cannot work, each as `component.field is …, but …: fix`. */
  readonly problems: readonly string[];
  /** What may be meant but rarely is. */
  readonly warnings: readonly string[];
}

/** Plans one Azure account with its deployments. */
export function planRegion(name: string, args: RegionArgsShape, context: PlanContext): Planned<RegionPlan> {
  const findings = new Findings(name);
  const source = toRegionSource(name, args);
  const plan = planAccount(source, context, findings);
  checkRegion(source, plan, context.today, findings);
  checkApi(args, source.deployments, findings);
  return { plan, problems: findings.problems, warnings: findings.warnings };
}

/** Plans accounts in several regions and the gateway's objects in front of them. */
export function planGateway(name: string, args: GatewayArgsShape, context: PlanContext): Planned<GatewayPlan> {
  const findings = new Findings(name);
  checkEntries(args, toRegionEntries(args), findings);
  const sources = toRegionSources(name, args);
  const plan = planAll(name, args, sources, context, findings);
  for (const [index, source] of sources.entries()) {
    checkRegion(source, plan.regions[index]!, context.today, findings);
    checkApi(args, source.deployments, findings);
  }
  checkGateway(args, sources, plan, findings);
  return { plan, problems: findings.problems, warnings: findings.warnings };
}
