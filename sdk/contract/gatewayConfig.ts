import { z } from "zod";
import { answerObject, metadataText } from "./common";

/** The account's settings: they always exist, and there is one of them. */
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

/** Absent fields stay; `null` removes a token limit or the metadata. Time-outs are Go duration strings. */
export const gatewayConfigUpdateSchema = z.strictObject({
  totalTimeout: z.string().optional(),
  perRequestTimeout: z.string().optional(),
  maxInputTokens: z.int().nullish(),
  maxOutputTokens: z.int().nullish(),
  metadata: metadataText.nullish(),
});
export type GatewayConfigUpdate = z.infer<typeof gatewayConfigUpdateSchema>;

export { parseGoDurationMs } from "./durations";
