/** The form of a resource in the properties of Pulumi's state: its outputs, and the runtime's memory under a separate name. */
import { type Memory, type Resource, STATE_SCHEMA } from "./memory";
import { readMark } from "./ownership";
import { isPlainObject, type PlainObject, withoutEmpty } from "./values";

/** Output that stores the lifecycle's memory. */
export const MEMORY_PROPERTY = "__gateway";

/** The inputs or outputs that handlers know, without internal properties. */
export function withoutInternals(properties: PlainObject): PlainObject {
  return Object.fromEntries(Object.entries(properties).filter(([name]) => !name.startsWith("__")));
}

/** The memory as the state stores it. A backend writes the whole state at every step, so members that can be derived are left out. */
interface StoredMemory extends Omit<Memory, "schema"> {
  /** @default STATE_SCHEMA */
  readonly schema?: number;
  /** Default: that of the mark in the object's metadata. Empty if there is none although the metadata is a mark. */
  readonly create?: string;
}

/** The resource that these outputs contain. */
export function toResource(outputs: PlainObject): Resource {
  const state = withoutInternals(outputs);
  const stored = outputs[MEMORY_PROPERTY];
  if (!isPlainObject(stored)) return { state, memory: { schema: STATE_SCHEMA, managed: [] } };
  const { create: explicit, schema = STATE_SCHEMA, ...rest } = stored as unknown as StoredMemory;
  const create = explicit ?? readMark(state.metadata)?.create;
  return { state, memory: { schema, ...rest, ...(create ? { create } : {}) } };
}

/** The resource's outputs, without `undefined` at any depth. */
export function toOutputs({ state, memory }: Resource): PlainObject {
  const { schema, create = "", ...rest } = memory;
  const marked = readMark(state.metadata)?.create ?? "";
  const stored: StoredMemory = {
    ...(schema === STATE_SCHEMA ? {} : { schema }),
    ...(create === marked ? {} : { create }),
    ...rest,
  };
  return withoutEmpty({ ...state, [MEMORY_PROPERTY]: { ...stored } });
}
