import { hash } from "node:crypto";
import type { Dispatcher } from "undici";

/** State that all clients of one account share within a process: its connections and the limit of concurrent requests. */
export interface Account {
  readonly dispatcher: Dispatcher;
  /** Runs a task as soon as fewer than the allowed number are running. */
  readonly limit: Limit;
}

interface Limit {
  <Result>(task: () => Promise<Result>): Promise<Result>;
  concurrency: number;
}

/** Longest time to open a connection, in milliseconds. */
const CONNECT_TIMEOUT_MS = 10_000;

// Pulumi's provider process may load several copies of this package, and the limit must apply to all of them together. The number
// identifies the shape of an entry: a copy with a different shape must use a different number.
const SHARED = Symbol.for("pulumi-ngrok-ai");
const ACCOUNTS = "accounts/1";

type Accounts = Map<string, Promise<Account>>;

function sharedAccounts(): Accounts {
  const holder = globalThis as { [SHARED]?: Record<string, unknown> };
  holder[SHARED] ??= {};
  holder[SHARED][ACCOUNTS] ??= new Map();
  return holder[SHARED][ACCOUNTS] as Accounts;
}

/** The account of a URL and a key. A later `maxConcurrency` for the same account replaces the previous one. */
export async function accountFor(apiUrl: string, apiKey: string, maxConcurrency: number): Promise<Account> {
  const accounts = sharedAccounts();
  const id = `${apiUrl} ${hash("sha256", apiKey)}`;
  let opening = accounts.get(id);
  if (opening === undefined) {
    opening = openAccount(apiUrl, maxConcurrency);
    accounts.set(id, opening);
  }
  const account = await opening;
  account.limit.concurrency = maxConcurrency;
  return account;
}

/**
 * Loads the HTTP library on the first call: most runs of Pulumi's provider process make no call. https requests use the proxy of
 * `HTTPS_PROXY` and `NO_PROXY`; http is allowed only for nearby hosts, which are reached directly.
 */
async function openAccount(apiUrl: string, maxConcurrency: number): Promise<Account> {
  const [{ Agent, EnvHttpProxyAgent }, { default: pLimit }] = await Promise.all([import("undici"), import("p-limit")]);
  const options = { allowH2: false, connect: { timeout: CONNECT_TIMEOUT_MS } };
  const dispatcher = apiUrl.startsWith("https:") ? new EnvHttpProxyAgent(options) : new Agent(options);
  return { dispatcher, limit: pLimit(maxConcurrency) };
}
