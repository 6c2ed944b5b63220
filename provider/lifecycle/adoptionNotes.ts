/**
 * Notes on disk about adopted objects that carry no mark. A delete in another process (of an explicit provider, or after a kill)
 * reads from them that the object now belongs to another resource.
 */
import { hash } from "node:crypto";
import path from "node:path";
import { z } from "zod";
import { NoteFiles } from "./noteFiles";

const noteSchema = z.object({ createId: z.string(), notedAt: z.string() });
type AdoptionNote = z.infer<typeof noteSchema>;

/** Deletes follow the adoption in the same run, or in the next run after a kill. */
const MAX_AGE_MS = 24 * 60 * 60 * 1000;
const HASH_CHARS = 32;

/** An object of one account. */
export interface NotedObject {
  readonly kind: string;
  readonly id: string;
  readonly account: string;
}

export class AdoptionNotes {
  private readonly files: NoteFiles<AdoptionNote>;

  /** @param folder the folder of all notes */
  constructor(folder: string) {
    this.files = new NoteFiles(path.join(folder, "adoptions"), noteSchema);
  }

  note(object: NotedObject, createId: string): void {
    this.files.write(nameOf(object), { createId, notedAt: new Date().toISOString() });
  }

  /** The create id of the adoption through which a resource now owns the object. */
  createIdOf(object: NotedObject): string | undefined {
    const note = this.files.read(nameOf(object));
    if (note === undefined || Date.now() - Date.parse(note.notedAt) > MAX_AGE_MS) return undefined;
    return note.createId;
  }

  forget(object: NotedObject): void {
    this.files.remove(nameOf(object));
  }
}

function nameOf({ kind, id, account }: NotedObject): string {
  return hash("sha256", [kind, account, id].join("\n")).slice(0, HASH_CHARS);
}
