/** Abilities and capacity units of a model, derived from its name: an assumption for unlisted models. */

/** An operation of the data plane that a model may support. */
export type Surface = "chatCompletions" | "responses" | "embeddings";

export interface ModelFacts {
  readonly surfaces: readonly Surface[];
  /** Supported deployment types. */
  readonly skus: readonly string[];
  /** Tokens and requests per minute of one unit of capacity of a Standard type. */
  readonly tokensPerUnit: number;
  readonly requestsPerUnit: number;
  /** Input tokens per minute of one provisioned throughput unit. */
  readonly tokensPerProvisionedUnit: number;
  /** Allowed units of a regional provisioned deployment. */
  readonly regionalUnits: { readonly minimum: number; readonly step: number };
  /** Provisioned deployments reject longer prompts, in tokens. */
  readonly maxProvisionedPromptTokens?: number;
  /** First dated api-version that serves it. */
  readonly minimumApiVersion?: string;
  /** Length of the vectors of an embeddings model. */
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

/** Facts by pattern of the name. Every matching entry adds to the previous ones. */
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
