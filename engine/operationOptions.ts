/** Checks which options an operation accepts. */
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
  // Options of the display and the command line only: they do not affect the engine.
  "color",
  "userAgent",
  "suppressOutputs",
  "suppressProgress",
  "showSecrets",
  "logFlow",
  "logVerbosity",
  "logToStdErr",
]);

/** @throws StackConfigurationError for an option this engine does not support; it is never ignored. */
export function checkOptions(options: object): void {
  const given = Object.entries(options).filter(([, value]) => value !== undefined && value !== false);
  const unknown = given.map(([key]) => key).filter((key) => !KNOWN_OPTIONS.has(key));
  if (unknown.length > 0) {
    throw new StackConfigurationError(`options that this engine does not support: ${unknown.join(", ")}`);
  }
}
