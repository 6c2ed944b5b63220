/** Shapes that several resources share. */
import { z } from "zod";
import { MAX_DESCRIPTION_CHARS, MAX_METADATA_CHARS, MAX_NAME_CHARS } from "../../sdk/contract/common";

/** `"never"`, `"ifExists"`, `"required"`, or an object's id. */
export const adoptSchema = z.string().min(1).optional();

/** Label, description and metadata, as most of the gateway's objects have them. */
export const labelShape = {
  name: z.string().min(1).max(MAX_NAME_CHARS),
  description: z.string().max(MAX_DESCRIPTION_CHARS).optional(),
  metadata: z.string().max(MAX_METADATA_CHARS).optional(),
};
