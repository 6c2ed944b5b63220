/**
 * What Azure OpenAI is known to offer and to refuse, as far as it can be told before a call. Models come and go, so a
 * model is never refused for not standing here; the dates lead to warnings only.
 * @see https://learn.microsoft.com/azure/ai-services/openai/concepts/model-retirements
 * @see https://learn.microsoft.com/azure/ai-services/openai/quotas-limits
 */

/** Deployment types whose capacity is counted in thousands of tokens per minute. */
export const STANDARD_SKUS = ["Standard", "GlobalStandard", "DataZoneStandard"] as const;
/** Deployment types whose capacity is counted in provisioned throughput units (PTU). */
export const PROVISIONED_SKUS = [
  "ProvisionedManaged",
  "GlobalProvisionedManaged",
  "DataZoneProvisionedManaged",
] as const;
/** Deployment types that answer no chat completions, or not for longer than a day. */
export const UNROUTABLE_SKUS = ["GlobalBatch", "DataZoneBatch", "DeveloperTier"] as const;
/** All deployment types. */
export const SKU_NAMES = [...STANDARD_SKUS, ...PROVISIONED_SKUS, ...UNROUTABLE_SKUS] as const;

/** Most Standard-type deployments of one account. */
export const MAX_STANDARD_DEPLOYMENTS = 32;
/** Most accounts of one subscription in one region. */
export const MAX_ACCOUNTS_PER_LOCATION = 30;
/** Most provisioned throughput units of one deployment. */
export const MAX_PROVISIONED_UNITS = 100_000;
/** More thousands of tokens per minute than this were probably meant as tokens. */
export const SUSPICIOUS_CAPACITY_THOUSAND_TOKENS = 1_000;

export type Cloud = "public" | "usgovernment" | "china";
/** The host of an account's OpenAI endpoint is its subdomain before this. */
export const OPENAI_DOMAINS: Readonly<Record<Cloud, string>> = {
  public: "openai.azure.com",
  usgovernment: "openai.azure.us",
  china: "openai.azure.cn",
};

/** The newest dated version that is no preview. */
export const DEFAULT_API_VERSION = "2024-10-21";

/** Dated versions of the data plane that are served. */
export const API_VERSIONS: readonly string[] = [
  "2022-12-01",
  "2023-05-15",
  "2023-06-01-preview",
  "2023-10-01-preview",
  "2024-02-01",
  "2024-02-15-preview",
  "2024-03-01-preview",
  "2024-04-01-preview",
  "2024-05-01-preview",
  "2024-06-01",
  "2024-07-01-preview",
  "2024-08-01-preview",
  "2024-09-01-preview",
  "2024-10-01-preview",
  "2024-10-21",
  "2024-12-01-preview",
  "2025-01-01-preview",
  "2025-02-01-preview",
  "2025-03-01-preview",
  "2025-04-01-preview",
];

/** Dated versions that Azure no longer answers to. */
export const RETIRED_API_VERSIONS: readonly string[] = [
  "2023-03-15-preview",
  "2023-07-01-preview",
  "2023-08-01-preview",
  "2023-09-01-preview",
  "2023-12-01-preview",
];

/** Versions sort by date; a preview of a day comes before the day's release. */
export function isOlder(apiVersion: string, than: string): boolean {
  const [date, thanDate] = [apiVersion.slice(0, 10), than.slice(0, 10)];
  if (date !== thanDate) return date < thanDate;
  return apiVersion.endsWith("-preview") && !than.endsWith("-preview");
}

/** The first dated version that serves a model, where it is not all of them. */
export const FIRST_API_VERSIONS: Readonly<Record<string, string>> = {
  o1: "2024-12-01-preview",
  "o3-mini": "2024-12-01-preview",
};

export interface Retirement {
  readonly model: string;
  readonly versions: readonly string[];
  /** Day (YYYY-MM-DD) from which deployments of it stop answering, or are upgraded by Azure. */
  readonly retiresOn: string;
}

/** Announced retirements. A deployment that names no version is judged by its model alone. */
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

/** The announced retirement of a model, of this version of it where one is named. */
export function retirementOf(model: string, version: string | undefined): Retirement | undefined {
  return RETIREMENTS.find(
    (retirement) => retirement.model === model && (version === undefined || retirement.versions.includes(version)),
  );
}

/** Of the models of about the same size that stand here, the one that is served longest. */
export function longestServedLike(model: string): Retirement | undefined {
  const size = sizeOf(model);
  return RETIREMENTS.filter((retirement) => sizeOf(retirement.model) === size)
    .sort((left, right) => (left.retiresOn < right.retiresOn ? 1 : -1))
    .at(0);
}

function sizeOf(model: string): "embedding" | "small" | "full" {
  if (model.includes("embedding")) return "embedding";
  return /-(mini|nano)$/.test(model) ? "small" : "full";
}

/** Versions of models, which are easily mixed up with versions of the API. */
export function isModelVersion(text: string): boolean {
  return RETIREMENTS.some(({ versions }) => versions.includes(text));
}

/** Providers of the gateway's own catalogue: no custom provider can take one of these ids. */
export const BUILT_IN_PROVIDER_IDS: readonly string[] = [
  "openai",
  "anthropic",
  "google",
  "deepseek",
  "groq",
  "moonshotai",
  "z-ai",
  "openrouter",
  "hyperbolic",
  "inceptionlabs",
  "inference-net",
];

/** The built-in providers that the gateway's own credits pay for. */
export const CREDIT_PROVIDER_IDS: readonly string[] = ["openai", "anthropic", "google"];
