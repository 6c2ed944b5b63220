/** Plans a component from its arguments, and reports everything that is wrong with them. */
import type { PulumiValues } from "./component";
import { type Planned, planGateway, planRegion } from "./plan";
import type { GatewayPlan } from "./plan/gatewayPlan";
import type { PlanContext } from "./plan/inputs";
import type { RegionPlan } from "./plan/regionPlan";
import { readArguments } from "./reading/read";
import { argumentSchemas } from "./reading/schemas";

export function planRegionArguments(
  name: string,
  args: unknown,
  context: PlanContext,
): Planned<RegionPlan<PulumiValues>> {
  const { inputs, findings } = readArguments(argumentSchemas().region, args);
  return planRegion(name, inputs, context, findings);
}

export function planGatewayArguments(
  name: string,
  args: unknown,
  context: PlanContext,
): Planned<GatewayPlan<PulumiValues>> {
  const { inputs, findings } = readArguments(argumentSchemas().gateway, args);
  return planGateway(name, inputs, context, findings);
}
