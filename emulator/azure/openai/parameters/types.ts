/**
 * Types and bounds of request parameters, and the service's answers to invalid values. The messages are reported ones of OpenAI's and
 * Azure's services.
 */
import type { Refusal } from "../../http";
import { isObject } from "../../http";
import { invalidRequest } from "../errors";

/** The refusal of an invalid value; `undefined` for a valid one. */
export type ParameterType = (value: unknown, path: string) => Refusal | undefined;

/** Every parameter of an operation, by name. The service does not know any other. */
export type ParameterTable = Readonly<Record<string, ParameterType>>;

export const anything: ParameterType = () => undefined;
export const text: ParameterType = typed("a string", (value) => typeof value === "string");
export const flag: ParameterType = typed("a boolean", (value) => typeof value === "boolean");
export const object: ParameterType = typed("an object", isObject);
export const objects: ParameterType = typed("an array of objects", Array.isArray);

export function decimal(minimum: number, maximum: number): ParameterType {
  return bounded(
    "decimal",
    typed("a decimal", (value) => typeof value === "number"),
    minimum,
    maximum,
  );
}

export function integer(minimum: number, maximum = Number.MAX_SAFE_INTEGER): ParameterType {
  return bounded("integer", typed("an integer", Number.isInteger), minimum, maximum);
}

export function oneOf(...values: readonly string[]): ParameterType {
  return (value, path) => {
    if (typeof value !== "string") return wrongType(path, `one of ${listed(values, "or")}`, value);
    return values.includes(value) ? undefined : invalidValue(path, value, values);
  };
}

export function invalidValue(path: string, value: string, supported: readonly string[]): Refusal {
  const message = `Invalid value: '${value}'. Supported values are: ${listed(supported, "and")}.`;
  return invalidRequest(message, path, "invalid_value");
}

export function wrongType(path: string, expected: string, value: unknown): Refusal {
  const message = `Invalid type for '${path}': expected ${expected}, but got ${typeName(value)} instead.`;
  return invalidRequest(message, path, "invalid_type");
}

export function missing(path: string): Refusal {
  return invalidRequest(`Missing required parameter: '${path}'.`, path, "missing_required_parameter");
}

export function emptyArray(path: string): Refusal {
  const message = `Invalid '${path}': empty array. Expected an array with minimum length 1, but got an empty array instead.`;
  return invalidRequest(message, path, "empty_array");
}

/** @throws Refusal for the first unknown parameter, otherwise for the first invalid value. */
export function checkParameters(body: Record<string, unknown>, table: ParameterTable): void {
  const unknown = Object.keys(body).find((name) => !Object.hasOwn(table, name));
  if (unknown !== undefined) throw invalidRequest(`Unknown parameter: '${unknown}'.`, unknown, "unknown_parameter");
  for (const [name, value] of Object.entries(body)) {
    const refusal = value === null ? undefined : table[name]?.(value, name);
    if (refusal !== undefined) throw refusal;
  }
}

/** `'a', 'b', and 'c'`. */
export function listed(values: readonly string[], conjunction: "and" | "or"): string {
  const quoted = values.map((value) => `'${value}'`);
  if (quoted.length < 3) return quoted.join(` ${conjunction} `);
  return `${quoted.slice(0, -1).join(", ")}, ${conjunction} ${quoted.at(-1)}`;
}

function typed(expected: string, isFitting: (value: unknown) => boolean): ParameterType {
  return (value, path) => (isFitting(value) ? undefined : wrongType(path, expected, value));
}

function bounded(kind: "integer" | "decimal", type: ParameterType, minimum: number, maximum: number): ParameterType {
  const outOf = (path: string, where: "below minimum" | "above maximum", bound: string, value: unknown) =>
    invalidRequest(
      `Invalid '${path}': ${kind} ${where} value. Expected a value ${bound}, but got ${value} instead.`,
      path,
      `${kind}_${where.startsWith("below") ? "below_min" : "above_max"}_value`,
    );
  return (value, path) => {
    const refusal = type(value, path);
    if (refusal !== undefined) return refusal;
    if (Number(value) < minimum) return outOf(path, "below minimum", `>= ${minimum}`, value);
    return Number(value) > maximum ? outOf(path, "above maximum", `<= ${maximum}`, value) : undefined;
  };
}

function typeName(value: unknown): string {
  if (value === null || value === undefined) return "null";
  if (typeof value === "number") return Number.isInteger(value) ? "an integer" : "a decimal number";
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
