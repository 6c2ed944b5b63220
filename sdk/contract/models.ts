import { z } from "zod";
import { absentIfNull, answerObject, openEnum } from "./common";

// Field names are the API's: this list has the format of `/v1/models` of the OpenAI and Anthropic APIs.

/** The price of one unit. */
export const modelPricingRateSchema = answerObject({
  /** The billed item, for example `prompt` or `completion`. */
  type: z.string(),
  /** The unit, for example `token`, `request` or `image`. */
  unit: z.string(),
  /** A decimal number, in the pricing's currency. */
  price: z.string(),
  conditions: absentIfNull(
    answerObject({
      ttl: absentIfNull(z.string()),
      min_input_tokens: absentIfNull(z.int()),
      max_input_tokens: absentIfNull(z.int()),
      quality: absentIfNull(z.string()),
      resolution: absentIfNull(z.string()),
      service_tier: absentIfNull(z.string()),
    }),
  ),
});
export type ModelPricingRate = z.infer<typeof modelPricingRateSchema>;

const quantilesSchema = answerObject({
  p50: z.number(),
  p95: z.number(),
  window_minutes: absentIfNull(z.int()),
  as_of: absentIfNull(z.string()),
});

/** One provider that offers a model. */
export const modelProviderSchema = answerObject({
  /** The name of this provider's model in requests. */
  model_id: z.string(),
  /** The provider's id. */
  id: z.string(),
  display_name: z.string(),
  logo_url: absentIfNull(z.string()),
  website_url: absentIfNull(z.string()),
  /** In tokens; 0 if unknown. */
  context_length: z.int(),
  max_input_tokens: absentIfNull(z.int()),
  max_completion_tokens: absentIfNull(z.int()),
  supports_implicit_caching: z.boolean(),
  status: openEnum(["active", "inactive"]),
  pricing: answerObject({ currency: z.string(), rates: z.array(modelPricingRateSchema) }),
  supported_api_formats: z.array(
    answerObject({
      format: z.string(),
      name: openEnum(["chat-completions", "responses", "messages"]),
      path: z.string(),
      parameters: z.array(z.string()),
    }),
  ),
  metrics: absentIfNull(
    answerObject({
      uptime_last_15m: absentIfNull(z.number()),
      uptime_last_1h: absentIfNull(z.number()),
      uptime_last_1d: absentIfNull(z.number()),
      throughput_last_1h: absentIfNull(quantilesSchema),
      latency_last_1h: absentIfNull(quantilesSchema),
    }),
  ),
});
export type ModelProvider = z.infer<typeof modelProviderSchema>;

/** A model that the account can use: one of ngrok's catalog, or one of a custom provider. */
export const modelSchema = answerObject({
  id: z.string(),
  name: z.string(),
  /** Unix time, in seconds. */
  created: z.int(),
  /** Unix time, in seconds. */
  released: absentIfNull(z.int()),
  description: absentIfNull(z.string()),
  architecture: answerObject({
    modality: z.string(),
    input_modalities: z.array(z.string()),
    output_modalities: z.array(z.string()),
    tokenizer: absentIfNull(z.string()),
    instruction_type: absentIfNull(z.string()),
  }),
  slug: z.string(),
  object: openEnum(["model"]),
  /** `ngrok`: from the catalog. `organization_owned`: from a custom provider. */
  owned_by: openEnum(["organization_owned", "ngrok"]),
  providers: z.array(modelProviderSchema),
});
export type Model = z.infer<typeof modelSchema>;

export const modelListSchema = answerObject({ object: openEnum(["list"]), data: z.array(modelSchema) });
export type ModelList = z.infer<typeof modelListSchema>;
