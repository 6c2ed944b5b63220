import { z } from "zod";
import {
  absentIfNull,
  descriptionText,
  labelUpdateFields,
  metadataText,
  nameText,
  pageFields,
  storedFields,
} from "./common";

/** The key an application sends to the gateway. `token` stands only in the answer to the request that made it. */
export const accessKeySchema = z.object({
  ...storedFields,
  name: absentIfNull(z.string()),
  description: absentIfNull(z.string()),
  metadata: absentIfNull(z.string()),
  token: absentIfNull(z.string()),
  keyRedacted: z.string(),
  lastUsed: z.string().nullish(),
  accessKeyConfiguration: z.object({ id: z.string(), uri: z.string(), name: z.string() }).nullish(),
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

export const accessKeyListSchema = z.object({ ...pageFields, aiGatewayAccessKeys: z.array(accessKeySchema) });
export type AccessKeyList = z.infer<typeof accessKeyListSchema>;
