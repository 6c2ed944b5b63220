/** Everything that one account holds. Records are in the API's own shapes, plus what it never tells (values, tokens). */
import { randomBytes } from "node:crypto";
import type { AccessKeyConfiguration } from "../../../sdk/contract/accessKeyConfigurations";
import type { AccessKey } from "../../../sdk/contract/accessKeys";
import type { ApiKey } from "../../../sdk/contract/apiKeys";
import type { CreditTransaction } from "../../../sdk/contract/credits";
import type { GatewayConfig } from "../../../sdk/contract/gatewayConfig";
import type { ProviderKey } from "../../../sdk/contract/providerKeys";
import type { Provider } from "../../../sdk/contract/providers";
import { Collection, type CollectionChange, type Stored } from "./collection";
import { startAfter } from "./ids";
import { type RecordedUsage, UsageLog } from "./usage";

export type StoredProviderKey = ProviderKey & { value: string };
export type StoredAccessKey = AccessKey & { token: string };
export type StoredApiKey = ApiKey & { token: string };
export type Settings = Omit<GatewayConfig, "uri" | "accountId">;

/** One change of an account, as it can be kept in a file and made again. */
export type Change =
  | { readonly kind: "account"; readonly id: string }
  | ({ readonly kind: CollectionName } & CollectionChange)
  | { readonly kind: "settings"; readonly settings: Settings }
  | { readonly kind: "usage"; readonly event: RecordedUsage }
  | { readonly kind: "forgottenUsage"; readonly paidTokens: number }
  | { readonly kind: "credit"; readonly transaction: CreditTransaction };

const COLLECTIONS = ["providers", "providerKeys", "configurations", "accessKeys", "apiKeys"] as const;
export type CollectionName = (typeof COLLECTIONS)[number];

const DEFAULT_SETTINGS: Settings = { totalTimeout: "120s", perRequestTimeout: "60s" };

export class Store {
  accountId = `acc_${randomBytes(8).toString("hex")}`;
  readonly providers: Collection<Provider>;
  readonly providerKeys: Collection<StoredProviderKey>;
  readonly configurations: Collection<AccessKeyConfiguration>;
  readonly accessKeys: Collection<StoredAccessKey>;
  readonly apiKeys: Collection<StoredApiKey>;
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
    this.usage = new UsageLog((event) => changed({ kind: "usage", event }));
  }

  get settings(): Settings {
    return this.currentSettings;
  }

  set settings(settings: Settings) {
    this.currentSettings = settings;
    this.changed({ kind: "settings", settings });
  }

  /** By the id that its owner chose, or by the API's. */
  provider(providerId: string): Provider | undefined {
    return this.providers.allBy("providerId", providerId)[0] ?? this.providers.get(providerId);
  }

  addCredit(transaction: CreditTransaction): void {
    this.credits.push(transaction);
    this.changed({ kind: "credit", transaction });
  }

  /** Cents bought or given, less what was used; rounded down as whoever charges would not. */
  balanceCents(): number {
    const given = this.credits.reduce((sum, credit) => sum + (credit.type === "credits" ? credit.amountCents : 0), 0);
    return given - this.usage.costCents;
  }

  /** Makes a kept change again. */
  apply(change: Change): void {
    if (change.kind === "account") this.accountId = change.id;
    else if (change.kind === "settings") this.settings = change.settings;
    else if (change.kind === "usage") this.usage.keep(change.event);
    else if (change.kind === "forgottenUsage") this.usage.addForgotten(change.paidTokens);
    else if (change.kind === "credit") this.addCredit(change.transaction);
    else if ("delete" in change) this[change.kind].delete(change.delete);
    else {
      startAfter(change.set.id);
      (this[change.kind] as unknown as Collection<Stored>).set(change.set);
    }
  }

  /** The changes that make this account out of an empty one. */
  *everything(): Iterable<Change> {
    yield { kind: "account", id: this.accountId };
    yield { kind: "settings", settings: this.settings };
    for (const kind of COLLECTIONS) for (const record of this[kind].values()) yield { kind, set: record };
    for (const transaction of this.credits) yield { kind: "credit", transaction };
    yield { kind: "forgottenUsage", paidTokens: this.usage.forgottenPaidTokens() };
    for (const event of this.usage.kept()) yield { kind: "usage", event };
  }
}
