/** Passes an upstream's stream on while it arrives. */
import { errorCodes } from "../../../sdk/contract/errorCodes";
import { ApiError } from "../apiError";
import type { Attempt } from "./attempt";
import type { ClientRequest } from "./clientRequest";
import { errorEvent } from "./dataPlaneErrors";
import { StreamedReport } from "./tokens";
import type { UpstreamAnswer } from "./upstream";

/**
 * The answer that passes the stream on. It waits for the first piece, because another upstream can be tried until then. A later failure
 * is sent as an event of the surface, because the status has been sent.
 * @throws Error when the stream ends before its first piece
 */
export async function relayStream(
  request: ClientRequest,
  attempt: Attempt,
  upstream: UpstreamAnswer,
  headers: () => Record<string, string>,
): Promise<Response> {
  const { status } = upstream;
  const chunks = upstream.chunks();
  const first = await chunks.next();
  if (first.done) throw new Error("the stream was empty");
  attempt.firstTokenArrived();
  const report = new StreamedReport();
  const end = () => attempt.end({ status, retryAction: "succeeded", report });
  const breakOff = () => {
    // A client that disconnected is not a failure of the upstream.
    if (request.client.hasLeft()) end();
    else attempt.end({ status: attempt.isTimedOut() ? 504 : 502, retryAction: "fail_fast", report, isBroken: true });
  };
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
        end();
      } catch {
        breakOff();
        controller.enqueue(errorEvent(brokenOff(attempt), request.surface.format));
      }
      controller.close();
    },
    // The client disconnected, so the request to the upstream is ended.
    cancel: async () => {
      end();
      await chunks.return?.();
    },
  });
  return new Response(body, { status, headers: headers() });
}

function brokenOff(attempt: Attempt): ApiError {
  const upstream = `The upstream ${attempt.target.address}`;
  return attempt.isTimedOut()
    ? new ApiError(errorCodes.upstreamTimedOut, `${upstream} took longer than the account's timeouts allow.`)
    : new ApiError(errorCodes.upstreamNetworkError, `${upstream} broke off its stream.`);
}
