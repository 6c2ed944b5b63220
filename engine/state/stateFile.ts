/**
 * The file of a stack's state. Every write replaces the whole file and flushes it to disk: after a kill or a power failure, the file
 * contains either the old state or the new one.
 */
import { randomBytes } from "node:crypto";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { messageOf, StateIntegrityError } from "../errors";
import { readIfExists } from "./readIfExists";

/**
 * Returns the parsed document, or undefined if the file does not exist.
 * @throws StateIntegrityError when the file is empty or is not JSON.
 */
export async function readJsonFile(file: string): Promise<unknown> {
  const text = await readIfExists(file);
  if (text === undefined) return undefined;
  if (text.trim() === "") {
    throw new StateIntegrityError(
      `${file} is empty, so its content is lost: restore it from a copy, or delete it to start without a state`,
    );
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new StateIntegrityError(`${file} is not JSON: ${messageOf(error)}`);
  }
}

/** Only the owner may read it: secrets are encrypted, everything else is not. */
const FILE_MODE = 0o600;

export async function writeFileAtomically(file: string, pieces: readonly Buffer[]): Promise<void> {
  const temporary = join(dirname(file), `.${basename(file)}.${randomBytes(6).toString("hex")}.tmp`);
  try {
    const handle = await open(temporary, "w", FILE_MODE);
    try {
      const { bytesWritten } = await handle.writev(pieces);
      const byteCount = pieces.reduce((sum, { length }) => sum + length, 0);
      if (bytesWritten < byteCount)
        throw new Error(`only ${bytesWritten} of ${byteCount} bytes of ${file} were written`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(dirname(file));
}

/** Flushes the folder's entries to disk; Windows cannot open folders and does not need this. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

export async function ensureFolderOf(file: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
}

/**
 * Writes what `render` returns, one write at a time. Requests during a write share the next write; each resolves only after
 * a write that began later than the request.
 */
export class CoalescingWriter {
  private running: Promise<void> = Promise.resolve();
  private queued: Promise<void> | undefined;
  /** Number of writes so far. */
  writeCount = 0;

  constructor(
    private readonly file: string,
    private readonly render: () => readonly Buffer[],
  ) {}

  write(): Promise<void> {
    const begin = () => this.begin();
    this.queued ??= this.running.then(begin, begin);
    return this.queued;
  }

  private begin(): Promise<void> {
    this.queued = undefined;
    this.writeCount += 1;
    this.running = writeFileAtomically(this.file, this.render());
    return this.running;
  }
}
