/**
 * Schemas of inputs, created on first use: a program declares resources without checking one itself, and loading the schema
 * library takes longer than the rest of this package.
 */
import type { z } from "zod";
import { MAX_DESCRIPTION_CHARS, MAX_METADATA_CHARS, MAX_NAME_CHARS } from "../../sdk/contract/limits";

/** The functions of zod that create schemas. */
export type Zod = typeof z;

/** A schema that is created once, on first use. */
export function lazily<Schema>(make: (zod: Zod) => Schema): () => Schema {
  let made: Schema | undefined;
  return () => {
    made ??= make((require("zod") as typeof import("zod")).z);
    return made;
  };
}

/** `"never"`, `"ifExists"`, `"required"`, or an object's id. */
export const adoptSchema = (z: Zod) => z.string().min(1).optional();

/** Label, description and metadata, which most of the gateway's objects have. */
export const labelShape = (z: Zod) => ({
  name: z.string().min(1).max(MAX_NAME_CHARS),
  description: z.string().max(MAX_DESCRIPTION_CHARS).optional(),
  metadata: z.string().max(MAX_METADATA_CHARS).optional(),
});

/** The same for kinds whose name is optional: `""` means no name. */
export const freeLabelShape = (z: Zod) => ({ ...labelShape(z), name: z.string().max(MAX_NAME_CHARS) });
