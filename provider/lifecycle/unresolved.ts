/**
 * A creation whose outcome is not known: its answer was lost, and looking for the object failed too. The state keeps it under a
 * placeholder id until a later call finds the object or proves that there is none. The placeholder never gets into a request.
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

/** The creation that a placeholder id names; `undefined` for the id of an object. */
export function createIdOf(id: string): string | undefined {
  return isUnresolved(id) ? id.slice(PREFIX.length) : undefined;
}

/** What the state remembers of the creation. */
export function creationOf({ state, memory }: Resource): Creation {
  const { create: createId = "", unresolved } = memory;
  const isMarked = readMark(state.metadata)?.create === createId;
  return { createId, isMarked, startedAt: unresolved?.startedAt ?? "", endedAt: unresolved?.endedAt };
}

/** An input that refers to a resource whose creation is unresolved. */
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
