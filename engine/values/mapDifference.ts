/** The engine's own comparison of two property maps, for providers that do not compare. */
import type { PropertyDifference } from "../results";
import { formatPath, type PathPart } from "./propertyPath";
import { isMap, ownValue, type PropertyMap, type PropertyValue, sortedKeys, valuesEqual } from "./values";

export interface MapDifference {
  /** Top-level keys that differ. */
  readonly changedKeys: readonly string[];
  /** Path of each part that was added, deleted or updated. */
  readonly detailedDiff: Readonly<Record<string, PropertyDifference>>;
}

/** Compares values as they are; remove secret wrappers first if they must not count. Undefined: no difference. */
export function diffMaps(
  olds: PropertyMap,
  news: PropertyMap,
  options: { readonly inputDiff: boolean },
): MapDifference | undefined {
  if (valuesEqual(olds, news)) return undefined;
  const detailedDiff: Record<string, PropertyDifference> = {};
  const changedKeys: string[] = [];
  const note = (path: readonly PathPart[], kind: PropertyDifference["kind"]) => {
    detailedDiff[formatPath(path)] = { kind, inputDiff: options.inputDiff };
  };
  for (const key of sortedKeys({ ...olds, ...news })) {
    const before = ownValue(olds, key);
    const after = ownValue(news, key);
    if (valuesEqual(before, after)) continue;
    changedKeys.push(key);
    compare([key], before, after, note);
  }
  return { changedKeys, detailedDiff };
}

function compare(
  path: readonly PathPart[],
  before: PropertyValue | undefined,
  after: PropertyValue | undefined,
  note: (path: readonly PathPart[], kind: PropertyDifference["kind"]) => void,
): void {
  if (valuesEqual(before, after)) return;
  if (before === undefined || before === null) {
    note(path, "add");
  } else if (after === undefined || after === null) {
    note(path, "delete");
  } else if (Array.isArray(before) && Array.isArray(after)) {
    for (let index = 0; index < Math.max(before.length, after.length); index += 1) {
      compare([...path, index], before[index], after[index], note);
    }
  } else if (isMap(before) && isMap(after)) {
    for (const key of sortedKeys({ ...before, ...after })) {
      compare([...path, key], ownValue(before, key), ownValue(after, key), note);
    }
  } else {
    note(path, "update");
  }
}

const INVERSE = {
  add: "delete",
  "add-replace": "delete-replace",
  delete: "add",
  "delete-replace": "add-replace",
  update: "update",
  "update-replace": "update-replace",
} as const;

/** The differences with old and new exchanged, as a refresh shows them. */
export function invert(diff: Readonly<Record<string, PropertyDifference>>): Record<string, PropertyDifference> {
  return Object.fromEntries(
    Object.entries(diff).map(([path, difference]) => [path, { ...difference, kind: INVERSE[difference.kind] }]),
  );
}
