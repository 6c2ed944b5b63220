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

/** The value of a provider key is write-only: a server that echoes one must not spread it. */
export function withoutValue<Key extends object>(key: Key): Key {
  const { value: _, ...rest } = key as Key & { value?: unknown };
  return rest as Key;
}

/** An upstream's own key, stored by the gateway. Its value is write-only: answers hold `keyRedacted`. */
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

/** A new value under the same id. The API wants the name again. */
export const providerKeyRotateSchema = z.strictObject({ value: z.string(), name: nameText });
export type ProviderKeyRotate = z.infer<typeof providerKeyRotateSchema>;

export const providerKeyListSchema = answerObject({ ...pageFields, aiGatewayProviderKeys: z.array(providerKeySchema) });
export type ProviderKeyList = z.infer<typeof providerKeyListSchema>;

export const providerKeyListQuerySchema = pageQuerySchema.extend({ provider: z.string().optional() });
export type ProviderKeyListQuery = z.infer<typeof providerKeyListQuerySchema>;

export { MIN_REDACTABLE_KEY_CHARS, redactionFits, redactKey } from "./redaction";
