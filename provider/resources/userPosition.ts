/**
 * Pulumi records where in a program a resource is created, with the call stack that leads there: it finds both in the stack of
 * an error that it makes in the constructor, above as many frames as a class of a generated SDK has. Classes of this package
 * have more, and its components create resources deeper still: without help the recorded position is a line of this package.
 */
import path from "node:path";

/** The folder of `provider`, in the sources and in the build. */
const OWN_FOLDER = path.join(__dirname, "..") + path.sep;
/** Frames that lead from the start of the process to the program: the same for every resource, and no line of the program. */
const RUNNER = /^node:|[/\\]node_modules[/\\]@pulumi[/\\]pulumi[/\\]/;

/** A line of a stack for a function without a name: Pulumi reads positions only where a name stands before them. */
const NAMELESS_FRAME = /^( +at )(?:async )?([^\n(]+:\d+:\d+)$/gm;

/** Until the returned function is called, call stacks show one frame of this package at most, and none of what runs the program. */
export function hideOwnFrames(): () => void {
  const { prepareStackTrace } = Error;
  Error.prepareStackTrace = (error, frames) => {
    const shown = programFrames(frames);
    const stack = prepareStackTrace?.(error, shown) ?? [error, ...shown.map((frame) => `    at ${frame}`)].join("\n");
    return typeof stack === "string" ? stack.replace(NAMELESS_FRAME, "$1<anonymous> ($2)") : stack;
  };
  return () => {
    Error.prepareStackTrace = prepareStackTrace;
  };
}

/** The frames up to the first of this package, which Pulumi takes for the class of a generated SDK, and those of the program. */
function programFrames(frames: NodeJS.CallSite[]): NodeJS.CallSite[] {
  const first = frames.findIndex((frame) => fileOf(frame).startsWith(OWN_FOLDER));
  if (first === -1) return frames;
  const isProgram = (frame: NodeJS.CallSite) => {
    const file = fileOf(frame);
    return file !== "" && !file.startsWith(OWN_FOLDER) && !RUNNER.test(file);
  };
  return [...frames.slice(0, first + 1), ...frames.slice(first + 1).filter(isProgram)];
}

function fileOf(frame: NodeJS.CallSite): string {
  return frame.getFileName()?.replace(/^file:\/\//, "") ?? "";
}
