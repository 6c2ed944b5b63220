import { z } from "zod";
import {
  absentIfNull,
  answerObject,
  descriptionText,
  labelUpdateFields,
  metadataText,
  nameText,
  pageFields,
  storedFields,
} from "./common";

/** A key of the management API itself. Only the response to the create contains `token`. */
export const apiKeySchema = answerObject({
  ...storedFields,
  name: absentIfNull(z.string()),
  description: absentIfNull(z.string()),
  metadata: absentIfNull(z.string()),
  token: absentIfNull(z.string()),
  keyRedacted: z.string(),
  lastUsed: z.string().nullish(),
});
export type ApiKey = z.infer<typeof apiKeySchema>;

export const apiKeyCreateSchema = z.strictObject({
  name: nameText.optional(),
  description: descriptionText.optional(),
  metadata: metadataText.optional(),
});
export type ApiKeyCreate = z.infer<typeof apiKeyCreateSchema>;

export const apiKeyUpdateSchema = z.strictObject(labelUpdateFields);
export type ApiKeyUpdate = z.infer<typeof apiKeyUpdateSchema>;

export const apiKeyListSchema = answerObject({ ...pageFields, aiGatewayApiKeys: z.array(apiKeySchema) });
export type ApiKeyList = z.infer<typeof apiKeyListSchema>;
