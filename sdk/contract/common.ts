import { z } from "zod";
import { MAX_DESCRIPTION_CHARS, MAX_METADATA_CHARS, MAX_NAME_CHARS, MAX_PAGE_ITEMS, MIN_PAGE_ITEMS } from "./limits";

export * from "./builtInProviders";
export * from "./limits";

// Answers are read tolerantly: the service adds fields and values without notice, and one of them must not make a whole
// account unreadable. What the document does not name is kept, so that a write of what was read loses nothing.
// Requests are described exactly as the document describes them.

/** An object of an answer. Fields that the document does not name are kept, though their types are not declared. */
export function answerObject<Shape extends z.ZodRawShape>(shape: Shape): z.ZodObject<Shape> {
  return z.looseObject(shape) as unknown as z.ZodObject<Shape>;
}

/** A text of an answer with documented values. Any other value is kept as it is. */
export function openEnum<const Values extends readonly [string, ...string[]]>(values: Values) {
  type Value = Values[number] | (string & {});
  return z.union([z.enum(values), z.string()]) as z.ZodType<Value, Value>;
}

/**
 * Objects of an answer with documented kinds, which the field `key` names. An object of any other kind is kept as it is,
 * though its type is not declared: a `switch` over the kinds needs a default.
 */
export function openUnion<const Kinds extends readonly [z.ZodObject, ...z.ZodObject[]]>(key: string, kinds: Kinds) {
  const known = z.discriminatedUnion(key, kinds as never);
  const knownValues = new Set(kinds.flatMap((kind) => [...((kind.shape[key] as z.ZodLiteral<string>).values ?? [])]));
  const other = z.looseObject({ [key]: z.string().refine((value) => !knownValues.has(value)) });
  type Known = z.output<Kinds[number]>;
  return z.union([known, other]) as unknown as z.ZodType<Known, z.input<Kinds[number]>>;
}

/**
 * An optional field of an answer. The document says "absent", but a server that writes `null` for "nothing stored" must
 * not make a successful change look like a failure: `null` is read as absent.
 */
export function absentIfNull<Schema extends z.ZodType>(schema: Schema) {
  return schema
    .nullable()
    .transform((value) => value ?? undefined)
    .optional();
}

/** The body of every error answer. */
export const errorBodySchema = answerObject({
  errorCode: absentIfNull(z.string()),
  statusCode: z.int(),
  msg: z.string(),
  details: z.record(z.string(), z.string()).catch({}),
});
export type ErrorBody = z.infer<typeof errorBodySchema>;

/** A pointer to another object, such as the user who made this one. */
export const refSchema = answerObject({ id: z.string(), uri: z.string() });
export type Ref = z.infer<typeof refSchema>;

/** What every stored object carries, under the API's own names. */
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

/** Texts of requests, with their bounds. */
export const nameText = z.string().max(MAX_NAME_CHARS);
export const descriptionText = z.string().max(MAX_DESCRIPTION_CHARS);
export const metadataText = z.string().max(MAX_METADATA_CHARS);

/** The three labels that most objects can be updated by; `null` clears one. */
export const labelUpdateFields = {
  name: nameText.nullish(),
  description: descriptionText.nullish(),
  metadata: metadataText.nullish(),
};
