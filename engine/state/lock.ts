/** One run at a time per state: a lock file that names its holder. A lock whose holder is gone is taken over, and said so. */
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { link, readFile, rename, rm, writeFile } from "node:fs/promises";
import { hostname, userInfo } from "node:os";
import { StackLockedError } from "../errors";

interface LockHolder {
  readonly pid: number;
  readonly username: string;
  readonly hostname: string;
  readonly timestamp: string;
  readonly operation: string;
  /** When the process began, as the kernel counts it: tells a holder from a later process of the same number. */
  readonly processStart?: string;
}

export interface HeldLock {
  /** What was found and taken over; undefined when the way was free. */
  readonly takenOver: string | undefined;
  release(): Promise<void>;
}

/** @throws StackLockedError while another run holds the lock. */
export async function acquireLock(file: string, operation: string): Promise<HeldLock> {
  const text = JSON.stringify(describeSelf(operation));
  if (await createExclusively(file, text)) return { takenOver: undefined, release: () => rm(file, { force: true }) };
  const found = await readFile(file, "utf8").catch(() => "");
  const holder = parseHolder(found);
  if (holder !== undefined && isAlive(holder)) throw lockedBy(file, holder);
  await removeStale(file, found);
  if (!(await createExclusively(file, text))) throw lockedBy(file, parseHolder(await readFile(file, "utf8")));
  return { takenOver: describeTakenOver(holder), release: () => rm(file, { force: true }) };
}

function describeSelf(operation: string): LockHolder {
  const processStart = processStartOf(process.pid);
  return {
    pid: process.pid,
    username: userInfo().username,
    hostname: hostname(),
    timestamp: new Date().toISOString(),
    operation,
    ...(processStart !== undefined && { processStart }),
  };
}

async function createExclusively(file: string, text: string): Promise<boolean> {
  // Written elsewhere first, so that nobody ever reads half a lock.
  const own = `${file}.${randomUUID()}`;
  await writeFile(own, text);
  try {
    await link(own, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    await rm(own, { force: true });
  }
}

/** Moves the stale lock away, and puts it back if somebody else had replaced it in the meantime. */
async function removeStale(file: string, expected: string): Promise<void> {
  const aside = `${file}.${randomUUID()}`;
  try {
    await rename(file, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  const moved = await readFile(aside, "utf8");
  if (moved !== expected) await createExclusively(file, moved);
  await rm(aside, { force: true });
}

function parseHolder(text: string): LockHolder | undefined {
  try {
    const holder: unknown = JSON.parse(text);
    return typeof holder === "object" && holder !== null && "pid" in holder ? (holder as LockHolder) : undefined;
  } catch (error) {
    // A lock that says nothing of its holder was written by nobody who still runs.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function isAlive(holder: LockHolder): boolean {
  // Whether a process of another machine runs cannot be seen from here.
  if (holder.hostname !== hostname()) return true;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
  }
  return holder.processStart === undefined || holder.processStart === processStartOf(holder.pid);
}

/** On Linux, the start time of a process in clock ticks since boot; undefined elsewhere. */
function processStartOf(pid: number): string | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ");
    return fields?.[19];
  } catch {
    return undefined;
  }
}

function lockedBy(file: string, holder: LockHolder | undefined): StackLockedError {
  const who =
    holder === undefined
      ? "a process that has just taken it"
      : `${holder.username}@${holder.hostname} (pid ${holder.pid}), which runs "${holder.operation}" since ${holder.timestamp}`;
  return new StackLockedError(
    `the stack is currently locked by 1 lock(s). Either wait for the other process to end, or, if it is gone for good, delete the lock:\n  ${file}: ${who}`,
  );
}

function describeTakenOver(holder: LockHolder | undefined): string {
  if (holder === undefined) return "a broken lock was found and taken over";
  return `a lock of process ${holder.pid} was found, which ran "${holder.operation}" since ${holder.timestamp} and is gone; it was taken over`;
}
