/**
 * Notes of provider processes for later and concurrent processes: small files in Pulumi's own folder, without secrets. A folder
 * that cannot be read or written is no failure: notes are optional, and the provider works without them.
 */
import { mkdirSync, readdirSync, readFileSync, unlinkSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import type { z } from "zod";

/** Folder of all notes. */
export function notesFolder(env: NodeJS.ProcessEnv): string {
  return path.join(env.PULUMI_HOME || path.join(os.homedir(), ".pulumi"), "ngrok-ai");
}

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
    const text = ignoringFileErrors(() => readFileSync(this.fileOf(name), "utf8"));
    const parsed = text === undefined ? undefined : this.schema.safeParse(parseJson(text));
    return parsed?.success ? parsed.data : undefined;
  }

  /** Names of all notes. */
  list(): string[] {
    const files = ignoringFileErrors(() => readdirSync(this.folder)) ?? [];
    return files.filter((file) => file.endsWith(SUFFIX)).map((file) => file.slice(0, -SUFFIX.length));
  }

  remove(name: string): void {
    ignoringFileErrors(() => unlinkSync(this.fileOf(name)));
  }

  private fileOf(name: string): string {
    return path.join(this.folder, name + SUFFIX);
  }
}

const SUFFIX = ".json";

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
