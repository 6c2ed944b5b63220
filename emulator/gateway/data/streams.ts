/** An upstream's stream, passed on as it comes. */
import { ApiError } from "../apiError";
import type { Attempt, ClientRequest } from "./attempts";
import { errorEvent } from "./dataPlaneErrors";
import { StreamedTokens } from "./tokens";
import type { UpstreamAnswer } from "./upstream";

export function withRequestId(
  headers: Readonly<Record<string, string>>,
  { id }: ClientRequest,
): Record<string, string> {
  return { ...headers, "ngrok-request-id": id };
}

/**
 * The answer that passes the stream on. The first piece is waited for: until then another upstream can still take over. After
 * it, a failure is an event of the surface's own kind, as no status can be told any more.
 * @throws Error where the stream ends before it begins.
 */
export async function relayStream(request: ClientRequest, attempt: Attempt, answer: UpstreamAnswer): Promise<Response> {
  const chunks = answer.chunks();
  const first = await chunks.next();
  if (first.done) throw new Error("the stream was empty");
  const tokens = new StreamedTokens();
  const end = (status: number) => attempt.end({ status, isFinal: true, tokens: tokens.counter.total });
  const pass = (controller: ReadableStreamDefaultController<Uint8Array>, chunk: Uint8Array) => {
    tokens.add(chunk);
    controller.enqueue(chunk);
  };
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => pass(controller, first.value),
    pull: async (controller) => {
      try {
        const next = await chunks.next();
        if (!next.done) {
          pass(controller, next.value);
          return;
        }
        end(answer.status);
      } catch {
        // A client that hung up is no failure of the upstream's.
        end(request.gone.aborted ? answer.status : attempt.isTimedOut() ? 504 : 502);
        controller.enqueue(errorEvent(brokenOff(attempt), attempt.surface.format));
      }
      controller.close();
    },
    // The client went away: so does the request to the upstream.
    cancel: async () => {
      end(answer.status);
      await chunks.return?.();
    },
  });
  return new Response(body, { status: answer.status, headers: withRequestId(answer.headers, request) });
}

function brokenOff(attempt: Attempt): ApiError {
  const who = `The upstream ${attempt.target.address}`;
  return attempt.isTimedOut()
    ? new ApiError(504, "ERR_NGROK_27207", `${who} took longer than the account's timeouts allow.`)
    : new ApiError(502, "ERR_NGROK_27223", `${who} broke its stream off.`);
}
