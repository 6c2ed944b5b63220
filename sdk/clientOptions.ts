import type { Connection, UnreachableNotice } from "./call";
import { type Clock, systemClock } from "./clock";
import { GatewayConfigurationError } from "./errors";

/** Time for one HTTP attempt where none is given, in milliseconds. */
export const DEFAULT_REQUEST_TIMEOUT_MS = 30_000;
/** Time for all attempts of one call, waits included, where none is given, in milliseconds. */
export const DEFAULT_RETRY_BUDGET_MS = 120_000;
/** Requests in flight per account and process where no number is given. */
export const DEFAULT_MAX_CONCURRENCY = 16;

export interface GatewayClientOptions {
  /** The management API, such as `https://api.ngrok.ai`. `http://` only for loopback and `*.internal` hosts. */
  readonly apiUrl: string;
  /** Key of the management API. */
  readonly apiKey: string;
  /**
   * Where the key came from, in words for the message of a 401, such as `environment variable AI_GATEWAY_API_KEY`.
   * @default "the client's apiKey option"
   */
  readonly apiKeySource?: string | undefined;
  /**
   * Time for one HTTP attempt, in milliseconds.
   * @default 30000
   */
  readonly requestTimeoutMs?: number | undefined;
  /**
   * Time for all attempts of one call, waits included, in milliseconds. It starts with the first attempt.
   * @default 120000
   */
  readonly retryBudgetMs?: number | undefined;
  /**
   * Requests in flight, shared by all clients of the account in this process; the client used last decides.
   * @default 16
   */
  readonly maxConcurrency?: number | undefined;
  /**
   * Called after the first attempt of a call that got no answer and is tried again, so that a user need not wait in silence.
   * @default nothing is called
   */
  readonly onUnreachable?: ((notice: UnreachableNotice) => void) | undefined;
  /**
   * Time and chance, for tests.
   * @default the machine's own
   */
  readonly clock?: Clock | undefined;
}

/** The options, checked and complete. Throws `GatewayConfigurationError`; no message repeats a value given. */
export function toConnection(options: GatewayClientOptions): Connection {
  return {
    apiUrl: parseApiUrl(options.apiUrl),
    apiKey: checkApiKey(options.apiKey),
    apiKeySource: options.apiKeySource ?? "the client's apiKey option",
    requestTimeoutMs: checkPositive("requestTimeoutMs", options.requestTimeoutMs ?? DEFAULT_REQUEST_TIMEOUT_MS),
    retryBudgetMs: checkPositive("retryBudgetMs", options.retryBudgetMs ?? DEFAULT_RETRY_BUDGET_MS),
    maxConcurrency: checkWhole("maxConcurrency", options.maxConcurrency ?? DEFAULT_MAX_CONCURRENCY),
    clock: options.clock ?? systemClock,
    onUnreachable: options.onUnreachable,
  };
}

/**
 * The base URL without a slash at its end. Throws `GatewayConfigurationError` where the key must not be sent: over
 * `http://` to anything but loopback and `*.internal` hosts.
 */
export function parseApiUrl(apiUrl: string): string {
  const url = URL.canParse(apiUrl) ? new URL(apiUrl) : undefined;
  if (url === undefined || (url.protocol !== "https:" && url.protocol !== "http:")) {
    throw new GatewayConfigurationError("apiUrl is not an https:// URL");
  }
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
    throw new GatewayConfigurationError(
      "apiUrl must have no user, password, query or fragment: give the address alone",
    );
  }
  if (url.protocol === "http:" && !isPrivateHost(url.hostname)) {
    throw new GatewayConfigurationError(
      `apiUrl is http://${url.host}: http:// is for loopback and *.internal hosts only, as the API key would travel in clear. Use https://.`,
    );
  }
  return url.origin + url.pathname.replace(/\/+$/, "");
}

function isPrivateHost(hostname: string): boolean {
  return /^(localhost|.+\.localhost|127\.\d+\.\d+\.\d+|\[::1\]|.+\.internal)$/.test(hostname);
}

function checkApiKey(apiKey: string): string {
  if (apiKey === "") {
    throw new GatewayConfigurationError("apiKey is empty");
  }
  if (!/^[\x21-\x7e]+$/.test(apiKey)) {
    throw new GatewayConfigurationError(
      "apiKey holds a space, a line break or another character that no key has: was it copied with its surroundings?",
    );
  }
  return apiKey;
}

function checkPositive(option: string, value: number): number {
  if (!(value > 0)) {
    throw new GatewayConfigurationError(`${option} must be a number above 0`);
  }
  return value;
}

function checkWhole(option: string, value: number): number {
  if (!(Number.isInteger(value) && value > 0)) {
    throw new GatewayConfigurationError(`${option} must be a whole number above 0`);
  }
  return value;
}
