/** Positions items one below the other without overlap, each as near to its wished position as possible. */

export interface Item {
  readonly size: number;
  /** Free space below it. */
  readonly gap: number;
  /** The wished position of its middle; undefined: after all others. */
  readonly wish: number | undefined;
  /** Set here. */
  top: number;
}

interface Run {
  first: number;
  /** The top of its first item, averaged over the wishes of its items. */
  top: number;
  count: number;
  length: number;
}

/**
 * Least squares over the wishes, in the given order: neighbors that would overlap form a run, which is placed at the average of the
 * wishes of its items.
 */
export function settle(items: readonly Item[]): void {
  const wishing = items.filter(({ wish }) => wish !== undefined);
  // A stack of runs, the lowest on top. Plain loops: big pictures pass here several times per item.
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
