/**
 * Text of others as a terminal may show it. Control characters can move the cursor or change colors, bidirectional controls can
 * reverse what a reader sees; both are shown as the escape that JSON has for them, so that JSON stays the same document.
 */
const INVISIBLE = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}\ufeff]/gu;

/** For a text that must stay on one line: line breaks and tabs are escaped too. */
export function escapeControls(text: string): string {
  return text.replace(INVISIBLE, escapeOf);
}

/** For a text that may have lines: line breaks and tabs are kept. */
export function escapeControlsInLines(text: string): string {
  return text.replace(INVISIBLE, (character) =>
    character === "\n" || character === "\t" ? character : escapeOf(character),
  );
}

function escapeOf(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
