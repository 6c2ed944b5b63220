/**
 * Additions of a later version of the service: fields, and values of documented texts, that this version does not know. They are kept
 * unchanged. The commands list them, because they cannot show their meaning.
 */
import type { z } from "zod";
import { operations } from "../../sdk/contract/operations";
import { KINDS, LISTED_KINDS, type ListedKind, listOf } from "../kinds";
import type { Inventory } from "./inventory";

/** Adds the unknown parts of a value, such as `router.rules[].weight` or `router.rules[].steps[].type "quota-pool"`. */
type Finder = (value: unknown, path: string, found: Set<string>) => void;

/** The parts of the definition of a schema that are used here. */
interface Definition {
  readonly type: string;
  readonly shape?: Readonly<Record<string, z.ZodType>>;
  readonly element?: z.ZodType;
  readonly innerType?: z.ZodType;
  readonly in?: z.ZodType;
  readonly options?: readonly z.ZodType[];
  readonly entries?: Readonly<Record<string, string>>;
}

const NONE: readonly string[] = [];
const finders = new Map<string, Finder | undefined>();

/** The unknown parts of an object in one of the account's lists. */
export function unknownPartsOf(kind: ListedKind, object: object): readonly string[] {
  const operation = `list${KINDS[kind].listed.api}s`;
  return partsIn(object, operation, () => {
    const { response } = operations[operation as keyof typeof operations] as { response: z.ZodType };
    const lists = Object.values(definitionOf(response).shape ?? {}).map(definitionOf);
    return lists.find(({ type }) => type === "array")?.element;
  });
}

export function unknownPartsOfSettings(settings: object): readonly string[] {
  return partsIn(settings, "getGatewayConfig", () => operations.getGatewayConfig.response);
}

/** Unknown parts by the object's id; objects without any are left out. */
export function unknownPartsById(inventory: Inventory): ReadonlyMap<string, readonly string[]> {
  const byId = new Map<string, readonly string[]>();
  for (const kind of LISTED_KINDS) {
    for (const object of inventory[listOf(kind)]) {
      const parts = unknownPartsOf(kind, object);
      if (parts.length > 0) byId.set(object.id, parts);
    }
  }
  const parts = unknownPartsOfSettings(inventory.settings);
  if (parts.length > 0) byId.set(inventory.settings.accountId, parts);
  return byId;
}

function partsIn(value: object, operation: string, schemaOf: () => z.ZodType | undefined): readonly string[] {
  if (!finders.has(operation)) {
    const schema = schemaOf();
    finders.set(operation, schema && toFinder(schema));
  }
  const found = new Set<string>();
  finders.get(operation)?.(value, "", found);
  return found.size === 0 ? NONE : [...found];
}

function definitionOf(schema: z.ZodType): Definition {
  return schema.def as Definition;
}

/** `undefined` for a schema without unknown values. */
function toFinder(schema: z.ZodType): Finder | undefined {
  const { type, shape, element, innerType, in: input, options = [] } = definitionOf(schema);
  if (type === "object" && shape !== undefined) return objectFinder(shape);
  if (type === "array" && element !== undefined) {
    const find = toFinder(element);
    if (find === undefined) return undefined;
    return (value, path, found) => {
      if (Array.isArray(value)) for (const item of value) find(item, `${path}[]`, found);
    };
  }
  if (type === "union") return textFinder(options);
  const inner = input ?? innerType;
  return inner === undefined ? undefined : toFinder(inner);
}

function objectFinder(shape: Readonly<Record<string, z.ZodType>>): Finder {
  const fields = new Map(Object.entries(shape).map(([name, field]) => [name, toFinder(field)]));
  return (value, path, found) => {
    if (typeof value !== "object" || value === null) return;
    for (const name in value) {
      const find = fields.get(name);
      // Most fields know every value: their path, which costs more than the look-up, is not built.
      if (find === undefined && fields.has(name)) continue;
      const at = path === "" ? name : `${path}.${name}`;
      if (find === undefined) found.add(at);
      else find((value as Readonly<Record<string, unknown>>)[name], at, found);
    }
  };
}

/** A text with documented values that may have other values. */
function textFinder(options: readonly z.ZodType[]): Finder | undefined {
  const entries = options.map((option) => definitionOf(option).entries).find(Boolean);
  if (entries === undefined) return undefined;
  const known = new Set(Object.values(entries));
  return (value, path, found) => {
    if (typeof value === "string" && !known.has(value)) found.add(`${path} ${JSON.stringify(value)}`);
  };
}
