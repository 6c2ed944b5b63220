/**
 * What exists in the stand-in: resource groups, accounts with their deployments and keys, soft-deleted accounts.
 *
 * Nothing runs on timers: an operation under way carries the time it completes, and `settle` applies
 * what has completed by now. So an injected clock decides everything.
 */
import { randomBytes } from "node:crypto";
import type { Cloud } from "./hosts";

export type Tags = Readonly<Record<string, string>>;
export type JsonObject = { [key: string]: unknown };

/**
 * An asynchronous change of a resource. Its kind is the resource's `provisioningState` until it completes; an update is
 * `Accepted`, as Azure's list of states has no other word for it.
 */
export interface Operation {
  readonly id: string;
  readonly kind: "Creating" | "Accepted" | "Deleting";
  readonly completesAtMs: number;
}

export interface ResourceGroup {
  readonly subscriptionId: string;
  readonly name: string;
  readonly location: string;
  tags: Tags | undefined;
  managedBy: string | undefined;
  operation?: Operation | undefined;
}

export interface Model {
  readonly format: string;
  readonly name: string;
  readonly version: string;
}

export interface Deployment {
  readonly name: string;
  model: Model;
  /** `capacity` undefined (only the seed can say so): no quota limits it. */
  sku: { readonly name: string; readonly capacity: number | undefined };
  /** Everything else of `properties` that was sent, as it was sent. */
  settings: JsonObject;
  tags: Tags | undefined;
  etag: string;
  readonly createdAtMs: number;
  operation?: Operation | undefined;
}

export interface Account {
  readonly cloud: Cloud;
  readonly subscriptionId: string;
  readonly resourceGroupName: string;
  readonly name: string;
  kind: string;
  readonly location: string;
  /** In lower case. Undefined: the account is reached at its region's shared host. */
  subdomain: string | undefined;
  sku: JsonObject & { readonly name: string };
  identity: JsonObject | undefined;
  tags: Tags | undefined;
  /** What was sent of `properties`, as it was sent, without the subdomain and `restore`. */
  settings: JsonObject;
  keys: [string, string];
  etag: string;
  readonly createdAtMs: number;
  operation?: Operation | undefined;
  /** By name in lower case, in the order of creation. */
  readonly deployments: Map<string, Deployment>;
}

export interface DeletedAccount {
  readonly account: Account;
  readonly deletedAtMs: number;
  readonly purgesAtMs: number;
}

/** How long it can be asked whether an operation has ended, from its end on. */
const OPERATION_KEPT_MS = 60 * 60 * 1000;
/** How long a deleted account keeps its name, its subdomain and its quota. */
export const SOFT_DELETE_MS = 48 * 60 * 60 * 1000;

export class AzureState {
  /** These three by `keyOf` of what identifies the resource; in the order of creation. */
  readonly resourceGroups = new Map<string, ResourceGroup>();
  readonly accounts = new Map<string, Account>();
  readonly deletedAccounts = new Map<string, DeletedAccount>();
  /** By id, for those who poll them. */
  readonly operations = new Map<string, Operation>();

  constructor(readonly now: () => number) {}

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

  /** Forgets everything. */
  clear(): void {
    this.resourceGroups.clear();
    this.accounts.clear();
    this.deletedAccounts.clear();
    this.operations.clear();
  }

  addResourceGroup(group: ResourceGroup): void {
    this.resourceGroups.set(keyOf(group.subscriptionId, group.name), group);
  }

  addAccount(account: Account): void {
    this.accounts.set(accountKey(account), account);
  }

  /** Applies every operation and every purge that has completed by now. Called before each request is looked at. */
  settle(): void {
    const now = this.now();
    for (const account of [...this.accounts.values()]) this.settleAccount(account, now);
    for (const [key, deleted] of [...this.deletedAccounts]) {
      if (deleted.purgesAtMs <= now) this.deletedAccounts.delete(key);
    }
    for (const [id, { completesAtMs }] of this.operations) {
      if (completesAtMs + OPERATION_KEPT_MS <= now) this.operations.delete(id);
    }
    for (const [key, group] of [...this.resourceGroups]) {
      if (!hasCompleted(group.operation, now)) continue;
      if (group.operation.kind === "Deleting") this.deleteResourceGroup(key, group, group.operation.completesAtMs);
      else group.operation = undefined;
    }
  }

  private settleAccount(account: Account, now: number): void {
    for (const [key, deployment] of [...account.deployments]) {
      if (!hasCompleted(deployment.operation, now)) continue;
      if (deployment.operation.kind === "Deleting") account.deployments.delete(key);
      else deployment.operation = undefined;
    }
    if (!hasCompleted(account.operation, now)) return;
    if (account.operation.kind === "Deleting") this.softDelete(account, account.operation.completesAtMs);
    else account.operation = undefined;
  }

  private deleteResourceGroup(key: string, group: ResourceGroup, atMs: number): void {
    for (const account of [...this.accounts.values()]) {
      if (keyOf(account.subscriptionId, account.resourceGroupName) === keyOf(group.subscriptionId, group.name)) {
        this.softDelete(account, atMs);
      }
    }
    this.resourceGroups.delete(key);
  }

  private softDelete(account: Account, deletedAtMs: number): void {
    account.operation = undefined;
    this.accounts.delete(accountKey(account));
    this.deletedAccounts.set(accountKey(account), {
      account,
      deletedAtMs,
      purgesAtMs: deletedAtMs + SOFT_DELETE_MS,
    });
  }
}

/** Azure compares names without regard to case. */
export function keyOf(...names: readonly string[]): string {
  return names.join("/").toLowerCase();
}

export function accountKey(account: Account): string {
  return keyOf(account.subscriptionId, account.resourceGroupName, account.name);
}

export function provisioningState(resource: { readonly operation?: Operation | undefined }): string {
  return resource.operation?.kind ?? "Succeeded";
}

/** A key in the form Azure makes today: 84 letters and digits, with a mark in the middle that scanners know. */
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
