/** A long list for people: groups with a heading and a count, and only as many items of each group as are readable. */
import { colors } from "./colors";

export interface Group {
  readonly heading: string;
  /** The text common to all items. */
  readonly note: string;
  readonly items: readonly string[];
}

const SHOWN_ITEMS = 10;

/** The groups as lines. `--json` of the command lists every item. */
export function toGroupedLines(groups: readonly Group[]): string[] {
  return groups.flatMap(({ heading, note, items }, index) => {
    const left = items.length - SHOWN_ITEMS;
    // One more item needs no more space than the line that replaces it.
    const shown = left > 1 ? items.slice(0, SHOWN_ITEMS) : items;
    return [
      ...(index === 0 ? [] : [""]),
      `${colors.bold(heading)} ${colors.dim(`(${items.length})`)}`,
      `  ${note}`,
      ...shown.map((item) => `    ${item}`),
      ...(left > 1 ? [colors.dim(`    … and ${left} more; --json lists each`)] : []),
    ];
  });
}
