/** TypeScript source for values and comments, whatever text they hold. */

/** What no reader should meet raw in a program: control characters, text that turns the reading direction, line separators. */
const INVISIBLE = /[\p{C}\p{Zl}\p{Zp}]/gu;
/** Most texts are, and need no second look. */
const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;
const MAX_LINE_CHARS = 110;

/** A double-quoted string; what can't be seen is escaped, so that a program reads as it runs. */
export function stringLiteral(text: string): string {
  return shown(JSON.stringify(text));
}

function shown(text: string): string {
  return PRINTABLE_ASCII.test(text) ? text : text.replace(INVISIBLE, escaped);
}

function escaped(character: string): string {
  return `\\u{${character.codePointAt(0)?.toString(16)}}`;
}

/** `// …`, on one line. */
export function comment(text: string): string {
  return `// ${shown(text)}`;
}

/** Source of an expression that is no plain value: a variable, a call. */
export class Source {
  constructor(readonly text: string) {}
}

export type Writable = string | number | Source | readonly Writable[] | { readonly [key: string]: Writable };

/** An object or array on one line where it fits, else a member a line. Keys are identifiers. */
export function valueLiteral(value: Writable, indent = ""): string {
  if (value instanceof Source) return value.text;
  if (typeof value === "string") return stringLiteral(value);
  if (typeof value === "number") return String(value);
  const isList = Array.isArray(value);
  const inner = `${indent}  `;
  const members = isList
    ? (value as readonly Writable[]).map((item) => valueLiteral(item, inner))
    : Object.entries(value).map(([key, item]) => memberLiteral(key, item, inner));
  if (members.length === 0) return isList ? "[]" : "{}";
  const line = isList ? `[${members.join(", ")}]` : `{ ${members.join(", ")} }`;
  if (indent.length + line.length <= MAX_LINE_CHARS && !line.includes("\n")) return line;
  const lines = members.map((member) => `${inner}${member},\n`).join("");
  return isList ? `[\n${lines}${indent}]` : `{\n${lines}${indent}}`;
}

function memberLiteral(key: string, value: Writable, indent: string): string {
  const text = valueLiteral(value, indent);
  return text === key ? key : `${key}: ${text}`;
}
