/**
 * Argument paths that a check has examined. A deployment declared once for several regions is checked once, because its fields have the
 * same paths in each of them.
 */
export class Places {
  readonly #seen = new Set<string>();

  /** Whether this combination of paths is new. */
  isNew(...paths: readonly string[]): boolean {
    const combination = paths.join("\n");
    if (this.#seen.has(combination)) return false;
    this.#seen.add(combination);
    return true;
  }
}
