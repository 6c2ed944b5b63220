/** The accounts of the API keys. No account sees another's objects. With a file, all accounts outlive the process. */
import { Journal } from "../../journal";
import { type Change, Store, type StoredAccessKey } from "./store";

/** A change and its account, by index of the API key; `null`: everything is deleted. */
type AccountChange = readonly [account: number, change: Change] | null;

export interface AccountsOptions {
  /** One key per account. */
  readonly apiKeys: readonly string[];
  /** Initial credits of an account, in US cents. */
  readonly creditCents: number;
  /** File of all accounts. @default none */
  readonly dataFile?: string | undefined;
}

export class Accounts {
  private stores: Store[] = [];
  private journal: Journal<AccountChange> | undefined;

  private constructor(private readonly options: AccountsOptions) {}

  /** @throws Error when the file cannot be used. */
  static async open(options: AccountsOptions): Promise<Accounts> {
    const accounts = new Accounts(options);
    if (options.dataFile === undefined) {
      accounts.begin();
      return accounts;
    }
    const kept: Store[] = [];
    const storeAt = (account: number) => {
      kept[account] ??= accounts.newStore(account);
      return kept[account];
    };
    accounts.journal = await Journal.open<AccountChange>(
      options.dataFile,
      (change) => {
        if (change === null) kept.length = 0;
        else storeAt(change[0]).apply(change[1]);
      },
      () => {
        if (accounts.stores.length === 0) {
          options.apiKeys.forEach((_, account) => {
            if (kept[account] === undefined) accounts.giveCredit(storeAt(account));
          });
          accounts.stores = Array.from(kept, (store, account) => store ?? accounts.newStore(account));
        }
        return accounts.everything();
      },
    );
    return accounts;
  }

  /** Finds an account by one of the initial keys, or by a key that the account created later. */
  byApiKey(token: string): Store | undefined {
    const given = this.options.apiKeys.indexOf(token);
    if (given >= 0) return this.stores[given];
    for (const store of this.stores) {
      const key = store.apiKeys.firstBy("token", token);
      if (key === undefined) continue;
      store.apiKeys.set({ ...key, lastUsed: new Date().toISOString() });
      return store;
    }
    return undefined;
  }

  byAccessToken(token: string): { store: Store; key: StoredAccessKey } | undefined {
    for (const store of this.stores) {
      const key = store.accessKeys.firstBy("token", token);
      if (key !== undefined) return { store, key };
    }
    return undefined;
  }

  /** `false` for the store of an account before a reset. */
  holds(store: Store): boolean {
    return this.stores.includes(store);
  }

  all(): readonly Store[] {
    return this.stores;
  }

  reset(): void {
    this.journal?.append(null);
    this.begin();
  }

  /** Resolves when all changes so far are on disk. */
  settled(): Promise<void> | undefined {
    return this.journal?.settled();
  }

  async close(): Promise<void> {
    await this.journal?.close();
  }

  private begin(): void {
    this.stores = this.options.apiKeys.map((_, account) => this.newStore(account));
    for (const [account, store] of this.stores.entries()) {
      this.journal?.append([account, { kind: "account", id: store.accountId }]);
      this.giveCredit(store);
    }
  }

  private newStore(account: number): Store {
    return new Store((change) => this.journal?.append([account, change]));
  }

  private giveCredit(store: Store): void {
    const { creditCents: amountCents } = this.options;
    if (amountCents === 0) return;
    const createdAt = new Date().toISOString();
    store.addCredit({ type: "credits", createdAt, category: "promotional", amountCents, expiresAt: null });
  }

  private *everything(): Iterable<AccountChange> {
    for (const [account, store] of this.stores.entries()) {
      for (const change of store.everything()) yield [account, change];
    }
  }
}
