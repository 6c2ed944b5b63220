/** The errors an operation on a stack can fail with. No message contains a secret of the stack or its passphrase. */
import type { Diagnostic, OperationResult, StepSummary } from "./results";

/** Base of every error that this engine throws deliberately. */
export class OfflineStackError extends Error {
  override readonly name: string = "OfflineStackError";
}

/** The project, the stack's configuration, an option or the passphrase is missing or wrong; nothing was started. */
export class StackConfigurationError extends OfflineStackError {
  override readonly name = "StackConfigurationError";
}

/** Another operation on the same state is running. The message begins with Pulumi's own text, which callers match on. */
export class StackLockedError extends OfflineStackError {
  override readonly name = "StackLockedError";
}

/** The state is broken and cannot be used; the message names the resource concerned. */
export class StateIntegrityError extends OfflineStackError {
  override readonly name = "StateIntegrityError";
}

/** `up`, `preview`, `refresh` or `destroy` ran and failed, or was canceled; `steps` and the state say what was done. */
export class DeploymentFailedError extends OfflineStackError {
  override readonly name = "DeploymentFailedError";

  constructor(
    message: string,
    /** Everything the operation reported, in order. */
    readonly diagnostics: readonly Diagnostic[],
    /** Every step that began, in order. */
    readonly steps: readonly StepSummary[],
    /** The result that a success returns; here `summary.result` is `failed` or `canceled`. */
    readonly result: OperationResult,
  ) {
    super(message);
  }
}

/** Stops the run without a message: its cause was already reported, or needs no report. */
export class BailError extends Error {
  override readonly name = "BailError";
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The text for the user: the error's message, or its stack for a defect of the engine. */
export function describeError(error: unknown): string {
  const isDefect = error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError;
  return isDefect ? `internal error: ${error.stack ?? error.message}` : messageOf(error);
}
