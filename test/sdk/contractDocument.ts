import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { z } from "zod";

const contractFolder = path.resolve(__dirname, "../../../shared/contract");

/** `describe` if the API's document exists beside the repository, otherwise one skipped test with the reason. */
export function describeWithDocument(title: string, body: () => void): void {
  if (existsSync(path.join(contractFolder, "ai-gateway.yaml"))) {
    describe(title, body);
  } else {
    test.skip(`${title} (skipped: the API's document is not in ../shared/contract)`, () => undefined);
  }
}

export function readContractFile(name: string): string {
  return readFileSync(path.join(contractFolder, name), "utf8");
}

/** A schema of OpenAPI 3.0, or of JSON Schema from zod: the keywords that either uses. */
export interface RawSchema {
  $ref?: string;
  type?: string | string[];
  nullable?: boolean;
  const?: string;
  enum?: string[];
  allOf?: RawSchema[];
  anyOf?: RawSchema[];
  oneOf?: RawSchema[];
  required?: string[];
  properties?: Record<string, RawSchema>;
  additionalProperties?: boolean | RawSchema;
  items?: RawSchema;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  minItems?: number;
}

interface RawParameter {
  $ref?: string;
  name: string;
  in: string;
  required?: boolean;
  schema: RawSchema;
}

interface RawContent {
  content?: { "application/json": { schema: RawSchema } };
  $ref?: string;
}

interface RawOperation {
  operationId: string;
  parameters?: RawParameter[];
  requestBody?: RawContent & { required?: boolean };
  responses: Record<string, RawContent>;
}

export interface OpenApiDocument {
  /** By path, then by method in lower case; `parameters` is next to the methods. */
  paths: Record<string, Record<string, RawOperation>>;
  components: { schemas: Record<string, RawSchema>; parameters: Record<string, RawParameter> };
}

export function readDocument(): OpenApiDocument {
  return parse(readContractFile("ai-gateway.yaml")) as OpenApiDocument;
}

/** One schema in keywords common to both sides, for a complete comparison. */
export interface PlainSchema {
  type?: string;
  isNullable: boolean;
  /** Handling of a field that the schema does not name. */
  unknownFields?: "refused" | "dropped" | "kept";
  values?: string[];
  /** Other values, or objects of other kinds, are accepted too. */
  isOpen?: boolean;
  required?: string[];
  properties?: Record<string, PlainSchema>;
  everyValue?: PlainSchema;
  items?: PlainSchema;
  variants?: PlainSchema[];
  bounds?: Record<string, number>;
}

/** Requests are compared exactly. For a response, the client requires only what it needs: see `tolerant`. */
export type Side = "request" | "response";

export function fromDocument(document: OpenApiDocument, schema: RawSchema, side: Side): PlainSchema {
  const plain = plainSchema(schema, (reference) => {
    const name = reference.replace("#/components/schemas/", "");
    return document.components.schemas[name] ?? fail(`no schema ${name}`);
  });
  return side === "request" ? plain : tolerant(plain);
}

export function fromZod(schema: z.ZodType, side: Side): PlainSchema {
  const plain = plainSchema(z.toJSONSchema(schema, { io: "input" }) as RawSchema, (reference) => fail(reference));
  return side === "request" ? plain : tolerant(plain);
}

const BOUNDS = ["minLength", "maxLength", "minimum", "maximum", "minItems"] as const;

function plainSchema(schema: RawSchema, resolve: (reference: string) => RawSchema): PlainSchema {
  const convert = (part: RawSchema) => plainSchema(part, resolve);
  if (schema.$ref !== undefined) {
    return convert(resolve(schema.$ref));
  }
  if (schema.allOf !== undefined) {
    const [only, ...others] = schema.allOf;
    return only === undefined || others.length > 0
      ? fail("allOf of other than one schema")
      : { ...convert(only), isNullable: schema.nullable ?? false };
  }
  const choices = schema.oneOf ?? schema.anyOf;
  if (choices !== undefined) {
    const variants = choices.filter((choice) => choice.type !== "null").map(convert);
    const isNullable = variants.length < choices.length || variants.some((variant) => variant.isNullable);
    const [first, second] = variants;
    if (variants.length === 1 && first !== undefined) return { ...first, isNullable };
    // zod's form of documented values or kinds next to which any other is accepted
    if (variants.length === 2 && first?.values !== undefined && isAnyText(second))
      return { ...first, isNullable, isOpen: true };
    if (variants.length === 2 && first?.variants !== undefined && isAnyKind(second))
      return { ...first, isNullable, isOpen: true };
    return { isNullable, variants };
  }
  const types = [schema.type ?? []].flat();
  const type = types.find((name) => name !== "null");
  const bounds = BOUNDS.filter((bound) => schema[bound] !== undefined && !Object.is(Math.abs(schema[bound]), MAX_SAFE));
  const values = schema.const === undefined ? schema.enum : [schema.const];
  return {
    ...(type === undefined ? {} : { type }),
    isNullable: schema.nullable === true || types.includes("null"),
    ...(values === undefined ? {} : { values: values.toSorted() }),
    ...(bounds.length === 0 ? {} : { bounds: Object.fromEntries(bounds.map((bound) => [bound, schema[bound] ?? 0])) }),
    ...(schema.items === undefined ? {} : { items: convert(schema.items) }),
    ...(type === "object" ? plainObject(schema, convert) : {}),
  };
}

function isAnyText(schema: PlainSchema | undefined): boolean {
  return schema?.type === "string" && schema.values === undefined;
}

function isAnyKind(schema: PlainSchema | undefined): boolean {
  const fields = Object.values(schema?.properties ?? {});
  return fields.length === 1 && isAnyText(fields[0]) && schema?.unknownFields === "kept";
}

// zod limits every integer to the range of exact numbers; the document has no such bound.
const MAX_SAFE = Number.MAX_SAFE_INTEGER;

function plainObject(schema: RawSchema, convert: (part: RawSchema) => PlainSchema): Partial<PlainSchema> {
  const { additionalProperties } = schema;
  const properties = Object.entries(schema.properties ?? {}).map(([name, value]) => [name, convert(value)] as const);
  const isTyped = typeof additionalProperties === "object" && Object.keys(additionalProperties).length > 0;
  return {
    unknownFields: additionalProperties === false ? "refused" : additionalProperties === undefined ? "dropped" : "kept",
    required: (schema.required ?? []).toSorted(),
    properties: Object.fromEntries(properties),
    ...(isTyped ? { everyValue: convert(additionalProperties) } : {}),
  };
}

/**
 * The four allowed differences between a response and the document: unknown fields, which are kept; values and kinds other than
 * the documented ones; values beyond the bounds of requests; and `null` in an optional field.
 */
function tolerant(schema: PlainSchema): PlainSchema {
  const { bounds: _bounds, ...rest } = schema;
  const isOpen = schema.values !== undefined || schema.variants !== undefined;
  const properties = Object.entries(schema.properties ?? {}).map(([name, value]) => {
    const isOptional = schema.required?.includes(name) === false;
    const plain = tolerant(value);
    return [name, isOptional ? { ...plain, isNullable: true } : plain] as const;
  });
  return {
    ...rest,
    ...(isOpen ? { isOpen } : {}),
    ...(schema.unknownFields === undefined ? {} : { unknownFields: "kept" }),
    ...(schema.properties === undefined ? {} : { properties: Object.fromEntries(properties) }),
    ...(schema.items === undefined ? {} : { items: tolerant(schema.items) }),
    ...(schema.variants === undefined ? {} : { variants: schema.variants.map(tolerant) }),
    ...(schema.everyValue === undefined ? {} : { everyValue: tolerant(schema.everyValue) }),
  };
}

/** One operation of the document, in the terms of the operations table. */
export interface DocumentedOperation {
  readonly operationId: string;
  readonly method: string;
  readonly path: string;
  readonly successStatus: number;
  readonly query: PlainSchema | undefined;
  readonly headers: PlainSchema | undefined;
  readonly request: PlainSchema | undefined;
  readonly response: PlainSchema | undefined;
}

export function documentedOperations(document: OpenApiDocument): DocumentedOperation[] {
  return Object.entries(document.paths).flatMap(([route, methods]) =>
    Object.entries(methods)
      .filter(([method]) => method !== "parameters")
      .map(([method, operation]) => documentedOperation(document, route, method, operation)),
  );
}

function documentedOperation(
  document: OpenApiDocument,
  route: string,
  method: string,
  operation: RawOperation,
): DocumentedOperation {
  const statuses = Object.keys(operation.responses).filter((status) => status.startsWith("2"));
  const [status, ...others] = statuses;
  if (status === undefined || others.length > 0) fail(`${operation.operationId} has other than one success`);
  const schemaOf = (content: RawContent | undefined, side: Side) => {
    const schema = content?.content?.["application/json"].schema;
    return schema === undefined ? undefined : fromDocument(document, schema, side);
  };
  return {
    operationId: operation.operationId,
    method: method.toUpperCase(),
    path: route,
    successStatus: Number(status),
    query: documentedParameters(document, operation.parameters ?? [], "query"),
    headers: documentedParameters(document, operation.parameters ?? [], "header"),
    request: schemaOf(operation.requestBody, "request"),
    response: schemaOf(operation.responses[status ?? ""], "response"),
  };
}

function documentedParameters(
  document: OpenApiDocument,
  parameters: RawParameter[],
  place: "query" | "header",
): PlainSchema | undefined {
  const taken = parameters
    .map((parameter) => document.components.parameters[parameter.$ref?.split("/").at(-1) ?? ""] ?? parameter)
    .filter((parameter) => parameter.in === place);
  if (taken.length === 0) {
    return undefined;
  }
  const schema: RawSchema = {
    type: "object",
    additionalProperties: false,
    required: taken.filter((parameter) => parameter.required).map((parameter) => parameter.name),
    properties: Object.fromEntries(taken.map((parameter) => [parameter.name, parameter.schema])),
  };
  return fromDocument(document, schema, "request");
}

function fail(problem: string): never {
  throw new Error(`the document cannot be read: ${problem}`);
}
