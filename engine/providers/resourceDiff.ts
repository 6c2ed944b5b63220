/** Whether a resource must be updated or replaced: the provider's answer, and what the options make of it. */
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

/** The pseudo-property that stands for an incomplete creation. */
const INIT_ERRORS_KEY = "#initerror";

/** Asks the provider; compares inputs where it leaves that to the engine. */
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
    /** The URN it is registered under. @default the one it has in the state */
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

/** A component changes when its inputs do, secretness included. */
export function componentDiff(old: ResourceState, newInputs: PropertyMap): DiffResult {
  return valuesEqual(old.inputs, newInputs) ? NO_DIFF : { ...NO_DIFF, changes: "some" };
}

/** Puts what `ignoreChanges` names back to its old value. Returns the paths that lead nowhere. */
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

/** Turns changes of the named properties into reasons to replace. @throws Error when a path has a wrong form. */
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

/** Whether the program's replacement trigger asks for a replacement: it changed, or is not known yet. */
export function isTriggered(oldTrigger: PropertyValue, newTrigger: PropertyValue): boolean {
  const before = withoutWrappers(oldTrigger);
  const after = withoutWrappers(newTrigger);
  if (before === null || after === null) return false;
  if (before instanceof Unknown || after instanceof Unknown) return true;
  return !valuesEqual(before, after);
}

/** A replacement the engine asks for without asking the provider. */
export function forcedReplacement(key: string): DiffResult {
  return { ...NO_DIFF, changes: "some", replaceKeys: [key] };
}

/** What a resource's inputs look like when the given top-level properties are not known. */
export function withUnknownProperties(inputs: PropertyMap, isUnknown: (key: string) => boolean): PropertyMap {
  const entries = Object.keys(inputs).map(
    (key) => [key, isUnknown(key) ? new Unknown() : (ownValue(inputs, key) ?? null)] as const,
  );
  return Object.fromEntries(entries);
}
