/**
 * Answers many reads of single objects from lists: a refresh of a thousand objects takes ten requests instead of a thousand. A
 * list is read page by page, and only as far as the number of reads justifies, so that reads of a few objects in a large account
 * do not list all of it.
 */
import type { GatewayClient } from "../../sdk/client";
import { ifFound } from "./definition";

/** Reads within this time of each other are gathered. */
const GATHER_MS = 5;
/** Fewer reads are sent one by one. */
const FEWEST_READS = 4;
/** Pages that each read justifies. A page holds a hundred objects, but may not contain the requested one. */
const PAGES_PER_READ = 1.25;
/** Objects in a full page. */
const PAGE_ITEMS = 100;
/** Time for which a read object is used again. */
const FRESH_MS = 10_000;

interface WithId {
  readonly id: string;
}

/** The requests for one kind of object. */
export interface Source<Wire extends WithId> {
  get(id: string): Promise<Wire>;
  /** Pages are requested during iteration. */
  list(): AsyncIterable<Wire>;
}

class Reads<Wire extends WithId> {
  /** Objects that were listed or requested; concurrent reads of one object share one request. */
  private readonly known = new Map<string, Wire | Promise<Wire | undefined>>();
  private pages: AsyncIterator<Wire> | undefined;
  private isAtEnd = false;
  private pagesRead = 0;
  private readsAsked = 0;
  private startedAt = performance.now();
  private gathering: Promise<void> | undefined;

  async read(id: string, source: Source<Wire>): Promise<Wire | undefined> {
    this.readsAsked++;
    const fresh = this.isFresh() ? this.known.get(id) : undefined;
    if (fresh !== undefined) return fresh;
    this.gathering ??= new Promise<void>((resolve) => setTimeout(resolve, GATHER_MS)).then(() => this.listOn(source));
    await this.gathering;
    // An object missing from the list is fetched by id: only that request proves it was deleted.
    const known = this.known.get(id) ?? this.readOne(id, source);
    this.known.set(id, known);
    return known;
  }

  private async readOne(id: string, source: Source<Wire>): Promise<Wire | undefined> {
    try {
      return await ifFound(source.get(id));
    } catch (error) {
      this.known.delete(id); // the caller reports the failure; the next read requests it again
      throw error;
    }
  }

  /** Reads further pages, as far as the reads so far justify. Runs one at a time. */
  private async listOn(source: Source<Wire>): Promise<void> {
    try {
      if (!this.isFresh()) this.startAnew();
      if (this.readsAsked < FEWEST_READS || this.isAtEnd) return;
      this.pages ??= source.list()[Symbol.asyncIterator]();
      const worthReading = Math.floor(this.readsAsked * PAGES_PER_READ);
      while (this.pagesRead < worthReading && !this.isAtEnd) await this.nextPage(this.pages);
    } finally {
      this.gathering = undefined;
    }
  }

  private async nextPage(pages: AsyncIterator<Wire>): Promise<void> {
    for (let count = 0; count < PAGE_ITEMS; count++) {
      const { done, value } = await pages.next();
      if (done) {
        this.isAtEnd = true;
        return;
      }
      this.known.set(value.id, value);
    }
    this.pagesRead++;
  }

  forget(id: string): void {
    this.known.delete(id);
  }

  private isFresh(): boolean {
    return performance.now() - this.startedAt <= FRESH_MS;
  }

  private startAnew(): void {
    this.known.clear();
    this.pages = undefined;
    this.isAtEnd = false;
    this.pagesRead = 0;
    this.startedAt = performance.now();
  }
}

let current = new WeakMap<GatewayClient, Map<string, Reads<WithId>>>();

/** The object as the gateway stores it, or `undefined` if it does not exist. `kind` names the list. */
export async function readGathered<Wire extends WithId>(
  client: GatewayClient,
  kind: string,
  id: string,
  source: Source<Wire>,
): Promise<Wire | undefined> {
  const ofClient = current.get(client) ?? new Map<string, Reads<WithId>>();
  current.set(client, ofClient);
  const reads = ofClient.get(kind) ?? new Reads<WithId>();
  ofClient.set(kind, reads);
  return (await reads.read(id, source)) as Wire | undefined;
}

/** Discards the cached read of one object. */
export function forgetRead(client: GatewayClient, id: string): void {
  for (const reads of current.get(client)?.values() ?? []) reads.forget(id);
}

/** Discards all lists from before a change. */
export function forgetReads(): void {
  current = new WeakMap();
}
