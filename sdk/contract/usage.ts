import { z } from "zod";
import { absentIfNull, answerObject, MAX_PAGE_ITEMS, MIN_PAGE_ITEMS, openEnum, pageFields } from "./common";

/** One attempt at an upstream. Costs are US dollars as decimal strings with five decimal places. */
export const usageEventSchema = answerObject({
  id: z.string(),
  eventTime: z.string(),
  /** The same for all attempts of one client request: the value of its `Ngrok-AIG-Request-Id` header. */
  requestId: z.string(),
  accessKeyId: z.string(),
  provider: z.string(),
  providerDisplayName: z.string(),
  model: z.string(),
  modelDisplayName: z.string(),
  /** Starts at 1. */
  attemptNumber: z.int(),
  isFinalAttempt: z.boolean(),
  statusCode: z.int(),
  timedOut: z.boolean(),
  isError: z.boolean(),
  isStreaming: z.boolean(),
  stopReason: z.string(),
  inputTokens: z.int(),
  outputTokens: z.int(),
  cacheReadTokens: z.int(),
  cacheWriteTokens: z.int(),
  cacheWrite5mTokens: z.int(),
  cacheWrite1hTokens: z.int(),
  reasoningTokens: z.int(),
  inputTokensEstimate: z.int(),
  outputTokensEstimate: z.int(),
  /** The provider reported no usage: the costs are based on estimates. */
  usageEstimated: z.boolean(),
  totalCost: z.string(),
  inputTokenCost: z.string(),
  outputTokenCost: z.string(),
  ngrokProcessingFee: z.string(),
  cacheReadCost: z.string(),
  cacheWriteCost: z.string(),
  cacheWrite5mCost: z.string(),
  cacheWrite1hCost: z.string(),
  /** `ngrok`: paid with credits. `user`: the account's own provider key. */
  keySource: z.string(),
  providerKeyId: absentIfNull(z.string()),
  providerKeyDisplayName: absentIfNull(z.string()),
});
export type UsageEvent = z.infer<typeof usageEventSchema>;

export const usageListSchema = answerObject({ ...pageFields, aiGatewayUsage: z.array(usageEventSchema) });
export type UsageList = z.infer<typeof usageListSchema>;

/** Times are RFC 3339. `cursor` is taken from the previous page's `nextPageUri`. */
export const usageListQuerySchema = z.strictObject({
  startTime: z.string(),
  endTime: z.string().optional(),
  accessKeyId: z.string().optional(),
  includeRetries: z.boolean().optional(),
  cursor: z.string().optional(),
  limit: z.int().min(MIN_PAGE_ITEMS).max(MAX_PAGE_ITEMS).optional(),
});
export type UsageListQuery = z.infer<typeof usageListQuerySchema>;

/** Groupings of an overview's series. */
export const USAGE_GROUPINGS = ["provider", "accessKey"] as const;

const countedUsage = { cost: z.string(), requests: z.int(), errors: z.int() };

/** Daily series and their totals over a period. */
export const usageOverviewSchema = answerObject({
  uri: z.string(),
  buckets: z.array(answerObject({ bucketStart: z.string(), groupKey: z.string(), ...countedUsage })),
  totals: answerObject(countedUsage),
});
export type UsageOverview = z.infer<typeof usageOverviewSchema>;

export const usageOverviewQuerySchema = z.strictObject({
  startTime: z.string(),
  endTime: z.string().optional(),
  groupBy: z.enum(USAGE_GROUPINGS).optional(),
});
export type UsageOverviewQuery = z.infer<typeof usageOverviewQuerySchema>;

/** The gateway's action after an attempt, with its reason. */
export const RETRY_ACTIONS = [
  "succeeded",
  "next_key",
  "next_quota_pool",
  "next_backend",
  "managed_fallback",
  "retry_same_backend",
  "fail_fast",
  "exhausted",
] as const;
export type RetryAction = (typeof RETRY_ACTIONS)[number];

/** The outcome of an attempt. `stream_failed`: it failed after the client had received the first part. */
export const ATTEMPT_COMPLETIONS = ["succeeded", "failed", "timed_out", "stream_failed", "unknown"] as const;
export type AttemptCompletion = (typeof ATTEMPT_COMPLETIONS)[number];

export const requestAttemptSchema = answerObject({
  event: usageEventSchema,
  /** Whether the client received this attempt's response; at most one attempt of a request is served. */
  served: z.boolean(),
  retryAction: absentIfNull(openEnum(RETRY_ACTIONS)),
  completion: openEnum(ATTEMPT_COMPLETIONS),
  /** From the gateway's receipt of the client's request to the end of the attempt, in milliseconds. */
  requestDurationMs: z.int().nullish(),
  upstreamDurationMs: z.int().nullish(),
  /** Time to the first streamed token, in milliseconds; null for an attempt without streaming. */
  timeToFirstTokenMs: z.int().nullish(),
});
export type RequestAttempt = z.infer<typeof requestAttemptSchema>;

/** All attempts of one client request, in order. */
export const requestAttemptsSchema = answerObject({
  uri: z.string(),
  requestId: z.string(),
  attempts: z.array(requestAttemptSchema),
});
export type RequestAttempts = z.infer<typeof requestAttemptsSchema>;
