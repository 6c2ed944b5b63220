import "./nodeVersion";

export type { CallOptions, Subject, UnreachableNotice } from "./call";
export { type AccessKeyFilter, GatewayClient, type ProviderKeyFilter, type UsageFilter } from "./client";
export type { Clock } from "./clock";
export * from "./contract/accessKeyConfigurations";
export * from "./contract/accessKeys";
export * from "./contract/apiKeys";
export {
  BUILT_IN_PROVIDER_IDS,
  type ErrorBody,
  errorBodySchema,
  MAX_BASE_URL_CHARS,
  MAX_DESCRIPTION_CHARS,
  MAX_IDEMPOTENCY_KEY_CHARS,
  MAX_METADATA_CHARS,
  MAX_MODEL_ID_CHARS,
  MAX_NAME_CHARS,
  MAX_PAGE_ITEMS,
  MAX_PROVIDER_ID_CHARS,
  MAX_PROVIDER_MODEL_ID_CHARS,
  MAX_PURCHASE_CENTS,
  MAX_UNSUPPORTED_PARAM_CHARS,
  MAX_UNSUPPORTED_PARAMS,
  MIN_PAGE_ITEMS,
  NGROK_STEP_PROVIDER_IDS,
  type PageQuery,
  pageQuerySchema,
  type Ref,
  refSchema,
} from "./contract/common";
export * from "./contract/credits";
export { type ErrorCode, type ErrorName, errorCodes, knownError } from "./contract/errorCodes";
export * from "./contract/gatewayConfig";
export * from "./contract/models";
export {
  type HttpMethod,
  type Operation,
  type OperationKey,
  type OperationUse,
  operations,
  type ReplayClass,
} from "./contract/operations";
export * from "./contract/providerKeys";
export * from "./contract/providers";
export { toModelWrite, toRuleWrite } from "./contract/toWrite";
export * from "./contract/usage";
export {
  GatewayConfigurationError,
  GatewayError,
  GatewayNotFoundError,
  GatewayRejectedError,
  GatewayUnexpectedResponseError,
  GatewayUnreachableError,
  type Outcome,
} from "./errors";
export {
  DEFAULT_MAX_CONCURRENCY,
  DEFAULT_REQUEST_TIMEOUT_MS,
  DEFAULT_RETRY_BUDGET_MS,
  type GatewayClientOptions,
  parseApiUrl,
} from "./settings";
