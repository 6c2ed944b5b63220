/** JSON Schemas as plain values: reads their keywords, and merges two schemas into one that satisfies both. */

export type Schema = Readonly<Record<string, unknown>>;

export function isSchema(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The list, unless it is empty: an empty list has no effect for any keyword. */
export function listAt(schema: Schema, keyword: string): readonly unknown[] | undefined {
  const value = schema[keyword];
  return Array.isArray(value) && value.length > 0 ? value : undefined;
}

export function textsAt(schema: Schema, keyword: string): string[] {
  return (listAt(schema, keyword) ?? []).filter((entry): entry is string => typeof entry === "string");
}

export function numberAt(schema: Schema, keyword: string): number | undefined {
  const value = schema[keyword];
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

/** A schema that accepts only values that both accept. For keywords that cannot be combined, the second schema's applies. */
export function merged(one: Schema, other: Schema): Schema {
  const entries = Object.keys({ ...one, ...other }).map((keyword) => {
    const isInBoth = Object.hasOwn(one, keyword) && Object.hasOwn(other, keyword);
    const combine = isInBoth ? COMBINATIONS[keyword] : undefined;
    const value = Object.hasOwn(other, keyword) ? other[keyword] : one[keyword];
    return [keyword, combine === undefined ? value : combine(one[keyword], other[keyword])];
  });
  return Object.fromEntries(entries) as Schema;
}

type Combination = (one: unknown, other: unknown) => unknown;

const larger: Combination = (one, other) => Math.max(Number(one), Number(other));
const smaller: Combination = (one, other) => Math.min(Number(one), Number(other));
const bothSchemas: Combination = (one, other) => (one === false || other === false ? false : { allOf: [one, other] });

const COMBINATIONS: Readonly<Record<string, Combination>> = {
  minimum: larger,
  exclusiveMinimum: larger,
  minLength: larger,
  minItems: larger,
  minProperties: larger,
  maximum: smaller,
  exclusiveMaximum: smaller,
  maxLength: smaller,
  maxItems: smaller,
  maxProperties: smaller,
  items: bothSchemas,
  additionalProperties: bothSchemas,
  properties: eachMember,
  patternProperties: eachMember,
  required: (one, other) => [...new Set([...asList(one), ...asList(other)])],
  type: commonTypes,
  enum: (one, other) => asList(one).filter((value) => includesJson(asList(other), value)),
  anyOf: eachPair,
  oneOf: eachPair,
};

function eachMember(one: unknown, other: unknown): unknown {
  if (!isSchema(one) || !isSchema(other)) return other;
  const shared = Object.keys(one).filter((key) => Object.hasOwn(other, key));
  const both = shared.map((key): [string, unknown] => [key, bothSchemas(one[key], other[key])]);
  return Object.fromEntries([...Object.entries(one), ...Object.entries(other), ...both]);
}

function eachPair(one: unknown, other: unknown): unknown {
  return asList(one).flatMap((left) => asList(other).map((right) => bothSchemas(left, right)));
}

function commonTypes(one: unknown, other: unknown): unknown {
  const others = asList(other);
  return asList(one).flatMap((type) => {
    if (others.includes(type)) return [type];
    const isNarrowed =
      (type === "number" && others.includes("integer")) || (type === "integer" && others.includes("number"));
    return isNarrowed ? ["integer"] : [];
  });
}

function includesJson(values: readonly unknown[], wanted: unknown): boolean {
  return values.some((value) => JSON.stringify(value) === JSON.stringify(wanted));
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}
