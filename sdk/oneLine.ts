/**
 * Converts others' text for a message: one line, without characters that move a terminal's cursor. Characters that reverse the
 * reading direction are shown as JSON escapes.
 */
export function toOneLine(text: string): string {
  return text.replace(/[\p{Cc}\s]+/gu, " ").replace(/\p{Bidi_Control}/gu, escapeOf);
}

function escapeOf(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
