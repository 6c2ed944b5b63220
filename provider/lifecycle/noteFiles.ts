/**
 * Notes of provider processes for later and concurrent processes: small files in Pulumi's own folder, without secrets. A folder
 * that cannot be read or written is no failure: notes are optional, and the provider works without them.
 */
import {
  appendFileSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { z } from "zod";

/** Folder of all notes. */
export function notesFolder(env: NodeJS.ProcessEnv): string {
  return path.join(env.PULUMI_HOME || path.join(os.homedir(), ".pulumi"), "ngrok-ai");
}

/** One file for each note. */
export class NoteFiles<Note extends object> {
  private isFolderMade = false;

  constructor(
    private readonly folder: string,
    private readonly schema: z.ZodType<Note>,
  ) {}

  write(name: string, note: Note): void {
    ignoringFileErrors(() => {
      if (!this.isFolderMade) mkdirSync(this.folder, { recursive: true });
      this.isFolderMade = true;
      writeFileSync(this.fileOf(name), JSON.stringify(note));
    });
  }

  /** Returns `undefined` if the note does not exist, or is incomplete because its process ended. */
  read(name: string): Note | undefined {
    const file = this.fileOf(name);
    if (!existsSync(file)) return undefined; // much cheaper than a failing read, and the usual case
    const text = ignoringFileErrors(() => readFileSync(file, "utf8"));
    const parsed = text === undefined ? undefined : this.schema.safeParse(parseJson(text));
    return parsed?.success ? parsed.data : undefined;
  }

  remove(name: string): void {
    ignoringFileErrors(() => unlinkSync(this.fileOf(name)));
  }

  private fileOf(name: string): string {
    return path.join(this.folder, `${name}.json`);
  }
}

/**
 * One file for all notes of a process: a line when something begins and a line when it ends, which costs less than a file for
 * each. The file exists while something is in progress, and after a kill.
 */
export class NoteJournal {
  private descriptor: number | undefined;
  private readonly open = new Set<string>();

  constructor(readonly file: string) {}

  begin(id: string, note: object): void {
    this.open.add(id);
    ignoringFileErrors(() => {
      if (this.descriptor === undefined) {
        mkdirSync(path.dirname(this.file), { recursive: true });
        this.descriptor = openSync(this.file, "a");
      }
      writeSync(this.descriptor, lineOf({ id, note }));
    });
  }

  /** Returns whether this process began it. */
  end(id: string): boolean {
    if (!this.open.delete(id)) return false;
    const { descriptor } = this;
    if (descriptor === undefined) return true;
    if (this.open.size > 0) {
      ignoringFileErrors(() => writeSync(descriptor, lineOf({ id })));
    } else {
      this.descriptor = undefined;
      ignoringFileErrors(() => closeSync(descriptor));
      ignoringFileErrors(() => unlinkSync(this.file));
    }
    return true;
  }
}

/** Journals in the folder, also those of other processes. */
export function listJournals(folder: string): string[] {
  const files = ignoringFileErrors(() => readdirSync(folder)) ?? [];
  return files.filter((file) => file.endsWith(JOURNAL_SUFFIX)).map((file) => path.join(folder, file));
}

/** Notes of what began and did not end. An incomplete line, of a process that was killed while it wrote, is ignored. */
export function openNotesIn(journal: string): ReadonlyMap<string, unknown> {
  const notes = new Map<string, unknown>();
  const text = ignoringFileErrors(() => readFileSync(journal, "utf8")) ?? "";
  for (const line of text.split("\n")) {
    const entry = entrySchema.safeParse(parseJson(line));
    if (!entry.success) continue;
    if (entry.data.note === undefined) notes.delete(entry.data.id);
    else notes.set(entry.data.id, entry.data.note);
  }
  return notes;
}

/** Ends something that a process which no longer runs began, and removes a journal that then is empty. */
export function endIn(journal: string, id: string): void {
  ignoringFileErrors(() => appendFileSync(journal, `\n${lineOf({ id })}`)); // the last line may be incomplete
  if (openNotesIn(journal).size === 0) ignoringFileErrors(() => unlinkSync(journal));
}

export const JOURNAL_SUFFIX = ".jsonl";

const entrySchema = z.object({ id: z.string(), note: z.unknown().optional() });

function lineOf(entry: { readonly id: string; readonly note?: object }): string {
  return `${JSON.stringify(entry)}\n`;
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
