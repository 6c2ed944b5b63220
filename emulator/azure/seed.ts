/** The initial content: accounts with keys and deployments, in one resource group. */
import type { ModelCatalog } from "./models/modelCatalog";
import { type Account, type AzureState, type Deployment, keyOf, newEtag } from "./state";

/** Part of the emulator's seed file. */
export interface AzureSeed {
  /** Initial accounts. @default none */
  readonly azure?: readonly SeedAccount[];
}

/** An Azure OpenAI account. */
export interface SeedAccount {
  /** Name of the account and its subdomain: `https://<resource>.openai.azure.com`. */
  readonly resource: string;
  /** Key 1 and key 2. */
  readonly keys: readonly string[];
  /** Its deployments of models. */
  readonly deployments: readonly SeedDeployment[];
  /** Azure region. @default "eastus2" */
  readonly location?: string;
  /** `OpenAI`, or `AIServices`. @default "OpenAI" */
  readonly kind?: string;
  /** Its subscription. @default "00000000-0000-0000-0000-000000000000" */
  readonly subscriptionId?: string;
  /** Its resource group. @default "seed" */
  readonly resourceGroup?: string;
}

/** A deployment of a model. */
export interface SeedDeployment {
  /** Name in the deployment's URL. */
  readonly name: string;
  /** Name of the model; Azure need not have it. */
  readonly model: string;
  /** Version of the model. @default the newest known version of the model */
  readonly version?: string;
  /** Deployment type. @default "GlobalStandard" */
  readonly sku?: string;
  /** Units: thousands of tokens per minute, or provisioned throughput units. @default unlimited */
  readonly capacity?: number;
}

/** The subscription of accounts without one. */
export const DEFAULT_SUBSCRIPTION_ID = "00000000-0000-0000-0000-000000000000";
const DEFAULT_RESOURCE_GROUP = "seed";
const DEFAULT_LOCATION = "eastus2";

/** @throws Error that names the account and its problem. */
export function createSeed(state: AzureState, seed: AzureSeed): void {
  for (const seeded of seed.azure ?? []) {
    const account = toAccount(seeded, state);
    if (state.accountBySubdomain(seeded.resource) !== undefined) {
      throw new Error(`the seed has the Azure resource "${seeded.resource}" twice`);
    }
    state.addAccount(account);
    if (state.resourceGroup(account.subscriptionId, account.resourceGroupName) === undefined) {
      state.addResourceGroup({
        subscriptionId: account.subscriptionId,
        name: account.resourceGroupName,
        location: account.location,
        tags: undefined,
        managedBy: undefined,
      });
    }
  }
}

function toAccount(seed: SeedAccount, state: AzureState): Account {
  const [key1, key2, ...rest] = seed.keys;
  if (!key1 || !key2 || rest.length > 0) {
    throw new Error(`the seed's Azure resource "${seed.resource}" needs exactly two keys, not ${seed.keys.length}`);
  }
  const now = state.now();
  const deployments = seed.deployments.map((seeded): [string, Deployment] => [
    keyOf(seeded.name),
    toDeployment(seeded, state.models, now),
  ]);
  return {
    cloud: "public",
    subscriptionId: seed.subscriptionId ?? DEFAULT_SUBSCRIPTION_ID,
    resourceGroupName: seed.resourceGroup ?? DEFAULT_RESOURCE_GROUP,
    name: seed.resource,
    kind: seed.kind ?? "OpenAI",
    location: seed.location ?? DEFAULT_LOCATION,
    subdomain: seed.resource.toLowerCase(),
    sku: { name: "S0" },
    identity: undefined,
    tags: undefined,
    settings: { publicNetworkAccess: "Enabled" },
    keys: [key1, key2],
    etag: newEtag(),
    createdAtMs: now,
    deployments: new Map(deployments),
    raiPolicies: new Map(),
  };
}

function toDeployment(seed: SeedDeployment, models: ModelCatalog, now: number): Deployment {
  return {
    name: seed.name,
    model: { format: "OpenAI", name: seed.model, version: seed.version ?? models.defaultVersionOf(seed.model) },
    sku: { name: seed.sku ?? "GlobalStandard", capacity: seed.capacity },
    settings: {},
    tags: undefined,
    etag: newEtag(),
    createdAtMs: now,
  };
}
