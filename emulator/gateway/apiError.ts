/** Errors in the API's own format. */
import type { Env, Hono } from "hono";
import { type ErrorCode, errorCodes } from "../../sdk/contract/errorCodes";

interface ApiErrorOptions {
  /** The answer's status, if it differs from the code's usual one. */
  readonly status?: number;
  readonly details?: Readonly<Record<string, string>>;
}

/** A refusal, which any code below a route may throw. */
export class ApiError extends Error {
  readonly errorCode: string;
  readonly statusCode: number;
  readonly details: Readonly<Record<string, string>>;

  constructor(error: ErrorCode, message: string, { status = error.status, details = {} }: ApiErrorOptions = {}) {
    super(message);
    this.name = "ApiError";
    this.errorCode = error.code;
    this.statusCode = status;
    this.details = details;
  }

  toBody(): { errorCode: string; statusCode: number; msg: string; details: Readonly<Record<string, string>> } {
    return { errorCode: this.errorCode, statusCode: this.statusCode, msg: this.message, details: this.details };
  }
}

/** A failure of the emulator itself becomes a 500 with its message and no stack. */
export function toApiError(error: Error): ApiError {
  return error instanceof ApiError
    ? error
    : new ApiError(errorCodes.serviceError, `The emulator failed: ${error.message}`, { status: 500 });
}

/** Makes an app answer thrown errors in the API's format, without a stack. */
export function withErrors<E extends Env>(app: Hono<E>): Hono<E> {
  app.onError((error, context) => {
    const known = toApiError(error);
    return context.json(known.toBody(), known.statusCode as 500);
  });
  return app;
}
