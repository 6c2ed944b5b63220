/** What was used: one event per attempt at an upstream, as the data plane makes them, and how they are listed and summed up. */
import { MAX_PAGE_ITEMS } from "../../../sdk/contract/common";
import { USAGE_GROUPINGS, type UsageEvent, type UsageList, type UsageOverview } from "../../../sdk/contract/usage";
import { Ring } from "../../ring";
import { ApiError } from "../apiError";
import type { TokenCounts } from "../data/tokens";
import { type RequestIdWords, requestIdOf, wordsOf } from "./ids";

/** The oldest go first; the service keeps its own for a time that is not published. */
const MAX_EVENTS = 50_000;
/** Paid with the gateway's credits, for one US cent. The service's prices differ by model. */
const TOKENS_PER_CENT = 5000;
const COST_DIGITS = 5;

export type NewUsageEvent = Omit<
  UsageEvent,
  "id" | "eventTime" | "totalCost" | "providerDisplayName" | "modelDisplayName" | "isError" | keyof TokenCounts
>;

/** Without what follows from the rest, for there are many. */
export interface RecordedUsage extends NewUsageEvent {
  /** From 1, one more for each event of the account. */
  readonly number: number;
  readonly timeMs: number;
  /** `undefined` where nothing was told. */
  readonly tokens: TokenCounts | undefined;
}

/** As it is counted and looked through, which takes no request's id as text. */
type KeptUsage = Omit<RecordedUsage, "requestId"> & { readonly requestIdWords: RequestIdWords };

/** What many events have in common. */
type CommonUsage = Omit<NewUsageEvent, "requestId"> & Pick<TokenCounts, "stopReason">;
type UsageNumbers = readonly [
  timeMs: number,
  input: number,
  output: number,
  cacheRead: number,
  reasoning: number,
  ...RequestIdWords,
];

export class UsageLog {
  private readonly events = new Ring<CommonUsage, UsageNumbers>(MAX_EVENTS, 9);
  private lastNumber = 0;
  /** Paid with the gateway's credits, those of events that are no longer kept included. */
  private paidTokens = 0;

  constructor(private readonly changed: (event: RecordedUsage) => void) {}

  /** What all events ever cost, in whole US cents; rounded up. */
  get costCents(): number {
    return Math.ceil(this.paidTokens / TOKENS_PER_CENT);
  }

  record(event: NewUsageEvent, tokens: TokenCounts | undefined): void {
    this.keep({ ...event, tokens, number: this.lastNumber + 1, timeMs: Date.now() });
  }

  keep(event: RecordedUsage): void {
    const { number, timeMs, requestId, tokens = NO_TOKENS, ...common } = event;
    const { stopReason, inputTokens, outputTokens, cacheReadTokens, reasoningTokens } = tokens;
    this.lastNumber = number;
    this.paidTokens += paidTokensOf(event);
    this.events.add({ ...common, stopReason }, [
      timeMs,
      inputTokens,
      outputTokens,
      cacheReadTokens,
      reasoningTokens,
      ...wordsOf(requestId),
    ]);
    this.changed(event);
  }

  /** Paid with the gateway's credits for events that are no longer kept. */
  forgottenPaidTokens(): number {
    let paidTokens = this.paidTokens;
    for (const event of this.newestFirst()) paidTokens -= paidTokensOf(event);
    return paidTokens;
  }

  addForgotten(paidTokens: number): void {
    this.paidTokens += paidTokens;
  }

  /** Oldest first. */
  kept(): readonly RecordedUsage[] {
    return Array.from(this.newestFirst(), withRequestId).reverse();
  }

  /** Newest first; `cursor` is the number of the last event told, so that new events move no page. */
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

  /** Days are UTC's. Costs are of all attempts, requests and errors of the final ones. */
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
      yield toKept(number--, common, numbers);
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
  reasoningTokens: 0,
  stopReason: "",
};

function toKept(number: number, { stopReason, ...common }: CommonUsage, numbers: UsageNumbers): KeptUsage {
  const [timeMs, inputTokens, outputTokens, cacheReadTokens, reasoningTokens, ...requestIdWords] = numbers;
  const tokens = { inputTokens, outputTokens, cacheReadTokens, reasoningTokens, stopReason };
  return { ...common, requestIdWords, tokens, number, timeMs };
}

function withRequestId({ requestIdWords, ...event }: KeptUsage): RecordedUsage {
  return { ...event, requestId: requestIdOf(requestIdWords) };
}

/** Paid with the gateway's credits. */
function paidTokensOf({ keySource, tokens }: Pick<RecordedUsage, "keySource" | "tokens">): number {
  return keySource === "ngrok" && tokens !== undefined ? tokens.inputTokens + tokens.outputTokens : 0;
}

function costOf(paidTokens: number): string {
  return (paidTokens / TOKENS_PER_CENT / 100).toFixed(COST_DIGITS);
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
    totalCost: costOf(paidTokensOf(recorded)),
  };
}

function countedOf(events: readonly KeptUsage[]): { cost: string; requests: number; errors: number } {
  const final = events.filter(({ isFinalAttempt }) => isFinalAttempt);
  return {
    cost: costOf(events.reduce((sum, event) => sum + paidTokensOf(event), 0)),
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
