/** Model deployments of an account. Writes to one account run one at a time; a second one is rejected, not queued. */
import { empty, isObject, json, textOf } from "../http";
import type { ModelCatalog } from "../models/modelCatalog";
import { type Account, type Deployment, type JsonObject, keyOf, type Model, newEtag } from "../state";
import { findAccount, refuseUnlessReady, refuseWhileBusy, requireParent } from "./accounts";
import { acceptedOrDone, changed, type ManagerCall, regionalOperations, tagsOf } from "./call";
import { checkDeployment, type WantedDeployment } from "./deploymentChecks";
import { invalidDeployment, resourceNotFound } from "./errors";
import { requireGroupForWrite } from "./resourceGroups";
import { DEPLOYMENT_TYPE, deploymentId, viewDeployment } from "./views";

export function getDeployment(call: ManagerCall): Response {
  const account = requireParent(call, "deployments");
  return json(200, viewDeployment(call.state.models, account, requireDeployment(call, account)));
}

export function listDeployments(call: ManagerCall): Response {
  const account = requireParent(call, "deployments");
  const deployments = account.deployments.values();
  return json(200, { value: [...deployments.map((each) => viewDeployment(call.state.models, account, each))] });
}

export function putDeployment(call: ManagerCall): Response {
  requireGroupForWrite(call);
  return writeDeployment(call, 200);
}

/** Changes type, capacity and tags; a PATCH cannot change anything else. */
export function patchDeployment(call: ManagerCall): Response {
  const account = requireParent(call, "deployments");
  const { sku, model, settings, tags } = requireDeployment(call, account);
  const merged = { sku, tags, ...call.body, properties: { ...settings, model } };
  return writeDeployment({ ...call, body: merged }, 202);
}

export function deleteDeployment(call: ManagerCall): Response {
  const account = findAccount(call);
  const deployment = account?.deployments.get(keyOf(call.parameters.deployment ?? ""));
  if (account === undefined || deployment === undefined) return empty(204);
  refuseWhileBusy(account);
  deployment.operation = call.start("Deleting", deploymentId(account, deployment.name));
  return acceptedOrDone(call, deployment.operation, regionalOperations(account));
}

/** @param running status of an update that takes time. */
function writeDeployment(call: ManagerCall, running: 200 | 202): Response {
  const account = requireParent(call, "deployments");
  refuseUnlessReady(account);
  const name = call.parameters.deployment ?? "";
  const existing = account.deployments.get(keyOf(name));
  const wanted = readDeployment(call.state.models, call.body);
  checkDeployment(call, account, existing, wanted);
  const id = deploymentId(account, existing?.name ?? name);
  const operation = call.start(existing === undefined ? "Creating" : "Accepted", id);
  const deployment: Deployment = {
    name: existing?.name ?? name,
    ...wanted,
    etag: newEtag(),
    createdAtMs: existing?.createdAtMs ?? call.state.now(),
    operation,
  };
  account.deployments.set(keyOf(name), deployment);
  const status = existing === undefined ? { running: 201, done: 201 } : { running, done: 200 };
  const view = () => viewDeployment(call.state.models, account, deployment);
  return changed(call, status, operation, regionalOperations(account), view);
}

function requireDeployment(call: ManagerCall, account: Account): Deployment {
  const name = call.parameters.deployment ?? "";
  const deployment = account.deployments.get(keyOf(name));
  if (deployment !== undefined) return deployment;
  throw resourceNotFound(DEPLOYMENT_TYPE, `${account.name}/${name}`, account.resourceGroupName);
}

function readDeployment(models: ModelCatalog, body: JsonObject): WantedDeployment {
  const { model, provisioningState: _state, currentCapacity: _capacity, ...settings } = asObject(body.properties);
  const { name, capacity } = asObject(body.sku);
  if (!isObject(model)) throw invalidDeployment("The model of account deployment is required.");
  return {
    model: readModel(models, model),
    // A type within `properties` is ignored; without a type at the root it is Standard.
    sku: { name: textOf(name) ?? "Standard", capacity: typeof capacity === "number" ? capacity : 1 },
    settings,
    tags: tagsOf(body.tags),
  };
}

function readModel(models: ModelCatalog, model: JsonObject): Model {
  const name = textOf(model.name) ?? "";
  return {
    format: textOf(model.format) ?? "",
    name,
    version: textOf(model.version) ?? (models.has(name) ? models.defaultVersionOf(name) : ""),
  };
}

function asObject(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}
