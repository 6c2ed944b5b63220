/**
 * What is known of an object beside what the gateway tells: which fields the program manages, which writes were never answered.
 * And, by both, which fields a change is about.
 */
import type { AnyDefinition, Field } from "./definition";
import { isSame, type PlainObject, type UnknownPaths } from "./values";

/** What the runtime itself remembers of a resource, beside its outputs. */
export interface Memory {
  /** Shape of this state; raised when it changes, so that later versions can read what earlier ones wrote. */
  readonly schema: number;
  /** Inputs that the program gives: only these are drift when they change elsewhere. */
  readonly managed: readonly string[];
  /** Identifies the creation, as in the owner's mark. */
  readonly create?: string;
  /** The account that it was made in. */
  readonly account?: string;
  readonly unresolved?: Unresolved;
  /** The object was imported and not written since: its mark, if it has one, is that of whoever had it before. */
  readonly imported?: true;
  /**
   * Fields whose last write may or may not have been done: the next update writes them, whatever they are in the state. For whole
   * sets with what was written, which is then nobody else's change.
   */
  readonly doubtful?: PlainObject;
}

/** The outcome of the creation is not known. */
export interface Unresolved {
  /** Between which times it took place, by the gateway's clock; ISO 8601. */
  readonly startedAt: string;
  readonly endedAt: string;
  /** The object was to replace another one, which may still be there. */
  readonly isReplacement?: true;
}

export const STATE_SCHEMA = 1;

export interface Resource {
  readonly state: PlainObject;
  readonly memory: Memory;
}

/** Shape of the states that a kind writes today. */
export function schemaOf({ migrations }: AnyDefinition): number {
  return Math.max(STATE_SCHEMA, migrations?.at(-1)?.to ?? STATE_SCHEMA);
}

/** The resource with its state in today's form; its memory still says which version wrote it. */
export function migrated({ migrations }: AnyDefinition, old: Resource): Resource {
  const due = migrations?.filter(({ to }) => to > old.memory.schema) ?? [];
  if (due.length === 0) return old;
  return { ...old, state: due.reduce<PlainObject>((state, { migrate }) => migrate(state), old.state) };
}

/** What is remembered of an object with these inputs. */
export function rememberOf(definition: AnyDefinition, inputs: PlainObject, createId: string | undefined): Memory {
  const managed = Object.keys(inputs).filter((name) => name in definition.fields);
  return { schema: schemaOf(definition), managed, ...(createId === undefined ? {} : { create: createId }) };
}

/** Names of the fields whose wanted value differs from the object's, unknown ones included. */
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

/** Equal as the gateway sees this field. */
export function equal(field: Field, left: unknown, right: unknown): boolean {
  return field.isSame === undefined ? isSame(left, right) : field.isSame(left, right);
}

/** Of the fields that were to be written, those of which the state does not tell that they are. */
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

/** What was read is sure, except for a value of which the gateway shows a mask only. */
export function withoutDoubts({ fields }: AnyDefinition, { doubtful = {}, ...memory }: Memory): Memory {
  const left = Object.entries(doubtful).filter(([name]) => fields[name]?.change === "rotate");
  return left.length === 0 ? memory : { ...memory, doubtful: Object.fromEntries(left) };
}
