/** What was used: one event per attempt at an upstream, as the data plane makes them, and how they are listed and summed up. */
import { randomBytes } from "node:crypto";
import { MAX_PAGE_ITEMS } from "../../sdk/contract/common";
import { USAGE_GROUPINGS, type UsageEvent, type UsageList, type UsageOverview } from "../../sdk/contract/usage";
import { ApiError } from "./apiError";

/** The oldest go first; the service keeps its own for a time that is not published. */
const MAX_EVENTS = 100_000;
/** Of a token paid with the gateway's credits, in US dollars. The service's prices differ by model. */
const TOKEN_PRICE_USD = 0.000_002;
const COST_DIGITS = 5;

export interface TokenCounts {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheReadTokens: number;
  readonly reasoningTokens: number;
  readonly stopReason: string;
}

export const NO_TOKENS: TokenCounts = {
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  reasoningTokens: 0,
  stopReason: "",
};

export type NewUsageEvent = Omit<UsageEvent, "id" | "eventTime" | "totalCost" | keyof TokenCounts>;

export class UsageLog {
  private events: UsageEvent[] = [];

  record(event: NewUsageEvent, tokens: TokenCounts): void {
    const isPaid = event.keySource === "ngrok";
    const cost = isPaid ? (tokens.inputTokens + tokens.outputTokens) * TOKEN_PRICE_USD : 0;
    this.events.push({
      ...event,
      ...tokens,
      id: `aigu_${randomBytes(12).toString("hex")}`,
      eventTime: new Date().toISOString(),
      totalCost: cost.toFixed(COST_DIGITS),
    });
    if (this.events.length > MAX_EVENTS) this.events = this.events.slice(-MAX_EVENTS / 2);
  }

  /** Newest first; `cursor` is the place of the next event. */
  list(query: Readonly<Record<string, string>>, baseUrl: string): UsageList {
    const inWindow = this.within(query);
    const { accessKeyId, includeRetries = "false", cursor = "0", limit = String(MAX_PAGE_ITEMS) } = query;
    const size = wholeNumber("limit", limit, 1, MAX_PAGE_ITEMS);
    const from = wholeNumber("cursor", cursor, 0, MAX_EVENTS);
    const fitting = inWindow
      .filter((event) => accessKeyId === undefined || event.accessKeyId === accessKeyId)
      .filter((event) => includeRetries === "true" || event.isFinalAttempt)
      .reverse();
    const next = new URLSearchParams({ ...query, cursor: String(from + size), limit: String(size) });
    return {
      uri: `${baseUrl}/usage`,
      nextPageUri: fitting.length > from + size ? `${baseUrl}/usage?${next}` : undefined,
      aiGatewayUsage: fitting.slice(from, from + size),
    };
  }

  /** Days are UTC's. */
  overview(query: Readonly<Record<string, string>>, baseUrl: string): UsageOverview {
    const { groupBy = "provider" } = query;
    if (!(USAGE_GROUPINGS as readonly string[]).includes(groupBy)) {
      throw new ApiError(400, "ERR_NGROK_27606", `groupBy must be one of ${USAGE_GROUPINGS.join(", ")}.`);
    }
    const groups = Map.groupBy(
      this.within(query).filter(({ isFinalAttempt }) => isFinalAttempt),
      (event) => {
        const key = groupBy === "provider" ? event.provider : event.accessKeyId;
        return JSON.stringify([`${event.eventTime.slice(0, 10)}T00:00:00Z`, key]);
      },
    );
    const buckets = [...groups].map(([group, events]) => {
      const [bucketStart, groupKey] = JSON.parse(group) as [string, string];
      return { bucketStart, groupKey, ...countedOf(events) };
    });
    const totals = countedOf([...groups.values()].flat());
    return { uri: `${baseUrl}/usage/overview`, buckets, totals };
  }

  private within({ startTime, endTime }: Readonly<Record<string, string>>): UsageEvent[] {
    const from = timeOf("startTime", startTime);
    const to = endTime === undefined ? Number.POSITIVE_INFINITY : timeOf("endTime", endTime);
    return this.events.filter(({ eventTime }) => Date.parse(eventTime) >= from && Date.parse(eventTime) <= to);
  }
}

function countedOf(events: readonly UsageEvent[]): { cost: string; requests: number; errors: number } {
  const cost = events.reduce((sum, { totalCost }) => sum + Number(totalCost), 0);
  return {
    cost: cost.toFixed(COST_DIGITS),
    requests: events.length,
    errors: events.filter(({ isError }) => isError).length,
  };
}

function timeOf(name: string, text: string | undefined): number {
  const time = Date.parse(text ?? "");
  if (Number.isFinite(time)) return time;
  throw new ApiError(400, "ERR_NGROK_27606", `${name} must be an RFC 3339 time.`);
}

function wholeNumber(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new ApiError(400, "ERR_NGROK_27606", `${name} is not valid.`);
}

/** What an upstream's answer says of the tokens it took; nothing where it says nothing. */
export function tokensOf(answer: unknown): TokenCounts {
  const { usage, choices } = (answer ?? {}) as {
    usage?: {
      prompt_tokens?: number;
      completion_tokens?: number;
      prompt_tokens_details?: { cached_tokens?: number };
      completion_tokens_details?: { reasoning_tokens?: number };
    };
    choices?: { finish_reason?: string }[];
  };
  return {
    inputTokens: usage?.prompt_tokens ?? 0,
    outputTokens: usage?.completion_tokens ?? 0,
    cacheReadTokens: usage?.prompt_tokens_details?.cached_tokens ?? 0,
    reasoningTokens: usage?.completion_tokens_details?.reasoning_tokens ?? 0,
    stopReason: choices?.[0]?.finish_reason ?? "",
  };
}
