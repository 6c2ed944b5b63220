/** Bounds of the API as plain values: importing them does not load the schema library. */

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
/** Longest `providerModelId` of a custom provider's model, in characters. */
export const MAX_PROVIDER_MODEL_ID_CHARS = 255;
/** Longest entry in `unsupportedParams` of a custom provider's model, in characters. */
export const MAX_UNSUPPORTED_PARAM_CHARS = 255;
/** Largest number of entries in `unsupportedParams` of a custom provider's model. */
export const MAX_UNSUPPORTED_PARAMS = 100;
/** Longest `baseUrl` of a custom provider, in characters. */
export const MAX_BASE_URL_CHARS = 2048;
/** Smallest `limit` of a list. */
export const MIN_PAGE_ITEMS = 1;
/** Largest `limit` of a list; also the API's default. */
export const MAX_PAGE_ITEMS = 100;
/** Largest `amount` of one credit purchase, in US cents. */
export const MAX_PURCHASE_CENTS = 50_000;
/** Longest `Idempotency-Key`, in characters. */
export const MAX_IDEMPOTENCY_KEY_CHARS = 255;
