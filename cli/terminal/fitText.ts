/** Texts in columns of a terminal. */
import stringWidth from "string-width";

const ELLIPSIS = "…";
const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });

/** Number of columns that the text occupies. */
export function columnsOf(text: string): number {
  return stringWidth(text);
}

/** The text, cut with an ellipsis if it occupies more columns. It must not contain colors. */
export function cutTo(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text;
  let [cut, width] = ["", 0];
  for (const { segment } of graphemes.segment(text)) {
    const next = columnsOf(segment);
    if (width + next + 1 > columns) break;
    cut += segment;
    width += next;
  }
  return columns < 1 ? "" : cut + ELLIPSIS;
}

/** The text cut in the middle, because names often differ at their end. */
export function cutMiddleTo(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text;
  const parts = [...graphemes.segment(text)].map(({ segment }) => segment);
  const headColumns = Math.ceil((columns - 1) / 2);
  let [head, tail] = ["", ""];
  for (const part of parts) {
    if (columnsOf(head + part) > headColumns) break;
    head += part;
  }
  for (const part of parts.toReversed()) {
    if (columnsOf(head + part + tail) + 1 > columns) break;
    tail = part + tail;
  }
  return columns < 1 ? "" : head + ELLIPSIS + tail;
}

export function padTo(text: string, columns: number): string {
  return text + " ".repeat(Math.max(0, columns - columnsOf(text)));
}
