/** All that an account holds, in the API's own shapes. */
import type {
  AccessKey,
  AccessKeyConfiguration,
  ApiKey,
  GatewayClient,
  GatewayConfig,
  Provider,
  ProviderKey,
} from "../../sdk";

export interface Inventory {
  /** Custom providers; those that are built in are in no list. */
  readonly providers: readonly Provider[];
  readonly providerKeys: readonly ProviderKey[];
  readonly configurations: readonly AccessKeyConfiguration[];
  readonly accessKeys: readonly AccessKey[];
  readonly apiKeys: readonly ApiKey[];
  readonly settings: GatewayConfig;
}

export interface ReadOptions {
  /** Told how many objects were read so far, page by page. */
  readonly onProgress?: (count: number) => void;
  readonly signal?: AbortSignal;
}

/** Reads all pages of all kinds, the kinds side by side. */
export async function readInventory(client: GatewayClient, options: ReadOptions = {}): Promise<Inventory> {
  let count = 0;
  const all = async <T>(list: AsyncIterable<T>): Promise<T[]> => {
    const items: T[] = [];
    for await (const item of list) {
      items.push(item);
      options.onProgress?.(++count);
    }
    return items;
  };
  const call = { signal: options.signal };
  const [providers, providerKeys, configurations, accessKeys, apiKeys, settings] = await Promise.all([
    all(client.listProviders(call)),
    all(client.listProviderKeys(call)),
    all(client.listAccessKeyConfigurations(call)),
    all(client.listAccessKeys(call)),
    all(client.listApiKeys(call)),
    client.getGatewayConfig(call),
  ]);
  return { providers, providerKeys, configurations, accessKeys, apiKeys, settings };
}
