/** What an operation on a stack can fail with. No message holds a secret of the stack or its passphrase. */
import type { Diagnostic, OperationResult, StepSummary } from "./results";

/** Base of every error this engine throws on purpose. */
export class OfflineStackError extends Error {
  override readonly name: string = "OfflineStackError";
}

/** The project, the stack's configuration, an option or the passphrase is missing or wrong; nothing was started. */
export class StackConfigurationError extends OfflineStackError {
  override readonly name = "StackConfigurationError";
}

/** Another operation on the same state runs. The message begins as Pulumi's own, which callers match on. */
export class StackLockedError extends OfflineStackError {
  override readonly name = "StackLockedError";
}

/** The state cannot be used as it is; the message names the resource that is broken. */
export class StateIntegrityError extends OfflineStackError {
  override readonly name = "StateIntegrityError";
}

/** `up`, `preview`, `refresh` or `destroy` ran and failed, or was cancelled; what was done is in `steps` and in the state. */
export class DeploymentFailedError extends OfflineStackError {
  override readonly name = "DeploymentFailedError";

  constructor(
    message: string,
    /** Everything the operation reported, in order. */
    readonly diagnostics: readonly Diagnostic[],
    /** Every step that was begun, in order. */
    readonly steps: readonly StepSummary[],
    /** The same result a success returns; `summary.result` is `failed` or `canceled`. */
    readonly result: OperationResult,
  ) {
    super(message);
  }
}

/** An error that was reported already, or needs no words: the run stops. */
export class BailError extends Error {
  override readonly name = "BailError";
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What the user is told: the message; for a defect of the engine itself, where it came from. */
export function describeError(error: unknown): string {
  const isDefect = error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError;
  return isDefect ? `internal error: ${error.stack ?? error.message}` : messageOf(error);
}
