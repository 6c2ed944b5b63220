/** Plain values in protocol messages, and the differences between two of them. */

export type JsonObject = Record<string, unknown>;

/** The engine's representation of an unknown value. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export interface Difference {
  /** A path in the engine's notation: `properties.model.version`, `rules[0]`. */
  readonly path: string;
  readonly kind: "add" | "delete" | "update";
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The paths at which two values differ, down to their leaves. An unknown differs from every known value. */
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
 * Inputs after a refresh: changes in the cloud since the last refresh are applied to them, all others stay as in the program
 * (`East US 2` stays, although the cloud has `eastus2`).
 * @see https://github.com/pulumi/pulumi-azure-native `applyDiff` in provider/pkg/provider/diff.go
 */
export function withDrift(inputs: unknown, before: unknown, now: unknown): unknown {
  if (isObject(inputs) && isObject(before) && isObject(now)) {
    const keys = [...new Set([...Object.keys(inputs), ...Object.keys(now)])];
    const entries = keys
      .filter((key) => Object.hasOwn(inputs, key) || differences(before[key], now[key]).length > 0)
      .map((key) => [key, withDrift(inputs[key], before[key], now[key])]);
    return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
  }
  if (Array.isArray(inputs) && Array.isArray(before) && Array.isArray(now)) {
    return now.map((item, index) =>
      index < inputs.length && index < before.length ? withDrift(inputs[index], before[index], item) : item,
    );
  }
  return differences(before, now).length === 0 ? inputs : now;
}

/** Without `false`, empty texts, empty lists and empty objects, which azure-native omits from an import. */
export function withoutTrivial(value: unknown): unknown {
  if (value === false || value === "") return undefined;
  if (Array.isArray(value)) {
    const items = value.map(withoutTrivial).filter((item) => item !== undefined);
    return items.length === 0 ? undefined : items;
  }
  if (!isObject(value)) return value;
  const entries = Object.entries(value)
    .map(([key, member]) => [key, withoutTrivial(member)] as const)
    .filter(([, member]) => member !== undefined);
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}
