/**
 * Makes text from outside safe to print. Control characters can move the cursor or change colors, and bidirectional controls can
 * reorder the text; both are replaced by their JSON escapes, so that printed JSON keeps its meaning.
 */
const INVISIBLE = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}\ufeff]/gu;

/** For text that must stay on one line: also escapes line breaks and tabs. */
export function escapeControls(text: string): string {
  return text.replace(INVISIBLE, escapeOf);
}

/** For text of several lines: keeps line breaks and tabs. */
export function escapeControlsInLines(text: string): string {
  return text.replace(INVISIBLE, (character) =>
    character === "\n" || character === "\t" ? character : escapeOf(character),
  );
}

function escapeOf(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
