/**
 * The last so many records, each a few numbers and what many records share. The numbers are kept outside of the garbage
 * collector's reach: records that are objects survive so many collections that the young generation grows to its bound, which
 * takes far more memory than the records themselves.
 */

/** What several records share, and how many do. */
interface Shared<Common> {
  readonly number: number;
  readonly text: string;
  readonly common: Common;
  uses: number;
}

export interface RingRecord<Common, Numbers> {
  readonly common: Common;
  readonly numbers: Numbers;
}

/** How many numbers a record has: `wide` ones of any size, then `narrow` ones, which are whole and below 2^32. */
export interface RingColumns {
  readonly wide: number;
  readonly narrow: number;
}

export class Ring<Common, Numbers extends readonly number[]> {
  private readonly wideRows: Float64Array;
  /** Of each record the number of what it shares with others, then its own. */
  private readonly narrowRows: Uint32Array;
  private readonly byNumber = new Map<number, Shared<Common>>();
  private readonly byText = new Map<string, Shared<Common>>();
  private lastNumber = 0;
  /** Records ever added. */
  private added = 0;

  /** @param size How many records are kept. */
  constructor(
    private readonly size: number,
    private readonly columns: RingColumns,
  ) {
    this.wideRows = new Float64Array(size * columns.wide);
    this.narrowRows = new Uint32Array(size * (1 + columns.narrow));
  }

  /** Overwrites the oldest record once there are enough. What is shared is kept as JSON keeps it. */
  add(common: Common, numbers: Numbers): void {
    const { wide, narrow } = this.columns;
    const shared = this.share(common);
    const row = this.added % this.size;
    const narrowAt = row * (1 + narrow);
    if (this.added >= this.size) this.leave(this.narrowRows[narrowAt] ?? 0);
    this.narrowRows[narrowAt] = shared.number;
    for (let column = 0; column < wide; column++) this.wideRows[row * wide + column] = numbers[column] ?? 0;
    for (let column = 0; column < narrow; column++)
      this.narrowRows[narrowAt + 1 + column] = numbers[wide + column] ?? 0;
    this.added += 1;
  }

  /** All but the newest `skip`. */
  *newestFirst(skip = 0): Iterable<RingRecord<Common, Numbers>> {
    const { wide, narrow } = this.columns;
    const oldest = Math.max(0, this.added - this.size);
    for (let index = this.added - 1 - skip; index >= oldest; index--) {
      const row = index % this.size;
      const narrowAt = row * (1 + narrow);
      const { common } = this.byNumber.get(this.narrowRows[narrowAt] ?? 0) as Shared<Common>;
      const numbers: number[] = [];
      for (let column = 0; column < wide; column++) numbers.push(this.wideRows[row * wide + column] ?? 0);
      for (let column = 0; column < narrow; column++) numbers.push(this.narrowRows[narrowAt + 1 + column] ?? 0);
      yield { common, numbers: numbers as readonly number[] as Numbers };
    }
  }

  clear(): void {
    this.byNumber.clear();
    this.byText.clear();
    this.added = 0;
  }

  private share(common: Common): Shared<Common> {
    const text = JSON.stringify(common);
    let shared = this.byText.get(text);
    if (shared === undefined) {
      // Parsed from its text, as strings that are cut out of a request keep all of the request in memory.
      shared = { number: ++this.lastNumber, text, common: JSON.parse(text) as Common, uses: 0 };
      this.byText.set(text, shared);
      this.byNumber.set(shared.number, shared);
    }
    shared.uses += 1;
    return shared;
  }

  private leave(number: number): void {
    const shared = this.byNumber.get(number) as Shared<Common>;
    shared.uses -= 1;
    if (shared.uses > 0) return;
    this.byText.delete(shared.text);
    this.byNumber.delete(number);
  }
}
