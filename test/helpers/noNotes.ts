/** Notes of creations and adoptions for other processes, where a test has none: they work without a folder. */
import os from "node:os";
import path from "node:path";
import { AdoptionNotes } from "../../provider/lifecycle/adoptionNotes";
import type { Notes } from "../../provider/lifecycle/creation";
import { CreationNotes } from "../../provider/lifecycle/creationNotes";

const NO_FOLDER = path.join(os.tmpdir(), "no-such-folder", "\0");

export function noNotes(): Notes {
  return { creations: new CreationNotes(NO_FOLDER), adoptions: new AdoptionNotes(NO_FOLDER) };
}
