/** JSON documents on standard output. */
import { escapeControlsInLines } from "../engine/display/escapeControls";

/** The document as text that parses to the same document and moves no terminal's cursor. */
export function toJsonText(document: unknown): string {
  return escapeControlsInLines(JSON.stringify(document, null, 2));
}

export function printJson(document: unknown): void {
  console.log(toJsonText(document));
}
