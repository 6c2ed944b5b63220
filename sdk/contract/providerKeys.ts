import { z } from "zod";
import {
  absentIfNull,
  answerObject,
  descriptionText,
  labelUpdateFields,
  metadataText,
  nameText,
  pageFields,
  pageQuerySchema,
  storedFields,
} from "./common";
import { withoutValue } from "./redaction";

/** A credential for an upstream, which the gateway stores. Its value is write-only: responses contain `keyRedacted`. */
export const providerKeySchema = answerObject({
  ...storedFields,
  providerId: z.string(),
  name: z.string(),
  keyRedacted: z.string(),
  description: absentIfNull(z.string()),
  metadata: absentIfNull(z.string()),
  lastUsed: z.string().nullish(),
}).transform(withoutValue);
export type ProviderKey = z.infer<typeof providerKeySchema>;

export const providerKeyCreateSchema = z.strictObject({
  providerId: z.string(),
  value: z.string(),
  name: nameText,
  description: descriptionText.optional(),
  metadata: metadataText.optional(),
});
export type ProviderKeyCreate = z.infer<typeof providerKeyCreateSchema>;

export const providerKeyUpdateSchema = z.strictObject(labelUpdateFields);
export type ProviderKeyUpdate = z.infer<typeof providerKeyUpdateSchema>;

/** A new value under the same id. The API requires the name again. */
export const providerKeyRotateSchema = z.strictObject({ value: z.string(), name: nameText });
export type ProviderKeyRotate = z.infer<typeof providerKeyRotateSchema>;

export const providerKeyListSchema = answerObject({ ...pageFields, aiGatewayProviderKeys: z.array(providerKeySchema) });
export type ProviderKeyList = z.infer<typeof providerKeyListSchema>;

export const providerKeyListQuerySchema = pageQuerySchema.extend({ provider: z.string().optional() });
export type ProviderKeyListQuery = z.infer<typeof providerKeyListQuerySchema>;

export { MIN_REDACTABLE_KEY_CHARS, redactionFits, redactKey } from "./redaction";
