import { z } from "zod";
import { MAX_DESCRIPTION_CHARS, MAX_METADATA_CHARS, MAX_NAME_CHARS, MAX_PAGE_ITEMS, MIN_PAGE_ITEMS } from "./limits";

export * from "./builtInProviders";
export * from "./limits";

// Responses are parsed tolerantly: the service adds fields and values without notice, and none of them may make an account
// unreadable. Undocumented fields are kept, so that writing back what was read loses nothing. Request schemas match the
// documentation exactly.

/** An object in a response. Undocumented fields are kept, but their types are not declared. */
export function answerObject<Shape extends z.ZodRawShape>(shape: Shape): z.ZodObject<Shape> {
  return z.looseObject(shape) as unknown as z.ZodObject<Shape>;
}

/** A text in a response with documented values. Any other value is kept. */
export function openEnum<const Values extends readonly [string, ...string[]]>(values: Values) {
  type Value = Values[number] | (string & {});
  return z.union([z.enum(values), z.string()]) as z.ZodType<Value, Value>;
}

/**
 * Objects in a response with documented kinds, which the field `key` names. An object of any other kind is kept, but its type is
 * not declared: a `switch` over the kinds needs a default.
 */
export function openUnion<const Kinds extends readonly [z.ZodObject, ...z.ZodObject[]]>(key: string, kinds: Kinds) {
  const known = z.discriminatedUnion(key, kinds as never);
  const knownValues = new Set(kinds.flatMap((kind) => [...((kind.shape[key] as z.ZodLiteral<string>).values ?? [])]));
  const other = z.looseObject({ [key]: z.string().refine((value) => !knownValues.has(value)) });
  type Known = z.output<Kinds[number]>;
  return z.union([known, other]) as unknown as z.ZodType<Known, z.input<Kinds[number]>>;
}

/**
 * An optional field of a response. The documentation says "absent", but `null` is read as absent too: a server that writes `null`
 * for an empty field must not make a successful change look like a failure.
 */
export function absentIfNull<Schema extends z.ZodType>(schema: Schema) {
  return schema
    .nullable()
    .transform((value) => value ?? undefined)
    .optional();
}

/** The body of every error response. */
export const errorBodySchema = answerObject({
  errorCode: absentIfNull(z.string()),
  statusCode: z.int(),
  msg: z.string(),
  details: z.record(z.string(), z.string()).catch({}),
});
export type ErrorBody = z.infer<typeof errorBodySchema>;

/** A reference to another object, for example the user who created this one. */
export const refSchema = answerObject({ id: z.string(), uri: z.string() });
export type Ref = z.infer<typeof refSchema>;

/** Fields of every stored object, under the API's own names. */
export const storedFields = {
  id: z.string(),
  uri: z.string(),
  createdAt: z.string(),
  updatedAt: z.string(),
  createdBy: refSchema,
  lastUpdatedBy: refSchema,
};

/** Fields of every page of a list, besides its items. `nextPageUri` is null or absent on the last page. */
export const pageFields = { uri: z.string(), nextPageUri: z.string().nullish() };

/** Query of a list: the items before (older than) `beforeId`, newest first. */
export const pageQuerySchema = z.strictObject({
  beforeId: z.string().optional(),
  limit: z.int().min(MIN_PAGE_ITEMS).max(MAX_PAGE_ITEMS).optional(),
});
export type PageQuery = z.infer<typeof pageQuerySchema>;

/** Texts in requests, with their bounds. */
export const nameText = z.string().max(MAX_NAME_CHARS);
export const descriptionText = z.string().max(MAX_DESCRIPTION_CHARS);
export const metadataText = z.string().max(MAX_METADATA_CHARS);

/** The three labels that most updates accept; `null` clears a label. */
export const labelUpdateFields = {
  name: nameText.nullish(),
  description: descriptionText.nullish(),
  metadata: metadataText.nullish(),
};
