/**
 * The state's resources in order, with their rendered text. A change renders only the chunk around it again, because the state is
 * written after every step and most of it stays the same.
 */
import type { ResourceState } from "./resourceState";

/** Number of resources rendered as one piece. */
const CHUNK_SIZE = 64;

const SEPARATOR = ",\n";

export interface RenderedEntry {
  readonly text: string;
  /** Features of the document's format that the entry uses. */
  readonly features: readonly string[];
}

interface Chunk {
  members: Set<ResourceState>;
  piece: RenderedPiece | undefined;
}

export interface RenderedPiece {
  readonly bytes: Buffer;
  readonly features: readonly string[];
}

export class RenderedList {
  private readonly chunks: Chunk[] = [];
  private readonly chunkOf = new Map<ResourceState, Chunk>();

  constructor(
    states: Iterable<ResourceState>,
    private readonly render: (state: ResourceState) => RenderedEntry,
  ) {
    for (const state of states) this.add(state);
  }

  *[Symbol.iterator](): Generator<ResourceState> {
    for (const { members } of this.chunks) yield* members;
  }

  has(state: ResourceState): boolean {
    return this.chunkOf.has(state);
  }

  /** Puts a resource at the end. */
  add(state: ResourceState): void {
    this.delete(state);
    const last = this.chunks.at(-1);
    const isFull = last === undefined || last.members.size >= CHUNK_SIZE;
    const chunk: Chunk = isFull ? { members: new Set(), piece: undefined } : last;
    if (isFull) this.chunks.push(chunk);
    chunk.members.add(state);
    chunk.piece = undefined;
    this.chunkOf.set(state, chunk);
  }

  delete(state: ResourceState): void {
    const chunk = this.chunkOf.get(state);
    if (chunk === undefined) return;
    chunk.members.delete(state);
    chunk.piece = undefined;
    this.chunkOf.delete(state);
  }

  /** Replaces a resource at its position. */
  replace(old: ResourceState, state: ResourceState): void {
    const chunk = this.chunkOf.get(old);
    if (chunk === undefined) return;
    chunk.members = new Set([...chunk.members].map((each) => (each === old ? state : each)));
    chunk.piece = undefined;
    this.chunkOf.delete(old);
    this.chunkOf.set(state, chunk);
  }

  /** Marks a resource's text as outdated. */
  touch(state: ResourceState): void {
    const chunk = this.chunkOf.get(state);
    if (chunk !== undefined) chunk.piece = undefined;
  }

  /** The text of all resources in order, as pieces to be joined by a separator. */
  pieces(): RenderedPiece[] {
    return this.chunks.filter(({ members }) => members.size > 0).map((chunk) => this.pieceOf(chunk));
  }

  private pieceOf(chunk: Chunk): RenderedPiece {
    chunk.piece ??= joined([...chunk.members].map(this.render));
    return chunk.piece;
  }
}

function joined(entries: readonly RenderedEntry[]): RenderedPiece {
  return {
    bytes: Buffer.from(entries.map(({ text }) => text).join(SEPARATOR)),
    features: [...new Set(entries.flatMap(({ features }) => features))],
  };
}

/** The pieces with separators between them. */
export function separated(pieces: readonly RenderedPiece[]): Buffer[] {
  const separator = Buffer.from(SEPARATOR);
  return pieces.flatMap(({ bytes }, index) => (index === 0 ? [bytes] : [separator, bytes]));
}
