/** Records of one kind, by id and by further indexes. */
import { newId } from "./ids";

export interface Stored {
  readonly id: string;
}

/** A change of a collection: a record was stored under its id, or removed. */
export type CollectionChange = { readonly set: Stored } | { readonly delete: string };

/** An index by a text in each record; several records may have the same text. */
type Lookups<T> = Readonly<Record<string, (record: T) => string | undefined>>;

/** Newest first. Ids increase with time, so a page can begin before any id, even a deleted one. */
export class Collection<T extends Stored> {
  private readonly byId = new Map<string, T>();
  /** Oldest first. */
  private readonly ids: string[] = [];
  private readonly indexes: readonly {
    name: string;
    of(record: T): string | undefined;
    ids: Map<string, Set<string>>;
  }[];

  constructor(
    private readonly prefix: string,
    private readonly changed: (change: CollectionChange) => void,
    lookups: Lookups<T> = {},
  ) {
    this.indexes = Object.entries(lookups).map(([name, of]) => ({ name, of, ids: new Map() }));
  }

  newId(): string {
    return newId(this.prefix);
  }

  get size(): number {
    return this.byId.size;
  }

  get(id: string): T | undefined {
    return this.byId.get(id);
  }

  set(record: T): T {
    const before = this.byId.get(record.id);
    if (before === undefined) this.ids.splice(this.placeOf(record.id), 0, record.id);
    this.byId.set(record.id, record);
    for (const index of this.indexes) {
      const [from, to] = [before && index.of(before), index.of(record)];
      if (from === to) continue;
      remove(index.ids, from, record.id);
      add(index.ids, to, record.id);
    }
    this.changed({ set: record });
    return record;
  }

  delete(id: string): void {
    const record = this.byId.get(id);
    if (record === undefined) return;
    this.byId.delete(id);
    this.ids.splice(this.placeOf(id), 1);
    for (const index of this.indexes) remove(index.ids, index.of(record), id);
    this.changed({ delete: id });
  }

  /** Records with this text in that index, oldest first. */
  allBy(name: string, text: string): T[] {
    const ids = this.indexes.find((index) => index.name === name)?.ids.get(text) ?? [];
    return [...ids].flatMap((id) => this.byId.get(id) ?? []);
  }

  /** The oldest of these records. */
  firstBy(name: string, text: string): T | undefined {
    for (const index of this.indexes) {
      if (index.name !== name) continue;
      for (const id of index.ids.get(text) ?? []) return this.byId.get(id);
    }
    return undefined;
  }

  countBy(name: string, text: string): number {
    return this.indexes.find((index) => index.name === name)?.ids.get(text)?.size ?? 0;
  }

  /** Oldest first. */
  *values(): Iterable<T> {
    for (const id of this.ids) {
      const record = this.byId.get(id);
      if (record !== undefined) yield record;
    }
  }

  /** A page, newest first: at most `limit` records older than `beforeId`, and whether there are more. */
  page(
    limit: number,
    beforeId: string | undefined,
    fits: (record: T) => boolean = () => true,
  ): { items: T[]; hasMore: boolean } {
    const items: T[] = [];
    const from = beforeId === undefined ? this.ids.length : this.placeOf(beforeId);
    for (let place = from - 1; place >= 0; place--) {
      const record = this.byId.get(this.ids[place] ?? "");
      if (record === undefined || !fits(record)) continue;
      if (items.length === limit) return { items, hasMore: true };
      items.push(record);
    }
    return { items, hasMore: false };
  }

  /** The position of an id, or its insert position. New ids are appended. */
  private placeOf(id: string): number {
    if (id > (this.ids.at(-1) ?? "")) return this.ids.length;
    let [low, high] = [0, this.ids.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.ids[middle] ?? "") < id) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function add(ids: Map<string, Set<string>>, text: string | undefined, id: string): void {
  if (text === undefined) return;
  const found = ids.get(text);
  if (found === undefined) ids.set(text, new Set([id]));
  else found.add(id);
}

function remove(ids: Map<string, Set<string>>, text: string | undefined, id: string): void {
  const found = text === undefined ? undefined : ids.get(text);
  found?.delete(id);
  if (found?.size === 0) ids.delete(text ?? "");
}
