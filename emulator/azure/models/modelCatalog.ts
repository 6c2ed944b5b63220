/** The models that can be deployed: the listed ones, and those that the user adds. */
import { z } from "zod";
import { isProvisionedType, SKU_NAMES } from "./deploymentTypes";
import { KNOWN_MODELS, LISTED_UNTIL } from "./knownModels";
import { factsFromName, type ModelFacts } from "./modelFacts";

/** A model in addition to those that the local Azure lists. */
export interface AzureModel {
  /** Name, such as `gpt-6-mini`. */
  readonly name: string;
  /** Version, such as `2026-10-01`. */
  readonly version: string;
  /** Name of a listed model whose facts apply where none are given here. @default derived from its name */
  readonly like?: string;
  /** Publisher's format. @default "OpenAI" */
  readonly format?: string;
  /** Supported deployment types. @default every type except Standard */
  readonly skus?: readonly string[];
  /** Supported operations. @default derived from its name */
  readonly surfaces?: readonly ("chatCompletions" | "responses" | "embeddings")[];
  /** First day on which no deployment of it can be created, such as `2027-10-01`. @default none */
  readonly retiresOn?: string;
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

const modelSchema = z.strictObject({
  name: z.string().min(1),
  version: z.string().min(1),
  like: z.string().optional(),
  format: z.string().optional(),
  skus: z.array(z.enum(SKU_NAMES as readonly [string, ...string[]])).optional(),
  surfaces: z.array(z.enum(["chatCompletions", "responses", "embeddings"])).optional(),
  retiresOn: z.string().regex(DAY, "must be a day such as 2027-10-01").optional(),
});

/**
 * Reads a list of models, for example from a file.
 * @throws Error that names the invalid entry and its problem.
 */
export function readAzureModels(value: unknown): readonly AzureModel[] {
  const { data, error } = z.array(modelSchema).safeParse(value);
  if (error !== undefined) {
    const [issue] = error.issues;
    throw new Error(`models${pathText(issue?.path ?? [])}: ${issue?.message}`);
  }
  const models = data as readonly AzureModel[];
  // Checks the references to listed models.
  new ModelCatalog(models);
  return models;
}

function pathText(path: readonly PropertyKey[]): string {
  return path.map((step) => (typeof step === "number" ? `[${step}]` : `.${String(step)}`)).join("");
}

export interface ModelVersion extends ModelFacts {
  readonly name: string;
  readonly version: string;
  readonly format: string;
  readonly retiresOn?: string | undefined;
}

/** Version of an unlisted model if none is given. */
const UNKNOWN_VERSION = "1";

export class ModelCatalog {
  readonly models: readonly ModelVersion[];
  /** Cached by name and version, because each request of the data plane needs them. */
  private readonly facts = new Map<string, ModelFacts>();

  /** @throws Error when an added model refers to an unlisted model. */
  constructor(added: readonly AzureModel[] = []) {
    const listed = KNOWN_MODELS.map((model) => ({ format: "OpenAI", ...factsFromName(model.name), ...model }));
    this.models = [...listed, ...added.map((model) => toVersion(model, listed))];
  }

  /** The last of several entries for one version, so that added models can correct the list. */
  find(format: string, name: string, version: string): ModelVersion | undefined {
    return this.models.findLast((model) => model.format === format && model.name === name && model.version === version);
  }

  /**
   * The facts of a model. For an unlisted model (a seeded one, or one that may be newer than the list), they are derived from its
   * name.
   */
  factsOf({ name, version }: { readonly name: string; readonly version: string }): ModelFacts {
    const key = `${name} ${version}`;
    const known = this.facts.get(key);
    if (known !== undefined) return known;
    const named = this.models.filter((model) => model.name === name);
    const facts = named.findLast((model) => model.version === version) ?? named.at(-1) ?? factsFromName(name);
    this.facts.set(key, facts);
    return facts;
  }

  /** Whether an unlisted version may exist: its day is after the list's. */
  mayExist(format: string, version: string): boolean {
    return format === "OpenAI" && DAY.test(version) && version > LISTED_UNTIL;
  }

  has(name: string): boolean {
    return this.models.some((model) => model.name === name);
  }

  /** The newest known version, which Azure uses if a deployment gives none. */
  defaultVersionOf(name: string): string {
    return this.models.findLast((model) => model.name === name)?.version ?? UNKNOWN_VERSION;
  }
}

function toVersion({ like, ...model }: AzureModel, listed: readonly ModelVersion[]): ModelVersion {
  if (like === undefined) return { format: "OpenAI", ...factsFromName(model.name), ...model };
  const original = listed.findLast(({ name }) => name === like);
  if (original === undefined) {
    throw new Error(`the model "${model.name}" is like "${like}", which the local Azure does not list`);
  }
  return { ...original, retiresOn: undefined, ...model };
}

/** Tokens and requests that a deployment may use per minute. */
export interface RateLimits {
  readonly tokens: number;
  readonly requests: number;
}

/** Only tokens limit the requests of a provisioned deployment. */
export function rateLimits(sku: string, capacity: number, facts: ModelFacts): RateLimits {
  if (isProvisionedType(sku)) {
    return { tokens: capacity * facts.tokensPerProvisionedUnit, requests: Number.POSITIVE_INFINITY };
  }
  return { tokens: capacity * facts.tokensPerUnit, requests: capacity * facts.requestsPerUnit };
}
