/**
 * How much capacity a subscription may deploy: one pool per subscription, region, model and deployment type. Accounts that
 * are deleted but not purged keep what they held.
 */
import { isProvisionedType } from "../models";
import { type Account, type AzureState, keyOf } from "../state";

/** A limit; a member left out holds for all. The first that fits counts. */
export interface CapacityLimit {
  readonly subscriptionId?: string;
  readonly location?: string;
  readonly model?: string;
  /** Deployment type, as `GlobalStandard`. */
  readonly sku?: string;
  /** Units: thousands of tokens per minute, or PTUs. */
  readonly limit: number;
}

export interface Pool {
  readonly subscriptionId: string;
  readonly location: string;
  readonly model: string;
  readonly sku: string;
}

/** Limit of each pool where nothing else is said, in units. */
const DEFAULT_LIMIT = 1_000;

export class CapacityQuota {
  constructor(
    private readonly state: AzureState,
    private readonly limits: readonly CapacityLimit[],
  ) {}

  limitOf(pool: Pool): number {
    const members = ["subscriptionId", "location", "model", "sku"] as const;
    const own = this.limits.find((limit) =>
      members.every((member) => limit[member] === undefined || keyOf(limit[member]) === keyOf(pool[member])),
    );
    return own?.limit ?? DEFAULT_LIMIT;
  }

  usageOf(pool: Pool): number {
    const deleted = this.state.deletedAccounts.values().map(({ account }) => account);
    return [...this.state.accounts.values(), ...deleted]
      .filter((account) => isOfPool(account, pool))
      .flatMap((account) => [...account.deployments.values()])
      .filter(({ model, sku }) => model.name === pool.model && sku.name === pool.sku)
      .reduce((sum, { sku }) => sum + (sku.capacity ?? 0), 0);
  }
}

/** As Azure names the quota in its refusals. */
export function quotaNameOf({ model, sku }: Pool): string {
  if (isProvisionedType(sku)) return `Provisioned Throughput Units - ${model} - ${sku}`;
  return sku === "Standard"
    ? `Tokens Per Minute (thousands) - ${model}`
    : `Tokens Per Minute (thousands) - ${model} - ${sku}`;
}

function isOfPool(account: Account, pool: Pool): boolean {
  return keyOf(account.subscriptionId) === keyOf(pool.subscriptionId) && account.location === pool.location;
}
