import type { z } from "zod";
import {
  accessKeyConfigurationCreateSchema,
  accessKeyConfigurationListSchema,
  accessKeyConfigurationSchema,
  accessKeyConfigurationUpdateSchema,
} from "./accessKeyConfigurations";
import {
  accessKeyCreateSchema,
  accessKeyListQuerySchema,
  accessKeyListSchema,
  accessKeySchema,
  accessKeyUpdateSchema,
} from "./accessKeys";
import { apiKeyCreateSchema, apiKeyListSchema, apiKeySchema, apiKeyUpdateSchema } from "./apiKeys";
import { pageQuerySchema } from "./common";
import {
  checkoutSessionCreateSchema,
  checkoutSessionSchema,
  creditBalanceSchema,
  creditPurchaseCreateSchema,
  creditPurchaseHeadersSchema,
  creditPurchaseSchema,
  creditTransactionListSchema,
} from "./credits";
import { gatewayConfigSchema, gatewayConfigUpdateSchema } from "./gatewayConfig";
import { modelListSchema } from "./models";
import {
  providerKeyCreateSchema,
  providerKeyListQuerySchema,
  providerKeyListSchema,
  providerKeyRotateSchema,
  providerKeySchema,
  providerKeyUpdateSchema,
} from "./providerKeys";
import { providerCreateSchema, providerListSchema, providerSchema, providerUpdateSchema } from "./providers";
import {
  requestAttemptsSchema,
  usageListQuerySchema,
  usageListSchema,
  usageOverviewQuerySchema,
  usageOverviewSchema,
} from "./usage";

/** HTTP methods of the API. */
export type HttpMethod = "GET" | "HEAD" | "POST" | "PATCH" | "DELETE";

/**
 * Whether a request with an unknown outcome may be sent again: `safe` changes nothing; `idempotent` leaves the same state when
 * repeated; `never` may take effect twice, so it is repeated only if the first request certainly had no effect.
 */
export type ReplayClass = "safe" | "idempotent" | "never";

/** How this project uses an operation. */
export type OperationUse =
  | { readonly managedBy: string }
  | { readonly reads: string }
  | { readonly outOfScope: string };

/** A path template: a name in braces is replaced by the encoded id. */
type Path = `/${string}`;

export interface Operation {
  /** The operation's name in the API's OpenAPI document. */
  readonly operationId: string;
  readonly method: HttpMethod;
  readonly path: Path;
  readonly query?: z.ZodType;
  /** Headers that the operation accepts besides those of every request. */
  readonly headers?: z.ZodType;
  readonly request?: z.ZodType;
  readonly response?: z.ZodType;
  readonly successStatus: 200 | 201 | 204;
  readonly replay: ReplayClass;
  readonly use: OperationUse;
}

const PROVIDER = { managedBy: "CustomProvider" };
const PROVIDER_KEY = { managedBy: "ProviderKey" };
const CONFIGURATION = { managedBy: "AccessConfiguration and RoutingRule" };
const ACCESS_KEY = { managedBy: "AccessKey" };
const API_KEY = { managedBy: "ApiKey" };
const SETTINGS = { managedBy: "GatewaySettings" };
const LOOKUP = { reads: "finds objects that exist already: adoption, and recovery of a lost answer" };
const REPORT = { reads: "for programs that use the client; no resource holds it" };
const ROUTE = { reads: "RouteCheck finds the provider that answered" };
const PURCHASE = { outOfScope: "buying credits is a person's decision, not a state to keep; the client offers it" };
const HEAD_PROBE = { outOfScope: "the GET of the same path returns the same and more; the client leaves it out" };

// The six kinds of operation. The table below contains the differences between nouns.

function get<Response extends z.ZodType>(operationId: string, path: Path, response: Response, use: OperationUse) {
  return { operationId, method: "GET", path, response, successStatus: 200, replay: "safe", use } as const;
}

function list<Query extends z.ZodType, Response extends z.ZodType>(
  operationId: string,
  path: Path,
  query: Query,
  response: Response,
  use: OperationUse = LOOKUP,
) {
  return { ...get(operationId, path, response, use), query };
}

function head(operationId: string, path: Path, query?: z.ZodType) {
  const operation = { operationId, method: "HEAD", path, successStatus: 200, replay: "safe", use: HEAD_PROBE } as const;
  return query === undefined ? operation : { ...operation, query };
}

function post<Request extends z.ZodType, Response extends z.ZodType>(
  operationId: string,
  path: Path,
  request: Request,
  response: Response,
  successStatus: 200 | 201,
  use: OperationUse,
) {
  return { operationId, method: "POST", path, request, response, successStatus, replay: "never", use } as const;
}

/** Every PATCH of this API sets absolute values, so sending it twice has the same effect as sending it once. */
function patch<Request extends z.ZodType, Response extends z.ZodType>(
  operationId: string,
  path: Path,
  request: Request,
  response: Response,
  use: OperationUse,
) {
  const sent = { operationId, method: "PATCH", path, request, response } as const;
  return { ...sent, successStatus: 200, replay: "idempotent", use } as const;
}

function remove(operationId: string, path: Path, use: OperationUse) {
  return { operationId, method: "DELETE", path, successStatus: 204, replay: "idempotent", use } as const;
}

/** Every operation of the API's OpenAPI document. */
// biome-ignore format: one operation a line, so that the table can be read as a table
export const operations = {
  listProviders: list("ListAIGatewayProviders", "/providers", pageQuerySchema, providerListSchema),
  headProviders: head("HeadAIGatewayProviders", "/providers", pageQuerySchema),
  createProvider: post("CreateAIGatewayProvider", "/providers", providerCreateSchema, providerSchema, 201, PROVIDER),
  getProvider: get("GetAIGatewayProvider", "/providers/{id}", providerSchema, PROVIDER),
  headProvider: head("HeadAIGatewayProvider", "/providers/{id}"),
  updateProvider: patch("UpdateAIGatewayProvider", "/providers/{id}", providerUpdateSchema, providerSchema, PROVIDER),
  deleteProvider: remove("DeleteAIGatewayProvider", "/providers/{id}", PROVIDER),

  listProviderKeys: list("ListAIGatewayProviderAPIKeys", "/provider-keys", providerKeyListQuerySchema, providerKeyListSchema),
  headProviderKeys: head("HeadAIGatewayProviderAPIKeys", "/provider-keys", pageQuerySchema),
  createProviderKey: post("CreateAIGatewayProviderAPIKey", "/provider-keys", providerKeyCreateSchema, providerKeySchema, 201, PROVIDER_KEY),
  getProviderKey: get("GetAIGatewayProviderAPIKey", "/provider-keys/{id}", providerKeySchema, PROVIDER_KEY),
  headProviderKey: head("HeadAIGatewayProviderAPIKey", "/provider-keys/{id}"),
  updateProviderKey: patch("UpdateAIGatewayProviderAPIKey", "/provider-keys/{id}", providerKeyUpdateSchema, providerKeySchema, PROVIDER_KEY),
  rotateProviderKey: post("RotateAIGatewayProviderAPIKey", "/provider-keys/{id}/rotate", providerKeyRotateSchema, providerKeySchema, 200, PROVIDER_KEY),
  deleteProviderKey: remove("DeleteAIGatewayProviderAPIKey", "/provider-keys/{id}", PROVIDER_KEY),

  listAccessKeyConfigurations: list("ListAIGatewayAccessKeyConfigurations", "/access-key-configurations", pageQuerySchema, accessKeyConfigurationListSchema),
  headAccessKeyConfigurations: head("HeadAIGatewayAccessKeyConfigurations", "/access-key-configurations", pageQuerySchema),
  createAccessKeyConfiguration: post("CreateAIGatewayAccessKeyConfiguration", "/access-key-configurations", accessKeyConfigurationCreateSchema, accessKeyConfigurationSchema, 201, CONFIGURATION),
  getAccessKeyConfiguration: get("GetAIGatewayAccessKeyConfiguration", "/access-key-configurations/{id}", accessKeyConfigurationSchema, CONFIGURATION),
  headAccessKeyConfiguration: head("HeadAIGatewayAccessKeyConfiguration", "/access-key-configurations/{id}"),
  updateAccessKeyConfiguration: patch("UpdateAIGatewayAccessKeyConfiguration", "/access-key-configurations/{id}", accessKeyConfigurationUpdateSchema, accessKeyConfigurationSchema, CONFIGURATION),
  deleteAccessKeyConfiguration: remove("DeleteAIGatewayAccessKeyConfiguration", "/access-key-configurations/{id}", CONFIGURATION),

  listAccessKeys: list("ListAIGatewayAccessKeys", "/access-keys", accessKeyListQuerySchema, accessKeyListSchema),
  headAccessKeys: head("HeadAIGatewayAccessKeys", "/access-keys", accessKeyListQuerySchema),
  createAccessKey: post("CreateAIGatewayAccessKey", "/access-keys", accessKeyCreateSchema, accessKeySchema, 201, ACCESS_KEY),
  getAccessKey: get("GetAIGatewayAccessKey", "/access-keys/{id}", accessKeySchema, ACCESS_KEY),
  headAccessKey: head("HeadAIGatewayAccessKey", "/access-keys/{id}"),
  updateAccessKey: patch("UpdateAIGatewayAccessKey", "/access-keys/{id}", accessKeyUpdateSchema, accessKeySchema, ACCESS_KEY),
  deleteAccessKey: remove("DeleteAIGatewayAccessKey", "/access-keys/{id}", ACCESS_KEY),

  listApiKeys: list("ListAIGatewayAPIKeys", "/api-keys", pageQuerySchema, apiKeyListSchema),
  headApiKeys: head("HeadAIGatewayAPIKeys", "/api-keys", pageQuerySchema),
  createApiKey: post("CreateAIGatewayAPIKey", "/api-keys", apiKeyCreateSchema, apiKeySchema, 201, API_KEY),
  getApiKey: get("GetAIGatewayAPIKey", "/api-keys/{id}", apiKeySchema, API_KEY),
  headApiKey: head("HeadAIGatewayAPIKey", "/api-keys/{id}"),
  updateApiKey: patch("UpdateAIGatewayAPIKey", "/api-keys/{id}", apiKeyUpdateSchema, apiKeySchema, API_KEY),
  deleteApiKey: remove("DeleteAIGatewayAPIKey", "/api-keys/{id}", API_KEY),

  getGatewayConfig: get("GetAIGatewayConfig", "/gateway-config", gatewayConfigSchema, SETTINGS),
  headGatewayConfig: head("HeadAIGatewayConfig", "/gateway-config"),
  updateGatewayConfig: patch("UpdateAIGatewayConfig", "/gateway-config", gatewayConfigUpdateSchema, gatewayConfigSchema, SETTINGS),

  listModels: get("ListAIGatewayModels", "/v1/models", modelListSchema, REPORT),

  listUsage: list("ListAIGatewayUsage", "/usage", usageListQuerySchema, usageListSchema, REPORT),
  getRequestAttempts: get("GetAIGatewayRequestAttempts", "/usage/requests/{requestId}", requestAttemptsSchema, ROUTE),
  getUsageOverview: list("GetAIGatewayUsageOverview", "/usage/overview", usageOverviewQuerySchema, usageOverviewSchema, REPORT),

  listCreditTransactions: get("GetCreditTransactions", "/credits/transactions", creditTransactionListSchema, REPORT),
  getCreditBalance: get("GetCreditBalance", "/credits/balance", creditBalanceSchema, REPORT),
  createCheckoutSession: post("CreateCheckoutSession", "/credits/checkout-session", checkoutSessionCreateSchema, checkoutSessionSchema, 200, PURCHASE),
  createCreditPurchase: { ...post("CreateCreditPurchase", "/credits/purchases", creditPurchaseCreateSchema, creditPurchaseSchema, 200, PURCHASE), headers: creditPurchaseHeadersSchema },
  getCreditPurchase: get("GetCreditPurchase", "/credits/purchases/{id}", creditPurchaseSchema, PURCHASE),
} satisfies Record<string, Operation>;

export type OperationKey = keyof typeof operations;
