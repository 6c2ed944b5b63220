/**
 * Capacity that a subscription may deploy: one pool per subscription, region, model and deployment type, and one for all models of a
 * provisioned type. Accounts that are deleted but not purged keep their capacity.
 * @see https://learn.microsoft.com/azure/foundry/openai/how-to/provisioned-throughput-onboarding
 */
import { isProvisionedType } from "../models/deploymentTypes";
import { type Account, type AzureState, keyOf } from "../state";

/** A limit of deployed capacity; an absent member matches everything. The first matching limit applies. */
export interface CapacityLimit {
  readonly subscriptionId?: string;
  readonly location?: string;
  readonly model?: string;
  /** Deployment type, such as `GlobalStandard`. */
  readonly sku?: string;
  /** Units: thousands of tokens per minute, or provisioned throughput units. */
  readonly limit: number;
}

export interface Pool {
  readonly subscriptionId: string;
  readonly location: string;
  readonly model: string;
  readonly sku: string;
}

/** Units of each pool without a given limit. */
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
      .filter(({ sku }) => sku.name === pool.sku)
      .filter(({ model }) => isProvisionedType(pool.sku) || model.name === pool.model)
      .reduce((sum, { sku }) => sum + (sku.capacity ?? 0), 0);
  }
}

const PROVISIONED_QUOTAS: Readonly<Record<string, string>> = {
  ProvisionedManaged: "Regional Provisioned Throughput Unit",
  GlobalProvisionedManaged: "Global Provisioned Throughput Unit",
  DataZoneProvisionedManaged: "Data Zone Provisioned Throughput Unit",
};

/** Azure's name of the quota in its refusals. */
export function quotaNameOf({ model, sku }: Pool): string {
  const ofStandard = `Tokens Per Minute (thousands) - ${model}`;
  return PROVISIONED_QUOTAS[sku] ?? (sku === "Standard" ? ofStandard : `${ofStandard} - ${sku}`);
}

function isOfPool(account: Account, pool: Pool): boolean {
  return keyOf(account.subscriptionId) === keyOf(pool.subscriptionId) && account.location === pool.location;
}
