/** TypeScript source of values and comments, for any text. */
import { type PlannedValue, ResourceReference, StackSecret } from "../plannedValue";

/** Characters that source code must show: control and format characters, private and unassigned ones, line separators. */
const INVISIBLE = /[\p{C}\p{Zl}\p{Zp}]/gu;
/** Matches most texts; this test is faster than a replacement without a match. */
const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;
const MAX_LINE_CHARS = 110;

/** A double-quoted string in which invisible characters are escaped. */
export function stringLiteral(text: string): string {
  return escapeInvisible(JSON.stringify(text));
}

/** `// …`, on one line. */
export function comment(text: string): string {
  return `// ${escapeInvisible(text)}`;
}

function escapeInvisible(text: string): string {
  if (PRINTABLE_ASCII.test(text)) return text;
  return text.replace(INVISIBLE, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}

/** An object or array on one line if it fits, else with one member per line. Keys are identifiers. */
export function valueLiteral(value: PlannedValue, indent = ""): string {
  if (value instanceof ResourceReference) return value.part === "id" ? `${value.variable}.id` : value.variable;
  if (value instanceof StackSecret) return secretExpression(value);
  if (typeof value === "string") return stringLiteral(value);
  if (typeof value !== "object" || value === null) return String(value);
  const isList = Array.isArray(value);
  const inner = `${indent}  `;
  const members = isList
    ? (value as readonly PlannedValue[]).map((item) => valueLiteral(item, inner))
    : Object.entries(value).map(([key, item]) => memberLiteral(key, item, inner));
  if (members.length === 0) return isList ? "[]" : "{}";
  const line = isList ? `[${members.join(", ")}]` : `{ ${members.join(", ")} }`;
  if (indent.length + line.length <= MAX_LINE_CHARS && !line.includes("\n")) return line;
  const lines = members.map((member) => `${inner}${member},\n`).join("");
  return isList ? `[\n${lines}${indent}]` : `{\n${lines}${indent}}`;
}

/** `name: value`, or only `name` if the value is a variable of that name. */
export function memberLiteral(key: string, value: PlannedValue, indent: string): string {
  const text = valueLiteral(value, indent);
  return text === key ? key : `${key}: ${text}`;
}

function secretExpression({ config, end }: StackSecret): string {
  const key = stringLiteral(config);
  return end === "" ? `config.requireSecret(${key})` : `currentValue(${key}, ${stringLiteral(end)})`;
}
