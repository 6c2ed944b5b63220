/**
 * Schemas of inputs. They are made when they are first asked for: a program declares resources without ever checking one
 * itself, and the schema library costs more to load than all the rest of this package.
 */
import type { z } from "zod";
import { MAX_DESCRIPTION_CHARS, MAX_METADATA_CHARS, MAX_NAME_CHARS } from "../../sdk/contract/limits";

/** What zod makes schemas with. */
export type Zod = typeof z;

/** A schema that is made once, by the first who asks. */
export function lazily<Schema>(make: (zod: Zod) => Schema): () => Schema {
  let made: Schema | undefined;
  return () => {
    made ??= make((require("zod") as typeof import("zod")).z);
    return made;
  };
}

/** `"never"`, `"ifExists"`, `"required"`, or an object's id. */
export const adoptSchema = (z: Zod) => z.string().min(1).optional();

/** Label, description and metadata, as most of the gateway's objects have them. */
export const labelShape = (z: Zod) => ({
  name: z.string().min(1).max(MAX_NAME_CHARS),
  description: z.string().max(MAX_DESCRIPTION_CHARS).optional(),
  metadata: z.string().max(MAX_METADATA_CHARS).optional(),
});

/** The same where the gateway does not ask for a name: `""` is to have none. */
export const freeLabelShape = (z: Zod) => ({ ...labelShape(z), name: z.string().max(MAX_NAME_CHARS) });
