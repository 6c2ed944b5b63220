/**
 * Restrictions on the JSON Schema of structured outputs and strict functions.
 * @see https://learn.microsoft.com/azure/foundry/openai/how-to/structured-outputs
 *
 * Not checked: unsupported keywords, and the limits of depth and size.
 */
import { isObject } from "../../http";

/** The problem, in the service's words; undefined if there is none. */
export function schemaFault(schema: unknown, isStrict: boolean): string | undefined {
  if (!isObject(schema)) return `${JSON.stringify(schema)} is not of type 'object', 'boolean'.`;
  const { type } = schema;
  if (type !== undefined && type !== "object") {
    return `schema must be a JSON Schema of 'type: "object"', got 'type: "${String(type)}"'.`;
  }
  return isStrict ? strictFault(schema, []) : undefined;
}

function strictFault(schema: unknown, context: readonly string[]): string | undefined {
  if (!isObject(schema)) return undefined;
  const { properties, additionalProperties, required } = schema;
  if (schema.type === "object" || properties !== undefined) {
    if (additionalProperties !== false) {
      return `In context=${tuple(context)}, 'additionalProperties' is required to be supplied and to be false.`;
    }
    const listed = Array.isArray(required) ? required : [];
    const missing = Object.keys(isObject(properties) ? properties : {}).find((key) => !listed.includes(key));
    if (missing !== undefined) {
      return `In context=${tuple(context)}, 'required' is required to be supplied and to be an array including every key in properties. Missing '${missing}'.`;
    }
  }
  for (const [step, child] of childrenOf(schema)) {
    const fault = strictFault(child, [...context, ...step]);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function* childrenOf(schema: Record<string, unknown>): Generator<readonly [step: readonly string[], child: unknown]> {
  for (const keyword of ["properties", "$defs", "definitions"]) {
    const members = schema[keyword];
    if (isObject(members)) for (const [key, child] of Object.entries(members)) yield [[keyword, key], child];
  }
  if (schema.items !== undefined) yield [["items"], schema.items];
  const { anyOf } = schema;
  if (Array.isArray(anyOf)) for (const [index, child] of anyOf.entries()) yield [["anyOf", String(index)], child];
}

/** A path in the service's notation: `('properties', 'city')`. */
function tuple(context: readonly string[]): string {
  const steps = context.map((step) => (/^\d+$/.test(step) ? step : `'${step}'`));
  return `(${steps.join(", ")}${steps.length === 1 ? "," : ""})`;
}
