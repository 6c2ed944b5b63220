import { createHash } from "node:crypto";
import type { Dispatcher } from "undici";

/** What all clients of one account share within a process: its connections and the limit on requests in flight. */
export interface Account {
  readonly dispatcher: Dispatcher;
  /** Runs a task as soon as fewer than the allowed number are running. */
  readonly limit: Limit;
}

interface Limit {
  <Result>(task: () => Promise<Result>): Promise<Result>;
  concurrency: number;
}

/** How long a connection may take to be made, in milliseconds. */
const CONNECT_TIMEOUT_MS = 10_000;

// Pulumi's provider process may hold several copies of this package; the limit must hold for all of them together. The
// number belongs to the shape of an entry: a copy that shares another shape must use another number.
const SHARED = Symbol.for("pulumi-ngrok-ai");
const ACCOUNTS = "accounts/1";

type Accounts = Map<string, Promise<Account>>;

function sharedAccounts(): Accounts {
  const holder = globalThis as { [SHARED]?: Record<string, unknown> };
  holder[SHARED] ??= {};
  holder[SHARED][ACCOUNTS] ??= new Map();
  return holder[SHARED][ACCOUNTS] as Accounts;
}

/** The account behind a URL and a key. A later `maxConcurrency` for the same account replaces the one before. */
export async function accountFor(apiUrl: string, apiKey: string, maxConcurrency: number): Promise<Account> {
  const accounts = sharedAccounts();
  const id = `${apiUrl} ${createHash("sha256").update(apiKey).digest("hex")}`;
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
 * Loads the HTTP library on the first call, not before: most runs of Pulumi's provider process make none. Over https the
 * proxy of `HTTPS_PROXY` and `NO_PROXY` is used; what may be http is near, and is reached directly.
 */
async function openAccount(apiUrl: string, maxConcurrency: number): Promise<Account> {
  const [{ Agent, EnvHttpProxyAgent }, { default: pLimit }] = await Promise.all([import("undici"), import("p-limit")]);
  const options = { allowH2: false, connect: { timeout: CONNECT_TIMEOUT_MS } };
  const dispatcher = apiUrl.startsWith("https:") ? new EnvHttpProxyAgent(options) : new Agent(options);
  return { dispatcher, limit: pLimit(maxConcurrency) };
}
