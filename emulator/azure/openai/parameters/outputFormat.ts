/** The service's checks of a structured output: `response_format` of chat completions, `text.format` of responses. */
import { isObject } from "../../http";
import { invalidRequest } from "../errors";
import { schemaFault } from "./strictSchemas";
import { invalidValue, missing, wrongType } from "./types";

const TYPES = ["json_object", "json_schema", "text"];

export interface FormatPlace {
  /** `response_format` or `text.format`. */
  readonly path: string;
  /** Location of name and schema: below `json_schema`, or next to the type. */
  readonly schemaPath: string;
  /** Code for a rejected schema. */
  readonly schemaCode: string | null;
}

/** @returns the type of the format. @throws Refusal for the first problem. */
export function checkOutputFormat(format: unknown, { path, schemaPath, schemaCode }: FormatPlace): string | undefined {
  if (format === undefined || format === null) return undefined;
  if (!isObject(format)) throw wrongType(path, "an object", format);
  const { type } = format;
  if (type === undefined) throw missing(`${path}.type`);
  if (typeof type !== "string" || !TYPES.includes(type)) throw invalidValue(`${path}.type`, String(type), TYPES);
  if (type !== "json_schema") return type;
  const fields = path === schemaPath ? format : format.json_schema;
  if (!isObject(fields)) throw missing(schemaPath);
  if (typeof fields.name !== "string") throw missing(`${schemaPath}.name`);
  if (fields.schema === undefined) throw missing(`${schemaPath}.schema`);
  const fault = schemaFault(fields.schema, fields.strict === true);
  if (fault === undefined) return type;
  const where = schemaCode === null ? path : `${schemaPath}.schema`;
  throw invalidRequest(`Invalid schema for response_format '${fields.name}': ${fault}`, where, schemaCode);
}
