/** Paths into property values, in the syntax of `ignoreChanges` and `replaceOnChanges`: `a.b[0]["c.d"].*`. */
import { isMap, ownValue, type PropertyMap, type PropertyValue, Secret } from "./values";

/** A member's name, an element's index, or `*` for any. */
export type PathPart = string | number | typeof WILDCARD;
export const WILDCARD = Symbol("any");
export type PropertyPath = readonly PathPart[];

/** `undefined` when the text is not a path. */
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

/** Whether `outer` covers every value under `path`: `a.*` contains `a.b.c`. */
export function pathContains(outer: PropertyPath, path: PropertyPath): boolean {
  return outer.length <= path.length && outer.every((part, index) => part === WILDCARD || part === path[index]);
}

/**
 * Resets the value at `path` to its old value, or removes it if there was none.
 * Returns undefined when only one of the two values has the path, or two arrays differ in length.
 */
export function resetAt(
  path: PropertyPath,
  oldValue: PropertyValue | undefined,
  newValue: PropertyValue | undefined,
): { readonly value: PropertyValue | undefined } | undefined {
  const [part, ...rest] = path;
  if (part === undefined) return { value: oldValue };
  // The path continues inside a secret; the result is secret as a whole.
  if (newValue instanceof Secret) {
    const inner = resetAt(path, oldValue, newValue.element);
    return inner && { value: inner.value === undefined ? undefined : new Secret(inner.value) };
  }
  if (oldValue instanceof Secret) {
    const inner = resetAt(path, oldValue.element, newValue);
    return inner && { value: inner.value === undefined ? undefined : new Secret(inner.value) };
  }
  // Neither value is an array, so neither has the element.
  if (typeof part === "number" && !Array.isArray(oldValue) && !Array.isArray(newValue)) return { value: newValue };
  if (Array.isArray(newValue)) return resetInArray(part, rest, oldValue, newValue);
  if (isMap(newValue)) return resetInMap(part, rest, oldValue, newValue);
  // Absent on both sides: nothing to reset.
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
  const isInNeither = typeof part === "number" && part >= elements.length && part >= oldValue.length;
  if (isInNeither && rest.length === 0) return { value: elements };
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
