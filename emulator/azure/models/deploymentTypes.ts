/** Deployment types (Azure's `sku.name`): their kinds and capacities. */
import type { ModelFacts } from "./modelFacts";

/** Every deployment type; each model supports some of them. */
export const SKU_NAMES: readonly string[] = [
  "Standard",
  "GlobalStandard",
  "DataZoneStandard",
  "ProvisionedManaged",
  "GlobalProvisionedManaged",
  "DataZoneProvisionedManaged",
  "GlobalBatch",
  "DataZoneBatch",
  "DeveloperTier",
];

/** The Standard type for the spillover of a provisioned type; it processes data at the same level. */
export const SPILLOVER_TYPES: Readonly<Record<string, string>> = {
  ProvisionedManaged: "Standard",
  GlobalProvisionedManaged: "GlobalStandard",
  DataZoneProvisionedManaged: "DataZoneStandard",
};

/** Deployments of a Standard type share the tokens of a pool; deployments of other types have their own capacity. */
export function isStandardType(sku: string): boolean {
  return Object.values(SPILLOVER_TYPES).includes(sku);
}

export function isProvisionedType(sku: string): boolean {
  return Object.hasOwn(SPILLOVER_TYPES, sku);
}

export function isBatchType(sku: string): boolean {
  return sku === "GlobalBatch" || sku === "DataZoneBatch";
}

/** Allowed units of a deployment: from `minimum` to `maximum` in steps of `step`. */
export interface CapacityBounds {
  readonly minimum: number;
  readonly step: number;
  readonly maximum: number;
}

/** Largest number of provisioned throughput units of one deployment (https://learn.microsoft.com/azure/ai-foundry/openai/quotas-limits). */
const MAX_UNITS = 100_000;

/** @see https://learn.microsoft.com/azure/foundry/openai/how-to/determine-ptu-requirements */
export function capacityBounds(sku: string, { regionalUnits }: ModelFacts): CapacityBounds {
  if (!isProvisionedType(sku)) return { minimum: 1, step: 1, maximum: MAX_UNITS };
  const bounds = sku === "ProvisionedManaged" ? regionalUnits : { minimum: 15, step: 5 };
  return { ...bounds, maximum: MAX_UNITS };
}
