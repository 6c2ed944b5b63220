/**
 * The error codes of the service, with their usual status and their meaning. The only list of them: the emulator uses it for
 * refusals, and advice to users is based on it. The service adds codes without notice; a code that is not listed is passed
 * through.
 * @see https://ngrok.com/docs/errors
 */

export interface ErrorCode {
  readonly code: `ERR_NGROK_${string}`;
  /** The documented HTTP status, or the nearest one if none is documented. */
  readonly status: number;
  /** `control`: the management API. `data`: model requests. */
  readonly plane: "control" | "data";
  readonly meaning: string;
  /** The advice to the user, if the code alone determines it. */
  readonly nextStep?: string;
}

/** Advice for an account without credits. */
const BUY_CREDITS =
  "Buy credits for the account in the ngrok dashboard: every request needs them, also with provider keys of your own.";

// biome-ignore format: one code a line, so that the table can be read as a table
export const errorCodes = {
  upstreamUnreachable: { code: "ERR_NGROK_3800", status: 502, plane: "data", meaning: "upstream could not be reached" },
  requestBodyInvalid: { code: "ERR_NGROK_3801", status: 400, plane: "data", meaning: "request body is not valid" },
  noCredentials: { code: "ERR_NGROK_3802", status: 400, plane: "data", meaning: "no credentials: no access key sent, or the configuration has none for the provider" },
  modelSelectionFailed: { code: "ERR_NGROK_3803", status: 422, plane: "data", meaning: "model selection failed: model or provider not allowed, or no rule matches" },
  noMatchingModel: { code: "ERR_NGROK_3804", status: 422, plane: "data", meaning: "no matching model" },
  everyProviderFailed: { code: "ERR_NGROK_3807", status: 503, plane: "data", meaning: "every provider failed; the message lists the attempts" },
  totalTimeoutExceeded: { code: "ERR_NGROK_3810", status: 504, plane: "data", meaning: "total timeout exceeded" },
  inputTooLong: { code: "ERR_NGROK_3811", status: 413, plane: "data", meaning: "input exceeds maxInputTokens" },
  creditsEmpty: { code: "ERR_NGROK_4026", status: 403, plane: "data", meaning: "credit balance is empty; own provider keys and custom providers are refused too", nextStep: BUY_CREDITS },
  creditsTooLow: { code: "ERR_NGROK_6033", status: 403, plane: "data", meaning: "credit balance is too low for the gateway, or credits were never bought (sources differ)", nextStep: BUY_CREDITS },
  accessKeysUnavailable: { code: "ERR_NGROK_27001", status: 403, plane: "control", meaning: "account has no access to AI Gateway access keys" },
  accessKeyDescriptionTooLong: { code: "ERR_NGROK_27004", status: 422, plane: "control", meaning: "access key: description over 255 characters" },
  accessKeyMetadataTooLong: { code: "ERR_NGROK_27005", status: 422, plane: "control", meaning: "access key: metadata over 4096 characters" },
  accessKeyFieldMissing: { code: "ERR_NGROK_27006", status: 422, plane: "control", meaning: "access key: required field missing" },
  accessKeyInvalid: { code: "ERR_NGROK_27007", status: 401, plane: "data", meaning: "access key invalid or deleted" },
  accessKeyCheckFailed: { code: "ERR_NGROK_27009", status: 500, plane: "data", meaning: "access key could not be validated, try again" },
  authenticationFailed: { code: "ERR_NGROK_27201", status: 401, plane: "data", meaning: "authentication failed, with the reason" },
  noKeysForProvider: { code: "ERR_NGROK_27202", status: 422, plane: "data", meaning: "no keys available for the provider" },
  managedModelUnknown: { code: "ERR_NGROK_27203", status: 422, plane: "data", meaning: "ngrok-managed key refused: the model is unknown, so it has no price" },
  surfaceUnsupported: { code: "ERR_NGROK_27204", status: 404, plane: "data", meaning: "unsupported API surface (path)" },
  surfaceNotImplemented: { code: "ERR_NGROK_27205", status: 501, plane: "data", meaning: "API surface is known but not implemented" },
  creditCheckFailed: { code: "ERR_NGROK_27206", status: 403, plane: "data", meaning: "credit check failed, with the reason" },
  upstreamTimedOut: { code: "ERR_NGROK_27207", status: 504, plane: "data", meaning: "upstream request timed out" },
  retriesExhausted: { code: "ERR_NGROK_27208", status: 503, plane: "data", meaning: "all retries exhausted, with the last error" },
  upstreamBadRequest: { code: "ERR_NGROK_27210", status: 400, plane: "data", meaning: "upstream rejected the request" },
  upstreamUnauthorized: { code: "ERR_NGROK_27211", status: 401, plane: "data", meaning: "upstream rejected the provider key" },
  upstreamForbidden: { code: "ERR_NGROK_27212", status: 403, plane: "data", meaning: "upstream denied access" },
  upstreamNotFound: { code: "ERR_NGROK_27213", status: 404, plane: "data", meaning: "upstream returned not found" },
  upstreamRequestTimeout: { code: "ERR_NGROK_27214", status: 408, plane: "data", meaning: "upstream request timed out" },
  upstreamPayloadTooLarge: { code: "ERR_NGROK_27215", status: 413, plane: "data", meaning: "payload over the upstream's limit" },
  upstreamUnprocessable: { code: "ERR_NGROK_27216", status: 422, plane: "data", meaning: "upstream could not process the request" },
  upstreamRateLimited: { code: "ERR_NGROK_27217", status: 429, plane: "data", meaning: "upstream rate limit exceeded" },
  upstreamInternalError: { code: "ERR_NGROK_27218", status: 500, plane: "data", meaning: "upstream internal error" },
  upstreamBadGateway: { code: "ERR_NGROK_27219", status: 502, plane: "data", meaning: "upstream bad gateway" },
  upstreamUnavailable: { code: "ERR_NGROK_27220", status: 503, plane: "data", meaning: "upstream unavailable" },
  upstreamGatewayTimeout: { code: "ERR_NGROK_27221", status: 504, plane: "data", meaning: "upstream gateway timeout" },
  upstreamUnexpectedStatus: { code: "ERR_NGROK_27222", status: 502, plane: "data", meaning: "upstream answered with an unexpected status, with the reason" },
  upstreamNetworkError: { code: "ERR_NGROK_27223", status: 502, plane: "data", meaning: "network error towards the upstream" },
  modelUnknown: { code: "ERR_NGROK_27224", status: 422, plane: "data", meaning: "unknown model" },
  providerUnknown: { code: "ERR_NGROK_27225", status: 422, plane: "data", meaning: "unknown provider" },
  surfaceNotServedByProvider: { code: "ERR_NGROK_27226", status: 422, plane: "data", meaning: "provider does not support the API surface" },
  noBackend: { code: "ERR_NGROK_27227", status: 503, plane: "data", meaning: "no backend available, with the reason" },
  requestInvalid: { code: "ERR_NGROK_27228", status: 400, plane: "data", meaning: "invalid request" },
  modelAddressInvalid: { code: "ERR_NGROK_27229", status: 400, plane: "data", meaning: "invalid model address" },
  modelAndProviderUnknown: { code: "ERR_NGROK_27230", status: 422, plane: "data", meaning: "neither a known model nor a known provider" },
  providerNotAllowed: { code: "ERR_NGROK_27231", status: 403, plane: "data", meaning: "provider not allowed by the access scope" },
  modelNotAllowed: { code: "ERR_NGROK_27232", status: 403, plane: "data", meaning: "model not allowed by the access scope" },
  modelNotInCatalog: { code: "ERR_NGROK_27233", status: 422, plane: "data", meaning: "model is not in the catalog: usable only with your own provider key" },
  upstreamDidNotStream: { code: "ERR_NGROK_27234", status: 502, plane: "data", meaning: "upstream answered a streaming request without a stream" },
  upstreamFailedToRespond: { code: "ERR_NGROK_27235", status: 502, plane: "data", meaning: "upstream failed to respond" },
  modelWithoutPrice: { code: "ERR_NGROK_27236", status: 422, plane: "data", meaning: "model has no managed price yet: only usable with a provider key of one's own" },
  routingLoop: { code: "ERR_NGROK_27237", status: 508, plane: "data", meaning: "routing loop: a custom provider points back at the gateway" },
  managedFeatureUnbillable: { code: "ERR_NGROK_27238", status: 422, plane: "data", meaning: "ngrok-managed key can't bill a feature that the request uses: add a provider key of one's own" },
  managedModelUnavailable: { code: "ERR_NGROK_27239", status: 503, plane: "data", meaning: "ngrok-managed key can't serve this model on this provider right now: add a provider key of one's own" },
  filesListUnsupported: { code: "ERR_NGROK_27245", status: 400, plane: "data", meaning: "Files API: a list parameter can't be applied with an ngrok-managed key" },
  managedModelNotOffered: { code: "ERR_NGROK_27249", status: 422, plane: "data", meaning: "model on this provider is not offered with an ngrok-managed key: add a provider key of one's own" },
  providerKeyNameTooLong: { code: "ERR_NGROK_27501", status: 422, plane: "control", meaning: "provider key: name over 255 characters" },
  providerKeyDescriptionTooLong: { code: "ERR_NGROK_27502", status: 422, plane: "control", meaning: "provider key: description over 255 characters" },
  providerKeyMetadataTooLong: { code: "ERR_NGROK_27503", status: 422, plane: "control", meaning: "provider key: metadata over 4096 characters" },
  providerKeysUnavailable: { code: "ERR_NGROK_27504", status: 403, plane: "control", meaning: "account has no access to provider keys" },
  encryptionNotConfigured: { code: "ERR_NGROK_27505", status: 500, plane: "control", meaning: "provider key: encryption is not configured on the service's side" },
  tooManyProviderKeys: { code: "ERR_NGROK_27506", status: 422, plane: "control", meaning: "too many provider keys for one provider" },
  providerKeyValueMissing: { code: "ERR_NGROK_27507", status: 422, plane: "control", meaning: "provider key: value missing or empty" },
  providerKeyProviderUnknown: { code: "ERR_NGROK_27508", status: 422, plane: "control", meaning: "provider key: providerId is neither built-in nor a custom provider of the account" },
  providerKeyAccessKeyMissing: { code: "ERR_NGROK_27509", status: 404, plane: "control", meaning: "provider key: the named AI Gateway key was not found" },
  providerKeyFieldMissing: { code: "ERR_NGROK_27510", status: 422, plane: "control", meaning: "provider key: required field missing" },
  providerKeyInUse: { code: "ERR_NGROK_27511", status: 409, plane: "control", meaning: "provider key is referenced by a router rule and can't be deleted" },
  gatewayUnavailable: { code: "ERR_NGROK_27601", status: 403, plane: "control", meaning: "AI Gateway not available to the account" },
  configurationFieldMissing: { code: "ERR_NGROK_27602", status: 422, plane: "control", meaning: "configuration: required field missing" },
  configurationNameTooLong: { code: "ERR_NGROK_27603", status: 422, plane: "control", meaning: "configuration: name over 255 characters" },
  configurationMetadataTooLong: { code: "ERR_NGROK_27604", status: 422, plane: "control", meaning: "configuration: metadata over 4096 characters" },
  routerInvalid: { code: "ERR_NGROK_27605", status: 422, plane: "control", meaning: "configuration: invalid router, with the reason" },
  badRequest: { code: "ERR_NGROK_27606", status: 400, plane: "control", meaning: "bad request, with the reason" },
  alreadyExists: { code: "ERR_NGROK_27607", status: 409, plane: "control", meaning: "resource already exists" },
  requestCanceled: { code: "ERR_NGROK_27609", status: 499, plane: "control", meaning: "request canceled" },
  deadlineExceeded: { code: "ERR_NGROK_27610", status: 504, plane: "control", meaning: "request deadline exceeded" },
  notFound: { code: "ERR_NGROK_27611", status: 404, plane: "control", meaning: "resource not found" },
  notImplemented: { code: "ERR_NGROK_27612", status: 501, plane: "control", meaning: "operation not implemented" },
  serviceError: { code: "ERR_NGROK_27613", status: 502, plane: "control", meaning: "upstream service error" },
  methodNotAllowed: { code: "ERR_NGROK_27614", status: 405, plane: "control", meaning: "method not allowed" },
  resourceInUse: { code: "ERR_NGROK_27615", status: 409, plane: "control", meaning: "resource is still in use and can't be deleted" },
  providerNameTooLong: { code: "ERR_NGROK_27701", status: 422, plane: "control", meaning: "provider: name over 255 characters" },
  providerMetadataTooLong: { code: "ERR_NGROK_27702", status: 422, plane: "control", meaning: "provider: metadata over 4096 characters" },
  providerBaseUrlTooLong: { code: "ERR_NGROK_27703", status: 422, plane: "control", meaning: "provider: baseUrl over 2048 characters" },
  providerFieldMissing: { code: "ERR_NGROK_27704", status: 422, plane: "control", meaning: "provider: required field missing" },
  providerIdReserved: { code: "ERR_NGROK_27705", status: 422, plane: "control", meaning: "provider: providerId is reserved by a built-in provider" },
  providerIdTooLong: { code: "ERR_NGROK_27706", status: 422, plane: "control", meaning: "provider: providerId over 255 characters" },
  apiFormatUnsupported: { code: "ERR_NGROK_27707", status: 422, plane: "control", meaning: "provider: unsupported API format" },
  apiSurfaceUnsupported: { code: "ERR_NGROK_27708", status: 422, plane: "control", meaning: "provider: unsupported API surface" },
  modelIdTooLong: { code: "ERR_NGROK_27709", status: 422, plane: "control", meaning: "provider: modelId over 255 characters" },
  providerInUse: { code: "ERR_NGROK_27710", status: 409, plane: "control", meaning: "provider is referenced by a provider key or a configuration and can't be deleted" },
  modelIdListedTwice: { code: "ERR_NGROK_27711", status: 422, plane: "control", meaning: "provider: modelId listed twice" },
  providerIdTaken: { code: "ERR_NGROK_27712", status: 409, plane: "control", meaning: "provider: providerId already exists in the account" },
  providerModelIdTooLong: { code: "ERR_NGROK_27713", status: 422, plane: "control", meaning: "provider: providerModelId over 255 characters" },
  unsupportedParamTooLong: { code: "ERR_NGROK_27714", status: 422, plane: "control", meaning: "provider: an unsupportedParams entry is over 255 characters" },
  unsupportedParamListedTwice: { code: "ERR_NGROK_27715", status: 422, plane: "control", meaning: "provider: the same unsupportedParams entry twice in one model" },
  tooManyUnsupportedParams: { code: "ERR_NGROK_27716", status: 422, plane: "control", meaning: "provider: more than 100 unsupportedParams entries" },
  unsupportedParamEmpty: { code: "ERR_NGROK_27717", status: 422, plane: "control", meaning: "provider: an empty string in unsupportedParams" },
  baseUrlHostNotAllowed: { code: "ERR_NGROK_27718", status: 422, plane: "control", meaning: "provider: baseUrl host not allowed" },
  versionConflict: { code: "ERR_NGROK_AI_GATEWAY_RESOURCE_VERSION_CONFLICT", status: 409, plane: "control", meaning: "update refused: the resource changed after it was read; read again and retry", nextStep: "The object changed after it was read: run pulumi refresh, then run up again." },
  allowlistPatchConflict: { code: "ERR_NGROK_AI_GATEWAY_ACCESS_CONFIG_ALLOWLIST_PATCH_CONFLICT", status: 409, plane: "control", meaning: "configuration: one entry is in both the add and the remove list of an allowlist (providers or models)" },
  allowlistNotConfigured: { code: "ERR_NGROK_AI_GATEWAY_ACCESS_CONFIG_ALLOWLIST_NOT_CONFIGURED", status: 422, plane: "control", meaning: "configuration: the dimension allows everything, so entries can't be added or removed; send a whole allowlist" },
  allowlistNamesVirtualModel: { code: "ERR_NGROK_AI_GATEWAY_ACCESS_CONFIG_VIRTUAL_MODEL_NOT_ALLOWED", status: 422, plane: "control", meaning: "configuration: an allowlist names a virtual model; name its models instead" },
  accessKeyCreateRetired: { code: "ERR_NGROK_AI_GATEWAY_ACCESS_KEY_CREATE_RETIRED", status: 403, plane: "control", meaning: "this account can't create access keys any more; use a personal access token with the AI Gateway inference scope", nextStep: "This account uses personal access tokens instead of access keys: create one with the AI Gateway inference scope in the ngrok dashboard, and pass its value wherever an access key's token is expected." },
  apiKeyCreateRetired: { code: "ERR_NGROK_AI_GATEWAY_ADMIN_API_KEY_CREATE_RETIRED", status: 403, plane: "control", meaning: "API keys can't be created any more", nextStep: "This account uses personal access tokens instead of API keys: create one in the ngrok dashboard, and pass its value as apiKey." },
  newerApiKeyRequired: { code: "ERR_NGROK_AI_GATEWAY_PERSONAL_ACCESS_TOKEN_CREDENTIAL_REQUIRED", status: 403, plane: "control", meaning: "the API key used may not create or manage keys; use a newer one, created in the dashboard", nextStep: "The API key in use is too old to manage keys: create a new one in the ngrok dashboard, and use it as apiKey." },
  tokenConfigurationWriteDenied: { code: "ERR_NGROK_AI_GATEWAY_PERSONAL_ACCESS_TOKEN_CONFIG_WRITE_DENIED", status: 403, plane: "control", meaning: "only the token's owner or an account admin may change the token's access configuration", nextStep: "Use an API key of the token's owner or of an account admin." },
  tokenScopeRequired: { code: "ERR_NGROK_AI_GATEWAY_PERSONAL_ACCESS_TOKEN_SCOPE_REQUIRED", status: 403, plane: "data", meaning: "the token lacks the scope that this request needs; the scope is named", nextStep: "Create a token with the scope that the message names." },
  tokenCheckUnavailable: { code: "ERR_NGROK_AI_GATEWAY_MANAGEMENT_TOKEN_AUTHENTICATION_UNAVAILABLE", status: 503, plane: "control", meaning: "tokens can't be checked right now; retry shortly" },
  providerKeyValueAndRole: { code: "ERR_NGROK_AI_GATEWAY_PROVIDER_KEY_VALUE_AND_ROLE_CONFLICT", status: 422, plane: "control", meaning: "Bedrock key: both value and aws.roleArn were sent; only one is allowed" },
  providerKeyAwsNotAllowed: { code: "ERR_NGROK_AI_GATEWAY_PROVIDER_KEY_AWS_NOT_ALLOWED", status: 422, plane: "control", meaning: "provider key: aws settings on a key that is not for Bedrock" },
  awsRoleArnInvalid: { code: "ERR_NGROK_AI_GATEWAY_PROVIDER_KEY_AWS_ROLE_ARN_INVALID", status: 422, plane: "control", meaning: "Bedrock key: aws.roleArn is not the ARN of an IAM role, with the reason" },
  awsRoleArnNotAllowed: { code: "ERR_NGROK_AI_GATEWAY_PROVIDER_KEY_AWS_ROLE_ARN_NOT_ALLOWED", status: 422, plane: "control", meaning: "Bedrock key: it holds a value, so it can't take aws.roleArn; create another without value" },
  awsRoleNameNotAllowed: { code: "ERR_NGROK_AI_GATEWAY_PROVIDER_KEY_AWS_ROLE_NAME_NOT_ALLOWED", status: 422, plane: "control", meaning: "Bedrock key: the role's name must start with ngrok-ai-gateway- and have no path" },
  awsRoleRotateNotAllowed: { code: "ERR_NGROK_AI_GATEWAY_PROVIDER_KEY_ROLE_ROTATE_NOT_ALLOWED", status: 422, plane: "control", meaning: "Bedrock key with a role: there is no value to rotate" },
  awsBearerTokenDenied: { code: "ERR_NGROK_AI_GATEWAY_PROVIDER_KEY_AWS_BEARER_TOKEN_DENIED", status: 403, plane: "control", meaning: "Bedrock refused the key made from the role: the role's policy lacks bedrock:CallWithBearerToken" },
  awsModelInvokeDenied: { code: "ERR_NGROK_AI_GATEWAY_PROVIDER_KEY_AWS_MODEL_INVOKE_DENIED", status: 403, plane: "control", meaning: "the role of a Bedrock key may not invoke the model" },
  bedrockRoleArnRequired: { code: "ERR_NGROK_AI_GATEWAY_BEDROCK_KEY_ROLE_ARN_REQUIRED", status: 422, plane: "data", meaning: "Bedrock key has no role yet: set aws.roleArn on it" },
  bedrockRoleDenied: { code: "ERR_NGROK_AI_GATEWAY_BEDROCK_KEY_ROLE_DENIED", status: 403, plane: "data", meaning: "AWS refused the role of a Bedrock key: it must exist and trust ngrok with the key's external id" },
  bedrockRoleModelUnsupported: { code: "ERR_NGROK_AI_GATEWAY_BEDROCK_ROLE_KEY_MODEL_UNSUPPORTED", status: 422, plane: "data", meaning: "model can't be used with a Bedrock key that has a role" },
  virtualModelNameMissing: { code: "ERR_NGROK_AI_GATEWAY_VIRTUAL_MODEL_NAME_REQUIRED", status: 422, plane: "control", meaning: "virtual model: name missing" },
  virtualModelNameTooLong: { code: "ERR_NGROK_AI_GATEWAY_VIRTUAL_MODEL_NAME_TOO_LONG", status: 422, plane: "control", meaning: "virtual model: name too long (64 characters)" },
  virtualModelNameIllegal: { code: "ERR_NGROK_AI_GATEWAY_VIRTUAL_MODEL_NAME_ILLEGAL_CHARACTER", status: 422, plane: "control", meaning: "virtual model: name may hold only letters, digits, '.', '_' and '-'" },
  virtualModelNameTaken: { code: "ERR_NGROK_AI_GATEWAY_VIRTUAL_MODEL_NAME_ALREADY_EXISTS", status: 409, plane: "control", meaning: "virtual model: the account has one of this name" },
  virtualModelNameIsModel: { code: "ERR_NGROK_AI_GATEWAY_VIRTUAL_MODEL_NAME_CONFLICT", status: 409, plane: "control", meaning: "virtual model: the name is already that of a model" },
  virtualModelDescriptionTooLong: { code: "ERR_NGROK_AI_GATEWAY_VIRTUAL_MODEL_DESCRIPTION_TOO_LONG", status: 422, plane: "control", meaning: "virtual model: description too long" },
  tooManyVirtualModels: { code: "ERR_NGROK_AI_GATEWAY_VIRTUAL_MODEL_LIMIT_EXCEEDED", status: 422, plane: "control", meaning: "too many virtual models in the account" },
  virtualModelTargetCount: { code: "ERR_NGROK_AI_GATEWAY_VIRTUAL_MODEL_TARGETS_OUT_OF_RANGE", status: 422, plane: "control", meaning: "virtual model: too few or too many models (10 at most)" },
  virtualModelTargetUnknown: { code: "ERR_NGROK_AI_GATEWAY_VIRTUAL_MODEL_TARGET_NOT_FOUND", status: 422, plane: "control", meaning: "virtual model: a target is not a valid model" },
  virtualModelTargetListedTwice: { code: "ERR_NGROK_AI_GATEWAY_VIRTUAL_MODEL_TARGET_DUPLICATED", status: 422, plane: "control", meaning: "virtual model: the same target twice" },
  virtualModelNested: { code: "ERR_NGROK_AI_GATEWAY_VIRTUAL_MODEL_TARGET_NESTING_NOT_ALLOWED", status: 422, plane: "control", meaning: "virtual model: a target is itself a virtual model" },
  virtualModelAutoMixed: { code: "ERR_NGROK_AI_GATEWAY_VIRTUAL_MODEL_TARGET_AUTO_MIXED_NOT_ALLOWED", status: 422, plane: "control", meaning: "virtual model: ngrok/auto must be the only target" },
  tooManyMcpServers: { code: "ERR_NGROK_AI_GATEWAY_MCP_SERVER_LIMIT_EXCEEDED", status: 422, plane: "control", meaning: "too many MCP servers in the account" },
  mcpServerHasProviderKeys: { code: "ERR_NGROK_AI_GATEWAY_MCP_SERVER_PROVIDER_KEYS_CONFLICT", status: 409, plane: "control", meaning: "MCP server: its label still has provider keys, so it can't be renamed or reused" },
  embeddingsEncodingUnsupported: { code: "ERR_NGROK_AI_GATEWAY_EMBEDDINGS_ENCODING_FORMAT_UNSUPPORTED", status: 422, plane: "data", meaning: "embedding model takes no encoding_format but float" },
  requestBodyNotServedByProvider: { code: "ERR_NGROK_AI_GATEWAY_PROVIDER_SURFACE_REQUEST_BODY_UNSUPPORTED", status: 422, plane: "data", meaning: "provider can't take this request body on this API surface" },
  modelRegionUnsupported: { code: "ERR_NGROK_AI_GATEWAY_MODEL_REGION_UNSUPPORTED", status: 422, plane: "data", meaning: "model is not available in the region" },
  toolCallArgumentsInvalid: { code: "ERR_NGROK_AI_GATEWAY_TOOL_CALL_ARGUMENTS_INVALID", status: 422, plane: "data", meaning: "arguments of a tool call are not valid" },
  audioIdSourceConflict: { code: "ERR_NGROK_AI_GATEWAY_AUDIO_ID_SOURCE_CONFLICT", status: 422, plane: "data", meaning: "audio: conflicting sources for an id" },
} as const satisfies Record<string, ErrorCode>;

export type ErrorName = keyof typeof errorCodes;

const byCode: ReadonlyMap<string, ErrorCode> = new Map(Object.values(errorCodes).map((entry) => [entry.code, entry]));

/** The entry of a code; `undefined` if the code is not listed. */
export function knownError(code: string | undefined): ErrorCode | undefined {
  return code === undefined ? undefined : byCode.get(code);
}
