import { z } from "zod";
import { answerObject, metadataText } from "./common";

/** The account's settings: a singleton that always exists. */
export const gatewayConfigSchema = answerObject({
  accountId: z.string(),
  uri: z.string(),
  totalTimeout: z.string(),
  perRequestTimeout: z.string(),
  maxInputTokens: z.int().nullish(),
  maxOutputTokens: z.int().nullish(),
  metadata: z.string().nullish(),
});
export type GatewayConfig = z.infer<typeof gatewayConfigSchema>;

/** Absent fields keep their values; `null` removes a token limit or the metadata. Timeouts are Go duration strings. */
export const gatewayConfigUpdateSchema = z.strictObject({
  totalTimeout: z.string().optional(),
  perRequestTimeout: z.string().optional(),
  maxInputTokens: z.int().nullish(),
  maxOutputTokens: z.int().nullish(),
  metadata: metadataText.nullish(),
});
export type GatewayConfigUpdate = z.infer<typeof gatewayConfigUpdateSchema>;

export { parseGoDurationMs } from "./durations";
