/** All objects of an account, as the API returns them. */
import type { CallOptions, GatewayClient, GatewayConfig } from "../../sdk";
import { LISTED_KINDS, type ListedKind, type ListOf, listOf, type ObjectOf, readList } from "../kinds";

/** The objects of each kind by the name of their list: `providers`, `providerKeys`, … Built-in providers are not listed. */
export type Lists = { readonly [K in ListedKind as ListOf<K>]: readonly ObjectOf<K>[] };

export interface Inventory extends Lists {
  readonly settings: GatewayConfig;
}

export interface ReadOptions {
  /** Called with the number of objects read so far, for each object. */
  readonly onProgress?: (count: number) => void;
  readonly signal?: AbortSignal;
}

/** An account that is being read: each list resolves when its last page has arrived. */
export type Reading = { readonly [List in keyof Inventory]: Promise<Inventory[List]> };

/** Begins to read all pages of all lists in parallel. A failure rejects only its own list. */
export function startReading(client: GatewayClient, options: ReadOptions = {}): Reading {
  let count = 0;
  const call: CallOptions = { signal: options.signal };
  const readAll = async <K extends ListedKind>(kind: K): Promise<ObjectOf<K>[]> => {
    const objects: ObjectOf<K>[] = [];
    for await (const object of readList(client, kind, call)) {
      objects.push(object);
      options.onProgress?.(++count);
    }
    return objects;
  };
  const lists = Object.fromEntries(LISTED_KINDS.map((kind) => [listOf(kind), readAll(kind)]));
  const reading = { ...lists, settings: client.getGatewayConfig(call) } as Reading;
  // A list that fails while another one is awaited must not end the process before its failure is reported.
  for (const list of Object.values<Promise<unknown>>(reading)) list.catch(() => undefined);
  return reading;
}

/** Resolves with all lists. */
export async function wholeOf({ settings, ...lists }: Reading): Promise<Inventory> {
  const arriving = Object.entries<Promise<unknown>>(lists).map(async ([list, objects]) => [list, await objects]);
  const [account, ...arrived] = await Promise.all([settings, ...arriving]);
  return { ...(Object.fromEntries(arrived) as Lists), settings: account };
}

export function readInventory(client: GatewayClient, options: ReadOptions = {}): Promise<Inventory> {
  return wholeOf(startReading(client, options));
}
