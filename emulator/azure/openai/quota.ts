/**
 * Tokens and requests per minute of a deployment, and throttling on demand.
 *
 * As in Azure, a request counts on arrival, with the largest number of tokens that it may use; when the sum has reached the limit,
 * further requests are rejected until the minute ends. Three simplifications: the minute begins with the first counted request,
 * requests are not also measured over a few seconds, and provisioned deployments count like the others.
 */
import type { Headers } from "../http";
import { type ModelCatalog, type RateLimits, rateLimits } from "../models/modelCatalog";
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

/** Requests to throttle: all given members must match. Names are compared without regard to case. */
export interface ThrottleTarget {
  readonly resource?: string;
  readonly region?: string;
  readonly deployment?: string;
}

interface Throttle {
  readonly target: ThrottleTarget;
  readonly endsAtMs: number;
}

export class TokenQuota {
  private readonly windows = new Map<string, Window>();
  private throttles: Throttle[] = [];

  constructor(
    private readonly now: () => number,
    private readonly models: ModelCatalog,
  ) {}

  admit(account: Account, deployment: Deployment, tokens: number): Admission {
    const throttle = this.throttleOf(account, deployment);
    if (throttle !== undefined) {
      return { isAdmitted: false, what: "token", retryAfterMs: throttle.endsAtMs - this.now(), headers: {} };
    }
    const { capacity, name } = deployment.sku;
    if (capacity === undefined) return { isAdmitted: true, headers: {} };
    const limits = rateLimits(name, capacity, this.models.factsOf(deployment.model));
    return this.count(this.windowOf(account, deployment), limits, tokens);
  }

  /** Answers matching requests with 429 until the time ends. Replaces an earlier throttle with the same target. */
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

  /** Starts a new minute for all deployments and ends every throttle. */
  reset(): void {
    this.windows.clear();
    this.throttles = [];
  }

  /** Tokens and requests in the current minute. */
  usage(account: Account, deployment: Deployment): { readonly tokens: number; readonly requests: number } {
    const window = this.windows.get(windowKey(account, deployment));
    if (window === undefined || window.endsAtMs <= this.now()) return { tokens: 0, requests: 0 };
    return { tokens: window.tokens, requests: window.requests };
  }

  private count(window: Window, limits: RateLimits, tokens: number): Admission {
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

  private throttleOf(account: Account, deployment: Deployment): Throttle | undefined {
    if (this.throttles.length === 0) return undefined;
    return this.activeThrottles()
      .filter(({ target }) => fits(target, account, deployment))
      .sort((one, other) => other.endsAtMs - one.endsAtMs)[0];
  }
}

function limitHeaders(window: Window, limits: RateLimits, resetMs?: number): Headers {
  const reset = resetMs === undefined ? undefined : String(Math.ceil(resetMs / 1000));
  return {
    ...(Number.isFinite(limits.requests) && {
      "x-ratelimit-limit-requests": String(limits.requests),
      "x-ratelimit-remaining-requests": String(Math.max(0, limits.requests - window.requests)),
    }),
    "x-ratelimit-limit-tokens": String(limits.tokens),
    "x-ratelimit-remaining-tokens": String(Math.max(0, limits.tokens - window.tokens)),
    ...(reset !== undefined && { "x-ratelimit-reset-requests": reset, "x-ratelimit-reset-tokens": reset }),
  };
}

function windowKey(account: Account, deployment: Deployment): string {
  return keyOf(accountKey(account), deployment.name);
}

function fits({ resource, region, deployment }: ThrottleTarget, account: Account, serving: Deployment): boolean {
  const names = [account.name, account.subdomain].map((name) => name?.toLowerCase());
  if (resource !== undefined && !names.includes(resource.toLowerCase())) return false;
  if (deployment !== undefined && deployment.toLowerCase() !== serving.name.toLowerCase()) return false;
  return region === undefined || region.toLowerCase() === account.location;
}

function isSameTarget(one: ThrottleTarget, other: ThrottleTarget): boolean {
  const members = ["resource", "region", "deployment"] as const;
  return members.every((member) => one[member]?.toLowerCase() === other[member]?.toLowerCase());
}
