import type { NoAnswer } from "./attempt";
import type { ErrorBody } from "./contract/common";
import { knownError } from "./contract/errorCodes";
import type { HttpMethod, ReplayClass } from "./contract/operations";
import { toOneLine } from "./oneLine";
import { hideSecrets } from "./secrets";

/**
 * The outcome of a failed call's change. `rejected`: the API refused it. `not-sent`: the request was not sent. `unknown`: the
 * change may have been made, so check before sending it again.
 */
export type Outcome = "rejected" | "not-sent" | "unknown";

interface GatewayErrorFields {
  readonly operation: string;
  readonly kind?: string | undefined;
  readonly subjectName?: string | undefined;
  readonly method?: HttpMethod | undefined;
  readonly path?: string | undefined;
  readonly status?: number | undefined;
  readonly code?: string | undefined;
  readonly details?: Readonly<Record<string, string>> | undefined;
  readonly attempts: number;
  readonly isRetryable: boolean;
  readonly outcome: Outcome;
}

type GatewayErrorClass<Instance> = { readonly name: string; readonly prototype: Instance };

/** Base class of every error that this client throws. Never contains the body of a request or a response. */
export class GatewayError extends Error implements GatewayErrorFields {
  /** The operation: `create`, `update`, … */
  readonly operation: string;
  /** Kind of the object, in the caller's words: `ProviderKey`. */
  readonly kind: string | undefined;
  /** Name of the object, in the caller's words. */
  readonly subjectName: string | undefined;
  /** HTTP method of the request. */
  readonly method: HttpMethod | undefined;
  /** Path of the request, without the query. */
  readonly path: string | undefined;
  /** HTTP status of the last response; `undefined` if there was none. */
  readonly status: number | undefined;
  /** The API's error code (`ERR_NGROK_…`), or the code of the network error. */
  readonly code: string | undefined;
  /** The first 20 entries of the details in the API's error. */
  readonly details: Readonly<Record<string, string>> | undefined;
  /** Number of attempts made. */
  readonly attempts: number;
  /** Whether sending the same call again later is safe and may succeed. */
  readonly isRetryable: boolean;
  /** Outcome of the change. */
  readonly outcome: Outcome;

  constructor(message: string, fields: GatewayErrorFields) {
    super(message);
    this.operation = fields.operation;
    this.kind = fields.kind;
    this.subjectName = fields.subjectName;
    this.method = fields.method;
    this.path = fields.path;
    this.status = fields.status;
    this.code = fields.code;
    this.details = fields.details;
    this.attempts = fields.attempts;
    this.isRetryable = fields.isRetryable;
    this.outcome = fields.outcome;
  }

  /** Whether `value` is an error of this class, including one from another copy of this package. */
  static isInstance<Instance extends GatewayError>(
    this: GatewayErrorClass<Instance>,
    value: unknown,
  ): value is Instance {
    // biome-ignore lint/complexity/noThisInStatic: a subclass asks for its own marker
    return typeof value === "object" && value !== null && markerOf(this.name) in value;
  }
}

/** The API returned an error. */
export class GatewayRejectedError extends GatewayError {}

/** The API reported that the object does not exist. */
export class GatewayNotFoundError extends GatewayRejectedError {}

/**
 * There is no response: no connection, a lost connection, a timeout, a response that is too large, or a cancellation by the
 * caller.
 */
export class GatewayUnreachableError extends GatewayError {}

/**
 * The response does not match the API's documentation: a different status or a different body. Names fields, never their values.
 */
export class GatewayUnexpectedResponseError extends GatewayError {
  /** Paths of the fields that are missing or have a wrong type, for example `aiGatewayProviders.0.id`. */
  readonly fieldPaths: readonly string[];

  constructor(message: string, fields: GatewayErrorFields, fieldPaths: readonly string[]) {
    super(message, fields);
    this.fieldPaths = fieldPaths;
  }
}

/** The client's options or a method's arguments are not valid. Nothing was sent. */
export class GatewayConfigurationError extends GatewayError {
  constructor(message: string) {
    super(message, { operation: "configure", attempts: 0, isRetryable: false, outcome: "not-sent" });
  }
}

function markerOf(className: string): symbol {
  return Symbol.for(`pulumi-ngrok-ai.${className}`);
}

for (const errorClass of [
  GatewayError,
  GatewayRejectedError,
  GatewayNotFoundError,
  GatewayUnreachableError,
  GatewayUnexpectedResponseError,
  GatewayConfigurationError,
]) {
  // Defined on the prototype, so that they are inherited and not printed with an error.
  Object.defineProperty(errorClass.prototype, "name", { value: errorClass.name, writable: true, configurable: true });
  Object.defineProperty(errorClass.prototype, markerOf(errorClass.name), { value: true });
}

/** The call that failed. */
export interface GatewayCall {
  readonly operation: string;
  readonly kind: string | undefined;
  readonly subjectName: string | undefined;
  readonly method: HttpMethod;
  readonly path: string;
  readonly replay: ReplayClass;
  /** Whether the call creates an object, which may exist already. */
  readonly isCreate: boolean;
  readonly apiOrigin: string;
  readonly apiKeySource: string;
  /** Secrets in the request, including the API key. */
  readonly secrets: readonly string[];
}

/** The reason why an attempt failed. */
export type Failure =
  | { readonly why: "refused"; readonly status: number; readonly contentType: string; readonly body?: ErrorBody }
  | {
      readonly why: "unexpected";
      readonly status: number;
      readonly problem: string;
      readonly fieldPaths: string[];
      /** The response may come from an intermediary instead of the API, and may be transient. */
      readonly mayPass?: boolean;
    }
  | NoAnswer;

/**
 * Permanent network failures: a cancellation by the caller, a response that is too large, and a certificate that is not trusted.
 */
const LASTING_FAILURE = /^(ABORT_ERR|ANSWER_TOO_LARGE|ERR_TLS_.*|ERR_SSL_.*|CERT_.*|.*_CERT|.*_CERT_.*|UNABLE_TO_.*)$/;

/** Whether sending the same request again is safe and may help. */
export function isRetryable(failure: Failure, replay: ReplayClass): boolean {
  switch (failure.why) {
    case "refused":
      return failure.status === 429 || (replay !== "never" && isPassing(failure.status));
    case "unexpected":
      return failure.mayPass === true && replay !== "never";
    case "no-answer":
      return !LASTING_FAILURE.test(failure.code) && (replay !== "never" || !failure.isSent);
  }
}

/** The outcome of the change, judged by this failure alone. */
export function outcomeOf(failure: Failure): Outcome {
  switch (failure.why) {
    case "refused":
      return isPassing(failure.status) || failure.status === 499 ? "unknown" : "rejected";
    case "unexpected":
      return "unknown";
    case "no-answer":
      return failure.isSent ? "unknown" : "not-sent";
  }
}

function isPassing(status: number): boolean {
  return status === 408 || status >= 500;
}

/** Only the API's own 404 proves that an object does not exist; an intermediary's does not. */
export function isNotFound(failure: Failure): boolean {
  return failure.why === "refused" && failure.status === 404 && failure.body !== undefined;
}

/** The result of the attempts. */
export interface Attempts {
  readonly attempts: number;
  readonly outcome: Outcome;
  /** The reason why a retryable failure was not retried. */
  readonly stopReason?: string;
}

/** The only conversion from a response, or a missing response, to an error. */
export function toGatewayError(call: GatewayCall, failure: Failure, ending: Attempts): GatewayError {
  const { operation, kind, method, path } = call;
  const subjectName = call.subjectName === undefined ? undefined : tidy(call.subjectName, call.secrets);
  const fields = { operation, kind, subjectName, method, path, attempts: ending.attempts, outcome: ending.outcome };
  const shared = { ...fields, isRetryable: isRetryable(failure, call.replay) };
  const message = describe({ ...call, subjectName }, failure, ending);
  switch (failure.why) {
    case "refused": {
      const errorClass = isNotFound(failure) ? GatewayNotFoundError : GatewayRejectedError;
      const refusal = shownRefusal(failure.body, call.secrets);
      const { code, details } = refusal ?? {};
      return new errorClass(message, { ...shared, status: failure.status, code, details });
    }
    case "unexpected":
      return new GatewayUnexpectedResponseError(message, { ...shared, status: failure.status }, failure.fieldPaths);
    case "no-answer":
      return new GatewayUnreachableError(message, { ...shared, code: failure.code });
  }
}

/** Order: subject, call, response, next step, attempts. */
function describe(call: GatewayCall, failure: Failure, ending: Attempts): string {
  const name = call.subjectName === undefined ? "" : ` "${call.subjectName}"`;
  const what = `${call.operation}${call.kind === undefined ? "" : ` ${call.kind}`}${name} failed`;
  const answer = `${call.method} ${call.path} ${describeFailure(failure, call.secrets)}.`;
  const advice = nextStep(call, failure, ending.outcome);
  const note = ending.stopReason ?? (isSpentPost(call, failure) ? "a POST is not repeated" : undefined);
  const attempts = `(attempt ${ending.attempts} of ${ending.attempts}${note === undefined ? "" : `; ${note}`})`;
  return [`${what}: ${answer}`, ...(advice === undefined ? [] : [advice]), attempts].join(" ");
}

function isSpentPost(call: GatewayCall, failure: Failure): boolean {
  return call.method === "POST" && !isRetryable(failure, call.replay) && outcomeOf(failure) !== "not-sent";
}

function describeFailure(failure: Failure, secrets: readonly string[]): string {
  switch (failure.why) {
    case "refused": {
      const refusal = shownRefusal(failure.body, secrets);
      return refusal === undefined
        ? `answered ${failure.status} with ${failure.contentType}, which is not the API's own error`
        : `answered ${failure.status}${refusal.code === undefined ? "" : ` ${refusal.code}`} "${refusal.message}"`;
    }
    case "unexpected": {
      const fields = failure.fieldPaths.length === 0 ? "" : `: ${failure.fieldPaths.join(", ")}`;
      return `answered ${failure.status}, but ${failure.problem}${fields}`;
    }
    case "no-answer":
      return `got no answer: ${failure.problem}`;
  }
}

function nextStep(call: GatewayCall, failure: Failure, outcome: Outcome): string | undefined {
  if (failure.why === "no-answer" && failure.code === "ABORT_ERR") {
    return outcome === "unknown" && call.replay !== "safe" ? "The change may have been made." : undefined;
  }
  if (failure.why !== "refused") {
    const place = `Check that the API is at ${call.apiOrigin} and can be reached`;
    return outcome === "unknown" && call.replay !== "safe" ? `${place}; the change may have been made.` : `${place}.`;
  }
  if (failure.body === undefined) {
    return `Check apiUrl (${call.apiOrigin}) and any proxy on the way.`;
  }
  const known = knownError(failure.body.errorCode)?.nextStep;
  if (known !== undefined) {
    return known;
  }
  switch (failure.status) {
    case 401:
      return `The API key came from ${call.apiKeySource}: check that it is an ngrok.ai API key (not an access key or a provider key) and was not deleted.`;
    case 403:
      return `The account of the API key (from ${call.apiKeySource}) is not allowed to do this.`;
    case 404:
      return `No such object in the account of the API key (from ${call.apiKeySource}).`;
    case 409:
      return conflictAdvice(call);
    case 429:
      return "Try again later, or lower maxConcurrency.";
    default:
      return outcome === "unknown" && call.replay !== "safe" ? "The change may have been made." : undefined;
  }
}

function conflictAdvice(call: GatewayCall): string | undefined {
  if (call.isCreate) {
    return 'Set adopt: "ifExists" to adopt the object that exists, or change the name or id that is taken.';
  }
  return call.method === "DELETE" ? "Remove the objects that refer to it first." : undefined;
}

/** Largest number of entries of a response's `details` in an error. */
const MAX_DETAILS = 20;

/** The API's own message, bounded and without secrets. */
function shownRefusal(body: ErrorBody | undefined, secrets: readonly string[]) {
  if (body === undefined) {
    return undefined;
  }
  const entries = Object.entries(body.details).slice(0, MAX_DETAILS);
  const details = entries.map((entry) => entry.map((text) => tidy(text, secrets)));
  return {
    message: tidy(body.msg, secrets),
    code: body.errorCode === undefined ? undefined : tidy(body.errorCode, secrets),
    details: Object.fromEntries(details) as Record<string, string>,
  };
}

/** Longest text of the API in an error, in characters. */
const MAX_TEXT_CHARS = 1_000;

/** One line of bounded length, without secrets and without control characters for terminals. */
function tidy(text: string, secrets: readonly string[]): string {
  const line = toOneLine(hideSecrets(text, secrets));
  return line.length > MAX_TEXT_CHARS ? `${line.slice(0, MAX_TEXT_CHARS)}…` : line;
}
