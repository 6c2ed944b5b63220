import type { Dispatcher } from "undici";
import type { HttpMethod } from "./contract/operations";

/** One request as it is sent. */
export interface WireRequest {
  readonly origin: string;
  /** Path and query. */
  readonly target: string;
  readonly method: HttpMethod;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** One response as it was received; header names in lower case. */
export interface WireAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly text: string;
}

/** The reason for a missing response, and whether the request may have reached the server. */
export interface NoAnswer {
  readonly why: "no-answer";
  readonly code: string;
  readonly problem: string;
  readonly isSent: boolean;
}

/** The result for a request that its caller canceled; if the cancellation's reason is a text, the result contains it. */
export function canceledBy(signal: AbortSignal | undefined): { code: string; problem: string } {
  const reason: unknown = signal?.reason;
  return { code: "ABORT_ERR", problem: typeof reason === "string" ? reason : "the caller canceled it" };
}

/** Largest response that is read, in bytes: a page of 100 objects is far smaller. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;
/** Error code for a larger response. */
export const ANSWER_TOO_LARGE = "ANSWER_TOO_LARGE";

/**
 * Sends one request once. Uses undici's plain dispatch because only it reports when a request starts on a connection: before
 * that, nothing has left this machine, and even a POST is safe to send again.
 */
export function sendOnce(
  dispatcher: Dispatcher,
  request: WireRequest,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<WireAnswer | NoAnswer> {
  return new Promise((resolve) => {
    let controller: Dispatcher.DispatchController | undefined;
    let isOver = false;
    let status = 0;
    let headers: WireAnswer["headers"] = {};
    const chunks: Buffer[] = [];
    let bytes = 0;

    const settle = (result: WireAnswer | NoAnswer) => {
      isOver = true;
      clearTimeout(timer);
      signal?.removeEventListener("abort", cancel);
      resolve(result);
    };
    const fail = (code: string, problem: string) =>
      settle({ why: "no-answer", code, problem, isSent: controller !== undefined });
    const giveUp = (code: string, problem: string) => {
      fail(code, problem);
      controller?.abort(new Error(problem));
    };
    const cancel = () => {
      const { code, problem } = canceledBy(signal);
      giveUp(code, problem);
    };
    const timer = setTimeout(() => giveUp("TIMEOUT", `none within ${Math.round(timeoutMs)} ms`), timeoutMs);
    signal?.addEventListener("abort", cancel, { once: true });
    if (signal?.aborted) {
      cancel();
      return;
    }

    const { origin, target: path, method, body } = request;
    dispatcher.dispatch(
      { origin, path, method, headers: { ...request.headers }, body: body ?? null, headersTimeout: 0, bodyTimeout: 0 },
      {
        onRequestStart(started) {
          if (isOver) {
            started.abort(new Error("given up before it was sent"));
          } else {
            controller = started;
          }
        },
        onResponseStart(_controller, answerStatus, answerHeaders) {
          status = answerStatus;
          headers = singleValues(answerHeaders);
        },
        onResponseData(_controller, chunk) {
          bytes += chunk.length;
          if (bytes <= MAX_ANSWER_BYTES) chunks.push(chunk);
          else if (!isOver) giveUp(ANSWER_TOO_LARGE, `the answer is longer than ${MAX_ANSWER_BYTES / 2 ** 20} MiB`);
        },
        onResponseEnd() {
          if (!isOver) settle({ status, headers, text: Buffer.concat(chunks).toString("utf8") });
        },
        onResponseError(_controller, error) {
          if (!isOver) {
            fail(...describeNetworkError(error));
          }
        },
      },
    );
  });
}

function singleValues(headers: Record<string, string | string[] | undefined>): WireAnswer["headers"] {
  const entries = Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value]);
  return Object.fromEntries(entries) as WireAnswer["headers"];
}

const PROBLEMS: ReadonlyMap<string, string> = new Map([
  ["ECONNREFUSED", "the connection was refused"],
  ["ECONNRESET", "the connection was cut"],
  ["UND_ERR_SOCKET", "the connection was closed"],
  ["EPIPE", "the connection was closed"],
  ["ENOTFOUND", "the host name is not known"],
  ["EAI_AGAIN", "the host name could not be looked up"],
  ["ETIMEDOUT", "the connection timed out"],
  ["UND_ERR_CONNECT_TIMEOUT", "no connection within 10 s"],
  ["UND_ERR_ABORTED", "the proxy opened no connection"],
  ["EHOSTUNREACH", "the host cannot be reached"],
  ["ENETUNREACH", "the network cannot be reached"],
]);

/** The code and a sentence. The error itself is discarded: undici's parser errors contain parts of the response. */
function describeNetworkError(error: Error): [code: string, problem: string] {
  const code = "code" in error && typeof error.code === "string" ? error.code : "UNKNOWN";
  return [code, `${PROBLEMS.get(code) ?? "the connection failed"} (${code})`];
}
