/** The process that writes notes, and whether a process that wrote one still runs. */
import { readFileSync } from "node:fs";

/** A process, in a form that a note keeps. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, in the units of the system's process table; absent on systems without such a table. */
  readonly start?: string | undefined;
}

/** What notes need of their process; tests replace it. */
export interface NotingProcess {
  readonly identity: ProcessIdentity;
  isRunning(process: ProcessIdentity): boolean;
}

let identity: ProcessIdentity | undefined;

export const thisProcess: NotingProcess = {
  get identity() {
    identity ??= { pid: process.pid, start: readProcessTable(process.pid)?.start };
    return identity;
  },

  isRunning: ({ pid, start }) => {
    if (!exists(pid)) return false;
    const entry = readProcessTable(pid);
    if (entry === undefined) return true;
    return !entry.hasEnded && (start === undefined || entry.start === start); // an id is used again after a while
  },
};

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM"; // the process exists and belongs to another user
  }
}

/** Columns of `/proc/<pid>/stat` after the command, see proc(5). */
const STATE_COLUMN = 0;
const START_COLUMN = 19;
/** Ended, and its parent has not asked for its result. */
const ENDED_STATES = ["Z", "X"];

/** `undefined` if the system has no such table or the process is gone. */
function readProcessTable(pid: number): { readonly hasEnded: boolean; readonly start: string } | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch (error) {
    if (typeof (error as NodeJS.ErrnoException).code === "string") return undefined;
    throw error;
  }
  const columns = text.slice(text.lastIndexOf(")") + 2).split(" "); // the command may contain spaces and brackets
  const { [STATE_COLUMN]: state = "", [START_COLUMN]: start } = columns;
  return start === undefined ? undefined : { hasEnded: ENDED_STATES.includes(state), start };
}
