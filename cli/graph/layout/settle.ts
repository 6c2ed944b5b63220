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
  readonly first: number;
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
  const runs: Run[] = [];
  const wishing = items.filter(({ wish }) => wish !== undefined);
  for (const [index, { wish = 0, size, gap }] of wishing.entries()) {
    let run: Run = { first: index, top: wish - size / 2, count: 1, length: size + gap };
    for (let above = runs.at(-1); above !== undefined && above.top + above.length > run.top; above = runs.at(-1)) {
      runs.pop();
      const count = above.count + run.count;
      const top = (above.top * above.count + (run.top - above.length) * run.count) / count;
      run = { first: above.first, top, count, length: above.length + run.length };
    }
    runs.push(run);
  }
  let bottom = 0;
  for (const { first, count, top } of runs) {
    bottom = top;
    for (const item of wishing.slice(first, first + count)) {
      item.top = bottom;
      bottom += item.size + item.gap;
    }
  }
  for (const item of items.filter(({ wish }) => wish === undefined)) {
    item.top = bottom;
    bottom += item.size + item.gap;
  }
}
