/** One attempt at an upstream: its time limit, and the record of its end. */
import { parseGoDurationMs } from "../../../sdk/contract/gatewayConfig";
import type { ClientRequest } from "./clientRequest";
import type { Planned } from "./plan";
import { type AttemptEnd, recordUsage } from "./usageRecord";

const DEFAULT_PER_REQUEST_TIMEOUT_MS = 60_000;
/** Longest delay of a timer. */
const MAX_TIMER_MS = 2 ** 31 - 1;

export interface Attempt extends Planned {
  /** Aborted at the time limit, which starts with the first call, and when the client disconnects. */
  signal(): AbortSignal;
  isTimedOut(): boolean;
  firstTokenArrived(): void;
  /** Records the end of the attempt. Only the first call counts. */
  end(how: AttemptEnd): void;
}

/** @param leftMs the rest of the total timeout */
export function startAttempt(request: ClientRequest, planned: Planned, leftMs: number): Attempt {
  const { store, trace } = request;
  trace.attempts += 1;
  const number = trace.attempts;
  const stored = store.providerKeys.get(planned.credential.id);
  if (stored !== undefined) store.providerKeys.set({ ...stored, lastUsed: new Date().toISOString() });
  const startedMs = performance.now();
  let firstTokenMs: number | undefined;
  let isTimedOut = false;
  let isOver = false;
  let timer: NodeJS.Timeout | undefined;
  let signal: AbortSignal | undefined;
  const startTimer = () => {
    const timeOut = new AbortController();
    const perRequestMs = timeoutMs(store.settings.perRequestTimeout, DEFAULT_PER_REQUEST_TIMEOUT_MS);
    timer = setTimeout(
      () => {
        isTimedOut = true;
        timeOut.abort(new Error("timed out"));
      },
      Math.min(perRequestMs, leftMs, MAX_TIMER_MS),
    );
    return AbortSignal.any([timeOut.signal, request.client.gone()]);
  };
  return {
    ...planned,
    signal: () => {
      signal ??= startTimer();
      return signal;
    },
    isTimedOut: () => isTimedOut,
    firstTokenArrived: () => {
      firstTokenMs ??= performance.now();
    },
    end: (how) => {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      recordUsage(request, planned, stored, { ...how, number, isTimedOut, startedMs, firstTokenMs });
    },
  };
}

/** A stored duration in milliseconds. */
export function timeoutMs(duration: string, defaultMs: number): number {
  return parseGoDurationMs(duration) ?? defaultMs;
}
