/**
 * Facts about an object that the gateway does not return: the fields that the program manages, and the writes without a response.
 * Both decide which fields a change affects.
 */
import type { AnyDefinition, Field } from "./definition";
import { isSame, type PlainObject, type UnknownPaths } from "./values";

/** Data that the runtime stores for a resource beside its outputs. */
export interface Memory {
  /** Version of this state's format; raised on each change, so that later versions can read earlier states. */
  readonly schema: number;
  /** Inputs that the program gives; only these are compared for drift. */
  readonly managed: readonly string[];
  /** Id of the creation, as in the owner's mark. */
  readonly create?: string;
  /** The account that contains the object. */
  readonly account?: string;
  readonly unresolved?: Unresolved;
  /** The object was imported and not written since: its mark, if any, is that of the previous owner. */
  readonly imported?: true;
  /**
   * Fields whose last write has an unknown outcome: the next update writes them, whatever value the state has. For whole sets,
   * with the written value, so that finding it is not reported as another writer's change.
   */
  readonly doubtful?: PlainObject;
}

/** The outcome of the creation is not known. */
export interface Unresolved {
  /** Start and end of the period of the creation, in the gateway's time; ISO 8601. */
  readonly startedAt: string;
  readonly endedAt: string;
  /** The object was to replace another one, which may still exist. */
  readonly isReplacement?: true;
}

export const STATE_SCHEMA = 1;

export interface Resource {
  readonly state: PlainObject;
  readonly memory: Memory;
}

/** Version of the state format that a kind writes now. */
export function schemaOf({ migrations }: AnyDefinition): number {
  return Math.max(STATE_SCHEMA, migrations?.at(-1)?.to ?? STATE_SCHEMA);
}

/** The resource with its state in the current format; its memory still names the version that wrote it. */
export function migrated({ migrations }: AnyDefinition, old: Resource): Resource {
  const due = migrations?.filter(({ to }) => to > old.memory.schema) ?? [];
  if (due.length === 0) return old;
  return { ...old, state: due.reduce<PlainObject>((state, { migrate }) => migrate(state), old.state) };
}

/** The memory for an object with these inputs. */
export function rememberOf(definition: AnyDefinition, inputs: PlainObject, createId: string | undefined): Memory {
  const managed = Object.keys(inputs).filter((name) => name in definition.fields);
  return { schema: schemaOf(definition), managed, ...(createId === undefined ? {} : { create: createId }) };
}

/** Names of the fields whose wanted value differs from the object's, including unknown values. */
export function changedFields(
  definition: AnyDefinition,
  old: Resource,
  wanted: PlainObject,
  unknown: UnknownPaths,
): string[] {
  return Object.entries(definition.fields)
    .filter(([name, field]) => field.change !== "never" && isChanged(name, field, old, wanted, unknown))
    .map(([name]) => name);
}

function isChanged(name: string, field: Field, old: Resource, wanted: PlainObject, unknown: UnknownPaths): boolean {
  if (unknown.touches([name])) return true;
  const isDoubtful = old.memory.doubtful?.[name] !== undefined;
  const isAsImported = old.memory.imported && old.state[name] === undefined && !isDoubtful;
  if (isAsImported && field.fitsShown?.(wanted[name], old.state)) return false;
  if (wanted[name] !== undefined) return isDoubtful || !equal(field, old.state[name], wanted[name]);
  if (field.whenRemoved === "keep") return false;
  return isDoubtful || (old.memory.managed.includes(name) && !equal(field, old.state[name], undefined));
}

/** Whether the gateway treats the two values of this field as equal. */
export function equal(field: Field, left: unknown, right: unknown): boolean {
  return field.isSame === undefined ? isSame(left, right) : field.isSame(left, right);
}

/** Those of the fields to write whose write the state does not confirm. */
export function doubtfulFields(
  definition: AnyDefinition,
  written: readonly string[],
  wanted: PlainObject,
  state: PlainObject,
): Pick<Memory, "doubtful"> {
  const doubtful = written.flatMap((name) => {
    const field = definition.fields[name];
    const isWritable = field?.change === "patch" || field?.change === "rotate";
    if (!isWritable || equal(field, state[name], wanted[name])) return [];
    return [[name, field.isWholeSet ? (wanted[name] ?? true) : true] as const];
  });
  return doubtful.length === 0 ? {} : { doubtful: Object.fromEntries(doubtful) };
}

/** The memory after a read, which removes all doubts except those about values that the gateway only shows redacted. */
export function withoutDoubts({ fields }: AnyDefinition, { doubtful = {}, ...memory }: Memory): Memory {
  const left = Object.entries(doubtful).filter(([name]) => fields[name]?.change === "rotate");
  return left.length === 0 ? memory : { ...memory, doubtful: Object.fromEntries(left) };
}
