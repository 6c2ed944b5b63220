/** Escapes names, which may contain anything, for each format of the picture. */
import { escapeControls } from "../../../engine/display/escapeControls";

/** Characters that no XML document may contain, besides control characters. */
const NONCHARACTERS = /[\ufffe\uffff]/g;
const SPACES = /[\t\n\r\u2028\u2029]+/g;
const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Matches most texts; this test is faster than several replacements without a match. */
const PRINTABLE = /^[ -~]*$/;
const HARMLESS = /^[ !#-%(-;=?-~]*$/;

/** Whether the text is certainly one line that needs no escape in any format. */
export function isPlain(text: string): boolean {
  return PRINTABLE.test(text);
}

/** The text in one line that is safe to show in any format. */
export function plainText(text: string): string {
  if (isPlain(text)) return text;
  return escapeControls(text.toWellFormed().replace(SPACES, " ").replace(NONCHARACTERS, "\ufffd"));
}

/** As text or as a quoted attribute of HTML or SVG. */
export function escapeXml(text: string): string {
  if (HARMLESS.test(text)) return text;
  return plainText(text).replace(/[&<>"']/g, (char) => ENTITIES[char] ?? "");
}

/** Inside the quotes of a Mermaid label: letters, digits and a few safe characters; others as their numbers. */
export function escapeMermaid(text: string): string {
  return plainText(text).replace(/[^\p{L}\p{N} _.,-]/gu, (char) => `#${char.codePointAt(0)};`);
}

/** JSON inside a script element of HTML, which no text in it can close. */
export function scriptJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
