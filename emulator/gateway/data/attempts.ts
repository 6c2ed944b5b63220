/** One model request: tries its upstreams in order until one answers. */
import { setTimeout as sleep } from "node:timers/promises";
import { errorCodes } from "../../../sdk/contract/errorCodes";
import type { RetryAction } from "../../../sdk/contract/usage";
import { ApiError } from "../apiError";
import { type Attempt, startAttempt, timeoutMs } from "./attempt";
import { answerCanned } from "./cannedModel";
import type { ClientRequest } from "./clientRequest";
import { type Planned, planAttempts } from "./plan";
import { removedParams, upstreamBody } from "./requestBody";
import { baseUrlFor, CREDITS } from "./routing";
import { relayStream } from "./streams";
import { readReport } from "./tokens";
import { gatewayHeaders } from "./trace";
import { type Forward, joinPath, type UpstreamAnswer } from "./upstream";

const DEFAULT_TOTAL_TIMEOUT_MS = 120_000;
/** Timers count whole milliseconds, so the timer for the remaining time may fire this much too early. */
const TIMER_STEP_MS = 1;
/** Longest `Retry-After` that is waited for. */
const MAX_RETRY_AFTER_MS = 5_000;
/** Largest number of retries of one backend after a `Retry-After`. */
const MAX_SAME_BACKEND_RETRIES = 2;

/** Why an attempt failed. */
interface AttemptFailure {
  readonly problem: string;
  readonly status: number;
  /** From the upstream's `Retry-After`. */
  readonly retryAfterMs?: number | undefined;
}

/** @throws ApiError when no upstream answers */
export async function answerModelRequest(forward: Forward, request: ClientRequest): Promise<Response> {
  const { store, trace } = request;
  const deadlineMs = performance.now() + timeoutMs(store.settings.totalTimeout, DEFAULT_TOTAL_TIMEOUT_MS);
  const leftMs = () => deadlineMs - performance.now();
  const isOver = () => leftMs() <= TIMER_STEP_MS || request.client.hasLeft();
  const plan = planAttempts(request);
  trace.rejectedModels = plan.rejectedModels;
  const failed = [...plan.failed];
  let retries = 0;
  for (let index = 0; index < plan.attempts.length && !isOver(); ) {
    const planned = plan.attempts[index] as Planned;
    const next = plan.attempts[index + 1];
    const { target, credential } = planned;
    const report = (problem: string) =>
      failed.push(`Attempt ${failed.length + 1}: ${target.address} with key ${credential.id}: ${problem}.`);
    if (credential.id !== CREDITS && store.providerKeys.get(credential.id) === undefined) {
      report("the key was deleted meanwhile");
      index += 1;
      continue;
    }
    const attempt = startAttempt(request, planned, leftMs());
    const outcome = await tryOnce(forward, request, attempt);
    if (outcome instanceof Response) return outcome;
    report(outcome.problem);
    const { status, retryAfterMs = Number.POSITIVE_INFINITY } = outcome;
    const isWorthWaiting = retryAfterMs <= Math.min(MAX_RETRY_AFTER_MS, leftMs()) && retries < MAX_SAME_BACKEND_RETRIES;
    // Only if nothing else is left to try.
    const isRetried = next === undefined && isWorthWaiting && !isOver();
    attempt.end({
      status,
      retryAction: isRetried ? "retry_same_backend" : isOver() ? "exhausted" : goOn(planned, next),
    });
    if (!isRetried) {
      index += 1;
      continue;
    }
    retries += 1;
    // The wait ends if the client disconnects.
    await sleep(retryAfterMs, undefined, { signal: request.client.gone(), ref: false }).catch(() => undefined);
  }
  const list = failed.join(" ");
  throw leftMs() <= TIMER_STEP_MS
    ? new ApiError(errorCodes.totalTimeoutExceeded, `The total timeout was exceeded. ${list}`)
    : new ApiError(errorCodes.everyProviderFailed, `Every provider failed. ${list}`);
}

/** The gateway's next action after a failed attempt. */
function goOn({ target }: Planned, next: Planned | undefined): RetryAction {
  if (next === undefined) return "exhausted";
  return next.target.address === target.address ? "next_key" : "next_backend";
}

/** The answer for the client, or the failure if another attempt may succeed. */
async function tryOnce(forward: Forward, request: ClientRequest, attempt: Attempt): Promise<Response | AttemptFailure> {
  const { trace, body } = request;
  const { target } = attempt;
  try {
    const upstream = await send(forward, request, attempt);
    const { status, headers } = upstream;
    if (shouldFailOver(status)) {
      await upstream.discard();
      return { problem: `upstream answered ${status}`, status, retryAfterMs: secondsToMs(headers["retry-after"]) };
    }
    const answerHeaders = () => {
      trace.model = target.address;
      trace.removedParams = removedParams(body, target);
      return { ...headers, ...gatewayHeaders(trace) };
    };
    if (body.isStreaming && status < 300) {
      if (headers["content-type"]?.startsWith("text/event-stream"))
        return await relayStream(request, attempt, upstream, answerHeaders);
      await upstream.discard();
      const { code } = errorCodes.upstreamDidNotStream;
      return { problem: `upstream answered a streaming request without a stream (${code})`, status: 502 };
    }
    const whole = await upstream.body();
    const text = typeof whole === "string" ? whole : Buffer.from(whole.buffer).toString("utf8");
    const report = upstream.report ?? readReport(text);
    attempt.end({ status, retryAction: status < 300 ? "succeeded" : "fail_fast", report });
    // A text is sent together with the headers; bytes that are not UTF-8 must not change.
    return new Response(text.includes("\ufffd") ? whole : text, { status, headers: answerHeaders() });
  } catch (error) {
    if (error instanceof ApiError) {
      attempt.end({ status: error.statusCode, retryAction: "fail_fast" });
      throw error;
    }
    // A missing answer, for any reason; another attempt may succeed.
    return attempt.isTimedOut()
      ? { problem: "upstream timed out", status: 504 }
      : { problem: "upstream could not be reached", status: 502 };
  }
}

async function send(forward: Forward, request: ClientRequest, attempt: Attempt): Promise<UpstreamAnswer> {
  const { store, surface, body, headers } = request;
  const { target, credential } = attempt;
  const baseUrl =
    target.custom === undefined ? forward.builtInUrl(target.provider) : baseUrlFor(target.custom, surface);
  if (baseUrl === undefined) return answerCanned(target.provider, target.model, surface, body);
  return await forward({
    url: joinPath(baseUrl, surface.upstreamPath),
    key: store.providerKeys.get(credential.id)?.value ?? "",
    format: surface.format,
    headers,
    body: upstreamBody(body, target, surface, store.settings),
    signal: attempt.signal(),
  });
}

/** Statuses after which another credential, step or model may succeed. */
function shouldFailOver(status: number): boolean {
  return status === 401 || status === 403 || status === 408 || status === 429 || status >= 500;
}

function secondsToMs(header: string | undefined): number | undefined {
  return header !== undefined && /^\d{1,9}$/.test(header) ? Number(header) * 1_000 : undefined;
}
