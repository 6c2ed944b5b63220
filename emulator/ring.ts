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

export interface RingOptions {
  /** How many records are kept. */
  readonly size: number;
  /** How many numbers of any size a record has; they are its first ones. */
  readonly wide: number;
  /** How many numbers it has that are whole and below 2^32. */
  readonly narrow: number;
}

/** Longest that the shared parts of all records may be together as JSON, in characters: older records are dropped beyond it. */
const MAX_SHARED_CHARS = 8 * 1024 * 1024;

export class Ring<Common, Numbers extends readonly number[]> {
  private readonly wideRows: Float64Array;
  /** Of each record the number of what it shares with others, then its own. */
  private readonly narrowRows: Uint32Array;
  private readonly byNumber = new Map<number, Shared<Common>>();
  private readonly byText = new Map<string, Shared<Common>>();
  private lastNumber = 0;
  private sharedChars = 0;
  /** Index of the oldest record that is kept, and of the next one. */
  private oldest = 0;
  private next = 0;

  constructor(private readonly options: RingOptions) {
    const { size, wide, narrow } = options;
    this.wideRows = new Float64Array(size * wide);
    this.narrowRows = new Uint32Array(size * (1 + narrow));
  }

  /** Drops the oldest records once there are too many. What is shared is kept as JSON keeps it. */
  add(common: Common, numbers: Numbers): void {
    const { size, wide, narrow } = this.options;
    if (this.next - this.oldest === size) this.dropOldest();
    const shared = this.share(common);
    while (this.sharedChars > MAX_SHARED_CHARS && this.oldest < this.next) this.dropOldest();
    const row = this.next % size;
    const narrowAt = row * (1 + narrow);
    this.narrowRows[narrowAt] = shared.number;
    for (let column = 0; column < wide; column++) this.wideRows[row * wide + column] = numbers[column] ?? 0;
    for (let column = 0; column < narrow; column++)
      this.narrowRows[narrowAt + 1 + column] = numbers[wide + column] ?? 0;
    this.next += 1;
  }

  /** All but the newest `skip`. */
  *newestFirst(skip = 0): Iterable<RingRecord<Common, Numbers>> {
    const { size, wide, narrow } = this.options;
    for (let index = this.next - 1 - skip; index >= this.oldest; index--) {
      const row = index % size;
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
    this.sharedChars = 0;
    this.oldest = 0;
    this.next = 0;
  }

  private share(common: Common): Shared<Common> {
    const text = JSON.stringify(common);
    let shared = this.byText.get(text);
    if (shared === undefined) {
      // Parsed from its text, as strings that are cut out of a request keep all of the request in memory.
      shared = { number: ++this.lastNumber, text, common: JSON.parse(text) as Common, uses: 0 };
      this.byText.set(text, shared);
      this.byNumber.set(shared.number, shared);
      this.sharedChars += text.length;
    }
    shared.uses += 1;
    return shared;
  }

  private dropOldest(): void {
    const { size, narrow } = this.options;
    const number = this.narrowRows[(this.oldest % size) * (1 + narrow)] ?? 0;
    this.oldest += 1;
    const shared = this.byNumber.get(number) as Shared<Common>;
    shared.uses -= 1;
    if (shared.uses > 0) return;
    this.byText.delete(shared.text);
    this.byNumber.delete(number);
    this.sharedChars -= shared.text.length;
  }
}
