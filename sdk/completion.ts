/**
 * One question to a model through the gateway's data plane, as an application asks it: with an access key. The management
 * client never comes here; who checks a route does.
 */
import { accountFor } from "./account";
import { type NoAnswer, sendOnce, type WireAnswer } from "./attempt";
import { hideSecrets } from "./secrets";

export interface CompletionRequest {
  /** The data plane's address, without `/v1`. */
  readonly gatewayUrl: string;
  /** Token of an access key. */
  readonly token: string;
  readonly model: string;
  /** What to try after `model`, in this order. */
  readonly models?: readonly string[] | undefined;
  readonly message: string;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

export interface CompletionAnswer {
  readonly status: number;
  /** The gateway's error code, where it refused. */
  readonly code: string | undefined;
  /** What whoever refused said, without the token. Empty for an answer. */
  readonly problem: string;
  /** The model that answered, in its own words. */
  readonly model: string | undefined;
  readonly requestId: string | undefined;
  /** From the answer's `Retry-After`, in milliseconds. */
  readonly retryAfterMs: number | undefined;
}

/** Headers in which gateways and upstreams name a request; the gateway's own is not documented. */
const REQUEST_ID_HEADERS = ["ngrok-request-id", "x-request-id", "apim-request-id"];
const MAX_PROBLEM_CHARS = 1_000;
const CONNECTIONS = 16;

/** Asks once. Never throws for what the gateway or the network does. */
export async function askModel(request: CompletionRequest): Promise<CompletionAnswer | NoAnswer> {
  const { gatewayUrl, token, model, models, message, timeoutMs, signal } = request;
  const url = new URL(`${gatewayUrl}/v1/chat/completions`);
  const body = { model, ...(models?.length ? { models } : {}), messages: [{ role: "user", content: message }] };
  const { dispatcher, limit } = await accountFor(url.origin, token, CONNECTIONS);
  const wire = {
    origin: url.origin,
    target: url.pathname,
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify(body),
  } as const;
  const answer = await limit(() => sendOnce(dispatcher, wire, timeoutMs, signal));
  return "why" in answer ? answer : read(answer, token);
}

function read(answer: WireAnswer, token: string): CompletionAnswer {
  const { status, headers, text } = answer;
  const body = parse(text);
  const error = (body?.error ?? body) as { code?: unknown; errorCode?: unknown } | undefined;
  const code = error?.errorCode ?? error?.code ?? headers["ngrok-error-code"];
  const isAnswer = status < 300 && Array.isArray(body?.choices);
  return {
    status,
    code: code === undefined || code === null ? undefined : String(code),
    problem: isAnswer ? "" : hideSecrets(messageOf(body) ?? text, [token]).slice(0, MAX_PROBLEM_CHARS),
    model: typeof body?.model === "string" ? body.model : undefined,
    requestId: REQUEST_ID_HEADERS.map((name) => headers[name]).find((id) => id !== undefined),
    retryAfterMs: secondsToMs(headers["retry-after"]),
  };
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === "object" && body !== null ? (body as Record<string, unknown>) : undefined;
  } catch {
    // An answer that is no JSON is told as the text that it is.
    return undefined;
  }
}

function messageOf(body: Record<string, unknown> | undefined): string | undefined {
  const { error, message, msg } = body ?? {};
  // The gateway's own words come first: in the other shapes the code, which is told by itself, stands before them.
  if (typeof msg === "string") return msg;
  if (typeof error === "object" && error !== null && "message" in error) return String(error.message);
  const text = message ?? error;
  return typeof text === "string" ? text : undefined;
}

function secondsToMs(header: string | undefined): number | undefined {
  const seconds = Number(header);
  return header !== undefined && Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
}
