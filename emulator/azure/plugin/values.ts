/** Plain values as they cross the wire, and how two of them differ. */

export type JsonObject = Record<string, unknown>;

/** How the engine writes a value that is not known yet. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export interface Difference {
  /** As the engine writes paths: `properties.model.version`, `rules[0]`. */
  readonly path: string;
  readonly kind: "add" | "delete" | "update";
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** @throws Error when the input is missing. */
export function textAt(inputs: JsonObject, name: string): string {
  const value = inputs[name];
  if (typeof value === "string" && value !== "") return value;
  throw new Error(`missing required property '${name}'`);
}

/** Where two values differ, down to their leaves. An unknown differs from all that is known. */
export function differences(olds: unknown, news: unknown, path = ""): Difference[] {
  if (isObject(olds) && isObject(news)) {
    const keys = [...new Set([...Object.keys(olds), ...Object.keys(news)])];
    return keys.flatMap((key) => differences(olds[key], news[key], path === "" ? key : `${path}.${key}`));
  }
  if (Array.isArray(olds) && Array.isArray(news)) {
    const indexes = Array.from({ length: Math.max(olds.length, news.length) }, (_, index) => index);
    return indexes.flatMap((index) => differences(olds[index], news[index], `${path}[${index}]`));
  }
  if (olds === news) return [];
  return [{ path, kind: olds === undefined ? "add" : news === undefined ? "delete" : "update" }];
}

/**
 * Inputs after a look at the cloud: what somebody changed there takes the place of what the program said, all else stays as
 * the program said it (`East US 2` stays, though the cloud says `eastus2`).
 */
export function withDrift(inputs: unknown, before: unknown, now: unknown): unknown {
  if (isObject(inputs) && isObject(before) && isObject(now)) {
    const entries = Object.entries(inputs).map(([key, value]) => [key, withDrift(value, before[key], now[key])]);
    return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
  }
  return differences(before, now).length === 0 ? inputs : now;
}
