/** What the API shows of a key, as plain functions. */

const SHOWN_HEAD_CHARS = 10;
const SHOWN_TAIL_CHARS = 4;
const MASK = "***";

/**
 * Shortest value, in characters, of which anything is shown: at least six characters stay hidden. What the service
 * shows of a shorter one is not documented.
 */
export const MIN_REDACTABLE_KEY_CHARS = 20;

/** The display form of a key: its first 10 characters, `***`, its last 4; of a short value `***` alone. */
export function redactKey(value: string): string {
  if (value.length < MIN_REDACTABLE_KEY_CHARS) {
    return MASK;
  }
  return value.slice(0, SHOWN_HEAD_CHARS) + MASK + value.slice(-SHOWN_TAIL_CHARS);
}

/**
 * Whether `keyRedacted`, as the API shows it, can be the display form of `value`. Only what is visible around the
 * mask is compared, so a service that shows less of a key never makes an unchanged key look changed.
 */
export function redactionFits(value: string, keyRedacted: string): boolean {
  const maskAt = keyRedacted.indexOf(MASK);
  if (maskAt < 0) {
    return true;
  }
  return value.startsWith(keyRedacted.slice(0, maskAt)) && value.endsWith(keyRedacted.slice(maskAt + MASK.length));
}
