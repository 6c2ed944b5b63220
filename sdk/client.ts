import { type CallInput, type CallOptions, type Connection, callGateway, type ResponseOf } from "./call";
import type {
  AccessKeyConfiguration,
  AccessKeyConfigurationCreate,
  AccessKeyConfigurationUpdate,
} from "./contract/accessKeyConfigurations";
import type { AccessKey, AccessKeyCreate, AccessKeyListQuery, AccessKeyUpdate } from "./contract/accessKeys";
import type { ApiKey, ApiKeyCreate, ApiKeyUpdate } from "./contract/apiKeys";
import type {
  CheckoutSession,
  CheckoutSessionCreate,
  CreditBalance,
  CreditPurchase,
  CreditPurchaseCreate,
  CreditTransaction,
} from "./contract/credits";
import type { GatewayConfig, GatewayConfigUpdate } from "./contract/gatewayConfig";
import type { Model } from "./contract/models";
import { type OperationKey, operations } from "./contract/operations";
import type { ProviderKey, ProviderKeyCreate, ProviderKeyRotate, ProviderKeyUpdate } from "./contract/providerKeys";
import type { Provider, ProviderCreate, ProviderUpdate } from "./contract/providers";
import type { RequestAttempts, UsageEvent, UsageListQuery, UsageOverview, UsageOverviewQuery } from "./contract/usage";
import { pagesByCursor, pagesById } from "./paging";
import { type GatewayClientOptions, toConnection } from "./settings";

/** Filter for provider keys. */
export interface ProviderKeyFilter {
  /** Only keys of this provider, by its `providerId`. */
  readonly provider?: string | undefined;
}

/** Filter for access keys: those of one configuration, or all. */
export type AccessKeyFilter = Pick<AccessKeyListQuery, "accessKeyConfigurationId">;

/** Filter for usage events. */
export type UsageFilter = Omit<UsageListQuery, "cursor" | "limit">;

/**
 * Client for the gateway's management API, with one method per operation. Every method rejects with a `GatewayError`; requests
 * that are safe to repeat are retried within the retry budget. Lists are read page by page during iteration.
 * @see https://ngrok.com/docs/ai-gateway/api-reference
 * @example
 * const client = new GatewayClient({ apiUrl: "https://api.ngrok.ai", apiKey: process.env.AI_GATEWAY_API_KEY ?? "" });
 * for await (const provider of client.listProviders()) console.log(provider.providerId, provider.baseUrl);
 */
export class GatewayClient {
  readonly #connection: Connection;

  /** Throws `GatewayConfigurationError` if the options are not valid. Sends nothing and opens no connection. */
  constructor(options: GatewayClientOptions) {
    this.#connection = toConnection(options);
  }

  /**
   * The gateway's time according to its responses, in milliseconds since the epoch, up to a second early. The machine's own clock
   * may be wrong.
   * @returns `undefined` before the first response that has a `Date` header.
   */
  serverNowMs(): number | undefined {
    return this.#connection.serverClock.nowMs();
  }

  createProvider(body: ProviderCreate, options?: CallOptions): Promise<Provider> {
    return this.#call("createProvider", { body }, options);
  }

  getProvider(id: string, options?: CallOptions): Promise<Provider> {
    return this.#call("getProvider", { id }, options);
  }

  listProviders(options?: CallOptions): AsyncIterable<Provider> {
    return pagesById(operations.listProviders.path, async (beforeId) => {
      const page = await this.#call("listProviders", { query: { beforeId } }, options);
      return { items: page.aiGatewayProviders, nextPageUri: page.nextPageUri };
    });
  }

  updateProvider(id: string, body: ProviderUpdate, options?: CallOptions): Promise<Provider> {
    return this.#call("updateProvider", { id, body }, options);
  }

  deleteProvider(id: string, options?: CallOptions): Promise<void> {
    return this.#call("deleteProvider", { id }, options);
  }

  createProviderKey(body: ProviderKeyCreate, options?: CallOptions): Promise<ProviderKey> {
    return this.#call("createProviderKey", { body }, options);
  }

  getProviderKey(id: string, options?: CallOptions): Promise<ProviderKey> {
    return this.#call("getProviderKey", { id }, options);
  }

  listProviderKeys(options: CallOptions & ProviderKeyFilter = {}): AsyncIterable<ProviderKey> {
    const { provider } = options;
    return pagesById(operations.listProviderKeys.path, async (beforeId) => {
      const page = await this.#call("listProviderKeys", { query: { provider, beforeId } }, options);
      return { items: page.aiGatewayProviderKeys, nextPageUri: page.nextPageUri };
    });
  }

  updateProviderKey(id: string, body: ProviderKeyUpdate, options?: CallOptions): Promise<ProviderKey> {
    return this.#call("updateProviderKey", { id, body }, options);
  }

  /** Stores a new value under the same id. */
  rotateProviderKey(id: string, body: ProviderKeyRotate, options?: CallOptions): Promise<ProviderKey> {
    return this.#call("rotateProviderKey", { id, body }, options);
  }

  deleteProviderKey(id: string, options?: CallOptions): Promise<void> {
    return this.#call("deleteProviderKey", { id }, options);
  }

  createAccessKeyConfiguration(
    body: AccessKeyConfigurationCreate,
    options?: CallOptions,
  ): Promise<AccessKeyConfiguration> {
    return this.#call("createAccessKeyConfiguration", { body }, options);
  }

  getAccessKeyConfiguration(id: string, options?: CallOptions): Promise<AccessKeyConfiguration> {
    return this.#call("getAccessKeyConfiguration", { id }, options);
  }

  listAccessKeyConfigurations(options?: CallOptions): AsyncIterable<AccessKeyConfiguration> {
    return pagesById(operations.listAccessKeyConfigurations.path, async (beforeId) => {
      const page = await this.#call("listAccessKeyConfigurations", { query: { beforeId } }, options);
      return { items: page.aiGatewayAccessKeyConfigurations, nextPageUri: page.nextPageUri };
    });
  }

  updateAccessKeyConfiguration(
    id: string,
    body: AccessKeyConfigurationUpdate,
    options?: CallOptions,
  ): Promise<AccessKeyConfiguration> {
    return this.#call("updateAccessKeyConfiguration", { id, body }, options);
  }

  deleteAccessKeyConfiguration(id: string, options?: CallOptions): Promise<void> {
    return this.#call("deleteAccessKeyConfiguration", { id }, options);
  }

  /** Only this response contains `token`. */
  createAccessKey(body: AccessKeyCreate, options?: CallOptions): Promise<AccessKey> {
    return this.#call("createAccessKey", { body }, options);
  }

  getAccessKey(id: string, options?: CallOptions): Promise<AccessKey> {
    return this.#call("getAccessKey", { id }, options);
  }

  listAccessKeys(options: CallOptions & AccessKeyFilter = {}): AsyncIterable<AccessKey> {
    const { accessKeyConfigurationId } = options;
    return pagesById(operations.listAccessKeys.path, async (beforeId) => {
      const page = await this.#call("listAccessKeys", { query: { accessKeyConfigurationId, beforeId } }, options);
      return { items: page.aiGatewayAccessKeys, nextPageUri: page.nextPageUri };
    });
  }

  updateAccessKey(id: string, body: AccessKeyUpdate, options?: CallOptions): Promise<AccessKey> {
    return this.#call("updateAccessKey", { id, body }, options);
  }

  deleteAccessKey(id: string, options?: CallOptions): Promise<void> {
    return this.#call("deleteAccessKey", { id }, options);
  }

  /** Only this response contains `token`. */
  createApiKey(body: ApiKeyCreate, options?: CallOptions): Promise<ApiKey> {
    return this.#call("createApiKey", { body }, options);
  }

  getApiKey(id: string, options?: CallOptions): Promise<ApiKey> {
    return this.#call("getApiKey", { id }, options);
  }

  listApiKeys(options?: CallOptions): AsyncIterable<ApiKey> {
    return pagesById(operations.listApiKeys.path, async (beforeId) => {
      const page = await this.#call("listApiKeys", { query: { beforeId } }, options);
      return { items: page.aiGatewayApiKeys, nextPageUri: page.nextPageUri };
    });
  }

  updateApiKey(id: string, body: ApiKeyUpdate, options?: CallOptions): Promise<ApiKey> {
    return this.#call("updateApiKey", { id, body }, options);
  }

  deleteApiKey(id: string, options?: CallOptions): Promise<void> {
    return this.#call("deleteApiKey", { id }, options);
  }

  getGatewayConfig(options?: CallOptions): Promise<GatewayConfig> {
    return this.#call("getGatewayConfig", {}, options);
  }

  updateGatewayConfig(body: GatewayConfigUpdate, options?: CallOptions): Promise<GatewayConfig> {
    return this.#call("updateGatewayConfig", { body }, options);
  }

  /** Every model that the account can use, from the catalog and from its custom providers. This list of the API has no pages. */
  async listModels(options?: CallOptions): Promise<Model[]> {
    return (await this.#call("listModels", {}, options)).data;
  }

  listUsage(filter: UsageFilter, options?: CallOptions): AsyncIterable<UsageEvent> {
    return pagesByCursor(operations.listUsage.path, async (cursor) => {
      const page = await this.#call("listUsage", { query: { ...filter, cursor } }, options);
      return { items: page.aiGatewayUsage, nextPageUri: page.nextPageUri };
    });
  }

  /** All attempts of one request. `requestId` is the value of its `Ngrok-AIG-Request-Id` header. */
  getRequestAttempts(requestId: string, options?: CallOptions): Promise<RequestAttempts> {
    return this.#call("getRequestAttempts", { id: requestId }, options);
  }

  getUsageOverview(query: UsageOverviewQuery, options?: CallOptions): Promise<UsageOverview> {
    return this.#call("getUsageOverview", { query }, options);
  }

  getCreditBalance(options?: CallOptions): Promise<CreditBalance> {
    return this.#call("getCreditBalance", {}, options);
  }

  /** All transactions, newest first. This list of the API has no pages. */
  async listCreditTransactions(options?: CallOptions): Promise<CreditTransaction[]> {
    return (await this.#call("listCreditTransactions", {}, options)).items;
  }

  /** Opens a page where a person can buy credits; it also works for accounts that never bought any. */
  createCheckoutSession(body: CheckoutSessionCreate, options?: CallOptions): Promise<CheckoutSession> {
    return this.#call("createCheckoutSession", { body }, options);
  }

  /**
   * Starts a charge of the account's saved card; poll `getCreditPurchase` for its outcome. A call that repeats an
   * `idempotencyKey` (at most 255 characters) returns the purchase of the first call and charges nothing: use a new key for each
   * purchase, and the same key to query the outcome of one.
   */
  createCreditPurchase(
    body: CreditPurchaseCreate,
    idempotencyKey: string,
    options?: CallOptions,
  ): Promise<CreditPurchase> {
    return this.#call("createCreditPurchase", { body, headers: { "Idempotency-Key": idempotencyKey } }, options);
  }

  getCreditPurchase(id: string, options?: CallOptions): Promise<CreditPurchase> {
    return this.#call("getCreditPurchase", { id }, options);
  }

  #call<Key extends OperationKey>(key: Key, input: CallInput<Key>, options?: CallOptions): Promise<ResponseOf<Key>> {
    return callGateway(this.#connection, key, input, options);
  }
}
