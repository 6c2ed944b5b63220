/** One model request at its upstreams, one after the other, until one answers or none is left. Each attempt is usage. */
import { parseGoDurationMs } from "../../../sdk/contract/gatewayConfig";
import { ApiError } from "../apiError";
import type { Store, StoredAccessKey, StoredProviderKey } from "../store/store";
import { answerCanned } from "./cannedModel";
import { type ModelRequest, upstreamBody } from "./requestBody";
import { CREDITS, type Credential, credentialsFor, type Target } from "./routing";
import { relayStream, withRequestId } from "./streams";
import type { Surface } from "./surfaces";
import { TokenCounter, type TokenCounts } from "./tokens";
import { type Forward, joinPath, type UpstreamAnswer } from "./upstream";

const DEFAULT_TOTAL_TIMEOUT_MS = 120_000;
const DEFAULT_PER_REQUEST_TIMEOUT_MS = 60_000;
/** A timer can't wait longer. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** What all attempts of one client request share. */
export interface ClientRequest {
  readonly id: string;
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
  /** When it has ended; what is told after that counts no more. */
  end(how: { status: number; isFinal: boolean; tokens?: TokenCounts | undefined }): void;
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
    const outcome = await tryOnce(forward, request, attempt, isLast);
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
    ? new ApiError(403, "ERR_NGROK_6033", "The account has never bought credits.")
    : new ApiError(403, "ERR_NGROK_4026", "The account's credit balance is empty.");
}

function failure(planned: number, isOverTime: boolean, failed: readonly string[]): ApiError {
  const list = failed.join(" ");
  if (isOverTime) return new ApiError(504, "ERR_NGROK_3810", `The total timeout was exceeded. ${list}`);
  if (planned > 0) return new ApiError(503, "ERR_NGROK_3807", `Every provider failed. ${list}`);
  return new ApiError(400, "ERR_NGROK_3802", `No credentials: the access key's configuration has none. ${list}`);
}

function startAttempt(request: ClientRequest, planned: Planned, number: number, leftMs: number): Attempt {
  const { store } = request;
  const stored = store.providerKeys.get(planned.credential.id);
  if (stored !== undefined) store.providerKeys.set({ ...stored, lastUsed: new Date().toISOString() });
  const abort = new AbortController();
  let isTimedOut = false;
  let isOver = false;
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
    end({ status, isFinal, tokens }) {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      request.gone.removeEventListener("abort", leave);
      recordUsage(request, planned, stored, { number, status, isFinal, isTimedOut, tokens });
    },
  };
}

/** The answer for the client, or, where another attempt may better it, what went wrong. */
async function tryOnce(
  forward: Forward,
  request: ClientRequest,
  attempt: Attempt,
  isLast: () => boolean,
): Promise<Response | string> {
  try {
    const answer = await send(forward, request, attempt);
    if (shouldFailOver(answer.status)) {
      await answer.discard();
      attempt.end({ status: answer.status, isFinal: isLast() });
      return `upstream answered ${answer.status}`;
    }
    if (request.body.isStreaming && answer.status < 300) {
      if (answer.headers["content-type"]?.startsWith("text/event-stream")) {
        return await relayStream(request, attempt, answer);
      }
      await answer.discard();
      attempt.end({ status: 502, isFinal: isLast() });
      return "upstream answered a streaming request without a stream (ERR_NGROK_27234)";
    }
    const bytes = await answer.bytes();
    const tokens = new TokenCounter();
    tokens.addText(Buffer.from(bytes).toString("utf8"));
    attempt.end({ status: answer.status, isFinal: true, tokens: tokens.total });
    return new Response(bytes, { status: answer.status, headers: withRequestId(answer.headers, request) });
  } catch {
    // Whatever went wrong with the connection: there is no answer, and another attempt may bring one.
    attempt.end({ status: attempt.isTimedOut() ? 504 : 502, isFinal: isLast() });
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

function recordUsage(
  { id, store, key, body }: ClientRequest,
  { target, credential }: Planned,
  stored: StoredProviderKey | undefined,
  end: {
    number: number;
    status: number;
    isFinal: boolean;
    isTimedOut: boolean;
    tokens: TokenCounts | undefined;
  },
): void {
  store.usage.record(
    {
      requestId: id,
      accessKeyId: key.id,
      provider: target.provider,
      model: target.model,
      attemptNumber: end.number,
      isFinalAttempt: end.isFinal,
      statusCode: end.status,
      timedOut: end.isTimedOut,
      isStreaming: body.isStreaming,
      keySource: credential.id === CREDITS ? "ngrok" : "user",
      providerKeyId: stored?.id,
      providerKeyDisplayName: stored?.keyRedacted,
    },
    end.tokens,
  );
}

function timeoutMs(duration: string, defaultMs: number): number {
  return parseGoDurationMs(duration) ?? defaultMs;
}
