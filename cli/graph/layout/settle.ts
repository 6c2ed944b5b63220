/** Positions items one below the other without overlap, each as near to its preferred position as possible. */

export interface Item {
  readonly size: number;
  /** Free space below it. */
  readonly gap: number;
  /** The preferred position of its middle; undefined: after all others. */
  readonly wish: number | undefined;
  /** The result. */
  top: number;
}

interface Run {
  first: number;
  /** The preferred top of its first item, averaged over its items. */
  top: number;
  count: number;
  length: number;
}

/**
 * Least squares over the preferred positions, in the given order. Neighbors that would overlap form a run, which is placed at the
 * average of its items' preferred positions.
 */
export function settle(items: readonly Item[]): void {
  const wishing = items.filter(({ wish }) => wish !== undefined);
  // A stack of runs, the lowest on top. Plain loops, because a big picture needs this several times per item.
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

/** @returns the top of the next item */
function putAt(item: Item, top: number): number {
  item.top = top;
  return top + item.size + item.gap;
}
