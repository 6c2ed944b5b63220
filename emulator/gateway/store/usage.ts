/** Usage: one event per attempt at an upstream, recorded by the data plane, with the lists and sums of events. */
import { MAX_PAGE_ITEMS } from "../../../sdk/contract/common";
import { errorCodes } from "../../../sdk/contract/errorCodes";
import {
  type AttemptCompletion,
  type RequestAttempt,
  type RequestAttempts,
  type RetryAction,
  USAGE_GROUPINGS,
  type UsageEvent,
  type UsageList,
  type UsageOverview,
} from "../../../sdk/contract/usage";
import { Ring } from "../../ring";
import { ApiError } from "../apiError";
import type { TokenCounts } from "../data/tokens";
import { isRequestId, type RequestIdWords, requestIdOf, wordsOf } from "./ids";

/** Older events are dropped; how long the service keeps its events is not published. */
const MAX_EVENTS = 50_000;
// Costs are counted in units of the processing fee for one token: 0.00000005 US dollars, that is 0.05 for a million tokens.
const UNITS_PER_CENT = 200_000;
const UNITS_PER_DOLLAR = 100 * UNITS_PER_CENT;
/** Fee for every token, including tokens paid with the account's own provider key. */
const FEE_UNITS_PER_TOKEN = 1;
/** Price of tokens paid with credits: 0.000002 US dollars. The service's prices differ by model. */
const PRICE_UNITS_PER_TOKEN = 40;
const COST_DIGITS = 5;
/** Represents an absent time. */
const NO_TIME_MS = 2 ** 32 - 1;

/** An attempt, as it is recorded. */
export interface NewUsageEvent {
  readonly requestId: string;
  readonly accessKeyId: string;
  readonly provider: string;
  readonly model: string;
  /** Starts at 1. */
  readonly attemptNumber: number;
  readonly isFinalAttempt: boolean;
  readonly statusCode: number;
  readonly timedOut: boolean;
  readonly isStreaming: boolean;
  readonly stopReason: string;
  readonly keySource: "ngrok" | "user";
  readonly providerKeyId: string | undefined;
  readonly providerKeyDisplayName: string | undefined;
  readonly served: boolean;
  readonly retryAction: RetryAction;
  readonly completion: AttemptCompletion;
  /** `undefined` if the upstream reported no usage. */
  readonly tokens: TokenCounts | undefined;
  readonly inputTokensEstimate: number;
  readonly outputTokensEstimate: number;
  /** Time since the client's request arrived. */
  readonly requestDurationMs: number;
  readonly upstreamDurationMs: number;
  readonly timeToFirstTokenMs: number | null;
}

/** An event without values that can be derived, because there are many events. */
export interface RecordedUsage extends NewUsageEvent {
  /** Starts at 1 in each account. */
  readonly number: number;
  readonly timeMs: number;
}

/** An event for sums and filters, which do not need the request's id as text. */
type KeptUsage = Omit<RecordedUsage, "requestId"> & { readonly requestIdWords: RequestIdWords };

/** The part that many events have in common. */
type CommonUsage = Omit<NewUsageEvent, "requestId" | "tokens" | `${string}Estimate` | `${string}Ms`> & {
  readonly isReported: boolean;
};
type UsageNumbers = readonly [
  timeMs: number,
  input: number,
  output: number,
  cacheRead: number,
  cacheWrite: number,
  cacheWrite5m: number,
  cacheWrite1h: number,
  reasoning: number,
  inputEstimate: number,
  outputEstimate: number,
  requestMs: number,
  upstreamMs: number,
  firstTokenMs: number,
  ...RequestIdWords,
];

export class UsageLog {
  private readonly events = new Ring<CommonUsage, UsageNumbers>({ size: MAX_EVENTS, wide: 1, narrow: 16 });
  private lastNumber = 0;
  /** Of all events, including dropped ones. */
  private costUnits = 0;

  constructor(private readonly changed: (event: RecordedUsage) => void) {}

  /** The total cost of all events, in whole US cents, rounded up. */
  get costCents(): number {
    return Math.ceil(this.costUnits / UNITS_PER_CENT);
  }

  record(event: NewUsageEvent): void {
    this.keep({ ...event, number: this.lastNumber + 1, timeMs: Date.now() });
  }

  keep(event: RecordedUsage): void {
    this.lastNumber = event.number;
    this.costUnits += costOf(event).total;
    this.events.add(...toRow(event));
    this.changed(event);
  }

  /** The cost of dropped events. */
  forgottenCostUnits(): number {
    let costUnits = this.costUnits;
    for (const event of this.newestFirst()) costUnits -= costOf(event).total;
    return costUnits;
  }

  addForgotten(costUnits: number): void {
    this.costUnits += costUnits;
  }

  /** Oldest first. */
  kept(): readonly RecordedUsage[] {
    return Array.from(this.newestFirst(), withRequestId).reverse();
  }

  /** Newest first; `cursor` is the number of the last listed event, so that new events do not shift pages. */
  list(query: Readonly<Record<string, string>>, baseUrl: string): UsageList {
    const fits = this.windowOf(query);
    const { accessKeyId, includeRetries = "false", cursor, limit = String(MAX_PAGE_ITEMS) } = query;
    if (includeRetries !== "true" && includeRetries !== "false") throw invalid("includeRetries", "true or false");
    const size = wholeNumber("limit", limit, 1, MAX_PAGE_ITEMS);
    const before = cursor === undefined ? undefined : wholeNumber("cursor", cursor, 1, Number.MAX_SAFE_INTEGER);
    const page: KeptUsage[] = [];
    let hasMore = false;
    for (const event of this.newestFirst(before)) {
      if (!fits(event)) continue;
      if (accessKeyId !== undefined && event.accessKeyId !== accessKeyId) continue;
      if (includeRetries === "false" && !event.isFinalAttempt) continue;
      hasMore = page.length === size;
      if (hasMore) break;
      page.push(event);
    }
    const next = new URLSearchParams({ ...query, cursor: String(page.at(-1)?.number ?? ""), limit: String(size) });
    return {
      uri: `${baseUrl}/usage`,
      nextPageUri: hasMore ? `${baseUrl}/usage?${next}` : null,
      aiGatewayUsage: page.map(withRequestId).map(shown),
    };
  }

  /** All attempts of one request. @throws ApiError when none is known. */
  request(requestId: string, baseUrl: string): RequestAttempts {
    const words = isRequestId(requestId) ? wordsOf(requestId) : undefined;
    const attempts =
      words === undefined ? [] : [...this.newestFirst()].filter(({ requestIdWords }) => isEqual(requestIdWords, words));
    if (attempts.length === 0) throw new ApiError(errorCodes.notFound, `The request ${requestId} was not found.`);
    const inOrder = attempts.toSorted((left, right) => left.attemptNumber - right.attemptNumber);
    return {
      uri: `${baseUrl}/usage/requests/${requestId}`,
      requestId,
      attempts: inOrder.map(withRequestId).map(shownAttempt),
    };
  }

  /** Per UTC day. Costs are of all attempts; requests and errors are of final attempts. */
  overview(query: Readonly<Record<string, string>>, baseUrl: string): UsageOverview {
    const { groupBy = "provider" } = query;
    if (!(USAGE_GROUPINGS as readonly string[]).includes(groupBy)) throw invalid("groupBy", USAGE_GROUPINGS.join(", "));
    const inWindow = [...this.newestFirst()].filter(this.windowOf(query));
    const groups = Map.groupBy(inWindow, (event) => {
      const key = groupBy === "provider" ? event.provider : event.accessKeyId;
      return `${new Date(event.timeMs).toISOString().slice(0, 10)}T00:00:00Z ${key}`;
    });
    const buckets = [...groups]
      .toSorted(([left], [right]) => (left < right ? -1 : 1))
      .map(([group, events]) => {
        const space = group.indexOf(" ");
        return { bucketStart: group.slice(0, space), groupKey: group.slice(space + 1), ...countedOf(events) };
      });
    return { uri: `${baseUrl}/usage/overview`, buckets, totals: countedOf(inWindow) };
  }

  private *newestFirst(beforeNumber = Number.POSITIVE_INFINITY): Iterable<KeptUsage> {
    let number = Math.min(this.lastNumber, beforeNumber - 1);
    for (const { common, numbers } of this.events.newestFirst(this.lastNumber - number)) {
      yield fromRow(number--, common, numbers);
    }
  }

  private windowOf({ startTime, endTime }: Readonly<Record<string, string>>): (event: KeptUsage) => boolean {
    const from = timeOf("startTime", startTime);
    const to = endTime === undefined ? Number.POSITIVE_INFINITY : timeOf("endTime", endTime);
    return ({ timeMs }) => timeMs >= from && timeMs <= to;
  }
}

const NO_TOKENS: TokenCounts = {
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  cacheWrite5mTokens: 0,
  cacheWrite1hTokens: 0,
  reasoningTokens: 0,
};

/** Field by field, because this runs for each attempt: omitting fields from a copy takes several times as long. */
function toRow(event: RecordedUsage): [CommonUsage, UsageNumbers] {
  const counts = event.tokens ?? NO_TOKENS;
  const common: CommonUsage = {
    accessKeyId: event.accessKeyId,
    provider: event.provider,
    model: event.model,
    attemptNumber: event.attemptNumber,
    isFinalAttempt: event.isFinalAttempt,
    statusCode: event.statusCode,
    timedOut: event.timedOut,
    isStreaming: event.isStreaming,
    stopReason: event.stopReason,
    keySource: event.keySource,
    providerKeyId: event.providerKeyId,
    providerKeyDisplayName: event.providerKeyDisplayName,
    served: event.served,
    retryAction: event.retryAction,
    completion: event.completion,
    isReported: event.tokens !== undefined,
  };
  const numbers: UsageNumbers = [
    event.timeMs,
    counts.inputTokens,
    counts.outputTokens,
    counts.cacheReadTokens,
    counts.cacheWriteTokens,
    counts.cacheWrite5mTokens,
    counts.cacheWrite1hTokens,
    counts.reasoningTokens,
    event.inputTokensEstimate,
    event.outputTokensEstimate,
    event.requestDurationMs,
    event.upstreamDurationMs,
    event.timeToFirstTokenMs ?? NO_TIME_MS,
    ...wordsOf(event.requestId),
  ];
  return [common, numbers];
}

function fromRow(number: number, { isReported, ...common }: CommonUsage, numbers: UsageNumbers): KeptUsage {
  const [timeMs, inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, ...afterWrites] = numbers;
  const [cacheWrite5mTokens, cacheWrite1hTokens, reasoningTokens, inputTokensEstimate, ...afterTokens] = afterWrites;
  const [outputTokensEstimate, requestDurationMs, upstreamDurationMs, firstTokenMs, ...requestIdWords] = afterTokens;
  const writes = { cacheWriteTokens, cacheWrite5mTokens, cacheWrite1hTokens };
  const tokens = isReported ? { inputTokens, outputTokens, cacheReadTokens, ...writes, reasoningTokens } : undefined;
  const timeToFirstTokenMs = firstTokenMs === NO_TIME_MS ? null : firstTokenMs;
  const estimates = { inputTokensEstimate, outputTokensEstimate };
  const times = { requestDurationMs, upstreamDurationMs, timeToFirstTokenMs };
  return { ...common, ...estimates, ...times, requestIdWords, tokens, number, timeMs };
}

function withRequestId({ requestIdWords, ...event }: KeptUsage): RecordedUsage {
  return { ...event, requestId: requestIdOf(requestIdWords) };
}

function isEqual(left: RequestIdWords, right: RequestIdWords): boolean {
  return left.every((word, index) => word === right[index]);
}

type Priced = Pick<
  RecordedUsage,
  "keySource" | "statusCode" | "tokens" | "inputTokensEstimate" | "outputTokensEstimate"
>;

/** The cost of an answer without usage is based on the estimates. */
function isEstimated({ tokens, statusCode }: Priced): boolean {
  return tokens === undefined && statusCode < 300;
}

/** In units. Cached tokens are part of the input, at the same price. */
function costOf(event: Priced): { input: number; output: number; fee: number; total: number } {
  const { inputTokens, outputTokens } = isEstimated(event)
    ? { inputTokens: event.inputTokensEstimate, outputTokens: event.outputTokensEstimate }
    : (event.tokens ?? NO_TOKENS);
  const price = event.keySource === "ngrok" ? PRICE_UNITS_PER_TOKEN : 0;
  const [input, output] = [inputTokens * price, outputTokens * price];
  const fee = (inputTokens + outputTokens) * FEE_UNITS_PER_TOKEN;
  return { input, output, fee, total: input + output + fee };
}

function dollars(units: number): string {
  return (units / UNITS_PER_DOLLAR).toFixed(COST_DIGITS);
}

const NO_COST = dollars(0);

function shown(recorded: RecordedUsage): UsageEvent {
  const { number, timeMs, tokens, served: _s, retryAction: _r, completion: _c, ...rest } = recorded;
  const { requestDurationMs: _d, upstreamDurationMs: _u, timeToFirstTokenMs: _t, ...event } = rest;
  const cost = costOf(recorded);
  return {
    ...event,
    id: `aigu_${number.toString(36).padStart(10, "0")}`,
    eventTime: new Date(timeMs).toISOString(),
    providerDisplayName: event.provider,
    modelDisplayName: event.model,
    isError: event.timedOut || event.statusCode >= 400,
    ...(tokens ?? NO_TOKENS),
    usageEstimated: isEstimated(recorded),
    totalCost: dollars(cost.total),
    inputTokenCost: dollars(cost.input),
    outputTokenCost: dollars(cost.output),
    ngrokProcessingFee: dollars(cost.fee),
    cacheReadCost: NO_COST,
    cacheWriteCost: NO_COST,
    cacheWrite5mCost: NO_COST,
    cacheWrite1hCost: NO_COST,
  };
}

function shownAttempt(recorded: RecordedUsage): RequestAttempt {
  const { served, retryAction, completion, requestDurationMs, upstreamDurationMs, timeToFirstTokenMs } = recorded;
  const times = { requestDurationMs, upstreamDurationMs, timeToFirstTokenMs };
  return { event: shown(recorded), served, retryAction, completion, ...times };
}

function countedOf(events: readonly KeptUsage[]): { cost: string; requests: number; errors: number } {
  const final = events.filter(({ isFinalAttempt }) => isFinalAttempt);
  return {
    cost: dollars(events.reduce((sum, event) => sum + costOf(event).total, 0)),
    requests: final.length,
    errors: final.filter(({ timedOut, statusCode }) => timedOut || statusCode >= 400).length,
  };
}

/** Longer texts are not times, and are rejected before the pattern is applied. */
const MAX_TIME_CHARS = 64;
const RFC_3339 = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/;

function timeOf(name: string, text: string | undefined): number {
  const isTime = text !== undefined && text.length <= MAX_TIME_CHARS && RFC_3339.test(text);
  const time = isTime ? Date.parse(text) : Number.NaN;
  if (Number.isFinite(time)) return time;
  throw invalid(name, "an RFC 3339 time");
}

function wholeNumber(name: string, text: string, least: number, most: number): number {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw invalid(name, `a whole number from ${least} to ${most}`);
}

function invalid(name: string, expected: string): ApiError {
  return new ApiError(errorCodes.badRequest, `${name} must be ${expected}.`);
}
