/** The calls under way: what ends them is the engine's Cancel, or the time that the resource option `customTimeouts` gives them. */

/** How long one call may take, and why it was ended. */
export interface CallInFlight {
  readonly signal: AbortSignal;
  /** Time for all attempts of one request, where the resource gives one. */
  readonly retryBudgetMs?: number;
}

/** The longest delay that a timer takes. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** The options of `customTimeouts`. */
export type TimedOperation = "create" | "read" | "update" | "delete";

export class CallsInFlight {
  private readonly controllers = new Set<AbortController>();

  /** @param timeoutSeconds 0 where the resource gives none */
  async run<T>(operation: TimedOperation, timeoutSeconds: number, act: (call: CallInFlight) => Promise<T>): Promise<T> {
    const controller = new AbortController();
    this.controllers.add(controller);
    const limitMs = Math.min(timeoutSeconds * 1000, MAX_TIMER_MS);
    const timer =
      limitMs > 0
        ? setTimeout(
            () =>
              controller.abort(`the resource option customTimeouts.${operation} of ${timeoutSeconds} s ended the call`),
            limitMs,
          )
        : undefined;
    try {
      return await act({ signal: controller.signal, ...(limitMs > 0 && { retryBudgetMs: limitMs }) });
    } finally {
      clearTimeout(timer);
      this.controllers.delete(controller);
    }
  }

  cancelAll(): void {
    for (const controller of this.controllers) controller.abort("the run was canceled");
  }
}
