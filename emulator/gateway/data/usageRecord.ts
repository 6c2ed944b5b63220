/** Converts a finished attempt to a usage event. */
import type { AttemptCompletion, RetryAction } from "../../../sdk/contract/usage";
import type { StoredProviderKey } from "../store/store";
import type { ClientRequest } from "./clientRequest";
import type { Planned } from "./plan";
import { estimateInputTokens } from "./requestBody";
import { CREDITS } from "./routing";
import type { Reported } from "./tokens";

/** How an attempt ended. */
export interface AttemptEnd {
  readonly status: number;
  /** The reason why the gateway continues or stops. */
  readonly retryAction: RetryAction;
  /** The report in the answer that the client received; absent if it received nothing of this attempt. */
  readonly report?: Reported;
  /** The answer broke after the client had received a part. */
  readonly isBroken?: boolean;
}

export interface EndedAttempt extends AttemptEnd {
  /** Starts at 1. */
  readonly number: number;
  readonly isTimedOut: boolean;
  /** `performance.now()` at its start. */
  readonly startedMs: number;
  readonly firstTokenMs: number | undefined;
}

/** Outcomes after which nothing else is tried. */
const FINAL_ACTIONS: readonly RetryAction[] = ["succeeded", "fail_fast", "exhausted"];

export function recordUsage(
  { trace, store, key, body, surface }: ClientRequest,
  { target, credential }: Planned,
  stored: StoredProviderKey | undefined,
  end: EndedAttempt,
): void {
  const { status, report, retryAction, startedMs, firstTokenMs } = end;
  const nowMs = performance.now();
  store.usage.record({
    requestId: trace.id,
    accessKeyId: key.id,
    provider: target.provider,
    model: target.model,
    attemptNumber: end.number,
    isFinalAttempt: FINAL_ACTIONS.includes(retryAction),
    statusCode: status,
    timedOut: end.isTimedOut,
    isStreaming: body.isStreaming,
    stopReason: report?.stopReason ?? "",
    keySource: credential.id === CREDITS ? "ngrok" : "user",
    providerKeyId: stored?.id,
    providerKeyDisplayName: stored?.keyRedacted,
    served: report !== undefined,
    retryAction,
    completion: completionOf(end),
    tokens: report?.tokens,
    inputTokensEstimate: estimateInputTokens(body, surface),
    outputTokensEstimate: report?.outputTokensEstimate ?? 0,
    requestDurationMs: Math.round(nowMs - trace.startedMs),
    upstreamDurationMs: Math.round(nowMs - startedMs),
    timeToFirstTokenMs: firstTokenMs === undefined ? null : Math.round(firstTokenMs - startedMs),
  });
}

function completionOf({ status, report, isTimedOut, isBroken }: EndedAttempt): AttemptCompletion {
  if (isBroken) return "stream_failed";
  if (isTimedOut) return "timed_out";
  return report !== undefined && status < 300 ? "succeeded" : "failed";
}
