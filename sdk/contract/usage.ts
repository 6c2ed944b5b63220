import { z } from "zod";
import { absentIfNull, MAX_PAGE_ITEMS, MIN_PAGE_ITEMS, pageFields } from "./common";

/** One attempt at an upstream. Costs are US dollars as decimal strings. */
export const usageEventSchema = z.object({
  id: z.string(),
  eventTime: z.string(),
  requestId: z.string(),
  accessKeyId: z.string(),
  provider: z.string(),
  providerDisplayName: z.string(),
  model: z.string(),
  modelDisplayName: z.string(),
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
  reasoningTokens: z.int(),
  totalCost: z.string(),
  keySource: z.string(),
  providerKeyId: absentIfNull(z.string()),
  providerKeyDisplayName: absentIfNull(z.string()),
});
export type UsageEvent = z.infer<typeof usageEventSchema>;

export const usageListSchema = z.object({ ...pageFields, aiGatewayUsage: z.array(usageEventSchema) });
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

/** What the series of an overview can be broken down by. */
export const USAGE_GROUPINGS = ["provider", "accessKey"] as const;

const countedUsage = { cost: z.string(), requests: z.int(), errors: z.int() };

/** Daily series and their totals over a window of time. */
export const usageOverviewSchema = z.object({
  uri: z.string(),
  buckets: z.array(z.object({ bucketStart: z.string(), groupKey: z.string(), ...countedUsage })),
  totals: z.object(countedUsage),
});
export type UsageOverview = z.infer<typeof usageOverviewSchema>;

export const usageOverviewQuerySchema = z.strictObject({
  startTime: z.string(),
  endTime: z.string().optional(),
  groupBy: z.enum(USAGE_GROUPINGS).optional(),
});
export type UsageOverviewQuery = z.infer<typeof usageOverviewQuerySchema>;
