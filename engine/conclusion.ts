/** Turns the outcome of a run into what the caller gets: a result or an error. */

import { escapeControlsInLines } from "./display/escapeControls";
import { DeploymentFailedError } from "./errors";
import type { Diagnostic, OperationKind, OperationOptions, OperationResult } from "./results";
import type { RunOutcome } from "./runRequest";
import { maskedMap, outputMap } from "./stackOutputs";

/** Operations that count as no change. */
const UNCHANGED: ReadonlySet<string> = new Set(["same", "read", "discard", "read-replacement"]);

interface Conclusion {
  readonly kind: OperationKind;
  readonly result: OperationResult["summary"]["result"];
  readonly diagnostics: readonly Diagnostic[];
}

/** The outcome of a run, checked against the caller's `expectNoChanges`. */
export function concludeOutcome(kind: OperationKind, outcome: RunOutcome, options: OperationOptions): Conclusion {
  const diagnostics = options.debug
    ? outcome.diagnostics
    : outcome.diagnostics.filter(({ severity }) => severity !== "debug");
  const hasChanges = Object.keys(outcome.changes).some((op) => !UNCHANGED.has(op));
  if (options.expectNoChanges !== true || !hasChanges || outcome.result !== "succeeded") {
    return { kind, result: outcome.result, diagnostics };
  }
  const message = `no changes were expected for ${kind} but changes were ${kind === "preview" ? "proposed" : "made"}`;
  return { kind, result: "failed", diagnostics: [...diagnostics, { severity: "error", message }] };
}

/** @throws DeploymentFailedError unless the operation succeeded. */
export function resultOrThrow(
  { kind, result, diagnostics }: Conclusion,
  run: { outcome: RunOutcome; startTime: Date; endTime: Date; stdout: string },
  options: OperationOptions,
): OperationResult {
  const { outcome, startTime, endTime, stdout } = run;
  const { changes, steps } = outcome;
  const errors = diagnostics
    .filter(({ severity }) => severity === "error")
    .map(({ message }) => escapeControlsInLines(message));
  const operationResult: OperationResult = {
    stdout,
    stderr: errors.join("\n"),
    outputs: outputMap(outcome.outputs),
    maskedOutputs: maskedMap(outcome.outputs),
    changeSummary: changes,
    summary: { kind, startTime, endTime, message: options.message ?? "", result, resourceChanges: changes },
    steps,
    diagnostics,
  };
  if (result === "succeeded") return operationResult;
  for (const error of errors) options.onError?.(`${error}\n`);
  const reasons = errors.length === 0 ? "" : `: ${errors.join("\n")}`;
  throw new DeploymentFailedError(`${kind} ${result}${reasons}`, diagnostics, steps, operationResult);
}
