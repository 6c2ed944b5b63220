/** All objects of one account, in the API's own format, including values and tokens that the API never returns. */
import { randomBytes } from "node:crypto";
import type { AccessKeyConfiguration } from "../../../sdk/contract/accessKeyConfigurations";
import type { AccessKey } from "../../../sdk/contract/accessKeys";
import type { ApiKey } from "../../../sdk/contract/apiKeys";
import type { CreditPurchase, CreditTransaction } from "../../../sdk/contract/credits";
import type { GatewayConfig } from "../../../sdk/contract/gatewayConfig";
import type { ProviderKey } from "../../../sdk/contract/providerKeys";
import type { Provider } from "../../../sdk/contract/providers";
import { Collection, type CollectionChange, type Stored } from "./collection";
import { startAfter } from "./ids";
import { type RecordedUsage, UsageLog } from "./usage";

export type StoredProviderKey = ProviderKey & { value: string };
export type StoredAccessKey = AccessKey & { token: string };
export type StoredApiKey = ApiKey & { token: string };
/** Without the number of its keys, which is counted for each answer. */
export type StoredConfiguration = Omit<AccessKeyConfiguration, "accessKeyCount">;
export type StoredPurchase = CreditPurchase & { idempotencyKey: string | undefined };
export type Settings = Omit<GatewayConfig, "uri" | "accountId">;

/** One change of an account, in a form that a file can store and replay. */
export type Change =
  | { readonly kind: "account"; readonly id: string }
  | ({ readonly kind: CollectionName } & CollectionChange)
  | { readonly kind: "settings"; readonly settings: Settings }
  | { readonly kind: "usage"; readonly event: RecordedUsage }
  | { readonly kind: "forgottenUsage"; readonly costUnits: number }
  | { readonly kind: "credit"; readonly transaction: CreditTransaction };

const COLLECTIONS = ["providers", "providerKeys", "configurations", "accessKeys", "apiKeys", "purchases"] as const;
export type CollectionName = (typeof COLLECTIONS)[number];

const DEFAULT_SETTINGS: Settings = { totalTimeout: "120s", perRequestTimeout: "60s" };

export class Store {
  accountId = `acc_${randomBytes(8).toString("hex")}`;
  readonly providers: Collection<Provider>;
  readonly providerKeys: Collection<StoredProviderKey>;
  readonly configurations: Collection<StoredConfiguration>;
  readonly accessKeys: Collection<StoredAccessKey>;
  readonly apiKeys: Collection<StoredApiKey>;
  readonly purchases: Collection<StoredPurchase>;
  readonly usage: UsageLog;
  /** Newest last. */
  readonly credits: CreditTransaction[] = [];
  private currentSettings = DEFAULT_SETTINGS;

  constructor(private readonly changed: (change: Change) => void = () => undefined) {
    const of = (kind: CollectionName) => (change: CollectionChange) => changed({ kind, ...change });
    this.providers = new Collection("aigp_", of("providers"), { providerId: ({ providerId }) => providerId });
    this.providerKeys = new Collection("aigpk_", of("providerKeys"), { providerId: ({ providerId }) => providerId });
    this.configurations = new Collection("aigac_", of("configurations"));
    this.accessKeys = new Collection("aigk_", of("accessKeys"), {
      token: ({ token }) => token,
      configuration: ({ accessKeyConfiguration }) => accessKeyConfiguration?.id,
    });
    this.apiKeys = new Collection("ak_", of("apiKeys"), { token: ({ token }) => token });
    this.purchases = new Collection("aigcp_", of("purchases"), {
      idempotencyKey: ({ idempotencyKey }) => idempotencyKey,
      status: ({ status }) => status,
    });
    this.usage = new UsageLog((event) => changed({ kind: "usage", event }));
  }

  get settings(): Settings {
    return this.currentSettings;
  }

  set settings(settings: Settings) {
    this.currentSettings = settings;
    this.changed({ kind: "settings", settings });
  }

  /** By the owner's id, or by the API's id. */
  provider(providerId: string): Provider | undefined {
    return this.providers.firstBy("providerId", providerId) ?? this.providers.get(providerId);
  }

  addCredit(transaction: CreditTransaction): void {
    this.credits.push(transaction);
    this.changed({ kind: "credit", transaction });
  }

  /** Cents bought or granted, minus the used ones, rounded down. */
  balanceCents(): number {
    const given = this.credits.reduce((sum, credit) => sum + (credit.type === "credits" ? credit.amountCents : 0), 0);
    return given - this.usage.costCents;
  }

  /** Replays a stored change. */
  apply(change: Change): void {
    if (change.kind === "account") this.accountId = change.id;
    else if (change.kind === "settings") this.settings = change.settings;
    else if (change.kind === "usage") this.usage.keep(change.event);
    else if (change.kind === "forgottenUsage") this.usage.addForgotten(change.costUnits);
    else if (change.kind === "credit") this.addCredit(change.transaction);
    else if ("delete" in change) this[change.kind].delete(change.delete);
    else {
      startAfter(change.set.id);
      (this[change.kind] as unknown as Collection<Stored>).set(change.set);
    }
  }

  /** The changes that create this account from an empty one. */
  *everything(): Iterable<Change> {
    yield { kind: "account", id: this.accountId };
    yield { kind: "settings", settings: this.settings };
    for (const kind of COLLECTIONS) for (const record of this[kind].values()) yield { kind, set: record };
    for (const transaction of this.credits) yield { kind: "credit", transaction };
    yield { kind: "forgottenUsage", costUnits: this.usage.forgottenCostUnits() };
    for (const event of this.usage.kept()) yield { kind: "usage", event };
  }
}
