/**
 * Source positions of resources. Pulumi records the position in the program that creates a resource, and the call stack to it,
 * from the stack of an error in the constructor. It skips as many frames as a class of a generated SDK has. This package's
 * classes have more frames, and its components create resources deeper still, so the recorded position would be a line of this
 * package.
 */
import path from "node:path";

/** The folder of `provider`, in the sources or in the build. */
const OWN_FOLDER = path.join(__dirname, "..") + path.sep;
/** Frames between the start of the process and the program: the same for every resource, and never a line of the program. */
const RUNNER = /^node:|[/\\]node_modules[/\\]@pulumi[/\\]pulumi[/\\]/;

/** A stack line of a function without a name: Pulumi reads a position only if a name precedes it. */
const NAMELESS_FRAME = /^( +at )(?:async )?([^\n(]+:\d+:\d+)$/gm;

/**
 * Until the returned function is called, call stacks show at most one frame of this package, and no frame of the program's
 * runner.
 */
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

/** The frames up to the first of this package, which replaces the class of a generated SDK, and the frames of the program. */
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
