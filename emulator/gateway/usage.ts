/** What was used: one event per attempt at an upstream, as the data plane makes them, and how they are listed and summed up. */
import { MAX_PAGE_ITEMS } from "../../sdk/contract/common";
import { USAGE_GROUPINGS, type UsageEvent, type UsageList, type UsageOverview } from "../../sdk/contract/usage";
import { ApiError } from "./apiError";
import type { TokenCounts } from "./tokens";

/** The oldest go first; the service keeps its own for a time that is not published. */
const MAX_EVENTS = 50_000;
/** Of a token paid with the gateway's credits, in US dollars. The service's prices differ by model. */
const TOKEN_PRICE_USD = 0.000_002;
const COST_DIGITS = 5;

export type NewUsageEvent = Omit<
  UsageEvent,
  "id" | "eventTime" | "totalCost" | "providerDisplayName" | "modelDisplayName" | "isError" | keyof TokenCounts
>;

/** As it is kept: without what follows from the rest, for there are many. */
export interface RecordedUsage extends NewUsageEvent {
  /** From 1, one more for each event of the account. */
  readonly number: number;
  readonly timeMs: number;
  /** `undefined` where nothing was told. */
  readonly tokens: TokenCounts | undefined;
}

export class UsageLog {
  private events: RecordedUsage[] = [];
  private lastNumber = 0;
  /** Of all events ever, those no longer kept included, in US dollars. */
  costUsd = 0;

  constructor(private readonly changed: (event: RecordedUsage) => void) {}

  record(event: NewUsageEvent, tokens: TokenCounts | undefined): void {
    this.keep({ ...event, tokens, number: this.lastNumber + 1, timeMs: Date.now() });
  }

  keep(event: RecordedUsage): void {
    this.lastNumber = event.number;
    this.costUsd += costOf(event);
    this.events.push(event);
    if (this.events.length >= 1.1 * MAX_EVENTS) this.events = this.events.slice(-MAX_EVENTS);
    this.changed(event);
  }

  /** Oldest first. */
  kept(): readonly RecordedUsage[] {
    return this.events;
  }

  /** Newest first; `cursor` is the number of the last event told, so that new events move no page. */
  list(query: Readonly<Record<string, string>>, baseUrl: string): UsageList {
    const fits = this.windowOf(query);
    const { accessKeyId, includeRetries = "false", cursor, limit = String(MAX_PAGE_ITEMS) } = query;
    if (includeRetries !== "true" && includeRetries !== "false") throw invalid("includeRetries", "true or false");
    const size = wholeNumber("limit", limit, 1, MAX_PAGE_ITEMS);
    const before =
      cursor === undefined ? Number.POSITIVE_INFINITY : wholeNumber("cursor", cursor, 1, Number.MAX_SAFE_INTEGER);
    const page: RecordedUsage[] = [];
    let hasMore = false;
    for (const event of this.newestFirst()) {
      if (event.number >= before || !fits(event)) continue;
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
      aiGatewayUsage: page.map(shown),
    };
  }

  /** Days are UTC's. Costs are of all attempts, requests and errors of the final ones. */
  overview(query: Readonly<Record<string, string>>, baseUrl: string): UsageOverview {
    const { groupBy = "provider" } = query;
    if (!(USAGE_GROUPINGS as readonly string[]).includes(groupBy)) throw invalid("groupBy", USAGE_GROUPINGS.join(", "));
    const inWindow = this.events.filter(this.windowOf(query));
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

  private *newestFirst(): Iterable<RecordedUsage> {
    for (let index = this.events.length - 1; index >= 0; index--) yield this.events[index] as RecordedUsage;
  }

  private windowOf({ startTime, endTime }: Readonly<Record<string, string>>): (event: RecordedUsage) => boolean {
    const from = timeOf("startTime", startTime);
    const to = endTime === undefined ? Number.POSITIVE_INFINITY : timeOf("endTime", endTime);
    return ({ timeMs }) => timeMs >= from && timeMs <= to;
  }
}

const NO_TOKENS: TokenCounts = {
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  reasoningTokens: 0,
  stopReason: "",
};

function costOf({ keySource, tokens }: RecordedUsage): number {
  return keySource === "ngrok" && tokens !== undefined
    ? (tokens.inputTokens + tokens.outputTokens) * TOKEN_PRICE_USD
    : 0;
}

function shown(recorded: RecordedUsage): UsageEvent {
  const { number, timeMs, tokens, ...event } = recorded;
  return {
    ...event,
    providerDisplayName: event.provider,
    modelDisplayName: event.model,
    isError: event.timedOut || event.statusCode >= 400,
    ...(tokens ?? NO_TOKENS),
    id: `aigu_${number.toString(36).padStart(10, "0")}`,
    eventTime: new Date(timeMs).toISOString(),
    totalCost: costOf(recorded).toFixed(COST_DIGITS),
  };
}

function countedOf(events: readonly RecordedUsage[]): { cost: string; requests: number; errors: number } {
  const final = events.filter(({ isFinalAttempt }) => isFinalAttempt);
  return {
    cost: events.reduce((sum, event) => sum + costOf(event), 0).toFixed(COST_DIGITS),
    requests: final.length,
    errors: final.filter(({ timedOut, statusCode }) => timedOut || statusCode >= 400).length,
  };
}

const RFC_3339 = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/;

function timeOf(name: string, text: string | undefined): number {
  const time = text !== undefined && RFC_3339.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isFinite(time)) return time;
  throw invalid(name, "an RFC 3339 time");
}

function wholeNumber(name: string, text: string, least: number, most: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw invalid(name, `a whole number from ${least} to ${most}`);
}

function invalid(name: string, expected: string): ApiError {
  return new ApiError(400, "ERR_NGROK_27606", `${name} must be ${expected}.`);
}
