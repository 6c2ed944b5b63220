/**
 * Notes of provider processes for those after and beside them: small files below Pulumi's own folder, without secrets. A folder that can't
 * be read or written is no failure: a note is a help, and the provider does without.
 */
import { mkdirSync, readdirSync, readFileSync, unlinkSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import type { z } from "zod";

/** Where all notes are kept. */
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

  /** `undefined` where there is none, or one that was cut short by the end of its process. */
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
