/** The form of a resource in the properties of Pulumi's state: its outputs, and the runtime's memory under a separate name. */
import { type Memory, type Resource, STATE_SCHEMA } from "./memory";
import { isPlainObject, type PlainObject, withoutEmpty } from "./values";

/** Output that stores the lifecycle's memory. */
export const MEMORY_PROPERTY = "__gateway";

/** The inputs or outputs that handlers know, without internal properties. */
export function withoutInternals(properties: PlainObject): PlainObject {
  return Object.fromEntries(Object.entries(properties).filter(([name]) => !name.startsWith("__")));
}

/** The resource that these outputs contain. */
export function toResource(outputs: PlainObject): Resource {
  const memory = outputs[MEMORY_PROPERTY];
  return {
    state: withoutInternals(outputs),
    memory: isPlainObject(memory) ? (memory as unknown as Memory) : { schema: STATE_SCHEMA, managed: [] },
  };
}

/** The resource's outputs, without `undefined` at any depth. */
export function toOutputs({ state, memory }: Resource): PlainObject {
  return withoutEmpty({ ...state, [MEMORY_PROPERTY]: { ...memory } });
}
