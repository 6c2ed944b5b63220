/** Handlers of gRPC requests as plain functions. */
import { messageOf } from "../errors";
import { type Grpc, grpc } from "../protocol/stubs";
import { InvalidRequestError } from "./requests";

type Handler<Request, Response> = (request: Request, metadata: Grpc.Metadata) => Response | Promise<Response>;

/** A handler as gRPC wants it. What is wrong with a request is said to the program, which fails with it. */
export function unary<Request, Response>(handler: Handler<Request, Response>): Grpc.handleUnaryCall<Request, Response> {
  return (call, callback) => {
    Promise.resolve()
      .then(() => handler(call.request, call.metadata))
      .then(
        (response) => callback(null, response),
        (error: unknown) => {
          const isInvalid = error instanceof InvalidRequestError;
          const code = isInvalid ? grpc.status.INVALID_ARGUMENT : grpc.status.UNKNOWN;
          callback({ code, details: messageOf(error) });
        },
      );
  };
}
