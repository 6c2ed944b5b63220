/**
 * The newest records up to a fixed number, each with a few numbers and a part that many records share. The numbers are stored outside
 * the garbage-collected heap: as objects, the records would survive so many collections that the young generation grows to its limit,
 * which takes far more memory than the records themselves.
 */

/** The shared part of several records, and the number of these records. */
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
  /** Largest number of records. */
  readonly size: number;
  /** Number of unrestricted numbers in a record, which come first. */
  readonly wide: number;
  /** Number of its whole numbers below 2^32. */
  readonly narrow: number;
}

/** Largest size of all shared parts as JSON, in characters: the oldest records are dropped above it. */
const MAX_SHARED_CHARS = 8 * 1024 * 1024;

export class Ring<Common, Numbers extends readonly number[]> {
  private readonly wideRows: Float64Array;
  /** Per record: the number of its shared part, then its own numbers. */
  private readonly narrowRows: Uint32Array;
  private readonly byNumber = new Map<number, Shared<Common>>();
  private readonly byText = new Map<string, Shared<Common>>();
  private lastNumber = 0;
  private sharedChars = 0;
  /** Index of the oldest record, and of the next one. */
  private oldest = 0;
  private next = 0;

  constructor(private readonly options: RingOptions) {
    const { size, wide, narrow } = options;
    this.wideRows = new Float64Array(size * wide);
    this.narrowRows = new Uint32Array(size * (1 + narrow));
  }

  /** Drops the oldest records if there are too many. The shared part is stored as JSON. */
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

  /** All except the newest `skip`. */
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
      // Parsed from its text, because strings cut out of a request keep the whole request in memory.
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
