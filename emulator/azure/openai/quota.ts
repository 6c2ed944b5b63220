/**
 * Tokens and requests per minute of a deployment, and throttling on demand.
 *
 * As in Azure, a request counts when it comes in, with the tokens it may use at most; once the sum has reached the limit,
 * further requests are refused until the minute is over. Two things are simpler here: the minute begins with the first
 * request that counts, and requests are not also measured over a few seconds.
 */
import type { Headers } from "../http";
import { factsOf } from "../models";
import { type Account, accountKey, type Deployment, keyOf } from "../state";

const WINDOW_MS = 60_000;

interface Window {
  readonly endsAtMs: number;
  tokens: number;
  requests: number;
}

export type Admission =
  | { readonly isAdmitted: true; readonly headers: Headers }
  | {
      readonly isAdmitted: false;
      readonly what: "token" | "call";
      readonly retryAfterMs: number;
      readonly headers: Headers;
    };

/** What a throttle holds for: the members given must all fit. Names without regard to case. */
export interface ThrottleTarget {
  readonly resource?: string;
  readonly region?: string;
}

interface Throttle {
  readonly target: ThrottleTarget;
  readonly endsAtMs: number;
}

export class TokenQuota {
  private readonly windows = new Map<string, Window>();
  private throttles: Throttle[] = [];

  constructor(private readonly now: () => number) {}

  admit(account: Account, deployment: Deployment, tokens: number): Admission {
    const throttle = this.throttleOf(account);
    if (throttle !== undefined) {
      return { isAdmitted: false, what: "token", retryAfterMs: throttle.endsAtMs - this.now(), headers: {} };
    }
    const { capacity } = deployment.sku;
    if (capacity === undefined) return { isAdmitted: true, headers: {} };
    const facts = factsOf(deployment.model);
    const limits = { tokens: capacity * facts.tokensPerUnit, requests: capacity * facts.requestsPerUnit };
    return this.count(this.windowOf(account, deployment), limits, tokens);
  }

  /** Answers 429 for what fits the target, until the time is over. Replaces an earlier one of the same target. */
  throttle(target: ThrottleTarget, durationMs: number): void {
    this.clearThrottle(target);
    this.throttles.push({ target, endsAtMs: this.now() + durationMs });
  }

  clearThrottle(target: ThrottleTarget): void {
    this.throttles = this.throttles.filter((throttle) => !isSameTarget(throttle.target, target));
  }

  activeThrottles(): readonly Throttle[] {
    this.throttles = this.throttles.filter((throttle) => throttle.endsAtMs > this.now());
    return this.throttles;
  }

  /** Begins a new minute everywhere and ends every throttle. */
  reset(): void {
    this.windows.clear();
    this.throttles = [];
  }

  /** Tokens and requests counted in the current minute. */
  usage(account: Account, deployment: Deployment): { readonly tokens: number; readonly requests: number } {
    const window = this.windows.get(windowKey(account, deployment));
    if (window === undefined || window.endsAtMs <= this.now()) return { tokens: 0, requests: 0 };
    return { tokens: window.tokens, requests: window.requests };
  }

  private count(window: Window, limits: { tokens: number; requests: number }, tokens: number): Admission {
    const retryAfterMs = window.endsAtMs - this.now();
    const isFull = window.tokens >= limits.tokens || window.requests >= limits.requests;
    if (isFull) {
      const what = window.tokens >= limits.tokens ? "token" : "call";
      return { isAdmitted: false, what, retryAfterMs, headers: limitHeaders(window, limits, retryAfterMs) };
    }
    window.tokens += tokens;
    window.requests += 1;
    return { isAdmitted: true, headers: limitHeaders(window, limits) };
  }

  private windowOf(account: Account, deployment: Deployment): Window {
    const key = windowKey(account, deployment);
    const current = this.windows.get(key);
    if (current !== undefined && current.endsAtMs > this.now()) return current;
    const opened = { endsAtMs: this.now() + WINDOW_MS, tokens: 0, requests: 0 };
    this.windows.set(key, opened);
    return opened;
  }

  private throttleOf(account: Account): Throttle | undefined {
    return this.activeThrottles()
      .filter(({ target }) => fits(target, account))
      .sort((one, other) => other.endsAtMs - one.endsAtMs)[0];
  }
}

function limitHeaders(window: Window, limits: { tokens: number; requests: number }, resetMs?: number): Headers {
  return {
    "x-ratelimit-limit-requests": String(limits.requests),
    "x-ratelimit-limit-tokens": String(limits.tokens),
    "x-ratelimit-remaining-requests": String(Math.max(0, limits.requests - window.requests)),
    "x-ratelimit-remaining-tokens": String(Math.max(0, limits.tokens - window.tokens)),
    ...(resetMs !== undefined && {
      "x-ratelimit-reset-requests": String(Math.ceil(resetMs / 1000)),
      "x-ratelimit-reset-tokens": String(Math.ceil(resetMs / 1000)),
    }),
  };
}

function windowKey(account: Account, deployment: Deployment): string {
  return keyOf(accountKey(account), deployment.name);
}

function fits({ resource, region }: ThrottleTarget, account: Account): boolean {
  const names = [account.name, account.subdomain].map((name) => name?.toLowerCase());
  if (resource !== undefined && !names.includes(resource.toLowerCase())) return false;
  return region === undefined || region.toLowerCase() === account.location;
}

function isSameTarget(one: ThrottleTarget, other: ThrottleTarget): boolean {
  return (
    one.resource?.toLowerCase() === other.resource?.toLowerCase() &&
    one.region?.toLowerCase() === other.region?.toLowerCase()
  );
}
