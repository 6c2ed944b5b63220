import { z } from "zod";
import { absentIfNull, answerObject, MAX_PAGE_ITEMS, MIN_PAGE_ITEMS, openEnum, pageFields } from "./common";

/** One attempt at an upstream. Costs are US dollars as decimal texts with five places. */
export const usageEventSchema = answerObject({
  id: z.string(),
  eventTime: z.string(),
  /** The same for all attempts of one client request: the value of its `Ngrok-AIG-Request-Id`. */
  requestId: z.string(),
  accessKeyId: z.string(),
  provider: z.string(),
  providerDisplayName: z.string(),
  model: z.string(),
  modelDisplayName: z.string(),
  /** From 1. */
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
  /** The provider reported no usage: the costs follow from the estimates. */
  usageEstimated: z.boolean(),
  totalCost: z.string(),
  inputTokenCost: z.string(),
  outputTokenCost: z.string(),
  ngrokProcessingFee: z.string(),
  cacheReadCost: z.string(),
  cacheWriteCost: z.string(),
  cacheWrite5mCost: z.string(),
  cacheWrite1hCost: z.string(),
  /** `ngrok`: paid with credits. `user`: a provider key of one's own. */
  keySource: z.string(),
  providerKeyId: absentIfNull(z.string()),
  providerKeyDisplayName: absentIfNull(z.string()),
});
export type UsageEvent = z.infer<typeof usageEventSchema>;

export const usageListSchema = answerObject({ ...pageFields, aiGatewayUsage: z.array(usageEventSchema) });
export type UsageList = z.infer<typeof usageListSchema>;

/** Times are RFC 3339. `cursor` comes from the `nextPageUri` of the page before. */
export const usageListQuerySchema = z.strictObject({
  startTime: z.string(),
  endTime: z.string().optional(),
  accessKeyId: z.string().optional(),
  includeRetries: z.boolean().optional(),
  cursor: z.string().optional(),
  limit: z.int().min(MIN_PAGE_ITEMS).max(MAX_PAGE_ITEMS).optional(),
});
export type UsageListQuery = z.infer<typeof usageListQuerySchema>;

/** By what the series of an overview can be broken down. */
export const USAGE_GROUPINGS = ["provider", "accessKey"] as const;

const countedUsage = { cost: z.string(), requests: z.int(), errors: z.int() };

/** Daily series and their totals over a window of time. */
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

/** What the gateway did after an attempt, and so why it moved on. */
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

/** How an attempt ended. `stream_failed`: it broke after the first piece had reached the client. */
export const ATTEMPT_COMPLETIONS = ["succeeded", "failed", "timed_out", "stream_failed", "unknown"] as const;
export type AttemptCompletion = (typeof ATTEMPT_COMPLETIONS)[number];

export const requestAttemptSchema = answerObject({
  event: usageEventSchema,
  /** Whether the client received this attempt's answer; at most one attempt of a request is served. */
  served: z.boolean(),
  retryAction: absentIfNull(openEnum(RETRY_ACTIONS)),
  completion: openEnum(ATTEMPT_COMPLETIONS),
  /** From the gateway receiving the client's request to the end of the attempt, in milliseconds. */
  requestDurationMs: z.int().nullish(),
  upstreamDurationMs: z.int().nullish(),
  /** Until the first streamed token, in milliseconds; null for an attempt that did not stream. */
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
