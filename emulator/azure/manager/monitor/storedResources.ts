/** Resources that are checked and then stored as sent. Every operation on them completes at once. */
import { empty, isObject, json, type Parameters, textOf } from "../../http";
import { keyOf, type StoredResource } from "../../state";
import { type ManagerCall, tagsOf } from "../call";
import { locationRequired, resourceNotFound } from "../errors";
import { requireGroupForWrite } from "../resourceGroups";

export interface StoredType {
  /** Such as `Microsoft.Insights/metricAlerts`. */
  readonly type: string;
  /** Id of the resource, or of the whole collection without a name. */
  idOf(call: ManagerCall, name: string | undefined): string;
  /**
   * The parts of a sent body to store: location, tags, `properties` and so on.
   * @throws Refusal when the body is not valid.
   */
  read(call: ManagerCall, id: string, existing: StoredResource | undefined): Record<string, unknown>;
  /** Status of the answer to a create or a change. */
  readonly statuses: { readonly created: number; readonly updated: number };
}

export interface StoredHandlers {
  get(call: ManagerCall): Response;
  list(call: ManagerCall): Response;
  put(call: ManagerCall): Response;
  /** Replaces the sent members, one level deep and within `properties`. */
  patch(call: ManagerCall): Response;
  remove(call: ManagerCall): Response;
}

export function handlersOf(stored: StoredType): StoredHandlers {
  const write = (call: ManagerCall): Response => {
    const name = nameIn(call.parameters);
    const id = stored.idOf(call, name);
    const existing = call.state.storedResources.get(keyOf(id));
    const body = stored.read(call, id, existing);
    const resource: StoredResource = existing ?? { id, name, type: stored.type, body };
    resource.body = body;
    call.state.storedResources.set(keyOf(id), resource);
    return json(existing === undefined ? stored.statuses.created : stored.statuses.updated, viewOf(resource));
  };
  return {
    get: (call) => json(200, viewOf(requireStored(stored, call))),
    list: (call) => {
      const prefix = `${keyOf(stored.idOf(call, undefined))}/`;
      const isListed = ({ id, type }: StoredResource) => type === stored.type && keyOf(id).startsWith(prefix);
      return json(200, { value: [...call.state.storedResources.values().filter(isListed).map(viewOf)] });
    },
    put: write,
    patch: (call) => {
      const { body } = requireStored(stored, call);
      const properties = { ...asObject(body.properties), ...asObject(call.body.properties) };
      return write({ ...call, body: { ...body, ...call.body, properties } });
    },
    remove: (call) => {
      const isDeleted = call.state.storedResources.delete(keyOf(stored.idOf(call, nameIn(call.parameters))));
      return empty(isDeleted ? 200 : 204);
    },
  };
}

/** Id of a resource in a resource group. */
export function groupResourceId(type: string, { subscriptionId, parameters }: ManagerCall, name?: string): string {
  const all = `/subscriptions/${subscriptionId}/resourceGroups/${parameters.resourceGroup ?? ""}/providers/${type}`;
  return name === undefined ? all : `${all}/${name}`;
}

/** Location, tags and `properties` of a resource in a resource group. */
export function readTracked(
  call: ManagerCall,
  properties: Record<string, unknown>,
): { readonly location: string } & Record<string, unknown> {
  requireGroupForWrite(call);
  const location = textOf(call.body.location);
  if (location === undefined) throw locationRequired();
  const tags = tagsOf(call.body.tags);
  return { location: location.toLowerCase(), ...(tags !== undefined && { tags }), properties };
}

export function asObject(value: unknown): Record<string, unknown> {
  return isObject(value) ? value : {};
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function requireStored(stored: StoredType, call: ManagerCall): StoredResource {
  const name = nameIn(call.parameters);
  const resource = call.state.storedResources.get(keyOf(stored.idOf(call, name)));
  if (resource !== undefined) return resource;
  throw resourceNotFound(stored.type, name, call.parameters.resourceGroup ?? "");
}

function nameIn({ name = "" }: Parameters): string {
  return name;
}

function viewOf({ id, name, type, body }: StoredResource): object {
  return { id, name, type, ...body };
}
