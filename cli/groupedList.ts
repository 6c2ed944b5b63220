/** A long list for people: groups with a heading and a count, and of each group only as much as can be read. */
import { colors } from "./colors";

export interface Group {
  readonly heading: string;
  /** What is true of every item. */
  readonly note: string;
  readonly items: readonly string[];
}

const SHOWN_ITEMS = 10;

/** The groups as lines. `--json` of the command lists every item. */
export function toGroupedLines(groups: readonly Group[]): string[] {
  return groups.flatMap(({ heading, note, items }, index) => {
    const left = items.length - SHOWN_ITEMS;
    // One line more is no longer than the line that says so.
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
