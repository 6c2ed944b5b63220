/** Property values and differences as text, with secrets masked and long texts truncated. */
import { MASK } from "../diagnostics";
import type { PropertyDifference } from "../results";
import type { Step } from "../steps/step";
import { diffMaps } from "../values/mapDifference";
import { type PathPart, parsePath } from "../values/propertyPath";
import {
  Archive,
  Asset,
  isMap,
  OutputValue,
  ownValue,
  type PropertyMap,
  type PropertyValue,
  ResourceReference,
  Secret,
  sortedKeys,
  Unknown,
} from "../values/values";
import { escapeControls } from "./escapeControls";

const MAX_TEXT_CHARS = 150;
const INDENT = "    ";

/** The mark at the start of a property's line: how the property changes. */
export type Mark = "+ " | "- " | "~ " | "+-" | "  ";

export interface Line {
  readonly mark: Mark;
  readonly text: string;
}

/** One value; an object or array that is not empty takes several lines. */
export function renderValue(value: PropertyValue | undefined, indent = ""): string {
  if (value === undefined || value === null) return "<null>";
  if (value instanceof Secret || (value instanceof OutputValue && value.isSecret)) return MASK;
  if (value instanceof Unknown) return "[unknown]";
  if (value instanceof OutputValue) return renderValue(value.element ?? new Unknown(), indent);
  if (value instanceof ResourceReference) return JSON.stringify(value.urn);
  if (value instanceof Asset || value instanceof Archive) return renderFile(value);
  if (typeof value === "string") return renderText(value);
  if (Array.isArray(value)) return renderArray(value, indent);
  return isMap(value) ? renderMap(value, indent) : String(value);
}

function renderText(text: string): string {
  return text.length <= MAX_TEXT_CHARS ? JSON.stringify(text) : `${JSON.stringify(text.slice(0, MAX_TEXT_CHARS))}...`;
}

function renderFile(file: Asset | Archive): string {
  const kind = file instanceof Asset ? "asset" : "archive";
  const source = Object.keys(file.content)[0] ?? "text";
  return `${kind}(${source === "path" ? "file" : source}:${file.hash.slice(0, 7)})`;
}

function renderArray(elements: readonly PropertyValue[], indent: string): string {
  if (elements.length === 0) return "[]";
  const inner = indent + INDENT;
  const lines = elements.map((element, index) => `${inner}[${index}]: ${renderValue(element, inner)}`);
  return `[\n${lines.join("\n")}\n${indent}]`;
}

function renderMap(map: PropertyMap, indent: string): string {
  const lines = renderMembers(map, indent + INDENT);
  return lines.length === 0 ? "{}" : `{\n${lines.map((line) => indent + INDENT + line).join("\n")}\n${indent}}`;
}

/** `key : value` per member, keys padded to one width. Keys that begin with `__` are internal to the SDK and left out. */
function renderMembers(map: PropertyMap, indent: string): string[] {
  const keys = sortedKeys(map).filter((key) => !key.startsWith("__"));
  const titles = paddedTitles(keys);
  return keys.map((key, index) => `${titles[index]}: ${renderValue(ownValue(map, key), indent)}`);
}

function paddedTitles(keys: readonly string[]): string[] {
  const titles = keys.map(escapeControls);
  const width = Math.max(0, ...titles.map((title) => title.length));
  return titles.map((title) => title.padEnd(width));
}

/** How a step changes the resource's properties, one line each. */
export function renderStep(step: Step): Line[] {
  const { op, old, new: state } = step;
  if (op === "create" || op === "import") return listing(state?.inputs ?? {}, "+ ");
  if (old === undefined || state === undefined) return [];
  const isComparison = op === "update" || op === "replace" || (op === "refresh" && step.resultOp === "update");
  return isComparison ? differences(step, old.inputs, old.outputs, state.inputs, state.outputs) : [];
}

function listing(map: PropertyMap, mark: Mark): Line[] {
  return renderMembers(map, INDENT).map((text) => ({ mark, text }));
}

function differences(
  step: Step,
  oldInputs: PropertyMap,
  oldOutputs: PropertyMap,
  newInputs: PropertyMap,
  newOutputs: PropertyMap,
): Line[] {
  const { detailedDiff, replaceKeys } = step.diff;
  const isRefresh = step.op === "refresh";
  const computed = detailedDiff ?? withoutInternal(diffMaps(oldInputs, newInputs, { inputDiff: true })?.detailedDiff);
  return Object.entries(computed).map(([text, difference]) => {
    const path = parsePath(text) ?? [text];
    // Without `inputDiff`, a refresh compares old outputs with new outputs; every other step compares old outputs with new inputs.
    const before = at(path, difference.inputDiff ? oldInputs : oldOutputs);
    const after = at(path, isRefresh && !difference.inputDiff ? newOutputs : newInputs);
    const forces = difference.kind.endsWith("-replace") || replaceKeys.includes(text);
    return { mark: forces ? "+-" : markOf(difference.kind), text: `${text}: ${change(difference, before, after)}` };
  });
}

function withoutInternal(diff: Readonly<Record<string, PropertyDifference>> = {}): Record<string, PropertyDifference> {
  return Object.fromEntries(Object.entries(diff).filter(([path]) => !path.startsWith("__")));
}

function markOf(kind: PropertyDifference["kind"]): Mark {
  if (kind.startsWith("add")) return "+ ";
  return kind.startsWith("delete") ? "- " : "~ ";
}

function change(
  { kind }: PropertyDifference,
  before: PropertyValue | undefined,
  after: PropertyValue | undefined,
): string {
  if (kind.startsWith("add")) return renderValue(after, INDENT);
  if (kind.startsWith("delete")) return renderValue(before, INDENT);
  return `${renderValue(before, INDENT)} => ${renderValue(after, INDENT)}`;
}

/** The value at a path; a part of a secret is secret too. */
function at(path: readonly PathPart[], map: PropertyMap): PropertyValue | undefined {
  let value: PropertyValue | undefined = map;
  for (const part of path) {
    if (value instanceof Secret) return value;
    if (Array.isArray(value)) value = value[Number(part)];
    else if (isMap(value)) value = ownValue(value, String(part));
    else return undefined;
  }
  return value;
}

/** The outputs of the stack before and after, one line each. */
export function renderOutputs(before: PropertyMap, after: PropertyMap, onlyChanges: boolean): Line[] {
  const keys = sortedKeys({ ...before, ...after });
  const titles = paddedTitles(keys);
  const changed = diffMaps(before, after, { inputDiff: false })?.changedKeys ?? [];
  return keys.flatMap((key, index) => {
    const isChanged = changed.includes(key);
    if (onlyChanges && !isChanged) return [];
    return [outputLine(titles[index] ?? key, ownValue(before, key), ownValue(after, key), isChanged)];
  });
}

function outputLine(
  title: string,
  before: PropertyValue | undefined,
  after: PropertyValue | undefined,
  isChanged: boolean,
): Line {
  if (after === undefined) return { mark: "- ", text: `${title}: ${renderValue(before, INDENT)}` };
  const shown = renderValue(after, INDENT);
  if (before === undefined) return { mark: "+ ", text: `${title}: ${shown}` };
  if (!isChanged) return { mark: "  ", text: `${title}: ${shown}` };
  return { mark: "~ ", text: `${title}: ${renderValue(before, INDENT)} => ${shown}` };
}

/** `[diff: +added-removed~changed]`, top-level properties only. */
export function diffInfo(step: Step): string {
  const { old, new: state, diff } = step;
  if (
    old === undefined ||
    state === undefined ||
    (step.op !== "update" && step.op !== "replace" && step.op !== "refresh")
  ) {
    return "";
  }
  const groups: Record<"+" | "-" | "~", Set<string>> = { "+": new Set(), "-": new Set(), "~": new Set() };
  for (const [path, { kind }] of Object.entries(diff.detailedDiff ?? {})) {
    const [key, ...deeper] = parsePath(path) ?? [path];
    const group = deeper.length > 0 ? "~" : (markOf(kind)[0] as "+" | "-" | "~");
    groups[group].add(String(key));
  }
  if (diff.detailedDiff === undefined) noteChangedKeys(groups, old.inputs, state.inputs);
  if (old.provider !== state.provider) groups["~"].add("provider");
  if (old.protect !== state.protect) groups["~"].add("protect");
  const texts = (["+", "-", "~"] as const).map((sign) => {
    const keys = [...groups[sign]].sort();
    return keys.length === 0 ? "" : sign + keys.join(",");
  });
  return texts.join("") === "" ? "" : `[diff: ${texts.join("")}]`;
}

function noteChangedKeys(groups: Record<"+" | "-" | "~", Set<string>>, before: PropertyMap, after: PropertyMap): void {
  for (const key of diffMaps(before, after, { inputDiff: true })?.changedKeys ?? []) {
    if (key.startsWith("__")) continue;
    const sign = ownValue(before, key) === undefined ? "+" : ownValue(after, key) === undefined ? "-" : "~";
    groups[sign].add(key);
  }
}
