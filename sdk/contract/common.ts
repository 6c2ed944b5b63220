import { z } from "zod";
import { MAX_DESCRIPTION_CHARS, MAX_METADATA_CHARS, MAX_NAME_CHARS, MAX_PAGE_ITEMS, MIN_PAGE_ITEMS } from "./limits";

export * from "./limits";

/**
 * An optional field of an answer. The document knows "absent" only, but a server that writes `null` for "nothing
 * stored" must not make a successful change look like a failure: `null` is read as absent.
 */
export function absentIfNull<Schema extends z.ZodType>(schema: Schema) {
  return schema
    .nullable()
    .transform((value) => value ?? undefined)
    .optional();
}

/** The body of every error answer. */
export const errorBodySchema = z.object({
  errorCode: absentIfNull(z.string()),
  statusCode: z.int(),
  msg: z.string(),
  details: z.record(z.string(), z.string()),
});
export type ErrorBody = z.infer<typeof errorBodySchema>;

/** A pointer to another object, such as the user who made this one. */
export const refSchema = z.object({ id: z.string(), uri: z.string() });
export type Ref = z.infer<typeof refSchema>;

/** What every stored object carries, in the API's own words. */
export const storedFields = {
  id: z.string(),
  uri: z.string(),
  createdAt: z.string(),
  updatedAt: z.string(),
  createdBy: refSchema,
  lastUpdatedBy: refSchema,
};

/** What every page of a list carries beside its items. `nextPageUri` is null or absent on the last page. */
export const pageFields = { uri: z.string(), nextPageUri: z.string().nullish() };

/** Query of a list: the items before (older than) `beforeId`, newest first. */
export const pageQuerySchema = z.strictObject({
  beforeId: z.string().optional(),
  limit: z.int().min(MIN_PAGE_ITEMS).max(MAX_PAGE_ITEMS).optional(),
});
export type PageQuery = z.infer<typeof pageQuerySchema>;

/** Texts as they may be sent: bounded, and in an update `null` clears them. */
export const nameText = z.string().max(MAX_NAME_CHARS);
export const descriptionText = z.string().max(MAX_DESCRIPTION_CHARS);
export const metadataText = z.string().max(MAX_METADATA_CHARS);

/** The three labels that most objects can be updated by. */
export const labelUpdateFields = {
  name: nameText.nullish(),
  description: descriptionText.nullish(),
  metadata: metadataText.nullish(),
};
