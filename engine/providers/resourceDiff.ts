/** Decides whether a resource must be updated or replaced, from the provider's diff and the resource's options. */
import type { PropertyDifference } from "../results";
import type { ResourceState } from "../state/resourceState";
import { diffMaps } from "../values/mapDifference";
import { type PropertyPath, parsePath, pathContains, resetAt } from "../values/propertyPath";
import { isProviderType, type Urn } from "../values/urn";
import {
  mapWithoutWrappers,
  ownValue,
  type PropertyMap,
  type PropertyValue,
  Unknown,
  valuesEqual,
  withoutWrappers,
} from "../values/values";
import { type DiffResult, NO_DIFF, type ResourceProvider } from "./resourceProvider";

/** The pseudo-property for an incomplete creation. */
const INIT_ERRORS_KEY = "#initerror";

/** The provider's diff; the engine compares inputs if the provider does not. */
export async function providerDiff(
  old: ResourceState,
  newInputs: PropertyMap,
  provider: ResourceProvider,
  {
    urn = old.urn,
    ...options
  }: {
    readonly ignoreChanges: readonly string[];
    readonly allowUnknowns: boolean;
    /** The registered URN. @default the URN in the state */
    readonly urn?: Urn;
  },
): Promise<DiffResult> {
  const request = { urn, id: old.id, oldInputs: old.inputs, oldOutputs: old.outputs, newInputs, ...options };
  const diff = await provider.diff(request);
  if (diff.changes !== "unknown" || isProviderType(old.type)) return diff;
  const compared = withIgnoredChanges(newInputs, old.inputs, options.ignoreChanges).inputs;
  const difference = diffMaps(mapWithoutWrappers(old.inputs), mapWithoutWrappers(compared), { inputDiff: true });
  return difference === undefined ? { ...diff, changes: "none" } : { ...diff, changes: "some", ...difference };
}

/** A component changes when its inputs change; becoming secret or plain counts as a change. */
export function componentDiff(old: ResourceState, newInputs: PropertyMap): DiffResult {
  return valuesEqual(old.inputs, newInputs) ? NO_DIFF : { ...NO_DIFF, changes: "some" };
}

/** Resets the paths of `ignoreChanges` to their old values. Returns the paths that do not exist. */
export function withIgnoredChanges(
  inputs: PropertyMap,
  oldInputs: PropertyMap,
  ignoreChanges: readonly string[],
): { readonly inputs: PropertyMap; readonly unapplied: readonly string[] } {
  let result: PropertyMap = inputs;
  const unapplied: string[] = [];
  for (const text of ignoreChanges) {
    const path = parsePath(text);
    const after = path && resetAt(path, oldInputs, result);
    if (after === undefined) unapplied.push(text);
    else result = (after.value ?? {}) as PropertyMap;
  }
  return { inputs: result, unapplied };
}

/** Turns changes of the named properties into reasons for replacement. @throws Error when a path is malformed. */
export function withReplaceOnChanges(
  diff: DiffResult,
  replaceOnChanges: readonly string[],
  hasInitErrors: boolean,
): DiffResult {
  const isIncomplete = hasInitErrors && replaceOnChanges.some((text) => text === INIT_ERRORS_KEY || text === "*");
  if (replaceOnChanges.length === 0 || (diff.changes !== "some" && !isIncomplete)) return diff;
  const paths = replaceOnChanges.filter((text) => text !== INIT_ERRORS_KEY).map(pathOrThrow);
  const isNamed = (text: string) => {
    const changed = parsePath(text);
    return changed !== undefined && paths.some((path) => pathContains(path, changed));
  };
  const detailed = Object.entries(diff.detailedDiff ?? {}).map(([path, difference]): [string, PropertyDifference] => [
    path,
    isNamed(path) ? { ...difference, kind: replacing(difference.kind) } : difference,
  ]);
  const keys = new Set([
    ...diff.replaceKeys,
    ...diff.changedKeys.filter(isNamed),
    ...(isIncomplete ? [INIT_ERRORS_KEY] : []),
  ]);
  return {
    ...diff,
    changes: "some",
    replaceKeys: [...keys],
    detailedDiff: diff.detailedDiff && Object.fromEntries(detailed),
  };
}

function pathOrThrow(text: string): PropertyPath {
  const path = parsePath(text);
  if (path === undefined) throw new Error(`replaceOnChanges: "${text}" is no property path`);
  return path;
}

function replacing(kind: PropertyDifference["kind"]): PropertyDifference["kind"] {
  return kind.endsWith("-replace") ? kind : (`${kind}-replace` as PropertyDifference["kind"]);
}

/** Whether the program's replacement trigger requires a replacement: it changed or is unknown. */
export function isTriggered(oldTrigger: PropertyValue, newTrigger: PropertyValue): boolean {
  const before = withoutWrappers(oldTrigger);
  const after = withoutWrappers(newTrigger);
  if (before === null || after === null) return false;
  if (before instanceof Unknown || after instanceof Unknown) return true;
  return !valuesEqual(before, after);
}

/** A replacement that the engine requires without the provider's diff. */
export function forcedReplacement(key: string): DiffResult {
  return { ...NO_DIFF, changes: "some", replaceKeys: [key] };
}

/** A resource's inputs with the given top-level properties unknown. */
export function withUnknownProperties(inputs: PropertyMap, isUnknown: (key: string) => boolean): PropertyMap {
  const entries = Object.keys(inputs).map(
    (key) => [key, isUnknown(key) ? new Unknown() : (ownValue(inputs, key) ?? null)] as const,
  );
  return Object.fromEntries(entries);
}
