/** Puts things that wish to be somewhere below one another, so that none overlaps and each is as near to its wish as can be. */

export interface Item {
  readonly size: number;
  /** Free room below it. */
  readonly gap: number;
  /** Where its middle wants to be; undefined: anywhere, behind all others. */
  readonly wish: number | undefined;
  /** Set here. */
  top: number;
}

interface Run {
  first: number;
  /** Where its first item's top should be, on average over its items. */
  top: number;
  count: number;
  length: number;
}

/**
 * Least squares over the wishes, in the order given: neighbours that would overlap are joined to runs, which settle at the
 * average of their items' wishes.
 */
export function settle(items: readonly Item[]): void {
  const wishing = items.filter(({ wish }) => wish !== undefined);
  // A stack of runs, the lowest on top; plain loops, as big pictures pass here several times per item.
  const runs: Run[] = [];
  for (let index = 0; index < wishing.length; index++) {
    const { wish = 0, size, gap } = wishing[index]!;
    const run: Run = { first: index, top: wish - size / 2, count: 1, length: size + gap };
    for (let above = runs.at(-1); above !== undefined && above.top + above.length > run.top; above = runs.at(-1)) {
      runs.pop();
      const count = above.count + run.count;
      run.top = (above.top * above.count + (run.top - above.length) * run.count) / count;
      run.count = count;
      run.first = above.first;
      run.length += above.length;
    }
    runs.push(run);
  }
  let bottom = 0;
  for (const { first, count, top } of runs) {
    bottom = top;
    for (let index = first; index < first + count; index++) bottom = putAt(wishing[index]!, bottom);
  }
  for (const item of items) if (item.wish === undefined) bottom = putAt(item, bottom);
}

/** @returns where the next one may begin */
function putAt(item: Item, top: number): number {
  item.top = top;
  return top + item.size + item.gap;
}
