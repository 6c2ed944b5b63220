/**
 * Known models and deployment types of Azure OpenAI. Azure adds and retires them, so a missing entry never makes an argument
 * invalid.
 * @see https://learn.microsoft.com/azure/ai-services/openai/concepts/model-retirements
 * @see https://learn.microsoft.com/azure/ai-services/openai/quotas-limits
 */

/** Deployment types with a capacity in thousands of tokens per minute. */
export const STANDARD_SKUS: readonly string[] = ["Standard", "GlobalStandard", "DataZoneStandard"];

/** Capacities of a provisioned type, in provisioned throughput units (PTU): a minimum and an increment. */
export interface ProvisionedUnits {
  readonly minimum: number;
  readonly step: number;
}

export interface ProvisionedSku extends ProvisionedUnits {
  /** Capacities for models whose names end in `-mini` or `-nano`. */
  readonly smallModels: ProvisionedUnits;
  /** Standard type of the same level, which receives spillover requests. */
  readonly spillsTo: string;
}

const BY_FIVE: ProvisionedUnits = { minimum: 15, step: 5 };

/**
 * Deployment types with a capacity in provisioned throughput units.
 * @see https://learn.microsoft.com/azure/ai-services/openai/concepts/provisioned-throughput
 */
export const PROVISIONED_SKUS: Readonly<Record<string, ProvisionedSku>> = {
  ProvisionedManaged: { minimum: 50, step: 50, smallModels: { minimum: 25, step: 25 }, spillsTo: "Standard" },
  GlobalProvisionedManaged: { ...BY_FIVE, smallModels: BY_FIVE, spillsTo: "GlobalStandard" },
  DataZoneProvisionedManaged: { ...BY_FIVE, smallModels: BY_FIVE, spillsTo: "DataZoneStandard" },
};

/** Deployment types that serve no interactive requests, or only for a day. */
export const UNROUTABLE_SKUS: readonly string[] = ["GlobalBatch", "DataZoneBatch", "DeveloperTier"];

/** All known deployment types. */
export const SKU_NAMES: readonly string[] = [...STANDARD_SKUS, ...Object.keys(PROVISIONED_SKUS), ...UNROUTABLE_SKUS];

/** `undefined` if the type is not a provisioned one. */
export function provisionedSku(sku: string): ProvisionedSku | undefined {
  return Object.hasOwn(PROVISIONED_SKUS, sku) ? PROVISIONED_SKUS[sku] : undefined;
}

/** Largest number of Standard-type deployments in one account. */
export const MAX_STANDARD_DEPLOYMENTS = 32;
/** Largest number of accounts of one subscription in one region. */
export const MAX_ACCOUNTS_PER_LOCATION = 30;
/** Largest number of provisioned throughput units of one deployment. */
export const MAX_PROVISIONED_UNITS = 100_000;
/** A larger capacity was probably meant in tokens per minute, not in thousands of them. */
export const SUSPICIOUS_CAPACITY_THOUSAND_TOKENS = 1_000;

/** First dated API version that serves a model, for models that older versions do not serve. */
export const FIRST_API_VERSIONS: Readonly<Record<string, string>> = {
  o1: "2024-12-01-preview",
  "o3-mini": "2024-12-01-preview",
};

export interface Retirement {
  readonly model: string;
  readonly versions: readonly string[];
  /** Day (YYYY-MM-DD) from which its deployments stop answering, or Azure upgrades them. */
  readonly retiresOn: string;
}

/** Announced retirements. A deployment without a version is looked up by its model only. */
export const RETIREMENTS: readonly Retirement[] = [
  { model: "gpt-4o", versions: ["2024-05-13", "2024-08-06", "2024-11-20"], retiresOn: "2026-10-01" },
  { model: "gpt-4o-mini", versions: ["2024-07-18"], retiresOn: "2026-10-01" },
  { model: "gpt-4.1", versions: ["2025-04-14"], retiresOn: "2026-10-14" },
  { model: "gpt-4.1-mini", versions: ["2025-04-14"], retiresOn: "2026-10-14" },
  { model: "gpt-4.1-nano", versions: ["2025-04-14"], retiresOn: "2026-10-14" },
  { model: "o4-mini", versions: ["2025-04-16"], retiresOn: "2026-10-16" },
  { model: "gpt-5.2", versions: ["2025-12-11"], retiresOn: "2026-12-12" },
  { model: "gpt-5", versions: ["2025-08-07"], retiresOn: "2027-02-06" },
  { model: "gpt-5-mini", versions: ["2025-08-07"], retiresOn: "2027-02-06" },
  { model: "gpt-5-nano", versions: ["2025-08-07"], retiresOn: "2027-02-06" },
  { model: "gpt-5.4-mini", versions: ["2026-03-17"], retiresOn: "2027-03-18" },
  { model: "text-embedding-3-small", versions: ["1"], retiresOn: "2027-04-15" },
  { model: "text-embedding-3-large", versions: ["1"], retiresOn: "2027-04-15" },
  { model: "gpt-5.5", versions: ["2026-04-24"], retiresOn: "2027-04-23" },
  { model: "gpt-5.1", versions: ["2025-11-13"], retiresOn: "2027-05-15" },
];

/** The announced retirement of a model, or of one version of it. */
export function retirementOf(model: string, version: string | undefined): Retirement | undefined {
  return RETIREMENTS.find(
    (retirement) => retirement.model === model && (version === undefined || retirement.versions.includes(version)),
  );
}

/** A model of similar size that is served longest. */
export function longestServedLike(model: string): Retirement | undefined {
  const size = sizeOf(model);
  return RETIREMENTS.filter((retirement) => sizeOf(retirement.model) === size)
    .sort((left, right) => (left.retiresOn < right.retiresOn ? 1 : -1))
    .at(0);
}

/** Judged by its name, as in `RouteCheck`. */
export function isEmbeddingModel(model: string): boolean {
  return /embed/i.test(model);
}

function sizeOf(model: string): "embedding" | "small" | "full" {
  if (isEmbeddingModel(model)) return "embedding";
  return isSmallModel(model) ? "small" : "full";
}

export function isSmallModel(model: string): boolean {
  return /-(mini|nano)$/.test(model);
}

export function isKnownModel(model: string): boolean {
  return Object.hasOwn(FIRST_API_VERSIONS, model) || RETIREMENTS.some((retirement) => retirement.model === model);
}

/** Whether a text looks like a model's version; these are easily confused with API versions. */
export function isModelVersion(text: string): boolean {
  return RETIREMENTS.some(({ versions }) => versions.includes(text));
}
