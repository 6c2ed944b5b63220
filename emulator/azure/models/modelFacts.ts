/** What a model can do and how its capacity is counted, derived from its name: the assumption for models in no list. */

/** An operation of the data plane that a model may serve. */
export type Surface = "chatCompletions" | "responses" | "embeddings";

export interface ModelFacts {
  readonly surfaces: readonly Surface[];
  /** Deployment types that it supports. */
  readonly skus: readonly string[];
  /** One unit of capacity of a Standard type is this many tokens and requests per minute. */
  readonly tokensPerUnit: number;
  readonly requestsPerUnit: number;
  /** One provisioned throughput unit is this many input tokens per minute. */
  readonly tokensPerProvisionedUnit: number;
  /** Units of a regional provisioned deployment. */
  readonly regionalUnits: { readonly minimum: number; readonly step: number };
  /** Prompts over so many tokens are refused by provisioned deployments. */
  readonly maxProvisionedPromptTokens?: number;
  /** The dated routes serve it from this api-version on. */
  readonly minimumApiVersion?: string;
  /** Length of its vectors, of an embeddings model. */
  readonly dimensions?: number;
  /** Whether a request may ask for shorter vectors. */
  readonly isDimensionsAllowed?: boolean;
}

const GLOBAL = ["GlobalStandard", "DataZoneStandard", "GlobalBatch", "DataZoneBatch"];
const PROVISIONED = ["ProvisionedManaged", "GlobalProvisionedManaged", "DataZoneProvisionedManaged"];

const CHAT: ModelFacts = {
  surfaces: ["chatCompletions", "responses"],
  skus: [...GLOBAL, ...PROVISIONED],
  tokensPerUnit: 1_000,
  requestsPerUnit: 6,
  tokensPerProvisionedUnit: 3_000,
  regionalUnits: { minimum: 50, step: 50 },
};

const EMBEDDING: ModelFacts = {
  ...CHAT,
  surfaces: ["embeddings"],
  skus: ["Standard", "GlobalStandard"],
  dimensions: 1_536,
  isDimensionsAllowed: true,
};

/** Facts of all models whose names fit. Every entry that fits adds to those before it. */
const FAMILIES: readonly (readonly [name: RegExp, facts: Partial<ModelFacts>])[] = [
  [/mini|nano/, { regionalUnits: { minimum: 25, step: 25 } }],
  [/^o\d/, { requestsPerUnit: 1, minimumApiVersion: "2024-12-01-preview" }],
  // https://learn.microsoft.com/azure/foundry/openai/how-to/reasoning#api--feature-support
  [/codex|-pro$|deep-research|^computer-use/, { surfaces: ["responses"] }],
  [/embedding/, EMBEDDING],
];

export function factsFromName(name: string): ModelFacts {
  const fitting = FAMILIES.filter(([pattern]) => pattern.test(name)).map(([, facts]) => facts);
  return Object.assign({}, CHAT, ...fitting);
}

export const WITHOUT_PROVISIONED: readonly string[] = GLOBAL;
export const WITH_STANDARD: readonly string[] = ["Standard", ...GLOBAL, ...PROVISIONED];
