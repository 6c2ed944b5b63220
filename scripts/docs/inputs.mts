/** Tables of inputs and of other objects' fields. */
import type { DeclarationReflection, SomeType } from "typedoc";
import type { Change, Field } from "../../provider/lifecycle/definition.ts";
import { summaryOf, tagOf } from "./docstrings.mts";
import { code, table } from "./markdown.mts";
import { inlineMembers, isList, type TypeNames, typeText, unwrapped } from "./types.mts";

/** The bounds of a value in a JSON schema. */
export interface Bounds {
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
}

/** The inputs in a resource's definition. */
export interface Definitions {
  readonly fields: Readonly<Record<string, Field>>;
  readonly bounds: Readonly<Record<string, Bounds>>;
}

const NONE: Definitions = { fields: {}, bounds: {} };
const COLUMNS = ["type", "default", "on change", "meaning"];

/** Columns that are empty in every row are left out. */
export function inputTable(
  members: readonly DeclarationReflection[],
  names: TypeNames,
  definitions: Definitions = NONE,
  column: "input" | "output" | "option" | "field" = "input",
): string {
  const rows = rowsOf(inOrder(members), names, definitions, "");
  const isGiven = column === "input" || column === "option";
  return table(
    [column, ...COLUMNS],
    isGiven ? rows : rows.map(([name = "", ...rest]) => [name.replace(" **required**", ""), ...rest]),
  );
}

/** Required inputs first, `adopt` last, otherwise in the order of declaration. */
function inOrder(members: readonly DeclarationReflection[]): DeclarationReflection[] {
  const rank = ({ name, flags }: DeclarationReflection) => (name === "adopt" ? 2 : flags.isOptional ? 1 : 0);
  return members.toSorted((left, right) => rank(left) - rank(right));
}

function rowsOf(
  members: readonly DeclarationReflection[],
  names: TypeNames,
  { fields, bounds }: Definitions,
  prefix: string,
): string[][] {
  return members.flatMap((member) => {
    const { name, flags } = member;
    const type = member.type ?? member.signatures?.[0]?.type;
    if (type === undefined) return [];
    const field = prefix === "" ? fields[name] : undefined;
    const { change, meaning } = readDocstring(member, field, bounds[name]);
    const marks = [...(flags.isOptional ? [] : ["required"]), ...(field?.secret ? ["secret"] : [])];
    const suffix = marks.length === 0 ? "" : ` **${marks.join(", ")}**`;
    const bound = prefix === "" ? boundText(bounds[name], type) : "";
    const nested = inlineMembers(type);
    return [
      [code(prefix + name) + suffix, shownType(member, names) + bound, defaultText(member), change, meaning],
      ...rowsOf(inOrder(nested), names, NONE, `${prefix}${name}${isList(type) ? "[]" : ""}.`),
    ];
  });
}

function shownType({ type, signatures }: DeclarationReflection, names: TypeNames): string {
  if (type !== undefined) return typeText(type, names);
  const [signature] = signatures ?? [];
  const parameters = (signature?.parameters ?? []).map((parameter) => `${parameter.name}: ${parameter.type}`);
  return code(`(${parameters.join(", ")}) => ${signature?.type}`);
}

/** The default, with its code parts formatted as code. */
function defaultText(member: DeclarationReflection): string {
  const told = tagOf(member, "@default") ?? "";
  return told.replace(/^("[^"]*"|[\d.]+|true|false|Date\.now)(?=$|[:;,])/, "`$1`");
}

const CHANGE_SENTENCE = /\s*Change: ((?:[^.`]|`[^`]*`|\.(?!\s|$))+)\.(?=\s|$)/;
/** For each kind of change in the field table, the start of the docstring's sentence about it. */
const CHANGES: Readonly<Record<Change, { readonly begins: RegExp; readonly text: string }>> = {
  replace: { begins: /^replaces/, text: "replaces" },
  patch: { begins: /^in place/, text: "in place" },
  rotate: { begins: /^rotates/, text: "rotates in place" },
  never: { begins: /^$/, text: "nothing" },
};

/** The parts of a docstring. Throws if the docstring contradicts the definition; one of them must be corrected. */
function readDocstring(
  member: DeclarationReflection,
  field: Field | undefined,
  bounds: Bounds | undefined,
): { change: string; meaning: string } {
  const where = `${member.parent?.name}.${member.name}`;
  const summary = summaryOf(member).replace(/\s+/g, " ");
  if (summary === "") throw new Error(`${where} has no docstring: describe its meaning there`);
  const change = CHANGE_SENTENCE.exec(summary)?.[1];
  const given = field && CHANGES[field.change];
  if (given !== undefined && change !== undefined && !given.begins.test(change)) {
    throw new Error(`${where}: its docstring says "Change: ${change}", its field table "${field?.change}"`);
  }
  if (field !== undefined && field.change !== "never") {
    if ((tagOf(member, "@default") === undefined) !== (field.default === undefined)) {
      throw new Error(`${where}: only one of docstring (@default) and field table (default) has a default`);
    }
  }
  const maxLength = /at most ([\d,]+) characters/i.exec(summary)?.[1]?.replaceAll(",", "");
  if (field !== undefined && maxLength !== undefined && Number(maxLength) !== bounds?.maxLength) {
    throw new Error(`${where}: its docstring says at most ${maxLength} characters, its schema ${bounds?.maxLength}`);
  }
  const meaning = summary
    .replace(CHANGE_SENTENCE, "")
    // The type column shows the bound.
    .replace(field === undefined ? /$^/ : /(, | ?)at most [\d,]+ characters(\.?)/i, (_, lead: string) =>
      lead === ", " ? "." : "",
    )
    .replace(/\.{2,}/g, ".")
    .trim();
  return { change: change ?? given?.text ?? "", meaning };
}

function boundText(bounds: Bounds | undefined, type: SomeType): string {
  if (bounds === undefined) return "";
  const { minLength, maxLength, minimum, maximum, minItems } = bounds;
  const number = (value: number) => value.toLocaleString("en-US");
  if (maxLength !== undefined) {
    return `, ${minLength === undefined ? "at most" : `${number(minLength)} to`} ${number(maxLength)} characters`;
  }
  if (minLength === 1) return unwrapped(type).type === "union" ? "" : ", not empty";
  // zod adds this bound to every whole number.
  const isBounded = maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER;
  if (minimum !== undefined)
    return isBounded ? `, ${number(minimum)} to ${number(maximum)}` : `, from ${number(minimum)}`;
  return minItems === undefined ? "" : `, at least ${minItems}`;
}
