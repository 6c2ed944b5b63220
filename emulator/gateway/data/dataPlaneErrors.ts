/**
 * Errors of the data plane, in the format of each SDK and with the fields of the management API's errors. The message contains the code,
 * because the official SDKs show the message. The service's own format is not published.
 */
import type { ApiError } from "../apiError";
import type { ApiFormat } from "./surfaces";

/** Names of HTTP statuses in OpenAI's and Anthropic's APIs. */
const TYPES: Readonly<Record<number, readonly [openai: string, anthropic: string]>> = {
  400: ["invalid_request_error", "invalid_request_error"],
  401: ["authentication_error", "authentication_error"],
  403: ["permission_error", "permission_error"],
  404: ["not_found_error", "not_found_error"],
  413: ["invalid_request_error", "request_too_large"],
  422: ["invalid_request_error", "invalid_request_error"],
  429: ["rate_limit_error", "rate_limit_error"],
  503: ["server_error", "overloaded_error"],
  504: ["server_error", "timeout_error"],
};

export function errorBody(error: ApiError, format: ApiFormat): Record<string, unknown> {
  const [openai, anthropic] = TYPES[error.statusCode] ?? ["server_error", "api_error"];
  const message = `${error.errorCode}: ${error.message}`;
  const inFormat =
    format === "openai"
      ? { error: { message, type: openai, param: null, code: error.errorCode } }
      : { type: "error", error: { type: anthropic, message } };
  return { ...inFormat, ...error.toBody() };
}

/** The end of a broken stream, whose status has been sent. */
export function errorEvent(error: ApiError, format: ApiFormat): Uint8Array {
  const name = format === "anthropic" ? "event: error\n" : "";
  return new TextEncoder().encode(`\n\n${name}data: ${JSON.stringify(errorBody(error, format))}\n\n`);
}
