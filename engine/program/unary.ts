/** Turns plain functions into handlers of gRPC requests. */
import { messageOf } from "../errors";
import { type Grpc, grpc } from "../protocol/stubs";
import { InvalidRequestError } from "./requests";

/** An error's message is sent in HTTP/2 headers, of which Node accepts 64 KiB; a character may need nine bytes there. */
const MAX_MESSAGE_CHARS = 6_000;

type Handler<Request, Response> = (request: Request, metadata: Grpc.Metadata) => Response | Promise<Response>;

/** A gRPC handler from a plain function. The program receives the message of a thrown error. */
export function unary<Request, Response>(handler: Handler<Request, Response>): Grpc.handleUnaryCall<Request, Response> {
  return (call, callback) => {
    Promise.resolve()
      .then(() => handler(call.request, call.metadata))
      .then(
        (response) => callback(null, response),
        (error: unknown) => {
          const isInvalid = error instanceof InvalidRequestError;
          const code = isInvalid ? grpc.status.INVALID_ARGUMENT : grpc.status.UNKNOWN;
          callback({ code, details: messageOf(error).slice(0, MAX_MESSAGE_CHARS) });
        },
      );
  };
}
