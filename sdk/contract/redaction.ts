/** The redacted form of a key in the API, as plain functions. */

const SHOWN_HEAD_CHARS = 10;
const SHOWN_TAIL_CHARS = 4;
const MASK = "***";

/**
 * Length, in characters, of the shortest value that is shown in part: at least six characters stay hidden. The service's form for
 * a shorter value is not documented.
 */
export const MIN_REDACTABLE_KEY_CHARS = 20;

/** The redacted form of a key: its first 10 characters, `***`, its last 4; `***` alone for a short value. */
export function redactKey(value: string): string {
  if (value.length < MIN_REDACTABLE_KEY_CHARS) {
    return MASK;
  }
  return value.slice(0, SHOWN_HEAD_CHARS) + MASK + value.slice(-SHOWN_TAIL_CHARS);
}

/**
 * Whether `keyRedacted` can be the redacted form of `value`. Compares only the visible characters around the mask, so an
 * unchanged key never looks changed if a service shows fewer characters.
 */
export function redactionFits(value: string, keyRedacted: string): boolean {
  const maskAt = keyRedacted.indexOf(MASK);
  if (maskAt < 0) {
    return true;
  }
  return value.startsWith(keyRedacted.slice(0, maskAt)) && value.endsWith(keyRedacted.slice(maskAt + MASK.length));
}

/** Removes the value of a provider key, which is write-only, in case a server returns it. */
export function withoutValue<Key extends object>(key: Key): Key {
  const { value: _, ...rest } = key as Key & { value?: unknown };
  return rest as Key;
}
