/** Resource groups: created at once, and deleted with everything in them. */
import { json, textOf } from "../http";
import { isLocation, LOCATION_NAMES, normalizeLocation } from "../locations";
import { keyOf, type ResourceGroup } from "../state";
import { acceptedOrDone, type ManagerCall, tagsOf } from "./call";
import {
  invalidResourceName,
  locationNotAvailable,
  locationRequired,
  otherResourceGroupLocation,
  resourceGroupBeingDeleted,
  resourceGroupNotFound,
} from "./errors";
import { resourceGroupId, viewResourceGroup } from "./views";

const TYPE = "Microsoft.Resources/resourceGroups";
const NAME = /^[-\w.()]{1,89}[-\w()]$|^[-\w()]$/u;

export function getResourceGroup(call: ManagerCall): Response {
  return json(200, viewResourceGroup(requireGroup(call)));
}

export function listResourceGroups({ state, subscriptionId }: ManagerCall): Response {
  const groups = state.resourceGroups.values().filter((group) => keyOf(group.subscriptionId) === keyOf(subscriptionId));
  return json(200, { value: [...groups.map(viewResourceGroup)] });
}

export function putResourceGroup(call: ManagerCall): Response {
  const { state, subscriptionId, parameters, body } = call;
  const name = parameters.resourceGroup ?? "";
  const location = textOf(body.location);
  const existing = state.resourceGroup(subscriptionId, name);
  if (!NAME.test(name)) throw invalidResourceName(name, TYPE);
  if (location === undefined) throw locationRequired();
  if (!isLocation(location)) throw locationNotAvailable(location, TYPE, LOCATION_NAMES);
  if (existing?.operation !== undefined) throw resourceGroupBeingDeleted(name);
  if (existing !== undefined && existing.location !== normalizeLocation(location)) {
    throw otherResourceGroupLocation(location, existing.location);
  }
  const group: ResourceGroup = {
    subscriptionId,
    name: existing?.name ?? name,
    location: normalizeLocation(location),
    tags: tagsOf(body.tags),
    managedBy: textOf(body.managedBy),
  };
  state.addResourceGroup(group);
  return json(existing === undefined ? 201 : 200, viewResourceGroup(group));
}

export function patchResourceGroup(call: ManagerCall): Response {
  const group = requireGroup(call);
  if ("tags" in call.body) group.tags = tagsOf(call.body.tags);
  return json(200, viewResourceGroup(group));
}

export function deleteResourceGroup(call: ManagerCall): Response {
  const { state, subscriptionId, parameters } = call;
  const group = state.resourceGroup(subscriptionId, parameters.resourceGroup ?? "");
  // Deleting a group that does not exist is an error, unlike for accounts.
  if (group === undefined) throw resourceGroupNotFound(parameters.resourceGroup ?? "");
  if (group.operation !== undefined) throw resourceGroupBeingDeleted(group.name);
  group.operation = call.start("Deleting", resourceGroupId(group));
  return acceptedOrDone(call, group.operation, `/subscriptions/${subscriptionId}`);
}

/** @throws Refusal when the group does not exist or is being deleted. */
export function requireGroupForWrite({ state, subscriptionId, parameters }: ManagerCall): ResourceGroup {
  const name = parameters.resourceGroup ?? "";
  const group = state.resourceGroup(subscriptionId, name);
  if (group === undefined) throw resourceGroupNotFound(name);
  if (group.operation !== undefined) throw resourceGroupBeingDeleted(name);
  return group;
}

function requireGroup({ state, subscriptionId, parameters }: ManagerCall): ResourceGroup {
  const name = parameters.resourceGroup ?? "";
  const group = state.resourceGroup(subscriptionId, name);
  if (group === undefined) throw resourceGroupNotFound(name);
  return group;
}
