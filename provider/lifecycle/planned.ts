/** The outputs that a resource will have after a change, as far as they are known before it; previews show them. */
import { type AnyDefinition, isAction } from "./definition";
import type { Resource } from "./memory";
import { type PlainObject, UNKNOWN } from "./values";

/** Outputs that every update of an object changes. */
const CHANGED_BY_UPDATES = ["updatedAt"];
/** Outputs that change when a value is rotated. */
const CHANGED_BY_ROTATION = ["keyRedacted"];

/** The outputs of a resource that is about to be created. */
export function plannedCreation(definition: AnyDefinition, inputs: PlainObject): PlainObject {
  const { fields, outputs } = definition;
  const filledIn = Object.keys(fields).filter((name) => fields[name]?.default !== undefined);
  return { ...unknown([...filledIn, ...outputs]), ...inputs };
}

/** The outputs of a resource that is about to be updated in place. @param changed names of the fields that differ */
export function plannedUpdate(
  definition: AnyDefinition,
  { state }: Resource,
  news: PlainObject,
  changed: readonly string[],
): PlainObject {
  const { fields, outputs } = definition;
  const isRotated = changed.some((name) => fields[name]?.change === "rotate");
  const following = [...CHANGED_BY_UPDATES, ...(isRotated ? CHANGED_BY_ROTATION : [])];
  const isOpen = (name: string) => isAction(definition) || following.includes(name);
  const kept = Object.entries(state).filter(([name]) => !changed.includes(name));
  // A field that is removed from the program is cleared or reset to a default.
  const cleared = changed.filter((name) => news[name] === undefined && fields[name]?.default !== undefined);
  return { ...Object.fromEntries(kept), ...unknown([...outputs.filter(isOpen), ...cleared]), ...news };
}

function unknown(names: readonly string[]): PlainObject {
  return Object.fromEntries(names.map((name) => [name, UNKNOWN]));
}
