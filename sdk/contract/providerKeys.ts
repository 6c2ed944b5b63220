import { z } from "zod";
import {
  absentIfNull,
  descriptionText,
  labelUpdateFields,
  metadataText,
  nameText,
  pageFields,
  pageQuerySchema,
  storedFields,
} from "./common";

/** An upstream's own key, stored by the gateway. Its value is write-only: only `keyRedacted` is ever read back. */
export const providerKeySchema = z.object({
  ...storedFields,
  providerId: z.string(),
  name: z.string(),
  keyRedacted: z.string(),
  description: absentIfNull(z.string()),
  metadata: absentIfNull(z.string()),
  lastUsed: z.string().nullish(),
});
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

export const providerKeyListSchema = z.object({ ...pageFields, aiGatewayProviderKeys: z.array(providerKeySchema) });
export type ProviderKeyList = z.infer<typeof providerKeyListSchema>;

export const providerKeyListQuerySchema = pageQuerySchema.extend({ provider: z.string().optional() });
export type ProviderKeyListQuery = z.infer<typeof providerKeyListQuerySchema>;

const SHOWN_HEAD_CHARS = 10;
const SHOWN_TAIL_CHARS = 4;
const MASK = "***";

/**
 * Shortest value, in characters, of which anything is shown: at least six characters stay hidden. What the service
 * shows of a shorter one is not documented.
 */
export const MIN_REDACTABLE_KEY_CHARS = 20;

/** The display form of a key: its first 10 characters, `***`, its last 4; of a short value `***` alone. */
export function redactKey(value: string): string {
  if (value.length < MIN_REDACTABLE_KEY_CHARS) {
    return MASK;
  }
  return value.slice(0, SHOWN_HEAD_CHARS) + MASK + value.slice(-SHOWN_TAIL_CHARS);
}

/**
 * Whether `keyRedacted`, as the API shows it, can be the display form of `value`. Only what is visible around the
 * mask is compared, so a service that shows less of a key never makes an unchanged key look changed.
 */
export function redactionFits(value: string, keyRedacted: string): boolean {
  const maskAt = keyRedacted.indexOf(MASK);
  if (maskAt < 0) {
    return true;
  }
  return value.startsWith(keyRedacted.slice(0, maskAt)) && value.endsWith(keyRedacted.slice(maskAt + MASK.length));
}
