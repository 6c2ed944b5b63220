/**
 * A file to which changes are appended. Changes that arrive during a write are written together in the next line. When
 * `settled` resolves, the changes before it are on disk. An incomplete last line of a killed process is ignored: its changes were never
 * acknowledged. The file is rewritten in shorter form when most of it is outdated.
 */
import { type FileHandle, open, readFile, rename } from "node:fs/promises";
import path from "node:path";
import { StackLockedError } from "../engine/errors";
import { acquireLock, type HeldLock } from "../engine/state/lock";
import { closeAll } from "./closeAll";

const HEADER = '{"format":"pulumi-ngrok-ai emulator","version":2}';
const MIN_COMPACTION_BYTES = 4 * 1024 * 1024;
/** Largest growth of the file, relative to its size after a rewrite. */
const MAX_GROWTH = 4;
const CHANGES_PER_LINE = 500;

interface Waiting {
  resolve(): void;
  reject(error: Error): void;
}

export class Journal<Change> {
  private pending: Change[] = [];
  private waiting: Waiting[] = [];
  private isWriting = false;
  private failure: Error | undefined;
  private bytes = 0;
  private compactionBytes = 0;

  private constructor(
    private readonly file: string,
    private handle: FileHandle,
    private readonly lock: HeldLock,
    private readonly everything: () => Iterable<Change>,
  ) {}

  /**
   * Reads the file into `apply`, and rewrites it from `everything`.
   * @throws Error when another process uses the file, or when it is not a valid journal.
   */
  static async open<Change>(
    file: string,
    apply: (change: Change) => void,
    everything: () => Iterable<Change>,
  ): Promise<Journal<Change>> {
    const lock = await takeLock(file);
    try {
      for (const change of changesIn<Change>(file, await textOf(file))) apply(change);
      const journal = new Journal<Change>(file, await open(file, "a", 0o600), lock, everything);
      await journal.compact();
      return journal;
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  append(change: Change): void {
    this.pending.push(change);
  }

  /** Resolves when all appended changes are on disk; rejects if that failed. */
  settled(): Promise<void> {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    if (this.pending.length === 0 && !this.isWriting) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject });
      if (!this.isWriting) void this.write();
    });
  }

  /** @throws Error when the last changes could not be written; the file is still closed and unlocked */
  close(): Promise<void> {
    return closeAll(
      () => this.settled(),
      () => this.handle.close(),
      () => this.lock.release(),
    );
  }

  private async write(): Promise<void> {
    this.isWriting = true;
    while (this.waiting.length > 0) {
      const waiting = this.waiting;
      this.waiting = [];
      try {
        if (this.bytes > this.compactionBytes) await this.compact();
        else await this.writeLine();
        for (const { resolve } of waiting) resolve();
      } catch (error) {
        // From here on memory and file differ, so no further change may be acknowledged.
        this.failure = new Error(`${this.file} can't be written: ${error instanceof Error ? error.message : error}`);
        for (const { reject } of [...waiting, ...this.waiting]) reject(this.failure);
        this.waiting = [];
      }
    }
    this.isWriting = false;
  }

  private async writeLine(): Promise<void> {
    if (this.pending.length === 0) return;
    const line = Buffer.from(`${JSON.stringify(this.pending)}\n`);
    this.pending = [];
    await this.handle.appendFile(line);
    await this.handle.datasync();
    this.bytes += line.length;
  }

  /** Replaces the file by a new one, including pending changes. */
  private async compact(): Promise<void> {
    this.pending = [];
    const lines = [HEADER];
    let changes: Change[] = [];
    for (const change of this.everything()) {
      changes.push(change);
      if (changes.length < CHANGES_PER_LINE) continue;
      lines.push(JSON.stringify(changes));
      changes = [];
    }
    if (changes.length > 0) lines.push(JSON.stringify(changes));
    const text = Buffer.from(`${lines.join("\n")}\n`);
    const fresh = await open(`${this.file}.new`, "w", 0o600);
    await fresh.writeFile(text);
    await fresh.datasync();
    await rename(`${this.file}.new`, this.file);
    await syncFolder(this.file);
    await this.handle.close();
    this.handle = fresh;
    this.bytes = text.length;
    this.compactionBytes = Math.max(MIN_COMPACTION_BYTES, MAX_GROWTH * text.length);
  }
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (isCode(error, "ENOENT")) return "";
    throw error;
  }
}

function* changesIn<Change>(file: string, text: string): Iterable<Change> {
  // The last piece is empty or an incomplete line.
  const lines = text.split("\n").slice(0, -1);
  if (lines.length === 0) {
    if (text !== "" && !HEADER.startsWith(text)) throw notOurs(file);
    return;
  }
  if (lines[0] !== HEADER) throw notOurs(file);
  for (const [index, line] of lines.slice(1).entries()) {
    let changes: Change[];
    try {
      changes = JSON.parse(line) as Change[];
    } catch {
      throw new Error(
        `line ${index + 2} of ${file} is damaged; put back a copy of the file, or begin with another one`,
      );
    }
    yield* changes;
  }
}

function notOurs(file: string): Error {
  return new Error(`${file} was not written by this version of the emulator; give --data another file`);
}

async function syncFolder(file: string): Promise<void> {
  // Windows cannot open a folder, and its renames need no sync.
  if (process.platform === "win32") return;
  const folder = await open(path.dirname(path.resolve(file)), "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/**
 * Two processes that write one file would each lose the other's changes.
 * @throws Error when another process, or this one, has the file open
 */
async function takeLock(file: string): Promise<HeldLock> {
  const lock = `${file}.lock`;
  try {
    return await acquireLock(lock, "emulator");
  } catch (error) {
    if (!(error instanceof StackLockedError)) throw error;
    const holder = /"pid":(\d+)/.exec(await textOf(lock))?.[1];
    if (holder === String(process.pid)) throw new Error(`${file} is in use by this process already`);
    const words = holder === undefined ? "another process" : `process ${holder}`;
    throw new Error(`${file} is in use by ${words}; end it, or delete ${lock} if that is no emulator`);
  }
}

function isCode(error: unknown, code: string): boolean {
  return typeof error === "object" && error !== null && "code" in error && error.code === code;
}
