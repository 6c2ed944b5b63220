/**
 * The last so many records, each a few numbers and what many records have in common. The numbers are kept outside of the
 * garbage collector's reach: records that are objects outlive so many collections that the room for young ones grows to its
 * bound, which takes far more memory than the records themselves.
 */

/** What several records have in common, and how many do. */
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

export class Ring<Common, Numbers extends readonly number[]> {
  /** Of each record the number of what it shares with others, then its own. */
  private readonly rows: Float64Array;
  private readonly byNumber = new Map<number, Shared<Common>>();
  private readonly byText = new Map<string, Shared<Common>>();
  private lastNumber = 0;
  /** Records ever added. */
  private added = 0;

  /** @param size How many records are kept. @param columns How many numbers each has. */
  constructor(
    private readonly size: number,
    private readonly columns: Numbers["length"],
  ) {
    this.rows = new Float64Array(size * (1 + columns));
  }

  /** Overwrites the oldest record once there are enough. What is common is kept as JSON keeps it. */
  add(common: Common, numbers: Numbers): void {
    const shared = this.share(common);
    const at = this.placeOf(this.added);
    if (this.added >= this.size) this.leave(this.rows[at] ?? 0);
    this.rows[at] = shared.number;
    this.rows.set(numbers, at + 1);
    this.added += 1;
  }

  /** All but the newest `skip`. */
  *newestFirst(skip = 0): Iterable<RingRecord<Common, Numbers>> {
    const oldest = Math.max(0, this.added - this.size);
    for (let index = this.added - 1 - skip; index >= oldest; index--) {
      const at = this.placeOf(index);
      const { common } = this.byNumber.get(this.rows[at] ?? 0) as Shared<Common>;
      const numbers: number[] = [];
      for (let column = 1; column <= this.columns; column++) numbers.push(this.rows[at + column] ?? 0);
      yield { common, numbers: numbers as readonly number[] as Numbers };
    }
  }

  clear(): void {
    this.byNumber.clear();
    this.byText.clear();
    this.added = 0;
  }

  private placeOf(index: number): number {
    return (index % this.size) * (1 + this.columns);
  }

  private share(common: Common): Shared<Common> {
    const text = JSON.stringify(common);
    let shared = this.byText.get(text);
    if (shared === undefined) {
      // Parsed anew, for texts that are cut out of a request hold on to all of it.
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
