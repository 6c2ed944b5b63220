import { z } from "zod";
import {
  absentIfNull,
  MAX_BASE_URL_CHARS,
  MAX_MODEL_ID_CHARS,
  MAX_PROVIDER_ID_CHARS,
  metadataText,
  nameText,
  pageFields,
  storedFields,
} from "./common";

/** An API surface that a provider offers: `format` is `openai` or `anthropic`; the service checks the values. */
export const supportedApiSurfaceSchema = z.object({
  format: z.string(),
  surface: absentIfNull(z.string()),
  supportedParams: absentIfNull(z.array(z.object({ name: z.string() }))),
});
export type SupportedApiSurface = z.infer<typeof supportedApiSurfaceSchema>;

export const supportedApiSurfaceWriteSchema = z.strictObject({
  format: z.string(),
  surface: z.string().optional(),
  supportedParams: z.array(z.strictObject({ name: z.string() })).optional(),
});
export type SupportedApiSurfaceWrite = z.infer<typeof supportedApiSurfaceWriteSchema>;

export const providerModelSchema = z.object({ id: z.string(), modelId: z.string() });
export type ProviderModel = z.infer<typeof providerModelSchema>;

export const providerModelCreateSchema = z.strictObject({ modelId: z.string().min(1).max(MAX_MODEL_ID_CHARS) });
export type ProviderModelCreate = z.infer<typeof providerModelCreateSchema>;

/** A custom provider: an upstream of one's own, addressed by `providerId` in model strings. */
export const providerSchema = z.object({
  ...storedFields,
  providerId: z.string(),
  name: z.string(),
  baseUrl: z.string(),
  metadata: absentIfNull(z.string()),
  supportedApiSurfaces: absentIfNull(z.array(supportedApiSurfaceSchema)),
  models: absentIfNull(z.array(providerModelSchema)),
});
export type Provider = z.infer<typeof providerSchema>;

export const providerCreateSchema = z.strictObject({
  providerId: z.string().min(1).max(MAX_PROVIDER_ID_CHARS),
  name: nameText.min(1),
  baseUrl: z.string().min(1).max(MAX_BASE_URL_CHARS),
  metadata: metadataText.optional(),
  supportedApiSurfaces: z.array(supportedApiSurfaceWriteSchema).optional(),
  models: z.array(providerModelCreateSchema).optional(),
});
export type ProviderCreate = z.infer<typeof providerCreateSchema>;

/** Absent fields stay, `null` clears, and `models` replaces the whole set. `baseUrl` cannot be cleared. */
export const providerUpdateSchema = z.strictObject({
  name: nameText.min(1).nullish(),
  baseUrl: z.string().min(1).max(MAX_BASE_URL_CHARS).optional(),
  metadata: metadataText.nullish(),
  supportedApiSurfaces: z.array(supportedApiSurfaceWriteSchema).nullish(),
  models: z.array(providerModelCreateSchema).nullish(),
});
export type ProviderUpdate = z.infer<typeof providerUpdateSchema>;

export const providerListSchema = z.object({ ...pageFields, aiGatewayProviders: z.array(providerSchema) });
export type ProviderList = z.infer<typeof providerListSchema>;
