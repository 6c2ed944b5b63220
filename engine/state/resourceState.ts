/** One resource of the state, in memory and in the file (`resources[]` of the deployment document). */
import { StateIntegrityError } from "../errors";
import type { Urn } from "../values/urn";
import type { Json, JsonObject, PropertyMap, PropertyValue } from "../values/values";
import {
  mapFromState,
  mapToState,
  type SecretReader,
  type SecretWriter,
  valueFromState,
  valueToState,
} from "./stateValues";

/** Timeouts of one resource's operations, in seconds. */
export interface CustomTimeouts {
  readonly create?: number;
  readonly update?: number;
  readonly delete?: number;
  readonly read?: number;
}

export interface ResourceState {
  urn: Urn;
  type: string;
  /** Managed by a provider; false for a component. */
  custom: boolean;
  /** The old resource of a replacement, still to be deleted. */
  delete: boolean;
  id: string;
  inputs: PropertyMap;
  outputs: PropertyMap;
  parent: Urn | undefined;
  protect: boolean;
  /** Marks the resource for replacement by the next update. */
  taint: boolean;
  /** Read by the stack but not owned: never deleted at the provider. */
  external: boolean;
  dependencies: readonly Urn[];
  initErrors: readonly string[];
  /** Reference `<provider urn>::<id>`; empty for components and providers. */
  provider: string;
  propertyDependencies: Readonly<Record<string, readonly Urn[]>>;
  /** Deleted for a replacement that does not exist yet. */
  pendingReplacement: boolean;
  additionalSecretOutputs: readonly string[];
  customTimeouts: CustomTimeouts;
  importId: string;
  retainOnDelete: boolean;
  deletedWith: Urn | undefined;
  replaceWith: readonly Urn[];
  /** RFC 3339, in UTC. */
  created: string | undefined;
  modified: string | undefined;
  sourcePosition: string;
  ignoreChanges: readonly string[];
  hideDiff: readonly string[];
  replaceOnChanges: readonly string[];
  replacementTrigger: PropertyValue;
  refreshBeforeUpdate: boolean;
  resourceHooks: Readonly<Record<string, readonly string[]>>;
  /** Members that this engine does not use, kept unchanged. */
  rest: JsonObject;
}

/** Fields in Pulumi's order of writing; empty ones are left out. */
const FIELDS = [
  "urn",
  "custom",
  "delete",
  "id",
  "type",
  "inputs",
  "outputs",
  "parent",
  "protect",
  "taint",
  "external",
  "dependencies",
  "initErrors",
  "provider",
  "propertyDependencies",
  "pendingReplacement",
  "additionalSecretOutputs",
  "aliases",
  "customTimeouts",
  "importID",
  "retainOnDelete",
  "deletedWith",
  "replaceWith",
  "created",
  "modified",
  "sourcePosition",
  "ignoreChanges",
  "hideDiff",
  "replaceOnChanges",
  "replacementTrigger",
  "refreshBeforeUpdate",
  "resourceHooks",
] as const;
const KNOWN_FIELDS: ReadonlySet<string> = new Set(FIELDS);

/** A state with the given members and empty defaults. */
export function newState(
  given: Partial<ResourceState> & Pick<ResourceState, "urn" | "type" | "custom">,
): ResourceState {
  return {
    delete: false,
    id: "",
    inputs: {},
    outputs: {},
    parent: undefined,
    protect: false,
    taint: false,
    external: false,
    dependencies: [],
    initErrors: [],
    provider: "",
    propertyDependencies: {},
    pendingReplacement: false,
    additionalSecretOutputs: [],
    customTimeouts: {},
    importId: "",
    retainOnDelete: false,
    deletedWith: undefined,
    replaceWith: [],
    created: undefined,
    modified: undefined,
    sourcePosition: "",
    ignoreChanges: [],
    hideDiff: [],
    replaceOnChanges: [],
    replacementTrigger: null,
    refreshBeforeUpdate: false,
    resourceHooks: {},
    rest: {},
    ...given,
  };
}

export function stateToJson(state: ResourceState, writeSecret: SecretWriter): JsonObject {
  const all: Record<(typeof FIELDS)[number], Json | undefined> = {
    urn: state.urn,
    custom: state.custom,
    delete: state.delete || undefined,
    id: state.id || undefined,
    type: state.type,
    inputs: nonEmpty(mapToState(state.inputs, writeSecret)),
    outputs: nonEmpty(mapToState(state.outputs, writeSecret)),
    parent: state.parent,
    protect: state.protect || undefined,
    taint: state.taint || undefined,
    external: state.external || undefined,
    dependencies: nonEmptyList(state.dependencies),
    initErrors: nonEmptyList(state.initErrors),
    provider: state.provider || undefined,
    propertyDependencies: nonEmpty(listsToJson(state.propertyDependencies)),
    pendingReplacement: state.pendingReplacement || undefined,
    additionalSecretOutputs: nonEmptyList(state.additionalSecretOutputs),
    aliases: undefined,
    customTimeouts: nonEmpty({ ...state.customTimeouts }),
    importID: state.importId || undefined,
    retainOnDelete: state.retainOnDelete || undefined,
    deletedWith: state.deletedWith,
    replaceWith: nonEmptyList(state.replaceWith),
    created: state.created,
    modified: state.modified,
    sourcePosition: state.sourcePosition || undefined,
    ignoreChanges: nonEmptyList(state.ignoreChanges),
    hideDiff: nonEmptyList(state.hideDiff),
    replaceOnChanges: nonEmptyList(state.replaceOnChanges),
    replacementTrigger:
      state.replacementTrigger === null ? undefined : valueToState(state.replacementTrigger, writeSecret),
    refreshBeforeUpdate: state.refreshBeforeUpdate || undefined,
    resourceHooks: nonEmpty(listsToJson(state.resourceHooks)),
  };
  const result: JsonObject = {};
  for (const field of FIELDS) {
    const value = all[field];
    if (value !== undefined) result[field] = value;
  }
  return { ...result, ...state.rest };
}

function nonEmpty(object: JsonObject): JsonObject | undefined {
  return Object.keys(object).length === 0 ? undefined : object;
}

function nonEmptyList(list: readonly string[]): string[] | undefined {
  return list.length === 0 ? undefined : [...list];
}

function listsToJson(lists: Readonly<Record<string, readonly string[]>>): JsonObject {
  return Object.fromEntries(
    Object.keys(lists)
      .sort()
      .map((key) => [key, [...(lists[key] ?? [])]]),
  );
}

/** @throws StateIntegrityError when a member is malformed; the message names the resource. */
export function stateFromJson(json: JsonObject, readSecret: SecretReader): ResourceState {
  const urn = json.urn;
  if (typeof urn !== "string" || urn === "") throw new StateIntegrityError("a resource of the state has no urn");
  if (typeof json.type !== "string" || json.type === "") throw new StateIntegrityError(`resource ${urn} has no type`);
  try {
    return stateFromMembers(json, urn, json.type, readSecret);
  } catch (error) {
    if (error instanceof StateIntegrityError) throw new StateIntegrityError(`resource ${urn}: ${error.message}`);
    throw error;
  }
}

function stateFromMembers(json: JsonObject, urn: Urn, type: string, readSecret: SecretReader): ResourceState {
  return newState({
    urn,
    type,
    custom: flag(json, "custom"),
    delete: flag(json, "delete"),
    id: text(json, "id"),
    inputs: mapFromState(object(json, "inputs"), readSecret),
    outputs: mapFromState(object(json, "outputs"), readSecret),
    parent: text(json, "parent") || undefined,
    protect: flag(json, "protect"),
    taint: flag(json, "taint"),
    external: flag(json, "external"),
    dependencies: texts(json, "dependencies"),
    initErrors: texts(json, "initErrors"),
    provider: text(json, "provider"),
    propertyDependencies: textLists(json, "propertyDependencies"),
    pendingReplacement: flag(json, "pendingReplacement"),
    additionalSecretOutputs: texts(json, "additionalSecretOutputs"),
    customTimeouts: object(json, "customTimeouts") as CustomTimeouts,
    importId: text(json, "importID"),
    retainOnDelete: flag(json, "retainOnDelete"),
    deletedWith: text(json, "deletedWith") || undefined,
    replaceWith: texts(json, "replaceWith"),
    created: text(json, "created") || undefined,
    modified: text(json, "modified") || undefined,
    sourcePosition: text(json, "sourcePosition"),
    ignoreChanges: texts(json, "ignoreChanges"),
    hideDiff: texts(json, "hideDiff"),
    replaceOnChanges: texts(json, "replaceOnChanges"),
    replacementTrigger: valueFromState(json.replacementTrigger ?? null, readSecret),
    refreshBeforeUpdate: flag(json, "refreshBeforeUpdate"),
    resourceHooks: textLists(json, "resourceHooks"),
    rest: Object.fromEntries(Object.entries(json).filter(([key]) => !KNOWN_FIELDS.has(key))),
  });
}

function flag(json: JsonObject, field: string): boolean {
  const value = json[field] ?? false;
  if (typeof value !== "boolean") throw new StateIntegrityError(`${field} must be true or false`);
  return value;
}

function text(json: JsonObject, field: string): string {
  const value = json[field] ?? "";
  if (typeof value !== "string") throw new StateIntegrityError(`${field} must be a text`);
  return value;
}

function texts(json: JsonObject, field: string): string[] {
  const value = json[field] ?? [];
  if (!Array.isArray(value) || !value.every((element) => typeof element === "string")) {
    throw new StateIntegrityError(`${field} must be a list of texts`);
  }
  return value;
}

function object(json: JsonObject, field: string): JsonObject {
  const value = json[field] ?? {};
  if (typeof value !== "object" || Array.isArray(value)) throw new StateIntegrityError(`${field} must be an object`);
  return value;
}

function textLists(json: JsonObject, field: string): Record<string, string[]> {
  const lists = object(json, field);
  return Object.fromEntries(Object.keys(lists).map((key) => [key, texts(lists, key)]));
}
