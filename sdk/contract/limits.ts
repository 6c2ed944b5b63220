/** Bounds and names of the API that are plain values: whoever needs no schema loads them without the schema library. */

/** Longest `name`, in characters. */
export const MAX_NAME_CHARS = 255;
/** Longest `description`, in characters. */
export const MAX_DESCRIPTION_CHARS = 255;
/** Longest `metadata`, in characters. */
export const MAX_METADATA_CHARS = 4096;
/** Longest `providerId` of a custom provider, in characters. */
export const MAX_PROVIDER_ID_CHARS = 255;
/** Longest `modelId` of a custom provider's model, in characters. */
export const MAX_MODEL_ID_CHARS = 255;
/** Longest `baseUrl` of a custom provider, in characters. */
export const MAX_BASE_URL_CHARS = 2048;
/** Fewest items one page of a list may be asked for. */
export const MIN_PAGE_ITEMS = 1;
/** Most items one page of a list holds; also the API's default. */
export const MAX_PAGE_ITEMS = 100;

/** Providers of ngrok's own catalogue. A custom provider cannot take one of these ids. */
export const BUILT_IN_PROVIDER_IDS = [
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
] as const;

/** The built-in providers that can be used without a provider key of one's own (router step type `ngrok`). */
export const NGROK_STEP_PROVIDER_IDS = ["openai", "anthropic", "google"] as const;
