/** The local Azure's state in a file: the changes of a request are written before its answer is sent. */
import { Journal } from "../journal";
import type {
  Account,
  AzureState,
  DeletedAccount,
  Deployment,
  Operation,
  RaiPolicy,
  ResourceGroup,
  StoredResource,
} from "./state";

type StoredAccount = Omit<Account, "deployments" | "raiPolicies"> & {
  readonly deployments: readonly (readonly [string, Deployment])[];
  /** Missing in files of earlier versions. */
  readonly raiPolicies?: readonly (readonly [string, RaiPolicy])[];
};

/** A part of the state, by its key. */
type Entry =
  | readonly [kind: "resourceGroups", key: string, value: ResourceGroup]
  | readonly [kind: "accounts", key: string, value: StoredAccount]
  | readonly [
      kind: "deletedAccounts",
      key: string,
      value: Omit<DeletedAccount, "account"> & { readonly account: StoredAccount },
    ]
  | readonly [kind: "storedResources", key: string, value: StoredResource]
  | readonly [kind: "operations", key: string, value: Operation];

/** `null`: it was deleted. */
type Change = Entry | readonly [kind: Entry[0], key: string, value: null];

export class KeptState {
  /** The written or pending content of the file, as JSON, by kind and key. */
  private written = new Map<string, string>();
  /** The last compared revision of the state. */
  private comparedRevision: number;

  private constructor(
    private readonly state: AzureState,
    private readonly journal: Journal<Change>,
  ) {
    this.comparedRevision = state.revision;
  }

  /**
   * Fills an empty state from the file.
   * @throws Error when the file cannot be used.
   */
  static async open(file: string, state: AzureState): Promise<KeptState> {
    const journal = await Journal.open<Change>(
      file,
      (change) => apply(state, change),
      () => entriesOf(state),
    );
    const kept = new KeptState(state, journal);
    for (const entry of entriesOf(state)) kept.written.set(nameOf(entry), JSON.stringify(entry));
    return kept;
  }

  /** Resolves when the present state is on disk. */
  async settled(): Promise<void> {
    // A read without changes writes nothing, but waits for changes of others that it may have seen.
    if (this.comparedRevision !== this.state.revision) this.appendChanges();
    await this.journal.settled();
  }

  /** Appends every difference between the state and the file. */
  appendChanges(): void {
    this.comparedRevision = this.state.revision;
    const present = new Map<string, string>();
    for (const entry of entriesOf(this.state)) {
      const text = JSON.stringify(entry);
      present.set(nameOf(entry), text);
      if (this.written.get(nameOf(entry)) !== text) this.journal.append(entry);
    }
    for (const [name, text] of this.written) {
      if (present.has(name)) continue;
      const [kind, key] = JSON.parse(text) as Entry;
      this.journal.append([kind, key, null]);
    }
    this.written = present;
  }

  async close(): Promise<void> {
    await this.journal.close();
  }
}

function nameOf([kind, key]: Entry): string {
  return `${kind} ${key}`;
}

function* entriesOf(state: AzureState): Iterable<Entry> {
  const { resourceGroups, accounts, deletedAccounts, storedResources, operations } = state;
  for (const [key, group] of resourceGroups) yield ["resourceGroups", key, group];
  for (const [key, account] of accounts) yield ["accounts", key, toStored(account)];
  for (const [key, deleted] of deletedAccounts) {
    yield ["deletedAccounts", key, { ...deleted, account: toStored(deleted.account) }];
  }
  for (const [key, resource] of storedResources) yield ["storedResources", key, resource];
  for (const [key, operation] of operations) yield ["operations", key, operation];
}

function apply(state: AzureState, [kind, key, value]: Change): void {
  if (value === null) state[kind].delete(key);
  else if (kind === "resourceGroups") state.resourceGroups.set(key, value);
  else if (kind === "accounts") state.accounts.set(key, fromStored(value));
  else if (kind === "storedResources") state.storedResources.set(key, value);
  else if (kind === "operations") state.operations.set(key, value);
  else state.deletedAccounts.set(key, { ...value, account: fromStored(value.account) });
}

function toStored(account: Account): StoredAccount {
  return { ...account, deployments: [...account.deployments], raiPolicies: [...account.raiPolicies] };
}

function fromStored(stored: StoredAccount): Account {
  return { ...stored, deployments: new Map(stored.deployments), raiPolicies: new Map(stored.raiPolicies) };
}
