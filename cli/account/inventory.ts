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

/** An account that is being read: each kind of object as soon as the last page of it is there. */
export type Reading = { readonly [Kind in keyof Inventory]: Promise<Inventory[Kind]> };

/** Begins to read all pages of all kinds, the kinds side by side. Whoever awaits a kind is told of its failure. */
export function startReading(client: GatewayClient, options: ReadOptions = {}): Reading {
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
  const reading = {
    providers: all(client.listProviders(call)),
    providerKeys: all(client.listProviderKeys(call)),
    configurations: all(client.listAccessKeyConfigurations(call)),
    accessKeys: all(client.listAccessKeys(call)),
    apiKeys: all(client.listApiKeys(call)),
    settings: client.getGatewayConfig(call),
  };
  // A kind that fails while another one is awaited must not end the process before that is told.
  for (const kind of Object.values<Promise<unknown>>(reading)) kind.catch(() => undefined);
  return reading;
}

/** All of it, once the last page is there. */
export async function wholeOf(reading: Reading): Promise<Inventory> {
  const [providers, providerKeys, configurations, accessKeys, apiKeys, settings] = await Promise.all([
    reading.providers,
    reading.providerKeys,
    reading.configurations,
    reading.accessKeys,
    reading.apiKeys,
    reading.settings,
  ]);
  return { providers, providerKeys, configurations, accessKeys, apiKeys, settings };
}

export function readInventory(client: GatewayClient, options: ReadOptions = {}): Promise<Inventory> {
  return wholeOf(startReading(client, options));
}
