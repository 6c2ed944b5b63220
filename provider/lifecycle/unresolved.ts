/**
 * A creation whose outcome is not known: its response was lost, and the look-up of the object failed too. The state stores it
 * under a placeholder id until a later call finds the object or proves that it does not exist. No request contains the
 * placeholder.
 */
import type { Creation } from "./lostAnswer";
import type { Resource } from "./memory";
import { readMark } from "./ownership";
import { isPlainObject, type Path, type PlainObject, pathText } from "./values";

const PREFIX = "unresolved:";

export function unresolvedId(createId: string): string {
  return `${PREFIX}${createId}`;
}

export function isUnresolved(id: string): boolean {
  return id.startsWith(PREFIX);
}

/** The create id in a placeholder id; `undefined` for the id of an object. */
export function createIdOf(id: string): string | undefined {
  return isUnresolved(id) ? id.slice(PREFIX.length) : undefined;
}

/** The state's record of the creation. */
export function creationOf({ state, memory }: Resource): Creation {
  const { create: createId = "", unresolved } = memory;
  const isMarked = readMark(state.metadata)?.create === createId;
  return { createId, isMarked, startedAt: unresolved?.startedAt ?? "", endedAt: unresolved?.endedAt };
}

/** The first input that refers to a resource whose creation is unresolved. */
export function unresolvedReference(inputs: PlainObject): { property: string; reason: string } | undefined {
  const path = findPlaceholder(inputs, []);
  if (path === undefined) return undefined;
  const reason =
    "refers to a resource whose creation is unresolved, so it has no id yet: run `pulumi refresh`, or up without --target";
  return { property: pathText(path), reason };
}

function findPlaceholder(value: unknown, here: Path): Path | undefined {
  if (typeof value === "string") return isUnresolved(value) ? here : undefined;
  const entries: [PropertyKey, unknown][] = Array.isArray(value)
    ? [...value.entries()]
    : isPlainObject(value)
      ? Object.entries(value)
      : [];
  for (const [key, item] of entries) {
    const found = findPlaceholder(item, [...here, key]);
    if (found !== undefined) return found;
  }
  return undefined;
}
