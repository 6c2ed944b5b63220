/**
 * Sends one model request through the gateway's data plane, like an application: with an access key. Route checks use it; the
 * client of the management API does not.
 */
import { accountFor } from "./account";
import { type NoAnswer, sendOnce, type WireAnswer } from "./attempt";
import { retryAfterMs } from "./retryTiming";
import { hideSecrets } from "./secrets";

/** The requested output: a text, or an embedding of the message. */
export type QuestionSurface = "chat-completions" | "embeddings";

export interface CompletionRequest {
  /** Base URL of the data plane, without `/v1`. */
  readonly gatewayUrl: string;
  /** Token of an access key. */
  readonly token: string;
  readonly surface: QuestionSurface;
  readonly model: string;
  /** Models to try after `model`, in this order. */
  readonly models?: readonly string[] | undefined;
  readonly message: string;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

export interface CompletionAnswer {
  readonly status: number;
  /** Error code of the gateway, or of the upstream whose refusal it passed through. */
  readonly code: string | undefined;
  /** Message of the refusal, without the token. Empty for an answer. */
  readonly problem: string;
  /** Id of the request at the gateway. */
  readonly requestId: string | undefined;
  /** Model that answered, as the gateway names it in `Ngrok-AIG-Model`. */
  readonly answeringModel: string | undefined;
  /** From `Retry-After`, in milliseconds. */
  readonly retryAfterMs: number | undefined;
}

/** Headers with a request id: the gateway's first, then those of upstreams. */
const REQUEST_ID_HEADERS = ["ngrok-aig-request-id", "x-request-id", "apim-request-id"];
const MAX_PROBLEM_CHARS = 1_000;
const CONNECTIONS = 16;

/** Sends one request. Never throws for a failure of the gateway or the network. */
export async function askModel(request: CompletionRequest): Promise<CompletionAnswer | NoAnswer> {
  const { gatewayUrl, token, surface, model, models, message, timeoutMs, signal } = request;
  const isChat = surface === "chat-completions";
  const url = new URL(`${gatewayUrl}/v1/${isChat ? "chat/completions" : "embeddings"}`);
  const question = isChat ? { messages: [{ role: "user", content: message }] } : { input: message };
  const { dispatcher, limit } = await accountFor(url.origin, token, CONNECTIONS);
  const wire = {
    origin: url.origin,
    target: url.pathname,
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify({ model, ...(models?.length ? { models } : {}), ...question }),
  } as const;
  const answer = await limit(() => sendOnce(dispatcher, wire, timeoutMs, signal));
  return "why" in answer ? answer : read(answer, surface, token);
}

function read(answer: WireAnswer, surface: QuestionSurface, token: string): CompletionAnswer {
  const { status, headers, text } = answer;
  const body = parse(text);
  const error = (body?.error ?? body) as { code?: unknown; errorCode?: unknown } | undefined;
  const code = error?.errorCode ?? error?.code ?? headers["ngrok-error-code"];
  const isAnswer = status < 300 && Array.isArray(surface === "embeddings" ? body?.data : body?.choices);
  return {
    status,
    code: code === undefined || code === null ? undefined : shown(String(code), token),
    problem: isAnswer ? "" : shown(messageOf(body) ?? text, token),
    requestId: REQUEST_ID_HEADERS.map((name) => headers[name]).find((id) => id !== undefined),
    answeringModel: headers["ngrok-aig-model"],
    retryAfterMs: retryAfterMs(headers, Date.now()),
  };
}

/** Cuts long text before it hides secrets, so a secret at the cut must not remain in part. */
function shown(text: string, token: string): string {
  const start = text.slice(0, MAX_PROBLEM_CHARS + token.length);
  return hideSecrets(start, [token]).slice(0, MAX_PROBLEM_CHARS);
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === "object" && body !== null ? (body as Record<string, unknown>) : undefined;
  } catch {
    // A response that is not JSON is shown as plain text.
    return undefined;
  }
}

function messageOf(body: Record<string, unknown> | undefined): string | undefined {
  const { error, message, msg } = body ?? {};
  // The gateway's own message first: the other formats repeat the code before it.
  if (typeof msg === "string") return msg;
  if (typeof error === "object" && error !== null && "message" in error) return String(error.message);
  const text = message ?? error;
  return typeof text === "string" ? text : undefined;
}
