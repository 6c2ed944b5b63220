/** Paths into property values, as `ignoreChanges` and `replaceOnChanges` write them: `a.b[0]["c.d"].*`. */
import { isMap, ownValue, type PropertyMap, type PropertyValue, Secret } from "./values";

/** A member's name, an element's index, or `*` for any. */
export type PathPart = string | number | typeof WILDCARD;
export const WILDCARD = Symbol("any");
export type PropertyPath = readonly PathPart[];

/** `undefined` when the text is no path. */
export function parsePath(text: string): PropertyPath | undefined {
  const parts: PathPart[] = [];
  let rest = text;
  while (rest !== "") {
    const next = /^\./.test(rest) && parts.length > 0 ? rest.slice(1) : rest;
    const match = /^\["((?:[^"\\]|\\.)*)"\]/.exec(next) ?? /^\[(\d+|\*)\]/.exec(next) ?? /^([^.[\]]+)/.exec(next);
    if (match === null) return undefined;
    parts.push(partOf(match[0], match[1] ?? ""));
    rest = next.slice(match[0].length);
  }
  return parts.length === 0 ? undefined : parts;
}

function partOf(whole: string, inner: string): PathPart {
  if (whole.startsWith('["')) return inner.replaceAll('\\"', '"');
  if (inner === "*") return WILDCARD;
  return whole.startsWith("[") ? Number(inner) : inner;
}

export function formatPath(path: PropertyPath): string {
  return path.map((part, index) => formatPart(part, index === 0)).join("");
}

function formatPart(part: PathPart, isFirst: boolean): string {
  if (part === WILDCARD) return isFirst ? "*" : "[*]";
  if (typeof part === "number") return `[${part}]`;
  if (/^[^.[\]"]+$/.test(part)) return isFirst ? part : `.${part}`;
  return `["${part.replaceAll('"', '\\"')}"]`;
}

/** Whether everything under `path` lies under `outer` too: `a.*` contains `a.b.c`. */
export function pathContains(outer: PropertyPath, path: PropertyPath): boolean {
  return outer.length <= path.length && outer.every((part, index) => part === WILDCARD || part === path[index]);
}

/**
 * Puts what stands at `path` back to its old value (removes it where it did not exist).
 * Returns undefined when the path does not lead anywhere in the new value, or two arrays differ in length.
 */
export function resetAt(
  path: PropertyPath,
  oldValue: PropertyValue | undefined,
  newValue: PropertyValue | undefined,
): { readonly value: PropertyValue | undefined } | undefined {
  const [part, ...rest] = path;
  if (part === undefined) return { value: oldValue };
  // A secret is looked into, and whatever then holds a part of it is secret as a whole.
  if (newValue instanceof Secret) {
    const inner = resetAt(path, oldValue, newValue.element);
    return inner && { value: inner.value === undefined ? undefined : new Secret(inner.value) };
  }
  if (oldValue instanceof Secret) {
    const inner = resetAt(path, oldValue.element, newValue);
    return inner && { value: inner.value === undefined ? undefined : new Secret(inner.value) };
  }
  if (Array.isArray(newValue)) return resetInArray(part, rest, oldValue, newValue);
  if (isMap(newValue)) return resetInMap(part, rest, oldValue, newValue);
  // Neither side has it: nothing to put back.
  return newValue === undefined && oldValue === undefined ? { value: undefined } : undefined;
}

function resetInMap(part: PathPart, rest: PropertyPath, oldValue: PropertyValue | undefined, newMap: PropertyMap) {
  const oldMap = isMap(oldValue) ? oldValue : {};
  const keys = part === WILDCARD ? [...new Set([...Object.keys(oldMap), ...Object.keys(newMap)])] : [String(part)];
  const result: PropertyMap = { ...newMap };
  for (const key of keys) {
    const before = ownValue(oldMap, key);
    const after = resetAt(rest, before, ownValue(newMap, key));
    if (after === undefined) return undefined;
    if (after.value === undefined) delete result[key];
    else result[key] = after.value;
  }
  return { value: result };
}

function resetInArray(
  part: PathPart,
  rest: PropertyPath,
  oldValue: PropertyValue | undefined,
  elements: PropertyValue[],
) {
  if (!Array.isArray(oldValue) || typeof part === "string") return undefined;
  if (part === WILDCARD && oldValue.length !== elements.length) return undefined;
  const indexes = part === WILDCARD ? [...elements.keys()] : [part];
  const result = [...elements];
  for (const index of indexes) {
    if (index >= elements.length || index >= oldValue.length) return undefined;
    const after = resetAt(rest, oldValue[index], elements[index]);
    if (after?.value === undefined) return undefined;
    result[index] = after.value;
  }
  return { value: result };
}
