/** Deployment types (Azure's `sku.name`): what each one is, and the capacity that it takes. */
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

/** The Standard type to which a provisioned type's requests may spill over: data is processed at the same level. */
export const SPILLOVER_TYPES: Readonly<Record<string, string>> = {
  ProvisionedManaged: "Standard",
  GlobalProvisionedManaged: "GlobalStandard",
  DataZoneProvisionedManaged: "DataZoneStandard",
};

/** Deployments of a Standard type share the tokens of a pool; those of other types have capacity of their own. */
export function isStandardType(sku: string): boolean {
  return Object.values(SPILLOVER_TYPES).includes(sku);
}

export function isProvisionedType(sku: string): boolean {
  return Object.hasOwn(SPILLOVER_TYPES, sku);
}

export function isBatchType(sku: string): boolean {
  return sku === "GlobalBatch" || sku === "DataZoneBatch";
}

/** Units that a deployment may have: `minimum`, and more in steps of `step`, up to `maximum`. */
export interface CapacityBounds {
  readonly minimum: number;
  readonly step: number;
  readonly maximum: number;
}

/** Provisioned throughput units of one deployment at most (https://learn.microsoft.com/azure/ai-foundry/openai/quotas-limits). */
const MAX_UNITS = 100_000;

/** @see https://learn.microsoft.com/azure/foundry/openai/how-to/determine-ptu-requirements */
export function capacityBounds(sku: string, { regionalUnits }: ModelFacts): CapacityBounds {
  if (!isProvisionedType(sku)) return { minimum: 1, step: 1, maximum: MAX_UNITS };
  const bounds = sku === "ProvisionedManaged" ? regionalUnits : { minimum: 15, step: 5 };
  return { ...bounds, maximum: MAX_UNITS };
}
