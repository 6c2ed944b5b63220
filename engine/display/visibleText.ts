/** Names and messages from elsewhere, made safe to show: whatever is invisible or moves other text is shown escaped. */

/** Control characters (C0, C1), characters that change the direction of text, separators of lines, lone surrogates. */
const INVISIBLE = /[\p{C}\p{Zl}\p{Zp}]/gu;
const INVISIBLE_IN_LINES = /(?![\n\t])[\p{C}\p{Zl}\p{Zp}]/gu;
/** Most texts; testing for them is faster than replacing nothing. */
const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;

/** One line: `\n` is shown as `\u{a}`. */
export function toVisibleLine(text: string): string {
  return PRINTABLE_ASCII.test(text) ? text : text.replace(INVISIBLE, escaped);
}

/** Text of several lines, which may contain tabs. A carriage return before a line break is removed. */
export function toVisibleText(text: string): string {
  return PRINTABLE_ASCII.test(text) ? text : text.replaceAll("\r\n", "\n").replace(INVISIBLE_IN_LINES, escaped);
}

function escaped(character: string): string {
  return `\\u{${character.codePointAt(0)?.toString(16)}}`;
}
