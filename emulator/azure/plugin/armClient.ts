/**
 * Requests to the local resource manager under the resource manager's own host name, with azure-native's retries and its waits for
 * asynchronous operations.
 *
 * Unlike azure-native, it polls at once instead of after 10 or 30 seconds, and repeats a request after milliseconds instead of after 20,
 * 60 and 120 seconds. It waits for the whole `Retry-After`, up to azure-native's limit.
 * @see https://github.com/pulumi/pulumi-azure-native provider/pkg/azure/client_azcore.go
 */
import { setTimeout as sleep } from "node:timers/promises";
import { errors, request } from "undici";
import { type Cloud, managerHost } from "../hosts";
import { isObject, type JsonObject } from "./values";

/** The local Azure accepts any bearer token. */
export const STAND_IN_TOKEN = "stand-in";
const POLL_MS = 10;
const MAX_ATTEMPTS = 4;
const RETRIED_STATUSES = [408, 429, 500, 502, 503, 504];
const RETRIED_CONFLICTS = [
  "AnotherOperationInProgress",
  "StorageAccountOperationInProgress",
  "ConflictingConcurrentWriteNotAllowed",
];
/** Longest `Retry-After` that is waited for. */
const MAX_RETRY_AFTER_MS = 120_000;
/** Shortest wait that is reported. */
const REPORTED_WAIT_MS = 1_000;
const UNFINISHED = ["Accepted", "Creating", "Deleting", "InProgress", "Moving", "Running", "Updating"];

/** A refusal of Azure, in azure-native's words. */
export class AzureError extends Error {
  constructor(
    readonly status: number,
    body: unknown,
  ) {
    const { code, message } = errorIn(body);
    super(`Status=${status} Code="${code}" Message="${message}"`);
  }
}

/** An error after Azure accepted the request. */
export class AfterAcceptanceError extends Error {
  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** The time limit of one call of the engine, and the receiver of its reports. */
export interface Waiting {
  /** Aborted at the time limit, or when the engine cancels. */
  readonly signal: AbortSignal;
  /** Reports to the engine that the call waits. */
  report(message: string): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: unknown;
}

type Method = "GET" | "PUT" | "POST" | "DELETE";

export class ArmClient {
  constructor(
    /** Address of the local Azure. */
    private readonly azureUrl: string,
    private readonly cloud: Cloud,
  ) {}

  /** Undefined if it does not exist. */
  async find(path: string, apiVersion: string, waiting: Waiting): Promise<JsonObject | undefined> {
    const answer = await this.send("GET", path, apiVersion, waiting);
    return answer.status === 404 ? undefined : toObject(answer);
  }

  /**
   * Creates or changes a resource, and waits for the end.
   * @throws AzureError when Azure rejects the request, AfterAcceptanceError for a later failure.
   */
  async put(path: string, apiVersion: string, body: JsonObject, waiting: Waiting): Promise<JsonObject> {
    const answer = await this.send("PUT", path, apiVersion, waiting, body);
    let view = toObject(answer);
    try {
      await this.operationEnd(answer, apiVersion, waiting);
      while (answer.status === 202 || UNFINISHED.includes(provisioningStateOf(view))) {
        view = toObject(await this.send("GET", path, apiVersion, waiting));
        if (!UNFINISHED.includes(provisioningStateOf(view))) break;
        await pause(POLL_MS, waiting);
      }
      return view;
    } catch (error) {
      throw new AfterAcceptanceError(error);
    }
  }

  async post(path: string, apiVersion: string, waiting: Waiting): Promise<JsonObject> {
    return toObject(await this.send("POST", path, apiVersion, waiting, {}));
  }

  /** Deletes a resource, and waits for the end. A resource that does not exist counts as deleted. */
  async delete(path: string, apiVersion: string, waiting: Waiting): Promise<void> {
    const answer = await this.send("DELETE", path, apiVersion, waiting);
    if (answer.status === 404) return;
    if (answer.status >= 300) throw new AzureError(answer.status, answer.body);
    await this.operationEnd(answer, apiVersion, waiting);
  }

  /** Waits for the end of the operation that an answer names, if any. */
  private async operationEnd({ status, headers }: Answer, apiVersion: string, waiting: Waiting): Promise<void> {
    const operation = headers["azure-asyncoperation"];
    const address = operation ?? (status === 202 ? headers.location : undefined);
    if (address === undefined) return;
    const { pathname, searchParams } = new URL(address);
    for (;;) {
      const answer = await this.send("GET", pathname, searchParams.get("api-version") ?? apiVersion, waiting);
      if (answer.status >= 300) throw new AzureError(answer.status, answer.body);
      const state = isObject(answer.body) ? String(answer.body.status ?? "Succeeded") : "Succeeded";
      if (answer.status !== 202 && !UNFINISHED.includes(state)) {
        if (operation !== undefined && state !== "Succeeded") throw new AzureError(answer.status, answer.body);
        return;
      }
      await pause(POLL_MS, waiting);
    }
  }

  private async send(
    method: Method,
    path: string,
    apiVersion: string,
    waiting: Waiting,
    body?: JsonObject,
  ): Promise<Answer> {
    for (let attempt = 1; ; attempt++) {
      const outcome = await this.sendOnce(method, path, apiVersion, waiting, body);
      const waitMs = attempt === MAX_ATTEMPTS ? undefined : retryDelayMs(outcome, attempt);
      if (waitMs === undefined) {
        if (outcome instanceof Error) throw outcome;
        return outcome;
      }
      if (waitMs >= REPORTED_WAIT_MS) {
        const said = outcome instanceof Error ? outcome.message : `${outcome.status} ${errorIn(outcome.body).code}`;
        await waiting.report(
          `Azure answered ${method} ${path} with ${said}; the request is repeated in ${waitMs / 1_000} s`,
        );
      }
      await pause(waitMs, waiting);
    }
  }

  /** A failed connection is returned as an error, because it may be retried. */
  private async sendOnce(
    method: Method,
    path: string,
    apiVersion: string,
    { signal }: Waiting,
    body?: JsonObject,
  ): Promise<Answer | Error> {
    signal.throwIfAborted();
    try {
      const response = await request(`${this.azureUrl}${encodePath(path)}?api-version=${apiVersion}`, {
        method,
        headers: {
          host: managerHost(this.cloud),
          authorization: `Bearer ${STAND_IN_TOKEN}`,
          "content-type": "application/json",
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        signal,
      });
      const text = await response.body.text();
      return {
        status: response.statusCode,
        headers: response.headers as Answer["headers"],
        body: text === "" ? undefined : (JSON.parse(text) as unknown),
      };
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof errors.UndiciError || isConnectionError(error)) return error as Error;
      throw error;
    }
  }
}

export function provisioningStateOf({ properties }: JsonObject): string {
  return isObject(properties) ? String(properties.provisioningState ?? "Succeeded") : "Succeeded";
}

/** Undefined if the request is not repeated. */
function retryDelayMs(outcome: Answer | Error, attempt: number): number | undefined {
  const backoffMs = POLL_MS * 2 ** attempt;
  if (outcome instanceof Error) return backoffMs;
  const { status, headers, body } = outcome;
  const isConflict = status === 409 && RETRIED_CONFLICTS.includes(errorIn(body).code);
  if (!RETRIED_STATUSES.includes(status) && !isConflict) return undefined;
  const waitMs = retryAfterMs(headers) ?? backoffMs;
  return waitMs > MAX_RETRY_AFTER_MS ? undefined : waitMs;
}

function retryAfterMs(headers: Answer["headers"]): number | undefined {
  const ms = headers["retry-after-ms"] ?? headers["x-ms-retry-after-ms"];
  if (ms !== undefined) return Number(ms);
  const after = headers["retry-after"];
  if (after === undefined) return undefined;
  const seconds = Number(after);
  const waitMs = Number.isNaN(seconds) ? Date.parse(after) - Date.now() : seconds * 1_000;
  return Number.isNaN(waitMs) ? undefined : Math.max(0, waitMs);
}

async function pause(durationMs: number, { signal }: Waiting): Promise<void> {
  try {
    await sleep(durationMs, undefined, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}

function errorIn(body: unknown): { readonly code: string; readonly message: string } {
  const { code = "", message = "" } = isObject(body) && isObject(body.error) ? body.error : {};
  return { code: String(code), message: String(message) };
}

function isConnectionError(error: unknown): boolean {
  return (
    error instanceof Error && "code" in error && ["ECONNREFUSED", "ECONNRESET", "EPIPE"].includes(String(error.code))
  );
}

function encodePath(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}

function toObject({ status, body }: Answer): JsonObject {
  if (status >= 300) throw new AzureError(status, body);
  return isObject(body) ? body : {};
}
