import type { NoAnswer } from "./attempt";
import type { ErrorBody } from "./contract/common";
import type { HttpMethod, ReplayClass } from "./contract/operations";
import { hideSecrets } from "./secrets";

/**
 * What is known of the change a failed call was to make: `rejected`: the API refused it; `not-sent`: the request never
 * left; `unknown`: it may have been made, so look before sending it again.
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

/**
 * Every error this client throws. It holds what was asked and what was answered, never a request's or an answer's body.
 */
export class GatewayError extends Error implements GatewayErrorFields {
  /** What was to be done: `create`, `update`, … */
  readonly operation: string;
  /** What it was to be done to, as the caller calls it: `ProviderKey`. */
  readonly kind: string | undefined;
  /** The name of that thing, as the caller calls it. */
  readonly subjectName: string | undefined;
  /** HTTP method of the request. */
  readonly method: HttpMethod | undefined;
  /** Path of the request, without the query. */
  readonly path: string | undefined;
  /** HTTP status of the last answer; `undefined` where none came. */
  readonly status: number | undefined;
  /** The API's error code (`ERR_NGROK_…`), or the code of the network error. */
  readonly code: string | undefined;
  /** What the API adds to its message. */
  readonly details: Readonly<Record<string, string>> | undefined;
  /** How often the request was tried. */
  readonly attempts: number;
  /** Whether sending the same call again later may succeed and can do no harm. */
  readonly isRetryable: boolean;
  /** What is known of the change. */
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

  /** Whether `value` is an error of this class, even one made by another copy of this package. */
  static isInstance<Instance extends GatewayError>(
    this: GatewayErrorClass<Instance>,
    value: unknown,
  ): value is Instance {
    // biome-ignore lint/complexity/noThisInStatic: a subclass asks for its own marker
    return typeof value === "object" && value !== null && markerOf(this.name) in value;
  }
}

/** The API answered with an error. */
export class GatewayRejectedError extends GatewayError {}

/** The API answered that the object does not exist. */
export class GatewayNotFoundError extends GatewayRejectedError {}

/** No answer came: no connection, a connection lost, a time-out, or the caller's own cancellation. */
export class GatewayUnreachableError extends GatewayError {}

/** An answer came that is not what the API's document promises. Names the fields, never their values. */
export class GatewayUnexpectedResponseError extends GatewayError {
  /** Paths of the fields that are missing or of a wrong type, such as `aiGatewayProviders.0.id`. */
  readonly fieldPaths: readonly string[];

  constructor(message: string, fields: GatewayErrorFields, fieldPaths: readonly string[]) {
    super(message, fields);
    this.fieldPaths = fieldPaths;
  }
}

/** The client cannot be used, or a method cannot be called, as it was asked. Nothing was sent. */
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
  // On the prototype, so that they are inherited and do not clutter what is printed of an error.
  Object.defineProperty(errorClass.prototype, "name", { value: errorClass.name, writable: true, configurable: true });
  Object.defineProperty(errorClass.prototype, markerOf(errorClass.name), { value: true });
}

/** The call that an error speaks of. */
export interface GatewayCall {
  readonly operation: string;
  readonly kind: string | undefined;
  readonly subjectName: string | undefined;
  readonly method: HttpMethod;
  readonly path: string;
  readonly replay: ReplayClass;
  /** Whether the call makes a new object, so that the object may exist already. */
  readonly isCreate: boolean;
  readonly apiOrigin: string;
  readonly apiKeySource: string;
  /** Secrets that the request carries, the API key among them. */
  readonly secrets: readonly string[];
}

/** Why an attempt did not succeed. */
export type Failure =
  | { readonly why: "refused"; readonly status: number; readonly contentType: string; readonly body?: ErrorBody }
  | { readonly why: "unexpected"; readonly status: number; readonly problem: string; readonly fieldPaths: string[] }
  | NoAnswer;

/** Network failures that waiting does not mend: the caller's own stop, and a certificate that is not trusted. */
const LASTING_FAILURE = /^(ABORT_ERR|ERR_TLS_.*|ERR_SSL_.*|CERT_.*|.*_CERT|.*_CERT_.*|UNABLE_TO_.*)$/;

/** Whether the same request may be sent again, and whether that may help. */
export function isRetryable(failure: Failure, replay: ReplayClass): boolean {
  switch (failure.why) {
    case "refused":
      return failure.status === 429 || (replay !== "never" && isPassing(failure.status));
    case "unexpected":
      return false;
    case "no-answer":
      return !LASTING_FAILURE.test(failure.code) && (replay !== "never" || !failure.isSent);
  }
}

/** What is known of the change after this failure alone. */
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

/** The object is gone only if the API itself says so: a 404 of something else on the way proves nothing. */
export function isNotFound(failure: Failure): boolean {
  return failure.why === "refused" && failure.status === 404 && failure.body !== undefined;
}

/** How the trying ended. */
export interface Attempts {
  readonly attempts: number;
  readonly outcome: Outcome;
  /** Why a failure that could be tried again was not. */
  readonly stopReason?: string;
}

/** The only mapping from an answer, or the lack of one, to an error. */
export function toGatewayError(call: GatewayCall, failure: Failure, ending: Attempts): GatewayError {
  const { operation, kind, method, path } = call;
  const subjectName = call.subjectName === undefined ? undefined : tidy(call.subjectName, call.secrets);
  const fields = { operation, kind, subjectName, method, path, attempts: ending.attempts, outcome: ending.outcome };
  const shared = { ...fields, isRetryable: isRetryable(failure, call.replay) };
  const message = describe({ ...call, subjectName }, failure, ending);
  switch (failure.why) {
    case "refused": {
      const errorClass = isNotFound(failure) ? GatewayNotFoundError : GatewayRejectedError;
      const told = toldBy(failure.body, call.secrets);
      return new errorClass(message, { ...shared, status: failure.status, code: told?.code, details: told?.details });
    }
    case "unexpected":
      return new GatewayUnexpectedResponseError(message, { ...shared, status: failure.status }, failure.fieldPaths);
    case "no-answer":
      return new GatewayUnreachableError(message, { ...shared, code: failure.code });
  }
}

/** What – call – answer – next step – attempts. */
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
      const told = toldBy(failure.body, secrets);
      return told === undefined
        ? `answered ${failure.status} with ${failure.contentType}, which is not the API's own error`
        : `answered ${failure.status}${told.code === undefined ? "" : ` ${told.code}`} "${told.message}"`;
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
    return `Check apiUrl (${call.apiOrigin}) and whatever stands between here and there.`;
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
    return 'Set adopt: "ifExists" to take over the object that exists, or change the name or id that is taken.';
  }
  return call.method === "DELETE" ? "Remove what still refers to it first." : undefined;
}

/** The API's own words, made fit to be shown. */
function toldBy(body: ErrorBody | undefined, secrets: readonly string[]) {
  if (body === undefined) {
    return undefined;
  }
  const details = Object.entries(body.details).map((entry) => entry.map((text) => tidy(text, secrets)));
  return {
    message: tidy(body.msg, secrets),
    code: body.errorCode === undefined ? undefined : tidy(body.errorCode, secrets),
    details: Object.fromEntries(details) as Record<string, string>,
  };
}

const MAX_TOLD_CHARS = 1_000;

/** One line, of bounded length, without secrets and without characters that move a terminal's cursor. */
function tidy(text: string, secrets: readonly string[]): string {
  const line = hideSecrets(text, secrets).replace(/[\p{Cc}\s]+/gu, " ");
  return line.length > MAX_TOLD_CHARS ? `${line.slice(0, MAX_TOLD_CHARS)}…` : line;
}
