/** Everything that one account holds. Records are in the API's own shapes, plus what it never tells (values, tokens). */
import { randomBytes } from "node:crypto";
import type { AccessKeyConfiguration } from "../../sdk/contract/accessKeyConfigurations";
import type { AccessKey } from "../../sdk/contract/accessKeys";
import type { ApiKey } from "../../sdk/contract/apiKeys";
import type { GatewayConfig } from "../../sdk/contract/gatewayConfig";
import type { ProviderKey } from "../../sdk/contract/providerKeys";
import type { Provider } from "../../sdk/contract/providers";
import { UsageLog } from "./usage";

export interface Stored {
  readonly id: string;
}

/** Records of one kind, newest first. Ids grow with time, so that a page can begin before any id. */
export class Collection<T extends Stored> {
  private readonly byId = new Map<string, T>();
  private ids: string[] = [];

  constructor(private readonly prefix: string) {}

  newId(): string {
    const time = Date.now().toString(36).padStart(9, "0");
    sequence = (sequence + 1) % 36 ** 4;
    return `${this.prefix}${time}${sequence.toString(36).padStart(4, "0")}${randomBytes(6).toString("hex")}`;
  }

  get(id: string): T | undefined {
    return this.byId.get(id);
  }

  set(record: T): T {
    if (!this.byId.has(record.id)) this.ids.push(record.id);
    this.byId.set(record.id, record);
    return record;
  }

  delete(id: string): void {
    if (this.byId.delete(id)) this.ids = this.ids.filter((other) => other !== id);
  }

  /** All, oldest first. */
  all(): T[] {
    return [...this.byId.values()];
  }

  /** A page, newest first: at most `limit` records made before `beforeId`, and whether there are more. */
  page(limit: number, beforeId: string | undefined, fits: (record: T) => boolean): { items: T[]; hasMore: boolean } {
    const items: T[] = [];
    for (let index = this.ids.length - 1; index >= 0; index--) {
      const id = this.ids[index] ?? "";
      if (beforeId !== undefined && id >= beforeId) continue;
      const record = this.byId.get(id);
      if (record === undefined || !fits(record)) continue;
      if (items.length === limit) return { items, hasMore: true };
      items.push(record);
    }
    return { items, hasMore: false };
  }
}

let sequence = 0;

export type StoredProviderKey = ProviderKey & { value: string };
export type StoredAccessKey = AccessKey & { token: string };
export type StoredApiKey = ApiKey & { token: string };

export class Store {
  readonly accountId = `acc_${randomBytes(8).toString("hex")}`;
  readonly providers = new Collection<Provider>("aigp_");
  readonly providerKeys = new Collection<StoredProviderKey>("aigpk_");
  readonly configurations = new Collection<AccessKeyConfiguration>("aigac_");
  readonly accessKeys = new Collection<StoredAccessKey>("aigk_");
  readonly apiKeys = new Collection<StoredApiKey>("ak_");
  readonly usage = new UsageLog();
  settings: Omit<GatewayConfig, "uri" | "accountId"> = { totalTimeout: "120s", perRequestTimeout: "60s" };

  provider(providerId: string): Provider | undefined {
    return this.providers.all().find((provider) => provider.providerId === providerId || provider.id === providerId);
  }
}
