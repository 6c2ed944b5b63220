/**
 * Text of others as a message may show it: one line, without characters that move a terminal's cursor. Those that reverse what a
 * reader sees are shown as the escape that JSON has for them.
 */
export function toOneLine(text: string): string {
  return text.replace(/[\p{Cc}\s]+/gu, " ").replace(/\p{Bidi_Control}/gu, escapeOf);
}

function escapeOf(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
