/**
 * The content of the local Azure: resource groups, accounts with their deployments, keys and content filters,
 * soft-deleted accounts, and resources of Azure Monitor.
 *
 * There are no timers: a running operation stores its completion time, and `settle` applies the operations that have completed by now.
 * So an injected clock controls everything.
 */
import { randomBytes, randomUUID } from "node:crypto";
import type { Cloud } from "./hosts";
import type { ModelCatalog } from "./models/modelCatalog";

export type Tags = Readonly<Record<string, string>>;
export type JsonObject = { [key: string]: unknown };

/**
 * An asynchronous change of a resource. Its kind is the resource's `provisioningState` until it completes; an update is
 * `Accepted`, because Azure's list of states has no other name for it. `Purging` ends a soft-deleted account.
 */
export interface Operation {
  readonly id: string;
  readonly kind: "Creating" | "Accepted" | "Deleting" | "Purging";
  readonly startedAtMs: number;
  readonly completesAtMs: number;
  /** ARM id of the resource that it creates or changes. */
  readonly resourceId: string;
}

/** A resource whose changes take time. */
interface Changing {
  operation?: Operation | undefined;
}

export interface ResourceGroup extends Changing {
  readonly subscriptionId: string;
  readonly name: string;
  readonly location: string;
  tags: Tags | undefined;
  managedBy: string | undefined;
}

export interface Model {
  readonly format: string;
  readonly name: string;
  readonly version: string;
}

export interface Deployment extends Changing {
  readonly name: string;
  model: Model;
  /** Undefined `capacity` (only from the seed): no quota applies. */
  sku: { readonly name: string; readonly capacity: number | undefined };
  /** All other members of `properties`, as sent. */
  settings: JsonObject;
  tags: Tags | undefined;
  etag: string;
  readonly createdAtMs: number;
}

/** A content filter configuration (`raiPolicies`). */
export interface RaiPolicy extends Changing {
  readonly name: string;
  /** `properties`, as sent. */
  properties: JsonObject;
  tags: Tags | undefined;
  etag: string;
  readonly createdAtMs: number;
}

export interface Account extends Changing {
  readonly cloud: Cloud;
  readonly subscriptionId: string;
  readonly resourceGroupName: string;
  readonly name: string;
  kind: string;
  readonly location: string;
  /** In lower case. Undefined: the account uses its region's shared host. */
  subdomain: string | undefined;
  sku: JsonObject & { readonly name: string };
  identity: JsonObject | undefined;
  tags: Tags | undefined;
  /** `properties` as sent, without the subdomain and `restore`. */
  settings: JsonObject;
  keys: [string, string];
  etag: string;
  readonly createdAtMs: number;
  /** By name in lower case, in the order of creation. */
  readonly deployments: Map<string, Deployment>;
  /** By name in lower case, in the order of creation. */
  readonly raiPolicies: Map<string, RaiPolicy>;
}

export interface DeletedAccount extends Changing {
  readonly account: Account;
  readonly deletedAtMs: number;
  readonly purgesAtMs: number;
}

/** A resource that is stored as sent, such as an alert rule. */
export interface StoredResource {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  /** The members that the resource manager returns besides id, name and type. */
  body: JsonObject;
}

/** Time after its end during which an operation can be polled. */
const OPERATION_KEPT_MS = 60 * 60 * 1000;
/** Time during which a deleted account keeps its name, its subdomain and its quota. */
export const SOFT_DELETE_MS = 48 * 60 * 60 * 1000;

export class AzureState {
  /** These three by `keyOf` of the resource's identity; in the order of creation. */
  readonly resourceGroups = new Map<string, ResourceGroup>();
  readonly accounts = new Map<string, Account>();
  readonly deletedAccounts = new Map<string, DeletedAccount>();
  /** By `keyOf` of their ids; in the order of creation. */
  readonly storedResources = new Map<string, StoredResource>();
  /** By id, for polling. */
  readonly operations = new Map<string, Operation>();

  /** Increases with every request that may change something, and with every completion. */
  revision = 0;
  /** Nothing completes before this time. */
  private nextChangeMs = 0;

  constructor(
    readonly now: () => number,
    readonly models: ModelCatalog,
  ) {}

  resourceGroup(subscriptionId: string, name: string): ResourceGroup | undefined {
    return this.resourceGroups.get(keyOf(subscriptionId, name));
  }

  account(subscriptionId: string, resourceGroupName: string, name: string): Account | undefined {
    return this.accounts.get(keyOf(subscriptionId, resourceGroupName, name));
  }

  deletedAccount(subscriptionId: string, resourceGroupName: string, name: string): DeletedAccount | undefined {
    return this.deletedAccounts.get(keyOf(subscriptionId, resourceGroupName, name));
  }

  accountBySubdomain(subdomain: string): Account | undefined {
    return this.accounts.values().find((account) => account.subdomain === subdomain.toLowerCase());
  }

  clear(): void {
    this.resourceGroups.clear();
    this.accounts.clear();
    this.deletedAccounts.clear();
    this.storedResources.clear();
    this.operations.clear();
  }

  addResourceGroup(group: ResourceGroup): void {
    this.resourceGroups.set(keyOf(group.subscriptionId, group.name), group);
  }

  addAccount(account: Account): void {
    this.accounts.set(accountKey(account), account);
  }

  startOperation(kind: Operation["kind"], resourceId: string, durationMs: number): Operation {
    const startedAtMs = this.now();
    const operation = { id: randomUUID(), kind, startedAtMs, completesAtMs: startedAtMs + durationMs, resourceId };
    this.operations.set(operation.id, operation);
    this.nextChangeMs = Math.min(this.nextChangeMs, operation.completesAtMs);
    return operation;
  }

  isRunning(operation: Operation): boolean {
    return operation.completesAtMs > this.now();
  }

  /** Applies every operation and every purge that has completed by now. Called before each request is handled. */
  settle(): void {
    const now = this.now();
    if (now < this.nextChangeMs) return;
    this.revision += 1;
    for (const account of [...this.accounts.values()]) this.settleAccount(account, now);
    for (const [key, deleted] of [...this.deletedAccounts]) {
      if (deleted.purgesAtMs <= now || hasCompleted(deleted.operation, now)) this.deletedAccounts.delete(key);
    }
    for (const [id, { completesAtMs }] of [...this.operations]) {
      if (completesAtMs + OPERATION_KEPT_MS <= now) this.operations.delete(id);
    }
    for (const [key, group] of [...this.resourceGroups]) {
      if (!hasCompleted(group.operation, now)) continue;
      if (group.operation.kind === "Deleting") this.deleteResourceGroup(key, group, group.operation.completesAtMs);
      else group.operation = undefined;
    }
    this.nextChangeMs = Math.min(...this.changeTimes().filter((timeMs) => timeMs > now), Number.POSITIVE_INFINITY);
  }

  private changeTimes(): number[] {
    const operations = [...this.operations.values().map(({ completesAtMs }) => completesAtMs)];
    const purges = this.deletedAccounts.values().map(({ purgesAtMs }) => purgesAtMs);
    return [...operations, ...operations.map((timeMs) => timeMs + OPERATION_KEPT_MS), ...purges];
  }

  private settleAccount(account: Account, now: number): void {
    for (const children of [account.deployments, account.raiPolicies]) {
      for (const [key, child] of [...children]) {
        if (!hasCompleted(child.operation, now)) continue;
        if (child.operation.kind === "Deleting") children.delete(key);
        else child.operation = undefined;
      }
    }
    if (!hasCompleted(account.operation, now)) return;
    if (account.operation.kind === "Deleting") this.softDelete(account, account.operation.completesAtMs);
    else account.operation = undefined;
  }

  private deleteResourceGroup(key: string, group: ResourceGroup, atMs: number): void {
    const groupKey = keyOf(group.subscriptionId, group.name);
    for (const account of [...this.accounts.values()]) {
      if (keyOf(account.subscriptionId, account.resourceGroupName) === groupKey) this.softDelete(account, atMs);
    }
    const prefix = keyOf(`/subscriptions/${group.subscriptionId}/resourceGroups/${group.name}/`);
    for (const id of [...this.storedResources.keys()]) if (id.startsWith(prefix)) this.storedResources.delete(id);
    this.resourceGroups.delete(key);
  }

  private softDelete(account: Account, deletedAtMs: number): void {
    account.operation = undefined;
    this.accounts.delete(accountKey(account));
    const purgesAtMs = deletedAtMs + SOFT_DELETE_MS;
    this.deletedAccounts.set(accountKey(account), { account, deletedAtMs, purgesAtMs });
  }
}

/** Azure compares names without regard to case. */
export function keyOf(...names: readonly string[]): string {
  return names.join("/").toLowerCase();
}

export function accountKey(account: Account): string {
  return keyOf(account.subscriptionId, account.resourceGroupName, account.name);
}

export function provisioningState(resource: Changing): string {
  return resource.operation?.kind ?? "Succeeded";
}

/** A key in Azure's present form: 84 letters and digits, with a marker in the middle for secret scanners. */
export function newAccountKey(): string {
  const random = randomBytes(96).toString("base64").replace(/[+/=]/g, "");
  return `${random.slice(0, 52)}JQQJ99${random.slice(52, 78)}`;
}

export function newEtag(): string {
  return `"${randomBytes(12).toString("hex")}"`;
}

function hasCompleted(operation: Operation | undefined, now: number): operation is Operation {
  return operation !== undefined && operation.completesAtMs <= now;
}
