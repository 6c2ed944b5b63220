/** Azure's checks of a deployment before it is created or changed. */
import { textOf } from "../http";
import { offersSku } from "../locations";
import { capacityBounds, isStandardType, SKU_NAMES, SPILLOVER_TYPES } from "../models/deploymentTypes";
import { type Account, type Deployment, keyOf } from "../state";
import type { ManagerCall } from "./call";
import { type Pool, quotaNameOf } from "./capacityQuota";
import {
  insufficientQuota,
  invalidCapacity,
  invalidDeployment,
  modelNotSupported,
  modelRetired,
  raiPolicyNotFound,
  skuNotSupportedByModel,
  skuNotSupportedInRegion,
  tooManyDeployments,
} from "./errors";
import { isSystemRaiPolicy } from "./raiPolicies";

const MAX_STANDARD_DEPLOYMENTS = 32;

export type WantedDeployment = Pick<Deployment, "model" | "sku" | "settings" | "tags"> & {
  readonly sku: { readonly capacity: number };
};

/** @throws Refusal for the first problem. */
export function checkDeployment(
  call: ManagerCall,
  account: Account,
  existing: Deployment | undefined,
  wanted: WantedDeployment,
): void {
  checkModel(call, existing, wanted);
  checkSku(call, account, wanted);
  checkCapacity(call, wanted);
  checkSpillover(account, wanted);
  checkRaiPolicy(account, wanted);
  checkCount(account, existing, wanted);
  checkQuota(call, account, existing, wanted);
}

function checkModel({ state }: ManagerCall, existing: Deployment | undefined, { model }: WantedDeployment): void {
  const { format, name, version } = model;
  if (existing !== undefined && (existing.model.name !== name || existing.model.format !== format)) {
    throw invalidDeployment(`The model of account deployment '${existing.name}' cannot be changed.`);
  }
  if (existing?.model.version === version) return;
  const known = state.models.find(format, name, version);
  if (known === undefined && !(name !== "" && state.models.mayExist(format, version))) {
    throw modelNotSupported(format, name, version);
  }
  const retiresOn = known?.retiresOn;
  if (retiresOn !== undefined && Date.parse(retiresOn) <= state.now()) {
    throw modelRetired(format, name, version, retiresOn);
  }
}

function checkSku({ state }: ManagerCall, { location }: Account, { sku, model }: WantedDeployment): void {
  if (!SKU_NAMES.includes(sku.name) || !state.models.factsOf(model).skus.includes(sku.name)) {
    throw skuNotSupportedByModel(sku.name, model.name, model.version);
  }
  if (!offersSku(location, sku.name)) {
    throw skuNotSupportedInRegion(sku.name, model.name, model.version, location);
  }
}

function checkCapacity({ state }: ManagerCall, { sku, model }: WantedDeployment): void {
  const bounds = capacityBounds(sku.name, state.models.factsOf(model));
  const { minimum, step, maximum } = bounds;
  const isInBounds = sku.capacity >= minimum && sku.capacity <= maximum && (sku.capacity - minimum) % step === 0;
  if (!Number.isInteger(sku.capacity) || !isInBounds) throw invalidCapacity(sku.capacity, bounds);
}

/** @see https://learn.microsoft.com/azure/foundry/openai/how-to/spillover-traffic-management */
function checkSpillover(account: Account, { sku, model, settings }: WantedDeployment): void {
  const name = textOf(settings.spilloverDeploymentName);
  if (name === undefined) return;
  const type = SPILLOVER_TYPES[sku.name];
  if (type === undefined) {
    throw invalidDeployment(
      `The spillover deployment '${name}' can be set only for a provisioned deployment, not for the SKU '${sku.name}'.`,
    );
  }
  const target = account.deployments.get(keyOf(name));
  if (target === undefined) {
    throw invalidDeployment(`The spillover deployment '${name}' does not exist in the account.`);
  }
  if (target.sku.name !== type) {
    throw invalidDeployment(
      `The spillover deployment '${name}' has the SKU '${target.sku.name}'; requests of the SKU '${sku.name}' spill over to '${type}' only.`,
    );
  }
  if (target.model.name !== model.name || target.model.version !== model.version) {
    throw invalidDeployment(
      `The spillover deployment '${name}' serves '${target.model.name}' version '${target.model.version}', not '${model.name}' version '${model.version}'.`,
    );
  }
}

function checkRaiPolicy(account: Account, { settings }: WantedDeployment): void {
  const name = textOf(settings.raiPolicyName);
  if (name === undefined || isSystemRaiPolicy(name)) return;
  if (!account.raiPolicies.has(keyOf(name))) throw raiPolicyNotFound(name);
}

function checkCount(account: Account, existing: Deployment | undefined, { sku }: WantedDeployment): void {
  const others = account.deployments.values().filter((other) => other !== existing && isStandardType(other.sku.name));
  if (isStandardType(sku.name) && [...others].length >= MAX_STANDARD_DEPLOYMENTS) {
    throw tooManyDeployments(MAX_STANDARD_DEPLOYMENTS);
  }
}

function checkQuota(
  call: ManagerCall,
  account: Account,
  existing: Deployment | undefined,
  wanted: WantedDeployment,
): void {
  const { sku, model } = wanted;
  const { subscriptionId, location } = account;
  const pool: Pool = { subscriptionId, location, model: model.name, sku: sku.name };
  const held = existing?.sku.name === sku.name ? (existing.sku.capacity ?? 0) : 0;
  const [usage, limit] = [call.quota.usageOf(pool), call.quota.limitOf(pool)];
  const added = sku.capacity - held;
  if (added > 0 && usage + added > limit) {
    throw insufficientQuota({ wanted: added, usage, limit, quotaName: quotaNameOf(pool) });
  }
}
