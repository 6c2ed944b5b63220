import { z } from "zod";
import {
  absentIfNull,
  answerObject,
  MAX_BASE_URL_CHARS,
  MAX_MODEL_ID_CHARS,
  MAX_PROVIDER_ID_CHARS,
  MAX_PROVIDER_MODEL_ID_CHARS,
  MAX_UNSUPPORTED_PARAM_CHARS,
  metadataText,
  nameText,
  pageFields,
  storedFields,
} from "./common";

// ── as read ──────────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * An API surface that a provider offers: `format` is `openai` or `anthropic`; the service checks the values. `baseUrl` replaces
 * the provider's for this surface.
 */
export const supportedApiSurfaceSchema = answerObject({
  format: z.string(),
  surface: absentIfNull(z.string()),
  baseUrl: absentIfNull(z.string()),
  supportedParams: absentIfNull(z.array(answerObject({ name: z.string() }))),
});
export type SupportedApiSurface = z.infer<typeof supportedApiSurfaceSchema>;

/**
 * A model of a custom provider. Clients use `modelId`; the upstream receives `providerModelId` if that is set.
 * `unsupportedParams` are request parameters that the gateway removes for this model.
 */
export const providerModelSchema = answerObject({
  id: z.string(),
  modelId: z.string(),
  providerModelId: absentIfNull(z.string()),
  unsupportedParams: z.array(z.string()),
});
export type ProviderModel = z.infer<typeof providerModelSchema>;

/** A custom provider: an upstream that the account defines, named by `providerId` in model strings. */
export const providerSchema = answerObject({
  ...storedFields,
  providerId: z.string(),
  name: z.string(),
  baseUrl: z.string(),
  metadata: absentIfNull(z.string()),
  supportedApiSurfaces: absentIfNull(z.array(supportedApiSurfaceSchema)),
  models: absentIfNull(z.array(providerModelSchema)),
});
export type Provider = z.infer<typeof providerSchema>;

export const providerListSchema = answerObject({ ...pageFields, aiGatewayProviders: z.array(providerSchema) });
export type ProviderList = z.infer<typeof providerListSchema>;

// ── as written ───────────────────────────────────────────────────────────────────────────────────────────────────

export const supportedApiSurfaceWriteSchema = z.strictObject({
  format: z.string(),
  surface: z.string().optional(),
  baseUrl: z.string().optional(),
  supportedParams: z.array(z.strictObject({ name: z.string() })).optional(),
});
export type SupportedApiSurfaceWrite = z.infer<typeof supportedApiSurfaceWriteSchema>;

export const providerModelCreateSchema = z.strictObject({
  modelId: z.string().min(1).max(MAX_MODEL_ID_CHARS),
  providerModelId: z.string().max(MAX_PROVIDER_MODEL_ID_CHARS).optional(),
  unsupportedParams: z.array(z.string().max(MAX_UNSUPPORTED_PARAM_CHARS)).optional(),
});
export type ProviderModelCreate = z.infer<typeof providerModelCreateSchema>;

export const providerCreateSchema = z.strictObject({
  providerId: z.string().min(1).max(MAX_PROVIDER_ID_CHARS),
  name: nameText.min(1),
  baseUrl: z.string().min(1).max(MAX_BASE_URL_CHARS),
  metadata: metadataText.optional(),
  supportedApiSurfaces: z.array(supportedApiSurfaceWriteSchema).optional(),
  models: z.array(providerModelCreateSchema).optional(),
});
export type ProviderCreate = z.infer<typeof providerCreateSchema>;

/**
 * Absent fields keep their values; `null` clears. `models` and `supportedApiSurfaces` replace the whole set: an entry that is
 * sent without `providerModelId` or `unsupportedParams` loses them. `baseUrl` cannot be cleared.
 */
export const providerUpdateSchema = z.strictObject({
  name: nameText.min(1).nullish(),
  baseUrl: z.string().min(1).max(MAX_BASE_URL_CHARS).optional(),
  metadata: metadataText.nullish(),
  supportedApiSurfaces: z.array(supportedApiSurfaceWriteSchema).nullish(),
  models: z.array(providerModelCreateSchema).nullish(),
});
export type ProviderUpdate = z.infer<typeof providerUpdateSchema>;
