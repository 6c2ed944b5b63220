/**
 * Notes on disk about creations in flight: one small file each, written before the request is sent and removed when its outcome is
 * known. Where the provider process is killed in between, the state has nothing, and the next create of the resource finds the note.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, unlinkSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { z } from "zod";
import { identityOf, type Owner } from "./ownership";

const noteSchema = z.object({
  kind: z.string(),
  /** Hash of the resource's identity: names stay in the program. */
  resource: z.string(),
  account: z.string(),
  createId: z.string().regex(/^[0-9a-f]+$/), // names the file
  /** Whether the object carries the create id in its mark. */
  isMarked: z.boolean(),
  /** By the gateway's clock, ISO 8601. */
  startedAt: z.string(),
  /** Process that sends the request. */
  pid: z.int(),
});

/** A creation that was begun. Holds no secret. */
export type CreationNote = z.infer<typeof noteSchema>;

/** The process that writes notes; a test gives its own. */
export interface NotingProcess {
  readonly pid: number;
  isAlive(pid: number): boolean;
}

const HOUR_MS = 60 * 60 * 1000;
/** No creation takes so long: a process with that id is another one by then. */
const LONGEST_CREATION_MS = 24 * HOUR_MS;
/** Nobody asked for it since, and its object is old enough to be known otherwise. */
const MAX_AGE_MS = 30 * 24 * HOUR_MS;
const HASH_CHARS = 16;

const thisProcess: NotingProcess = {
  pid: process.pid,
  isAlive: (pid) => {
    try {
      process.kill(pid, 0);
      return true;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === "EPERM"; // it is somebody else's
    }
  },
};

/** Where notes are kept: below Pulumi's own folder. */
export function notesFolder(env: NodeJS.ProcessEnv): string {
  return path.join(env.PULUMI_HOME || path.join(os.homedir(), ".pulumi"), "ngrok-ai", "creates");
}

/** A folder that can't be read or written is no failure: the notes are a help, and the creation does without. */
export class CreationNotes {
  private found: readonly CreationNote[] | undefined;
  private isFolderMade = false;

  constructor(
    private readonly folder: string,
    private readonly process: NotingProcess = thisProcess,
  ) {}

  /** Creations that a process began which is gone by now. */
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
    const note: CreationNote = { kind, resource: hashOf(owner), ...creation, pid: this.process.pid };
    ignoringFileErrors(() => {
      if (!this.isFolderMade) mkdirSync(this.folder, { recursive: true });
      this.isFolderMade = true;
      writeFileSync(this.fileOf(note), JSON.stringify(note));
    });
  }

  /** The outcome is known. */
  end(createId: string): void {
    this.found = this.found?.filter((note) => note.createId !== createId);
    ignoringFileErrors(() => unlinkSync(this.fileOf({ createId })));
  }

  private read(): CreationNote[] {
    const names = ignoringFileErrors(() => readdirSync(this.folder)) ?? [];
    return names.flatMap((name) => {
      const file = path.join(this.folder, name);
      const parsed = noteSchema.safeParse(parseJson(ignoringFileErrors(() => readFileSync(file, "utf8")) ?? ""));
      if (!parsed.success) return []; // cut short by the end of its process, before anything was sent
      if (Date.now() - Date.parse(parsed.data.startedAt) <= MAX_AGE_MS) return [parsed.data];
      ignoringFileErrors(() => unlinkSync(file));
      return [];
    });
  }

  private fileOf({ createId }: Pick<CreationNote, "createId">): string {
    return path.join(this.folder, `${createId}.json`);
  }
}

function hashOf(owner: Owner): string {
  return createHash("sha256").update(identityOf(owner)).digest("hex").slice(0, HASH_CHARS);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function ignoringFileErrors<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch (error) {
    if (typeof (error as NodeJS.ErrnoException).code === "string") return undefined;
    throw error;
  }
}
