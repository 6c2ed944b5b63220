/** Durations in the API's format. */

const UNIT_MS = new Map([
  ["ns", 1e-6],
  ["us", 1e-3],
  ["\u00b5s", 1e-3], // the micro sign
  ["\u03bcs", 1e-3], // the Greek letter mu: Go accepts both
  ["ms", 1],
  ["s", 1_000],
  ["m", 60_000],
  ["h", 3_600_000],
]);

const DURATION_PART = /(\d+(?:\.\d*)?|\.\d+)(ns|us|\u00b5s|\u03bcs|ms|s|m|h)/y;

/** Longest text that is parsed as a duration: Go writes the longest duration in 25 characters. */
const MAX_DURATION_CHARS = 100;

/** Go stores a duration in 64 bits of nanoseconds: about 292 years. */
const MAX_DURATION_MS = (2 ** 63 - 1) / 1e6;

/**
 * Converts a Go duration string to milliseconds, like `time.ParseDuration` ("30s", "1m30s", "1.5h", "-2m", "0"). Returns
 * `undefined` for any other text. A number without a unit is not a duration, except "0".
 */
export function parseGoDurationMs(text: string): number | undefined {
  if (text.length > MAX_DURATION_CHARS) {
    return undefined;
  }
  const unsigned = /^[+-]/.test(text) ? text.slice(1) : text;
  const sign = text.startsWith("-") ? -1 : 1;
  if (unsigned === "0") {
    return 0;
  }
  let totalMs = 0;
  let position = 0;
  while (position < unsigned.length) {
    DURATION_PART.lastIndex = position;
    const part = DURATION_PART.exec(unsigned);
    if (part === null) {
      return undefined;
    }
    totalMs += Number(part[1]) * (UNIT_MS.get(part[2] ?? "") ?? Number.NaN);
    position = DURATION_PART.lastIndex;
  }
  return position === 0 || totalMs > MAX_DURATION_MS ? undefined : sign * totalMs;
}
