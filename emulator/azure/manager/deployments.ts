/** Model deployments of an account. Writes to one account run one at a time; a second one is refused, not queued. */
import { empty, isObject, json, textOf } from "../http";
import { offersSku } from "../locations";
import { defaultVersionOf, findModel, isModelName, isStandardType, SKU_NAMES } from "../models";
import {
  type Account,
  type Deployment,
  type JsonObject,
  keyOf,
  type Model,
  newEtag,
  provisioningState,
} from "../state";
import { findAccount, operationResultsPath, refuseWhileBusy } from "./accounts";
import { accepted, type ManagerCall, tagsOf } from "./call";
import { type Pool, quotaNameOf } from "./capacityQuota";
import {
  accountNotReady,
  insufficientQuota,
  invalidDeployment,
  modelNotSupported,
  modelRetired,
  parentNotFound,
  resourceNotFound,
  skuNotSupportedByModel,
  skuNotSupportedInRegion,
  tooManyDeployments,
} from "./errors";
import { requireGroupForWrite } from "./resourceGroups";
import { accountId, DEPLOYMENT_TYPE, viewDeployment } from "./views";

const MAX_STANDARD_DEPLOYMENTS = 32;
const MAX_PROVISIONED_UNITS = 100_000;

export function getDeployment(call: ManagerCall): Response {
  const account = requireParent(call);
  return json(200, viewDeployment(account, requireDeployment(call, account)));
}

export function listDeployments(call: ManagerCall): Response {
  const account = requireParent(call);
  return json(200, { value: [...account.deployments.values().map((each) => viewDeployment(account, each))] });
}

export function putDeployment(call: ManagerCall): Response {
  requireGroupForWrite(call);
  const account = requireParent(call);
  if (account.operation?.kind === "Creating") throw accountNotReady(accountId(account), provisioningState(account));
  refuseWhileBusy(account);
  const name = call.parameters.deployment ?? "";
  const existing = account.deployments.get(keyOf(name));
  const wanted = readDeployment(call.body);
  check(call, account, existing, wanted);
  const deployment: Deployment = {
    name: existing?.name ?? name,
    ...wanted,
    etag: newEtag(),
    createdAtMs: existing?.createdAtMs ?? call.state.now(),
    operation: call.start(existing === undefined ? "Creating" : "Accepted"),
  };
  account.deployments.set(keyOf(name), deployment);
  call.state.settle();
  return json(existing === undefined ? 201 : 200, viewDeployment(account, deployment));
}

/** Changes type and capacity, and the tags; nothing else of a deployment can be patched. */
export function patchDeployment(call: ManagerCall): Response {
  const account = requireParent(call);
  const { sku, model, settings, tags } = requireDeployment(call, account);
  const merged = { sku, tags, ...call.body, properties: { ...settings, model } };
  return putDeployment({ ...call, body: merged });
}

export function deleteDeployment(call: ManagerCall): Response {
  const account = findAccount(call);
  const deployment = account?.deployments.get(keyOf(call.parameters.deployment ?? ""));
  if (account === undefined || deployment === undefined) return empty(204);
  refuseWhileBusy(account);
  deployment.operation = call.start("Deleting");
  return accepted(call, deployment.operation, operationResultsPath(account)) ?? empty(200);
}

function requireParent(call: ManagerCall): Account {
  const account = findAccount(call);
  const { account: name = "", resourceGroup: resourceGroupName = "" } = call.parameters;
  if (account === undefined) {
    throw parentNotFound(accountId({ subscriptionId: call.subscriptionId, resourceGroupName, name }));
  }
  return account;
}

function requireDeployment(call: ManagerCall, account: Account): Deployment {
  const name = call.parameters.deployment ?? "";
  const deployment = account.deployments.get(keyOf(name));
  if (deployment === undefined) {
    throw resourceNotFound(DEPLOYMENT_TYPE, `${account.name}/${name}`, account.resourceGroupName);
  }
  return deployment;
}

type WantedDeployment = Pick<Deployment, "model" | "sku" | "settings" | "tags"> & {
  readonly sku: { readonly capacity: number };
};

function readDeployment(body: JsonObject): WantedDeployment {
  const { model, provisioningState: _state, currentCapacity: _capacity, ...settings } = asObject(body.properties);
  const { name, capacity } = asObject(body.sku);
  if (!isObject(model)) throw invalidDeployment("The model of account deployment is required.");
  return {
    model: readModel(model),
    // A type within `properties` counts for nothing: what is left out here is Standard.
    sku: { name: textOf(name) ?? "Standard", capacity: typeof capacity === "number" ? capacity : 1 },
    settings,
    tags: tagsOf(body.tags),
  };
}

function readModel(model: JsonObject): Model {
  const name = textOf(model.name) ?? "";
  return {
    format: textOf(model.format) ?? "",
    name,
    version: textOf(model.version) ?? (isModelName(name) ? defaultVersionOf(name) : ""),
  };
}

function asObject(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

// ── checks ───────────────────────────────────────────────────────────────────────────────────────────────────────

function check(call: ManagerCall, account: Account, existing: Deployment | undefined, wanted: WantedDeployment): void {
  checkModel(call, existing, wanted);
  checkSku(account, wanted);
  checkSpillover(account, wanted);
  checkCount(account, existing, wanted);
  checkQuota(call, account, existing, wanted);
}

function checkModel({ state }: ManagerCall, existing: Deployment | undefined, { model }: WantedDeployment): void {
  const { format, name, version } = model;
  if (existing !== undefined && (existing.model.name !== name || existing.model.format !== format)) {
    throw invalidDeployment(`The model of account deployment '${existing.name}' cannot be changed.`);
  }
  const isKept = existing?.model.version === version;
  const facts = findModel(name, version);
  if (isKept) return;
  if (format !== "OpenAI" || facts === undefined) throw modelNotSupported(format, name, version);
  const { retiresOn } = facts;
  if (retiresOn !== undefined && Date.parse(retiresOn) <= state.now()) {
    throw modelRetired(format, name, version, retiresOn);
  }
}

function checkSku({ location }: Account, { sku, model }: WantedDeployment): void {
  const facts = findModel(model.name, model.version);
  const isKnown = (SKU_NAMES as readonly string[]).includes(sku.name);
  if (!isKnown || !(facts?.skus.includes(sku.name) ?? true)) {
    throw skuNotSupportedByModel(sku.name, model.name, model.version);
  }
  if (!offersSku(location, sku.name)) {
    throw skuNotSupportedInRegion(sku.name, model.name, model.version, location);
  }
  if (!Number.isInteger(sku.capacity) || sku.capacity < 1 || sku.capacity > MAX_PROVISIONED_UNITS) {
    throw invalidDeployment(
      `The capacity '${sku.capacity}' of account deployment is not a whole number from 1 to ${MAX_PROVISIONED_UNITS}.`,
    );
  }
}

function checkSpillover(account: Account, { settings }: WantedDeployment): void {
  const target = textOf(settings.spilloverDeploymentName);
  if (target !== undefined && !account.deployments.has(keyOf(target))) {
    throw invalidDeployment(`The spillover deployment '${target}' does not exist in the account.`);
  }
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
  const pool: Pool = {
    subscriptionId: account.subscriptionId,
    location: account.location,
    model: model.name,
    sku: sku.name,
  };
  const held = existing?.sku.name === sku.name ? (existing.sku.capacity ?? 0) : 0;
  const [usage, limit] = [call.quota.usageOf(pool), call.quota.limitOf(pool)];
  const added = sku.capacity - held;
  if (added > 0 && usage + added > limit) {
    throw insufficientQuota({ wanted: added, usage, limit, quotaName: quotaNameOf(pool) });
  }
}
