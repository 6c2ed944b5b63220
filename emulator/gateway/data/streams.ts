/** An upstream's stream, passed on while it arrives. */
import { errorCodes } from "../../../sdk/contract/errorCodes";
import { ApiError } from "../apiError";
import type { Attempt, ClientRequest } from "./attempts";
import { errorEvent } from "./dataPlaneErrors";
import { StreamedReport } from "./tokens";
import type { UpstreamAnswer } from "./upstream";

export function withRequestId(
  headers: Readonly<Record<string, string>>,
  { id }: ClientRequest,
): Record<string, string> {
  return { ...headers, "ngrok-request-id": id };
}

/**
 * The answer that passes the stream on. The first piece is awaited: until then another upstream can be tried. A later failure is an
 * event of the surface's own kind, as the status has been sent.
 * @throws Error where the stream ends before it begins.
 */
export async function relayStream(request: ClientRequest, attempt: Attempt, answer: UpstreamAnswer): Promise<Response> {
  const chunks = answer.chunks();
  const first = await chunks.next();
  if (first.done) throw new Error("the stream was empty");
  const report = new StreamedReport();
  attempt.firstTokenArrived();
  const end = (status: number, isBroken = false) => attempt.end({ status, isFinal: true, isBroken, report });
  const pass = (controller: ReadableStreamDefaultController<Uint8Array>, chunk: Uint8Array) => {
    report.add(chunk);
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
        // A client that hung up is not a failure of the upstream.
        if (request.gone.aborted) end(answer.status);
        else end(attempt.isTimedOut() ? 504 : 502, true);
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
    ? new ApiError(errorCodes.upstreamTimedOut, `${who} took longer than the account's timeouts allow.`)
    : new ApiError(errorCodes.upstreamNetworkError, `${who} broke off its stream.`);
}
