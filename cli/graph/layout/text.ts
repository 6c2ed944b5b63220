/** Estimates widths of texts without a browser, for a wide common font, so that no text overflows its card in another font. */

const AVERAGE_EM = 0.61;
const ASCII_WIDTHS_EM = new Float64Array(128).fill(AVERAGE_EM);
for (const [chars, width] of [
  ["iljI|.,:;'!", 0.32],
  ["ftr-()[]{}/\\ ", 0.4],
  ["mMwW@%", 0.95],
  ["ABCDEFGHKNOPQRSUVXYZ0123456789", 0.66],
] as const) {
  for (const char of chars) ASCII_WIDTHS_EM[char.charCodeAt(0)] = width;
}
/** Scripts with square letters. */
const FULL_WIDTH =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\u{1f300}-\u{1faff}]/u;
const ELLIPSIS = "…";
/** Shares of the full width: the smallest one that needs no additional line gives lines of similar length. */
const LINE_SHARES = [0.55, 0.65, 0.75, 0.85, 1];
/** A name may be broken after each of these characters. */
const BREAK_AFTER = /(?<=[-_./:@ ])/;
const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });

export function widthOf(text: string, sizePx: number): number {
  let ems = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code >= ASCII_WIDTHS_EM.length) return widthOfAny(text) * sizePx;
    ems += ASCII_WIDTHS_EM[code] ?? AVERAGE_EM;
  }
  return ems * sizePx;
}

function widthOfAny(text: string): number {
  let ems = 0;
  for (const char of text) {
    ems += ASCII_WIDTHS_EM[char.codePointAt(0) ?? 0] ?? (FULL_WIDTH.test(char) ? 1 : AVERAGE_EM);
  }
  return ems;
}

/** The text in lines of similar length and at most this width; the last line is cut if the text does not fit. */
export function wrap(text: string, widthPx: number, sizePx: number, maxLines: number): string[] {
  const lineCount = Math.min(maxLines, Math.ceil(widthOf(text, sizePx) / widthPx));
  if (lineCount <= 1) return [cut(text, widthPx, sizePx)];
  const parts = text.split(BREAK_AFTER).flatMap((part) => pieces(part, widthPx, sizePx));
  const widths = parts.map((part) => widthOf(part, sizePx));
  const widest = Math.max(...widths);
  for (const share of LINE_SHARES) {
    if (widest > widthPx * share) continue;
    const lines = fill(parts, widths, widthPx * share);
    if (lines.length <= lineCount) return lines;
  }
  const lines = fill(parts, widths, widthPx);
  const rest = [...lines.slice(0, maxLines - 1), lines.slice(maxLines - 1).join("")];
  return rest.map((line) => cut(line.trimEnd(), widthPx, sizePx));
}

/** Splits a part that is too wide for a line; a single character that is too wide stays. */
function pieces(part: string, widthPx: number, sizePx: number): string[] {
  if (widthOf(part, sizePx) <= widthPx) return [part];
  const found: string[] = [];
  let piece = "";
  for (const { segment } of graphemes.segment(part)) {
    if (piece !== "" && widthOf(piece + segment, sizePx) > widthPx) {
      found.push(piece);
      piece = "";
    }
    piece += segment;
  }
  return [...found, piece];
}

/** Lines that fill the width. */
function fill(parts: readonly string[], widths: readonly number[], widthPx: number): string[] {
  const lines: string[] = [];
  let line = "";
  let width = 0;
  for (let index = 0; index < parts.length; index++) {
    const part = widths[index] ?? 0;
    if (index > 0 && width + part > widthPx) {
      lines.push(line.trimEnd());
      line = "";
      width = 0;
    }
    line += parts[index];
    width += part;
  }
  lines.push(line.trimEnd());
  return lines;
}

export function cut(text: string, widthPx: number, sizePx: number): string {
  if (widthOf(text, sizePx) <= widthPx) return text;
  const chars = [...text];
  let width = widthOf(ELLIPSIS, sizePx);
  const end = chars.findIndex((char) => {
    width += widthOf(char, sizePx);
    return width > widthPx;
  });
  return chars.slice(0, end).join("").trimEnd() + ELLIPSIS;
}
