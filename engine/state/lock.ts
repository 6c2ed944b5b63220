/**
 * Allows one run at a time per state, by means of a lock file that names its holder.
 *
 * A lock whose process has ended is stale. Only one process may replace it: the one that creates the stale lock's *claim*, a file
 * named after the lock's content, which the file system creates exclusively. A claim names its maker as a lock does, so a claim
 * whose maker has ended can be claimed in turn. Lock and claims form a chain. The maker of its last link holds the lock, if the
 * lock file still is the first link.
 */
import { createHash, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { link, rename, rm, writeFile } from "node:fs/promises";
import { hostname, userInfo } from "node:os";
import { StackLockedError } from "../errors";
import { readIfExists } from "./readIfExists";

interface LockHolder {
  readonly pid: number;
  readonly username: string;
  readonly hostname: string;
  readonly timestamp: string;
  readonly operation: string;
  /** Start time of the process, as the kernel counts it: distinguishes the holder from a later process with the same id. */
  readonly processStart?: string;
  /** Makes the lock file's content unique. */
  readonly id?: string;
}

export interface HeldLock {
  /** Describes the stale lock that was replaced; undefined when there was none. */
  readonly takenOver: string | undefined;
  /** Removes the lock, unless it belongs to another run. */
  release(): Promise<void>;
}

/** @throws StackLockedError while another run holds the lock. */
export async function acquireLock(file: string, operation: string): Promise<HeldLock> {
  const own = JSON.stringify(describeSelf(operation));
  const release = () => removeOwn(file, own);
  for (;;) {
    if (await createExclusively(file, own)) return { takenOver: undefined, release };
    const stale = await readIfExists(file);
    if (stale === undefined) continue;
    const claims = await claimChain(file, stale, own);
    if (claims === undefined) continue;
    await rename(await writeAside(file, own), file);
    for (const claim of claims) await rm(claim, { force: true });
    return { takenOver: describeTakenOver(parseHolder(stale)), release };
  }
}

/**
 * Claims a stale lock. Returns the claims from that lock to ours, or undefined when the lock file was replaced after `lock` was
 * read.
 * @throws StackLockedError when the lock, or a claim on it, belongs to a running process.
 */
async function claimChain(file: string, lock: string, own: string): Promise<string[] | undefined> {
  const claims: string[] = [];
  const isCurrent = async () => (await readIfExists(file)) === lock;
  for (let last: string | undefined = lock; last !== undefined; last = await readIfExists(claims.at(-1) ?? file)) {
    const holder = parseHolder(last);
    if (holder !== undefined && isAlive(holder)) {
      if (await isCurrent()) throw lockedBy(file, holder);
      return undefined;
    }
    const claim = claimOn(file, last);
    claims.push(claim);
    if (!(await createExclusively(claim, own))) continue;
    if (await isCurrent()) return claims;
    await rm(claim, { force: true });
    return undefined;
  }
  return undefined;
}

function claimOn(file: string, text: string): string {
  return `${file}.${createHash("sha256").update(text).digest("hex").slice(0, 16)}`;
}

async function removeOwn(file: string, own: string): Promise<void> {
  if ((await readIfExists(file)) === own) await rm(file, { force: true });
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
    id: randomUUID(),
  };
}

/** Writes a file under a temporary name, so that no process reads an incomplete lock. */
async function writeAside(file: string, text: string): Promise<string> {
  const aside = `${file}.${randomUUID()}`;
  await writeFile(aside, text);
  return aside;
}

/** Returns false when the file exists. */
async function createExclusively(file: string, text: string): Promise<boolean> {
  const aside = await writeAside(file, text);
  try {
    await link(aside, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    await rm(aside, { force: true });
  }
}

function parseHolder(text: string): LockHolder | undefined {
  try {
    const holder: unknown = JSON.parse(text);
    return typeof holder === "object" && holder !== null && "pid" in holder ? (holder as LockHolder) : undefined;
  } catch (error) {
    // Complete locks are linked into place, so an unreadable one does not belong to a running process.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function isAlive(holder: LockHolder): boolean {
  // Processes of other machines cannot be checked.
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

function lockedBy(file: string, { username, hostname: host, pid, operation, timestamp }: LockHolder): StackLockedError {
  return new StackLockedError(
    `the stack is currently locked by 1 lock(s). Wait for the other process to end; if it no longer runs, delete the lock:\n  ${file}: ${username}@${host} (pid ${pid}), running "${operation}" since ${timestamp}`,
  );
}

function describeTakenOver(holder: LockHolder | undefined): string {
  if (holder === undefined) return "an unreadable lock was found and replaced";
  const { pid, operation, timestamp } = holder;
  return `a stale lock was found and replaced: process ${pid}, which began "${operation}" at ${timestamp}, no longer runs`;
}
