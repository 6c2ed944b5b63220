/** Which options an operation may be given. */
import { StackConfigurationError } from "./errors";

const KNOWN_OPTIONS: ReadonlySet<string> = new Set([
  "parallel",
  "message",
  "target",
  "targetDependents",
  "expectNoChanges",
  "onEvent",
  "onOutput",
  "onError",
  "signal",
  "debug",
  "diff",
  "refresh",
  "replace",
  "continueOnError",
  "previewOnly",
  "clearPendingCreates",
  // Of the display and the command line alone: nothing an engine could do about them.
  "color",
  "userAgent",
  "suppressOutputs",
  "suppressProgress",
  "showSecrets",
  "logFlow",
  "logVerbosity",
  "logToStdErr",
]);

/** What the engine cannot do it says; it never does something else instead. */
export function checkOptions(options: object): void {
  const given = Object.entries(options).filter(([, value]) => value !== undefined && value !== false);
  const unknown = given.map(([key]) => key).filter((key) => !KNOWN_OPTIONS.has(key));
  if (unknown.length > 0) {
    throw new StackConfigurationError(`options that this engine does not support: ${unknown.join(", ")}`);
  }
}
