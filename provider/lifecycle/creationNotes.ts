/**
 * Notes on disk about creations in flight: one each, written before the request is sent and removed when its outcome is known. If
 * the provider process is killed in between, the state records nothing, and the resource's next create finds the note.
 */
import { createHash } from "node:crypto";
import path from "node:path";
import { z } from "zod";
import { NoteFiles } from "./noteFiles";
import { identityOf, type Owner } from "./ownership";

const noteSchema = z.object({
  kind: z.string(),
  /** Hash of the resource's identity, so that the note does not contain the program's names. */
  resource: z.string(),
  account: z.string(),
  createId: z.string().regex(/^[0-9a-f]+$/), // also the file's name
  /** Whether the object's mark contains the create id. */
  isMarked: z.boolean(),
  /** In the gateway's time, ISO 8601. */
  startedAt: z.string(),
  /** Id of the process that sends the request. */
  pid: z.int(),
});

/** A creation that was started. Contains no secret. */
export type CreationNote = z.infer<typeof noteSchema>;

/** The process that writes notes; tests replace it. */
export interface NotingProcess {
  readonly pid: number;
  isAlive(pid: number): boolean;
}

const HOUR_MS = 60 * 60 * 1000;
/** Longest creation. After that time, a process with the same id is a different one. */
const LONGEST_CREATION_MS = 24 * HOUR_MS;
/** Age at which an unused note is removed; its object is then old enough to be found otherwise. */
const MAX_AGE_MS = 30 * 24 * HOUR_MS;
const HASH_CHARS = 16;

const thisProcess: NotingProcess = {
  pid: process.pid,
  isAlive: (pid) => {
    try {
      process.kill(pid, 0);
      return true;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === "EPERM"; // the process exists and belongs to another user
    }
  },
};

export class CreationNotes {
  private readonly files: NoteFiles<CreationNote>;
  private found: readonly CreationNote[] | undefined;

  /** @param folder the folder of all notes */
  constructor(
    folder: string,
    private readonly process: NotingProcess = thisProcess,
  ) {
    this.files = new NoteFiles(path.join(folder, "creates"), noteSchema);
  }

  /** Creations whose process no longer runs. */
  leftBehind(): readonly CreationNote[] {
    this.found ??= this.read().filter(({ pid, startedAt }) => {
      const isCurrent = pid === this.process.pid || this.process.isAlive(pid);
      return !isCurrent || Date.now() - Date.parse(startedAt) > LONGEST_CREATION_MS;
    });
    return this.found;
  }

  /** Those of one resource in one account. */
  leftBehindBy(kind: string, owner: Owner, account: string): readonly CreationNote[] {
    const resource = hashOf(owner);
    return this.leftBehind().filter(
      (note) => note.kind === kind && note.resource === resource && note.account === account,
    );
  }

  begin(kind: string, owner: Owner, creation: Omit<CreationNote, "kind" | "resource" | "pid">): void {
    this.files.write(creation.createId, { kind, resource: hashOf(owner), ...creation, pid: this.process.pid });
  }

  /** Removes the note of a creation whose outcome is known. */
  end(createId: string): void {
    this.found = this.found?.filter((note) => note.createId !== createId);
    this.files.remove(createId);
  }

  private read(): CreationNote[] {
    return this.files.list().flatMap((name) => {
      const note = this.files.read(name);
      if (note === undefined) return [];
      if (Date.now() - Date.parse(note.startedAt) <= MAX_AGE_MS) return [note];
      this.files.remove(name);
      return [];
    });
  }
}

function hashOf(owner: Owner): string {
  return createHash("sha256").update(identityOf(owner)).digest("hex").slice(0, HASH_CHARS);
}
