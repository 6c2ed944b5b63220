/** Converts zod schemas of the API's answers to types of the schema. Each object becomes a named type. */
import { z } from "zod";
import { camelCase } from "../docs/build.mts";
import type { ObjectSpec, TypeSpec } from "./spec.mts";

interface JsonSchema {
  readonly type?: string;
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly anyOf?: readonly JsonSchema[];
}

export class AnswerTypes {
  readonly types = new Map<string, ObjectSpec>();

  /** The type of an object's schema, with types for all objects inside. @param name prefix for the names of the objects inside */
  object(schema: z.ZodType, name: string): ObjectSpec {
    return this.#object(z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as JsonSchema, name);
  }

  /** Like `object`, and registers the type under the name. */
  named(schema: z.ZodType, name: string): TypeSpec {
    return this.#define(name, this.object(schema, name));
  }

  #object({ properties = {}, required = [] }: JsonSchema, owner: string): ObjectSpec {
    const entries = Object.entries(properties).map(([key, value]) => {
      const name = camelCase.toCamelCase(key);
      const spec = {
        ...this.#type(value, owner + capitalized(singular(name))),
        description: descriptionOf(owner, name),
      };
      return { name, spec, isRequired: required.includes(key) };
    });
    return {
      type: "object",
      properties: Object.fromEntries(entries.map(({ name, spec }) => [name, spec])),
      required: entries.filter(({ isRequired }) => isRequired).map(({ name }) => name),
    };
  }

  #type(schema: JsonSchema, name: string): TypeSpec {
    const [first] = schema.anyOf?.filter(({ type }) => type !== "null") ?? [];
    if (first !== undefined) return this.#type(first, name);
    switch (schema.type) {
      case "array":
        return { type: "array", items: this.#type(schema.items ?? {}, name) };
      case "object":
        return this.#define(name, this.#object(schema, name));
      case "boolean":
      case "integer":
      case "number":
        return { type: schema.type };
      default:
        return { type: "string" }; // also for an open list of values
    }
  }

  #define(name: string, spec: ObjectSpec): TypeSpec {
    const token = `ngrok-ai:index:${name}`;
    this.types.set(token, spec);
    return { $ref: `#/types/${token}` };
  }
}

/** @throws Error when a field of the API has no description here */
function descriptionOf(owner: string, name: string): string {
  const found = DESCRIPTIONS[`${owner}.${name}`] ?? DESCRIPTIONS[name];
  if (found === undefined) throw new Error(`scripts/schema/answerTypes.mts does not describe ${owner}.${name}`);
  return found;
}

/** Descriptions by field name, or by type and field name if a name has several meanings. */
const DESCRIPTIONS: Readonly<Record<string, string>> = {
  "Model.id": "Id of the model.",
  "Model.name": "Name for people.",
  "Model.object": "`model`.",
  "Model.providers": "The providers that offer the model.",
  "ModelProvider.id": "The provider's id.",
  "ModelProviderPricingRate.type": "What is billed, such as `prompt` or `completion`.",
  "ModelProviderSupportedApiFormat.name": "`chat-completions`, `responses` or `messages`.",
  architecture: "What the model reads and writes.",
  asOf: "When the figures were measured.",
  bucketStart: "Beginning of the day (RFC 3339).",
  buckets: "By day.",
  conditions: "When the rate applies.",
  contextLength: "In tokens; 0 where it is unknown.",
  cost: "In US dollars, as a decimal text.",
  created: "When the model was added (Unix time, in seconds).",
  currency: "Currency of the prices.",
  description: "What the model is for.",
  displayName: "Name for people.",
  errors: "Number of requests that failed.",
  format: "Format of the API, such as `openai`.",
  groupKey: "The provider or access key that the bucket is about; empty where nothing is grouped.",
  inputModalities: "Kinds of content that the model reads.",
  instructionType: "Format of instructions.",
  latencyLast1h: "Time to the first token in the last hour, in milliseconds.",
  logoUrl: "Address of the provider's logo.",
  maxCompletionTokens: "Longest answer, in tokens.",
  maxInputTokens: "Longest request, in tokens.",
  metrics: "How the provider served the model lately.",
  minInputTokens: "Shortest request, in tokens.",
  modality: "Kinds of content, such as `text->text`.",
  modelId: "How a request names the model of this provider.",
  outputModalities: "Kinds of content that the model writes.",
  ownedBy: "`ngrok`: of the catalog. `organization_owned`: of a custom provider.",
  p50: "Median.",
  p95: "95th percentile.",
  parameters: "Parameters of a request that the provider understands.",
  path: "Path of the API.",
  price: "Price of one unit, as a decimal text.",
  pricing: "What the provider charges.",
  quality: "Quality of an image.",
  rates: "Price of each unit of use.",
  released: "When the model was released (Unix time, in seconds).",
  requests: "Number of requests.",
  resolution: "Resolution of an image.",
  serviceTier: "The provider's service tier.",
  slug: "Short name, without the provider.",
  status: "`active` or `inactive`.",
  supportedApiFormats: "APIs through which the provider serves the model.",
  supportsImplicitCaching: "Whether the provider caches prompts by itself.",
  throughputLast1h: "Tokens per second in the last hour.",
  tokenizer: "The model's tokenizer.",
  totals: "Of the whole window.",
  ttl: "How long a cached prompt is kept.",
  unit: "Per what, such as `token`, `request` or `image`.",
  uptimeLast1d: "Share of requests that were served in the last day, in percent.",
  uptimeLast1h: "Share of requests that were served in the last hour, in percent.",
  uptimeLast15m: "Share of requests that were served in the last 15 minutes, in percent.",
  uri: "Address of this object in the API.",
  websiteUrl: "Address of the provider's website.",
  windowMinutes: "Length of the window in which the figures were measured, in minutes.",
};

function singular(name: string): string {
  return name.replace(/(?<=[a-z])s$/, "");
}

function capitalized(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
