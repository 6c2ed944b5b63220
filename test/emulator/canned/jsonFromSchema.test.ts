/**
 * Values generated from JSON Schemas, validated by ajv. Does not prove anything about the keywords that the file's
 * header excludes, or that a model would reply the same.
 */
import Ajv2020 from "ajv/dist/2020";
import fc from "fast-check";
import { jsonFromSchema } from "../../../emulator/canned/jsonFromSchema";

/** What ajv finds wrong with the value made from the schema. */
function faults(schema: object): string[] {
  const ajv = new Ajv2020({ strict: false, meta: false, validateSchema: false, formats: FORMATS });
  const validate = ajv.compile(schema);
  const value = jsonFromSchema(schema);
  return validate(value)
    ? []
    : [`${JSON.stringify(value)} for ${JSON.stringify(schema)}: ${ajv.errorsText(validate.errors)}`];
}

const FORMATS = {
  "date-time": /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/,
  date: /^\d{4}-\d\d-\d\d$/,
  time: /^\d\d:\d\d:\d\dZ$/,
  duration: /^PT\d+H$/,
  email: /^[^@\s]+@[^@\s]+\.[a-z]+$/,
  hostname: /^[a-z0-9.-]+$/,
  ipv4: /^(\d{1,3}\.){3}\d{1,3}$/,
  ipv6: /^[0-9a-f:]+$/,
  uuid: /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/,
};

const object = (properties: object, rest: object = {}) => ({
  type: "object",
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
  ...rest,
});

test("the generated text of a property is its name", () => {
  expect(
    jsonFromSchema(object({ city: { type: "string" }, days: { type: "integer" }, cached: { type: "boolean" } })),
  ).toEqual({
    city: "city",
    days: 1,
    cached: true,
  });
});

test("optional properties are included unless they have no finite value", () => {
  const schema = { type: "object", properties: { unit: { enum: ["C", "F"] }, self: { $ref: "#" } } };
  expect(jsonFromSchema(schema)).toEqual({ unit: "C" });
});

test("equal schemas have equal values", () => {
  const schema = object({
    id: { type: "string", pattern: "^[A-Z]{3}-\\d{4}$" },
    size: { type: "number", minimum: 0.5 },
  });
  expect(jsonFromSchema(schema)).toEqual(jsonFromSchema(structuredClone(schema)));
});

test("the value is null if no finite value satisfies the schema", () => {
  expect(jsonFromSchema(object({ next: { $ref: "#" } }))).toBeNull();
  expect(jsonFromSchema(false)).toBeNull();
  expect(jsonFromSchema({ $ref: "#/$defs/a", $defs: { a: { $ref: "#/$defs/a" } } })).toBeNull();
});

test.each([[{}], [true], [undefined]])("the value for the schema %j is a text", (schema) => {
  expect(jsonFromSchema(schema)).toBe("text");
});

test("a property named __proto__ is kept", () => {
  const value = jsonFromSchema({ type: "object", required: ["__proto__"], additionalProperties: { type: "integer" } });
  expect(JSON.stringify(value)).toBe('{"__proto__":1}');
});

const node = { type: "object", additionalProperties: false };

test.each<[string, object]>([
  ["a recursive list", object({ value: { type: "string" }, children: { type: "array", items: { $ref: "#" } } })],
  [
    "a linked list",
    object(
      { head: { $ref: "#/$defs/node" } },
      {
        $defs: {
          node: object({ value: { type: "number" }, next: { anyOf: [{ $ref: "#/$defs/node" }, { type: "null" }] } }),
        },
      },
    ),
  ],
  [
    "two schemas that contain each other",
    object(
      { a: { $ref: "#/$defs/a" } },
      {
        $defs: {
          a: object({ b: { anyOf: [{ $ref: "#/$defs/b" }, { type: "null" }] } }),
          b: object({ a: { $ref: "#/$defs/a" } }),
        },
      },
    ),
  ],
  [
    "a reference beside other keywords",
    object({ a: { $ref: "#/definitions/x", minLength: 20 } }, { definitions: { x: { type: "string" } } }),
  ],
  ["an escaped reference", object({ a: { $ref: "#/$defs/a~1b%20c" } }, { $defs: { "a/b c": { const: 3 } } })],
  ["formats", object(Object.fromEntries(Object.keys(FORMATS).map((format) => [format, { type: "string", format }])))],
  ["a pattern", { type: "string", pattern: "^(?:foo|bar)+\\.(com|org)$" }],
  ["a pattern with bounds", { type: "string", pattern: "^[a-c]+$", minLength: 7, maxLength: 9 }],
  ["a pattern with a lookahead", { type: "string", pattern: "^(?!x)[a-z]{4}$" }],
  ["a text with bounds", { type: "string", minLength: 50, maxLength: 60 }],
  ["a short text", { type: "string", maxLength: 2 }],
  ["an integer in bounds", { type: "integer", minimum: 18, maximum: 20 }],
  ["an integer below a bound", { type: "integer", maximum: -5 }],
  ["an exclusive range", { type: "number", exclusiveMinimum: 0, exclusiveMaximum: 1 }],
  ["a range open at one end", { type: "number", minimum: 0, exclusiveMaximum: 0.5 }],
  ["a multiple", { type: "integer", multipleOf: 7, minimum: 10 }],
  ["a multiple of a fraction", { type: "number", multipleOf: 0.1, minimum: 0.25 }],
  ["an integer that is a multiple of a fraction", { type: "integer", multipleOf: 0.5 }],
  ["distinct values", { type: "array", items: { enum: ["a", "b", "c"] }, uniqueItems: true, minItems: 3 }],
  [
    "distinct numbers in bounds",
    { type: "array", items: { type: "integer", minimum: 5 }, uniqueItems: true, minItems: 4 },
  ],
  ["distinct texts", { type: "array", items: { type: "string", format: "uuid" }, uniqueItems: true, minItems: 4 }],
  ["a tuple", { type: "array", prefixItems: [{ type: "string" }, { type: "integer" }], minItems: 2, items: false }],
  ["an empty list", { type: "array", items: { type: "string" }, maxItems: 0 }],
  ["a list of nothing", { type: "array", items: false }],
  [
    "allOf",
    {
      allOf: [
        { ...node, additionalProperties: undefined, properties: { a: { type: "string" } }, required: ["a"] },
        { properties: { b: { type: "integer" } }, required: ["b"] },
      ],
    },
  ],
  [
    "allOf that narrows",
    { allOf: [{ type: "number", minimum: 3 }, { type: "integer", minimum: 5, maximum: 9 }, { maximum: 7 }] },
  ],
  ["allOf that narrows an enum", { allOf: [{ enum: ["a", "b", "c"] }, { enum: ["c", "b"] }] }],
  [
    "anyOf beside properties",
    {
      type: "object",
      properties: { a: { type: "string" } },
      required: ["a"],
      anyOf: [{ required: ["b"] }, { required: ["c"] }],
    },
  ],
  ["anyOf in anyOf", { anyOf: [{ anyOf: [{ type: "integer" }] }, { type: "null" }] }],
  ["anyOf twice", { allOf: [{ anyOf: [{ minimum: 3 }, { type: "string" }] }, { anyOf: [{ type: "integer" }] }] }],
  ["oneOf", { oneOf: [object({ kind: { const: "a" } }), object({ kind: { const: "b" } })] }],
  ["a nullable enum", { type: ["string", "null"], enum: ["a", null] }],
  [
    "required members that nothing declares",
    { type: "object", required: ["a", "b"], additionalProperties: { type: "integer" } },
  ],
  [
    "members by pattern",
    {
      type: "object",
      required: ["x-a"],
      patternProperties: { "^x-": { type: "integer" } },
      additionalProperties: false,
    },
  ],
  ["a number of members", { type: "object", additionalProperties: { type: "string" }, minProperties: 2 }],
  ["few members", { type: "object", properties: { a: {}, b: {}, c: {} }, maxProperties: 2 }],
  ["dependent members", { type: "object", properties: { a: {} }, dependentRequired: { a: ["b"] } }],
  ["members without a type", { properties: { a: { minimum: 2 } }, required: ["a"] }],
])("the value satisfies a schema with %s", (_what, schema) => {
  expect(faults(schema)).toEqual([]);
});

/** Schemas as structured outputs take them, nested up to four deep. */
const schemas = fc.letrec<{ schema: object; leaf: object }>((tie) => ({
  schema: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    tie("leaf"),
    fc
      .dictionary(fc.stringMatching(/^[a-z_]{1,8}$/), tie("schema"), { maxKeys: 4 })
      .map((properties) => object(properties)),
    fc
      .record({ items: tie("schema"), minItems: fc.integer({ min: 0, max: 3 }), more: fc.integer({ min: 0, max: 3 }) })
      .map(({ items, minItems, more }) => ({ type: "array", items, minItems, maxItems: minItems + more })),
    fc.array(tie("schema"), { minLength: 1, maxLength: 3 }).map((anyOf) => ({ anyOf })),
    tie("schema").map((only) => ({ allOf: [only] })),
  ),
  leaf: fc.oneof(
    fc.record({ min: fc.integer({ min: 0, max: 30 }), more: fc.integer({ min: 0, max: 30 }) }).map(({ min, more }) => ({
      type: "string",
      minLength: min,
      maxLength: min + more,
    })),
    fc.constantFrom("date", "email", "uuid", "ipv4").map((format) => ({ type: "string", format })),
    fc.constantFrom("^[A-Z]{2}\\d+$", "^\\w{3,}$", "^(a|b)?c$").map((pattern) => ({ type: "string", pattern })),
    fc
      .record({ low: fc.integer({ min: -99, max: 99 }), more: fc.integer({ min: 0, max: 50 }) })
      .map(({ low, more }) => ({
        type: "integer",
        minimum: low,
        maximum: low + more,
      })),
    fc.record({ low: fc.integer({ min: -9, max: 9 }), step: fc.constantFrom(0.5, 1, 3, 7) }).map(({ low, step }) => ({
      type: "number",
      exclusiveMinimum: low,
      multipleOf: step,
    })),
    fc.array(fc.jsonValue({ maxDepth: 1 }), { minLength: 1, maxLength: 3 }).map((values) => ({ enum: values })),
    fc.constantFrom({ type: "boolean" }, { type: "null" }, { type: ["integer", "null"] }, {}),
  ),
}));

test("the values satisfy 200 random schemas", () => {
  fc.assert(
    fc.property(schemas.schema, (schema) => {
      expect(faults(schema)).toEqual([]);
    }),
    { numRuns: 200 },
  );
});
