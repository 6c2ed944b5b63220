/** Where two values of a resource differ, and how: what a preview shows for each property. */
import { isPlainObject, isSame, type Path, type PlainObject, pathText } from "../lifecycle/values";

export type DifferenceKind = "add" | "delete" | "update";

export interface PropertyDifference {
  readonly kind: DifferenceKind;
  readonly isReplacing: boolean;
  /** The difference is between the old inputs and the new ones; otherwise between what the object has and the new inputs. */
  readonly isOfInputs: boolean;
}

export interface Sides {
  readonly oldInputs: PlainObject;
  readonly oldState: PlainObject;
  readonly news: PlainObject;
}

/** By property path, for the fields that differ. */
export function detailedDiff(
  changed: readonly string[],
  replaces: readonly string[],
  { oldInputs, oldState, news }: Sides,
): Map<string, PropertyDifference> {
  const all = new Map<string, PropertyDifference>();
  for (const field of changed) {
    const isReplacing = replaces.includes(field);
    const ofInputs = differences(oldInputs[field], news[field], [field]);
    const ofState = differences(oldState[field], news[field], [field]);
    const found = ofInputs.length > 0 ? ofInputs : ofState;
    const isOfInputs = ofInputs.length > 0;
    // A write whose answer was lost differs in nothing that is known.
    const shown = found.length > 0 ? found : [{ path: field, kind: "update" as const }];
    for (const { path, kind } of shown) all.set(path, { kind, isReplacing, isOfInputs });
  }
  return all;
}

function differences(
  left: unknown,
  right: unknown,
  path: Path,
): { readonly path: string; readonly kind: DifferenceKind }[] {
  if (isSame(left, right)) return [];
  if (isPlainObject(left) && isPlainObject(right)) {
    const keys = [...new Set([...Object.keys(left), ...Object.keys(right)])];
    return keys.flatMap((key) => differences(left[key], right[key], [...path, key]));
  }
  if (Array.isArray(left) && Array.isArray(right)) {
    const longer = left.length > right.length ? left : right;
    return longer.flatMap((_, index) => differences(left[index], right[index], [...path, index]));
  }
  const isNothing = (value: unknown) => value === undefined || value === null;
  return [{ path: pathText(path), kind: isNothing(left) ? "add" : isNothing(right) ? "delete" : "update" }];
}
