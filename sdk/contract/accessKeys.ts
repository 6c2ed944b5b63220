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

/** The key that an application sends to the gateway. Only the response to the create contains `token`. */
export const accessKeySchema = answerObject({
  ...storedFields,
  name: absentIfNull(z.string()),
  description: absentIfNull(z.string()),
  metadata: absentIfNull(z.string()),
  token: absentIfNull(z.string()),
  keyRedacted: z.string(),
  lastUsed: z.string().nullish(),
  accessKeyConfiguration: answerObject({ id: z.string(), uri: z.string(), name: z.string() }).nullish(),
});
export type AccessKey = z.infer<typeof accessKeySchema>;

/** Without a configuration the key may use every provider and every stored key. */
export const accessKeyCreateSchema = z.strictObject({
  name: nameText.optional(),
  description: descriptionText.optional(),
  metadata: metadataText.optional(),
  accessKeyConfigurationId: z.string().optional(),
});
export type AccessKeyCreate = z.infer<typeof accessKeyCreateSchema>;

export const accessKeyUpdateSchema = z.strictObject({
  ...labelUpdateFields,
  accessKeyConfigurationId: z.string().nullish(),
});
export type AccessKeyUpdate = z.infer<typeof accessKeyUpdateSchema>;

export const accessKeyListSchema = answerObject({ ...pageFields, aiGatewayAccessKeys: z.array(accessKeySchema) });
export type AccessKeyList = z.infer<typeof accessKeyListSchema>;

/** `accessKeyConfigurationId`: only keys that are linked to this configuration. */
export const accessKeyListQuerySchema = pageQuerySchema.extend({ accessKeyConfigurationId: z.string().optional() });
export type AccessKeyListQuery = z.infer<typeof accessKeyListQuerySchema>;
