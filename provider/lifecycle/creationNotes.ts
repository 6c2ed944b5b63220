/**
 * Notes on disk about creations in flight: written before the request is sent and removed when its outcome is known. If the
 * provider process is killed in between, the state records nothing, and the resource's next create finds the note. A note must not
 * outlast its creation: `--replace` creates without naming the old object, which would then be found as the one of a killed run.
 */
import { hash, randomBytes } from "node:crypto";
import path from "node:path";
import { z } from "zod";
import { endIn, JOURNAL_SUFFIX, listJournals, NoteJournal, openNotesIn } from "./noteFiles";
import { type NotingProcess, thisProcess } from "./notingProcess";
import { identityOf, type Owner } from "./ownership";

const noteSchema = z.object({
  kind: z.string(),
  /** Hash of the resource's identity, so that the note does not contain the program's names. */
  resource: z.string(),
  account: z.string(),
  createId: z.string().regex(/^[0-9a-f]+$/),
  /** Whether the object's mark contains the create id. */
  isMarked: z.boolean(),
  /** In the gateway's time, ISO 8601. */
  startedAt: z.string(),
  /** The process that sends the request. */
  pid: z.int(),
  start: z.string().optional(),
});

/** A creation that was started. Contains no secret. */
export type CreationNote = z.infer<typeof noteSchema>;

const HOUR_MS = 60 * 60 * 1000;
/** Longest creation. After that time, a process with the same id is a different one. */
const LONGEST_CREATION_MS = 24 * HOUR_MS;
/** Age at which an unused note is removed; its object is then old enough to be found otherwise. */
const MAX_AGE_MS = 30 * 24 * HOUR_MS;
const HASH_CHARS = 16;
/** Providers of one process have a journal each. */
const NAME_BYTES = 4;

/** A note in a journal of a process that no longer runs. */
interface LeftNote {
  readonly note: CreationNote;
  readonly journal: string;
}

export class CreationNotes {
  private readonly folder: string;
  private readonly journal: NoteJournal;
  private found: readonly LeftNote[] | undefined;

  /** @param folder the folder of all notes */
  constructor(
    folder: string,
    private readonly process: NotingProcess = thisProcess,
  ) {
    this.folder = path.join(folder, "creates");
    const name = `${process.identity.pid}-${randomBytes(NAME_BYTES).toString("hex")}${JOURNAL_SUFFIX}`;
    this.journal = new NoteJournal(path.join(this.folder, name));
  }

  /** Creations whose process no longer runs. */
  leftBehind(): readonly CreationNote[] {
    return this.left().map(({ note }) => note);
  }

  /** Those of one resource in one account. */
  leftBehindBy(kind: string, owner: Owner, account: string): readonly CreationNote[] {
    const notes = this.leftBehind();
    if (notes.length === 0) return notes;
    const resource = hashOf(owner);
    return notes.filter((note) => note.kind === kind && note.resource === resource && note.account === account);
  }

  begin(kind: string, owner: Owner, creation: Omit<CreationNote, "kind" | "resource" | "pid" | "start">): void {
    const note: CreationNote = { kind, resource: hashOf(owner), ...creation, ...this.process.identity };
    this.journal.begin(creation.createId, note);
  }

  /** Removes the note of a creation whose outcome is known. */
  end(createId: string): void {
    if (this.journal.end(createId)) return;
    for (const { note, journal } of this.left()) if (note.createId === createId) endIn(journal, createId);
    this.found = this.left().filter(({ note }) => note.createId !== createId);
  }

  private left(): readonly LeftNote[] {
    this.found ??= listJournals(this.folder)
      .filter((journal) => journal !== this.journal.file)
      .flatMap((journal) => this.leftIn(journal));
    return this.found;
  }

  private leftIn(journal: string): LeftNote[] {
    return [...openNotesIn(journal)].flatMap(([id, text]) => {
      const { success, data: note } = noteSchema.safeParse(text);
      if (!success) return []; // of another version of this package
      const ageMs = Date.now() - Date.parse(note.startedAt);
      if (ageMs > MAX_AGE_MS) {
        endIn(journal, id);
        return [];
      }
      const isInFlight = ageMs <= LONGEST_CREATION_MS && this.process.isRunning(note);
      return isInFlight ? [] : [{ note, journal }];
    });
  }
}

function hashOf(owner: Owner): string {
  return hash("sha256", identityOf(owner)).slice(0, HASH_CHARS);
}
