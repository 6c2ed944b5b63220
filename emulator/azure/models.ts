/**
 * The models, deployment types and regions that the stand-in knows: enough of Azure's matrix to tell a deployment that
 * would work from one that would not. A model that is not in the table cannot be created, but it can be seeded.
 */

export interface ModelVersion {
  readonly name: string;
  readonly version: string;
  /** No deployment of it can be created from this day on. Undefined: no date was published. */
  readonly retiresOn?: string;
  readonly skus: readonly string[];
  /** A unit of capacity is this many tokens and requests per minute. */
  readonly tokensPerUnit: number;
  readonly requestsPerUnit: number;
  readonly surfaces: readonly Surface[];
  /** The dated route serves it from this api-version on. */
  readonly minimumApiVersion?: string;
}

export type Surface = "chatCompletions" | "responses" | "embeddings";

/** Every deployment type there is; each model supports some of them. */
export const SKU_NAMES = [
  "Standard",
  "GlobalStandard",
  "DataZoneStandard",
  "ProvisionedManaged",
  "GlobalProvisionedManaged",
  "DataZoneProvisionedManaged",
  "GlobalBatch",
  "DataZoneBatch",
  "DeveloperTier",
] as const;

const GLOBAL = ["GlobalStandard", "DataZoneStandard", "GlobalBatch", "DataZoneBatch"];
const PROVISIONED = ["ProvisionedManaged", "GlobalProvisionedManaged", "DataZoneProvisionedManaged"];
const CHAT = {
  skus: [...GLOBAL, ...PROVISIONED],
  tokensPerUnit: 1_000,
  requestsPerUnit: 6,
  surfaces: ["chatCompletions", "responses"],
} as const;
const REASONING = { ...CHAT, requestsPerUnit: 1, minimumApiVersion: "2024-12-01-preview" } as const;
const EMBEDDING = {
  skus: ["Standard", "GlobalStandard"],
  tokensPerUnit: 1_000,
  requestsPerUnit: 6,
  surfaces: ["embeddings"],
} as const;

const MODELS: readonly ModelVersion[] = [
  { name: "gpt-4o", version: "2024-05-13", retiresOn: "2026-10-01", ...CHAT, skus: ["Standard", ...CHAT.skus] },
  { name: "gpt-4o", version: "2024-08-06", retiresOn: "2026-10-01", ...CHAT, skus: ["Standard", ...CHAT.skus] },
  { name: "gpt-4o", version: "2024-11-20", retiresOn: "2026-10-01", ...CHAT, skus: ["Standard", ...CHAT.skus] },
  { name: "gpt-4o-mini", version: "2024-07-18", retiresOn: "2026-10-01", ...CHAT, skus: ["Standard", ...CHAT.skus] },
  { name: "gpt-4.1", version: "2025-04-14", retiresOn: "2026-10-14", ...CHAT, skus: ["Standard", ...CHAT.skus] },
  { name: "gpt-4.1-mini", version: "2025-04-14", retiresOn: "2026-10-14", ...CHAT },
  { name: "gpt-4.1-nano", version: "2025-04-14", retiresOn: "2026-10-14", ...CHAT },
  { name: "gpt-5", version: "2025-08-07", retiresOn: "2027-02-06", ...CHAT },
  { name: "gpt-5-mini", version: "2025-08-07", retiresOn: "2027-02-06", ...CHAT },
  { name: "gpt-5-nano", version: "2025-08-07", retiresOn: "2027-02-06", ...CHAT },
  { name: "gpt-5.1", version: "2025-11-13", retiresOn: "2027-05-15", ...CHAT, skus: ["Standard", ...CHAT.skus] },
  { name: "gpt-5.2", version: "2025-12-11", retiresOn: "2026-12-12", ...CHAT },
  { name: "gpt-5.4-mini", version: "2026-03-17", retiresOn: "2027-03-18", ...CHAT },
  { name: "gpt-5.5", version: "2026-04-24", retiresOn: "2027-04-23", ...CHAT },
  { name: "o1", version: "2024-12-17", ...REASONING, tokensPerUnit: 6_000 },
  { name: "o3-mini", version: "2025-01-31", ...REASONING, tokensPerUnit: 10_000 },
  { name: "o4-mini", version: "2025-04-16", retiresOn: "2026-10-16", ...REASONING },
  { name: "text-embedding-3-small", version: "1", retiresOn: "2027-04-15", ...EMBEDDING },
  { name: "text-embedding-3-large", version: "1", retiresOn: "2027-04-15", ...EMBEDDING },
];

/** What a model that is not in the table is taken for. */
const UNKNOWN_MODEL = { ...CHAT, version: "1" };

export function findModel(name: string, version: string): ModelVersion | undefined {
  return MODELS.find((model) => model.name === name && model.version === version);
}

export function isModelName(name: string): boolean {
  return MODELS.some((model) => model.name === name);
}

/** The newest version known, as Azure takes it where a deployment names none. */
export function defaultVersionOf(name: string): string {
  return MODELS.findLast((model) => model.name === name)?.version ?? UNKNOWN_MODEL.version;
}

/** What is known of a model, or what is assumed of a seeded one that is not in the table. */
export function factsOf(model: { readonly name: string; readonly version: string }): ModelVersion {
  return (
    findModel(model.name, model.version) ??
    MODELS.findLast((known) => known.name === model.name) ?? { ...UNKNOWN_MODEL, name: model.name }
  );
}

/** Standard-type deployments share the tokens of a pool; the others have capacity of their own. */
export function isStandardType(sku: string): boolean {
  return sku === "Standard" || sku === "GlobalStandard" || sku === "DataZoneStandard";
}

export function isProvisionedType(sku: string): boolean {
  return PROVISIONED.includes(sku);
}

export function isBatchType(sku: string): boolean {
  return sku === "GlobalBatch" || sku === "DataZoneBatch";
}
