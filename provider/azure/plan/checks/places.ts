/**
 * Places in the arguments that a check has looked at. A deployment that is declared once for several regions is checked once: its
 * fields come from the same places in each of them.
 */
export class Places {
  readonly #seen = new Set<string>();

  /** Whether this combination of paths has not been asked for before. */
  isNew(...paths: readonly string[]): boolean {
    const combination = paths.join("\n");
    if (this.#seen.has(combination)) return false;
    this.#seen.add(combination);
    return true;
  }
}
