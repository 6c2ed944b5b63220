/** How a resource is kept in the properties of Pulumi's state: its outputs, and what the runtime remembers under a name of its own. */
import { type Memory, type Resource, STATE_SCHEMA } from "./memory";
import { isPlainObject, type PlainObject, withoutEmpty } from "./values";

/** Output in which the lifecycle keeps what it must remember. */
export const MEMORY_PROPERTY = "__gateway";

/** The inputs or outputs proper, as the handlers know them. */
export function withoutInternals(properties: PlainObject): PlainObject {
  return Object.fromEntries(Object.entries(properties).filter(([name]) => !name.startsWith("__")));
}

/** The resource that these outputs hold. */
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
