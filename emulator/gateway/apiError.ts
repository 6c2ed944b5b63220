/** Errors in the API's own shape. */
import type { Env, Hono } from "hono";

/** An answer that is an error; thrown anywhere below a route. */
export class ApiError extends Error {
  constructor(
    readonly statusCode: number,
    readonly errorCode: string,
    message: string,
    readonly details: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.name = "ApiError";
  }

  toBody(): { errorCode: string; statusCode: number; msg: string; details: Readonly<Record<string, string>> } {
    return { errorCode: this.errorCode, statusCode: this.statusCode, msg: this.message, details: this.details };
  }
}

/** What is thrown, as an answer: a fault of the emulator itself tells its message and no stack. */
export function toApiError(error: Error): ApiError {
  return error instanceof ApiError
    ? error
    : new ApiError(500, "ERR_NGROK_27613", `The emulator failed: ${error.message}`);
}

/** Lets an app answer what is thrown in it, in the API's shape and without a stack. */
export function withErrors<E extends Env>(app: Hono<E>): Hono<E> {
  app.onError((error, context) => {
    const known = toApiError(error);
    return context.json(known.toBody(), known.statusCode as 500);
  });
  return app;
}
