import type { z } from "zod";
import { type Account, accountFor } from "./account";
import { canceledBy, type NoAnswer, sendOnce, type WireAnswer, type WireRequest } from "./attempt";
import type { Clock } from "./clock";
import { errorBodySchema } from "./contract/common";
import { type HttpMethod, type Operation, type OperationKey, operations } from "./contract/operations";
import {
  type Failure,
  type GatewayCall,
  GatewayConfigurationError,
  isNotFound,
  isRetryable,
  outcomeOf,
  toGatewayError,
} from "./errors";
import { planRetry } from "./retryTiming";
import { collectSecrets } from "./secrets";
import type { ServerClock } from "./serverClock";

/** A call whose first attempt got no response and which is retried. */
export interface UnreachableNotice {
  /** Origin of the management API. */
  readonly apiOrigin: string;
  /** Reason for the missing response: `the connection was refused (ECONNREFUSED)`. */
  readonly problem: string;
  /** Time of the last attempt at the latest, in milliseconds since the epoch. */
  readonly untilMs: number;
}

/** The destination of requests, and their time limits. */
export interface Connection {
  readonly apiUrl: string;
  readonly apiKey: string;
  readonly apiKeySource: string;
  readonly requestTimeoutMs: number;
  readonly retryBudgetMs: number;
  readonly maxConcurrency: number;
  readonly clock: Clock;
  readonly onUnreachable: ((notice: UnreachableNotice) => void) | undefined;
  readonly serverClock: ServerClock;
}

/** Subject of a call, in the caller's words: errors say `create ProviderKey "openai-primary" failed`. */
export interface Subject {
  readonly kind: string;
  readonly name: string;
  /** Operation that error messages name. @default the operation's own verb */
  readonly operation?: string;
}

export interface CallOptions {
  /** Cancels the call, including its waits. If the reason is a text, the error contains it. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Time for all attempts of this call, in milliseconds.
   * @default the client's
   */
  readonly retryBudgetMs?: number | undefined;
  /** Subject of the call, for error messages: `{ kind, name }`. */
  readonly subject?: Subject | undefined;
}

type Operations = typeof operations;
type SchemaAt<Key extends OperationKey, Part extends "query" | "headers" | "request" | "response"> =
  Operations[Key] extends Record<Part, infer Schema extends z.ZodType> ? Schema : never;

export type ResponseOf<Key extends OperationKey> = [SchemaAt<Key, "response">] extends [never]
  ? undefined
  : z.output<SchemaAt<Key, "response">>;
export type RequestOf<Key extends OperationKey> = z.input<SchemaAt<Key, "request">>;
export type QueryOf<Key extends OperationKey> = z.input<SchemaAt<Key, "query">>;
export type HeadersOf<Key extends OperationKey> = z.input<SchemaAt<Key, "headers">>;

export interface CallInput<Key extends OperationKey> {
  readonly id?: string;
  readonly query?: QueryOf<Key>;
  readonly headers?: HeadersOf<Key>;
  readonly body?: RequestOf<Key>;
}

/**
 * Calls one operation: sends it, retries if that is safe and may help, and returns the validated response.
 * @throws GatewayError, and no other error
 */
export async function callGateway<Key extends OperationKey>(
  connection: Connection,
  key: Key,
  input: CallInput<Key>,
  options: CallOptions = {},
): Promise<ResponseOf<Key>> {
  const operation: Operation = operations[key];
  const path = encodePath(operation.path, input.id);
  const call = describeCall(connection, key, operation, path, input.body, options.subject);
  const request = encodeRequest(connection, operation.method, path, input);
  const account = await accountFor(connection.apiUrl, connection.apiKey, connection.maxConcurrency);
  const { clock, requestTimeoutMs } = connection;
  const { signal, retryBudgetMs = connection.retryBudgetMs } = options;

  let deadlineMs = clock.nowMs() + retryBudgetMs;
  let mayBeDone = false;
  for (let attempt = 1; ; attempt += 1) {
    const askedMs = clock.nowMs();
    const attemptOnce = async () => {
      const startMs = clock.nowMs();
      deadlineMs += startMs - askedMs; // waiting in the queue uses no budget
      const timeoutMs = Math.min(requestTimeoutMs, deadlineMs - startMs);
      const result = await sendOnce(account.dispatcher, request, timeoutMs, signal);
      if ("headers" in result) connection.serverClock.observe(result.headers.date);
      logAttempt(call, result, clock.nowMs() - startMs, attempt);
      return result;
    };
    const answer = await inTurn(account.limit, attemptOnce, signal);
    const result = "why" in answer ? answer : readAnswer(operation, answer);
    if ("value" in result) {
      return result.value as ResponseOf<Key>;
    }
    if (operation.method === "DELETE" && mayBeDone && isNotFound(result)) {
      return undefined as ResponseOf<Key>; // an earlier attempt succeeded, and its response was lost
    }
    mayBeDone ||= operation.replay !== "safe" && outcomeOf(result) === "unknown";
    const ending = { attempts: attempt, outcome: mayBeDone ? "unknown" : outcomeOf(result) } as const;
    if (!isRetryable(result, operation.replay)) {
      throw toGatewayError(call, result, ending);
    }
    const plan = planRetry({
      headers: "headers" in answer ? answer.headers : {},
      attempt,
      nowMs: clock.nowMs(),
      deadlineMs,
      budgetMs: retryBudgetMs,
      random: clock.random,
    });
    if ("stopReason" in plan) {
      throw toGatewayError(call, result, { ...ending, stopReason: plan.stopReason });
    }
    if (attempt === 1 && result.why === "no-answer") {
      connection.onUnreachable?.({ apiOrigin: call.apiOrigin, problem: result.problem, untilMs: deadlineMs });
    }
    await clock.sleep(plan.delayMs, signal);
    if (signal?.aborted) {
      throw toGatewayError(call, { why: "no-answer", ...canceledBy(signal), isSent: false }, ending);
    }
  }
}

/** Waits in the queue of the account's concurrent requests. Canceling ends the wait. */
function inTurn(
  limit: Account["limit"],
  task: () => Promise<WireAnswer | NoAnswer>,
  signal: AbortSignal | undefined,
): Promise<WireAnswer | NoAnswer> {
  return new Promise((resolve, reject) => {
    const leave = () => resolve({ why: "no-answer", ...canceledBy(signal), isSent: false });
    signal?.addEventListener("abort", leave, { once: true });
    if (signal?.aborted) {
      leave();
      return;
    }
    limit(() => {
      signal?.removeEventListener("abort", leave);
      return task();
    }).then(resolve, reject);
  });
}

function describeCall(
  connection: Connection,
  key: OperationKey,
  operation: Operation,
  path: string,
  body: unknown,
  subject: Subject | undefined,
): GatewayCall {
  const verb = /^[a-z]+/.exec(key)?.[0] ?? key;
  return {
    operation: subject === undefined ? key : (subject.operation ?? verb),
    kind: subject?.kind,
    subjectName: subject?.name,
    method: operation.method,
    path,
    replay: operation.replay,
    isCreate: operation.successStatus === 201,
    apiOrigin: new URL(connection.apiUrl).origin,
    apiKeySource: connection.apiKeySource,
    secrets: [connection.apiKey, ...collectSecrets(body)],
  };
}

/** The placeholder of an id in a path template. */
const ID_PLACE = /\{\w+\}/;

/** An id that is empty or consists of dots would change which object, or how many objects, a request affects. */
function encodePath(template: string, id: string | undefined): string {
  if (!ID_PLACE.test(template)) {
    return template;
  }
  if (id === undefined || /^\.{0,2}$/.test(id)) {
    throw new GatewayConfigurationError(`${template} was called with ${JSON.stringify(id)} as the id`);
  }
  return template.replace(ID_PLACE, () => encodeURIComponent(id));
}

function encodeRequest<Key extends OperationKey>(
  connection: Connection,
  method: HttpMethod,
  path: string,
  input: CallInput<Key>,
): WireRequest {
  const base = new URL(connection.apiUrl);
  const given = Object.entries(input.query ?? {}).filter(([, value]) => value !== undefined);
  const search = new URLSearchParams(given.map(([name, value]): [string, string] => [name, String(value)])).toString();
  const body = input.body === undefined ? undefined : JSON.stringify(input.body);
  return {
    origin: base.origin,
    target: base.pathname.replace(/(?<!\/)\/+$/, "") + path + (search === "" ? "" : `?${search}`),
    method,
    headers: {
      accept: "application/json",
      authorization: `Bearer ${connection.apiKey}`,
      "user-agent": "pulumi-ngrok-ai",
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...(input.headers as Record<string, string> | undefined),
    },
    body,
  };
}

function readAnswer(operation: Operation, answer: WireAnswer): { value: unknown } | Failure {
  const { status } = answer;
  if (status === operation.successStatus) {
    return operation.response === undefined ? { value: undefined } : readBody(operation.response, answer);
  }
  // No other 2xx is the API's: a proxy or a portal answered instead, and the request may have had no effect.
  if (status < 300) {
    const problem = `the API answers this with ${operation.successStatus} (${mediaType(answer)})`;
    return { why: "unexpected", status, problem, fieldPaths: [], mayPass: true };
  }
  if (status < 400) {
    return { why: "unexpected", status, problem: "a redirection is not followed", fieldPaths: [] };
  }
  const body = errorBodySchema.safeParse(parseJson(answer.text)?.value);
  const refusal = { why: "refused", status, contentType: mediaType(answer) } as const;
  return body.success ? { ...refusal, body: body.data } : refusal;
}

function readBody(schema: z.ZodType, answer: WireAnswer): { value: unknown } | Failure {
  const unexpected = { why: "unexpected", status: answer.status } as const;
  const json = parseJson(answer.text);
  if (json === undefined) {
    return { ...unexpected, problem: `its body is not JSON (${mediaType(answer)})`, fieldPaths: [], mayPass: true };
  }
  const parsed = schema.safeParse(json.value);
  if (parsed.success) {
    return { value: parsed.data };
  }
  const fieldPaths = parsed.error.issues.flatMap(pathsOf).map((path) => path.join(".") || "(the whole body)");
  return { ...unexpected, problem: "these fields are missing or of a wrong type", fieldPaths };
}

/** The path of an issue. For a union, the path within its first member, which is the documented one. */
function pathsOf(issue: z.core.$ZodIssue): PropertyKey[][] {
  const [documented] = issue.code === "invalid_union" ? issue.errors : [];
  if (documented === undefined || documented.length === 0) return [issue.path];
  return documented.flatMap(pathsOf).map((path) => [...issue.path, ...path]);
}

function parseJson(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined; // the parser's own message quotes the text
  }
}

function mediaType(answer: WireAnswer): string {
  return /^[\w.+-]+\/[\w.+-]+/.exec(answer.headers["content-type"] ?? "")?.[0] ?? "no content type";
}

/** Writes one line per attempt to standard error if `PULUMI_NGROK_AI_DEBUG=1`. */
function logAttempt(call: GatewayCall, result: WireAnswer | NoAnswer, elapsedMs: number, attempt: number): void {
  if (process.env.PULUMI_NGROK_AI_DEBUG === "1") {
    const answer = "why" in result ? result.code : result.status;
    console.error(
      `pulumi-ngrok-ai: ${call.method} ${call.path} ${answer} ${Math.round(elapsedMs)} ms attempt ${attempt}`,
    );
  }
}
