/** One model request, tried at its upstreams in order until one answers. Each attempt is recorded as usage. */
import { errorCodes } from "../../../sdk/contract/errorCodes";
import { parseGoDurationMs } from "../../../sdk/contract/gatewayConfig";
import type { AttemptCompletion, RetryAction } from "../../../sdk/contract/usage";
import { ApiError } from "../apiError";
import type { Store, StoredAccessKey, StoredProviderKey } from "../store/store";
import { answerCanned } from "./cannedModel";
import { estimateInputTokens, type ModelRequest, upstreamBody } from "./requestBody";
import { CREDITS, type Credential, credentialsFor, type Target } from "./routing";
import { relayStream, withRequestId } from "./streams";
import type { Surface } from "./surfaces";
import { type Reported, readReport } from "./tokens";
import { type Forward, joinPath, type UpstreamAnswer } from "./upstream";

const DEFAULT_TOTAL_TIMEOUT_MS = 120_000;
const DEFAULT_PER_REQUEST_TIMEOUT_MS = 60_000;
/** A timer can't wait longer. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** What all attempts of one client request share. */
export interface ClientRequest {
  readonly id: string;
  /** Of `performance.now()`, when it arrived. */
  readonly startedMs: number;
  readonly store: Store;
  readonly key: StoredAccessKey;
  readonly surface: Surface;
  readonly body: ModelRequest;
  /** For upstreams. */
  readonly headers: Readonly<Record<string, string>>;
  /** Aborted when the client goes away. */
  readonly gone: AbortSignal;
}

/** One of the attempts that may be made. */
interface Planned {
  readonly target: Target;
  readonly credential: Credential;
}

/** An attempt that is being made, and how its end is recorded. */
export interface Attempt extends Planned {
  /** From 1. */
  readonly number: number;
  readonly surface: Surface;
  readonly signal: AbortSignal;
  isTimedOut(): boolean;
  firstTokenArrived(): void;
  /** Records the end of the attempt. Only the first call counts. */
  end(how: AttemptEnd): void;
}

interface AttemptEnd {
  readonly status: number;
  /** Nothing is tried after it. */
  readonly isFinal: boolean;
  /** What the client received reports; absent where the client received nothing of this attempt. */
  readonly report?: Reported;
  /** It broke after the client had received a part. */
  readonly isBroken?: boolean;
  /** Whether the next attempt is for the same model. */
  readonly isSameModelNext?: boolean;
}

/** Timers count whole milliseconds: one for the time that is left may end as much before it is over. */
const TIMER_STEP_MS = 1;

/** @throws ApiError where no upstream answers. */
export async function answerModelRequest(forward: Forward, request: ClientRequest, targets: readonly Target[]) {
  const { store } = request;
  const deadlineMs = performance.now() + timeoutMs(store.settings.totalTimeout, DEFAULT_TOTAL_TIMEOUT_MS);
  const isOverTime = () => deadlineMs - performance.now() <= TIMER_STEP_MS;
  const failed: string[] = [];
  const plan = planAttempts(request, targets, failed);
  let made = 0;
  for (const [index, planned] of plan.entries()) {
    const { target, credential } = planned;
    const told = (outcome: string) =>
      failed.push(`Attempt ${failed.length + 1}: ${target.address} with key ${credential.id}: ${outcome}.`);
    if (isOverTime() || request.gone.aborted) break;
    if (credential.id !== CREDITS && store.providerKeys.get(credential.id) === undefined) {
      told("the key was deleted meanwhile");
      continue;
    }
    made += 1;
    const attempt = startAttempt(request, planned, made, deadlineMs - performance.now());
    const isLast = () => index === plan.length - 1 || isOverTime() || request.gone.aborted;
    const isSameModelNext = plan[index + 1]?.target === target;
    const outcome = await tryOnce(forward, request, attempt, (status) => {
      attempt.end({ status, isFinal: isLast(), isSameModelNext });
    });
    if (outcome instanceof Response) return outcome;
    told(outcome);
  }
  throw failure(plan.length, isOverTime(), failed);
}

/** What is to be tried, in order, and no pair of model and credential twice. */
function planAttempts(request: ClientRequest, targets: readonly Target[], failed: string[]): Planned[] {
  const plan = new Map<string, Planned>();
  let unpaid: ApiError | undefined;
  for (const target of targets) {
    const credentials = credentialsFor(request.store, request.key, target);
    if (credentials.length === 0)
      failed.push(`Attempt ${failed.length + 1}: ${target.address}: no keys available for the provider.`);
    for (const credential of credentials) {
      const refused = credential.id === CREDITS ? creditRefusal(request.store) : undefined;
      unpaid ??= refused;
      if (refused !== undefined) failed.push(`Attempt ${failed.length + 1}: ${target.address}: ${refused.message}`);
      else plan.set(`${target.address.toLowerCase()} ${credential.id}`, { target, credential });
    }
  }
  if (plan.size === 0 && unpaid !== undefined) throw unpaid;
  return [...plan.values()];
}

function creditRefusal(store: Store): ApiError | undefined {
  if (store.balanceCents() > 0) return undefined;
  return store.credits.length === 0
    ? new ApiError(errorCodes.creditsTooLow, "The account has never bought credits.")
    : new ApiError(errorCodes.creditsEmpty, "The account's credit balance is empty.");
}

function failure(planned: number, isOverTime: boolean, failed: readonly string[]): ApiError {
  const list = failed.join(" ");
  if (isOverTime) return new ApiError(errorCodes.totalTimeoutExceeded, `The total timeout was exceeded. ${list}`);
  if (planned > 0) return new ApiError(errorCodes.everyProviderFailed, `Every provider failed. ${list}`);
  return new ApiError(errorCodes.noCredentials, `No credentials: the access key's configuration has none. ${list}`);
}

function startAttempt(request: ClientRequest, planned: Planned, number: number, leftMs: number): Attempt {
  const { store } = request;
  const stored = store.providerKeys.get(planned.credential.id);
  if (stored !== undefined) store.providerKeys.set({ ...stored, lastUsed: new Date().toISOString() });
  const abort = new AbortController();
  let isTimedOut = false;
  let isOver = false;
  const startedMs = performance.now();
  let firstTokenMs: number | undefined;
  const perRequestMs = timeoutMs(store.settings.perRequestTimeout, DEFAULT_PER_REQUEST_TIMEOUT_MS);
  const timer = setTimeout(
    () => {
      isTimedOut = true;
      abort.abort(new Error("timed out"));
    },
    Math.min(perRequestMs, leftMs, MAX_TIMER_MS),
  );
  const leave = () => abort.abort(new Error("the client went away"));
  request.gone.addEventListener("abort", leave, { once: true });
  return {
    ...planned,
    number,
    surface: request.surface,
    signal: abort.signal,
    isTimedOut: () => isTimedOut,
    firstTokenArrived() {
      firstTokenMs ??= performance.now();
    },
    end(how) {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      request.gone.removeEventListener("abort", leave);
      recordUsage(request, planned, stored, { ...how, number, isTimedOut, startedMs, firstTokenMs });
    },
  };
}

/** The answer for the client, or what went wrong where another attempt may succeed; `fail` records that. */
async function tryOnce(
  forward: Forward,
  request: ClientRequest,
  attempt: Attempt,
  fail: (status: number) => void,
): Promise<Response | string> {
  try {
    const answer = await send(forward, request, attempt);
    if (shouldFailOver(answer.status)) {
      await answer.discard();
      fail(answer.status);
      return `upstream answered ${answer.status}`;
    }
    if (request.body.isStreaming && answer.status < 300) {
      if (answer.headers["content-type"]?.startsWith("text/event-stream")) {
        return await relayStream(request, attempt, answer);
      }
      await answer.discard();
      fail(502);
      return `upstream answered a streaming request without a stream (${errorCodes.upstreamDidNotStream.code})`;
    }
    const bytes = await answer.bytes();
    const report = readReport(Buffer.from(bytes).toString("utf8"));
    attempt.end({ status: answer.status, isFinal: true, report });
    return new Response(bytes, { status: answer.status, headers: withRequestId(answer.headers, request) });
  } catch {
    // There is no answer, whatever happened to the connection; another attempt may succeed.
    fail(attempt.isTimedOut() ? 504 : 502);
    return attempt.isTimedOut() ? "upstream timed out" : "upstream could not be reached";
  }
}

async function send(forward: Forward, request: ClientRequest, attempt: Attempt): Promise<UpstreamAnswer> {
  const { store, surface, body, headers } = request;
  const { target, credential, signal } = attempt;
  const provider = store.provider(target.provider);
  if (provider === undefined) return answerCanned(target.provider, target.model, surface, body);
  return await forward({
    url: joinPath(provider.baseUrl, surface.upstreamPath),
    key: store.providerKeys.get(credential.id)?.value ?? "",
    format: surface.format,
    headers,
    body: upstreamBody(body, target.model, surface, store.settings),
    signal,
  });
}

/** Answers that the next credential, step or model may better. */
function shouldFailOver(status: number): boolean {
  return status === 401 || status === 403 || status === 408 || status === 429 || status >= 500;
}

interface EndedAttempt extends AttemptEnd {
  readonly number: number;
  readonly isTimedOut: boolean;
  readonly startedMs: number;
  readonly firstTokenMs: number | undefined;
}

function recordUsage(
  request: ClientRequest,
  { target, credential }: Planned,
  stored: StoredProviderKey | undefined,
  end: EndedAttempt,
): void {
  const { id, store, key, body, surface } = request;
  const { status, report, startedMs, firstTokenMs } = end;
  const nowMs = performance.now();
  store.usage.record({
    requestId: id,
    accessKeyId: key.id,
    provider: target.provider,
    model: target.model,
    attemptNumber: end.number,
    isFinalAttempt: end.isFinal,
    statusCode: status,
    timedOut: end.isTimedOut,
    isStreaming: body.isStreaming,
    stopReason: report?.stopReason ?? "",
    keySource: credential.id === CREDITS ? "ngrok" : "user",
    providerKeyId: stored?.id,
    providerKeyDisplayName: stored?.keyRedacted,
    served: report !== undefined,
    retryAction: retryActionOf(end),
    completion: completionOf(end),
    tokens: report?.tokens,
    inputTokensEstimate: estimateInputTokens(body, surface),
    outputTokensEstimate: report?.outputTokensEstimate ?? 0,
    requestDurationMs: Math.round(nowMs - request.startedMs),
    upstreamDurationMs: Math.round(nowMs - startedMs),
    timeToFirstTokenMs: firstTokenMs === undefined ? null : Math.round(firstTokenMs - startedMs),
  });
}

function retryActionOf({ status, report, isFinal, isSameModelNext }: EndedAttempt): RetryAction {
  if (report !== undefined) return status < 300 ? "succeeded" : "fail_fast";
  if (isFinal) return "exhausted";
  return isSameModelNext ? "next_key" : "next_backend";
}

function completionOf({ status, report, isTimedOut, isBroken }: EndedAttempt): AttemptCompletion {
  if (isBroken) return "stream_failed";
  if (isTimedOut) return "timed_out";
  return report !== undefined && status < 300 ? "succeeded" : "failed";
}

function timeoutMs(duration: string, defaultMs: number): number {
  return parseGoDurationMs(duration) ?? defaultMs;
}
