/**
 * Generates a JSON value that satisfies a JSON Schema, for a canned model's tool calls and structured outputs.
 *
 * The same schema always gives the same value. Optional properties are filled in; a recursive schema ends as early as possible.
 * Covers every keyword of structured outputs (https://learn.microsoft.com/azure/ai-foundry/openai/how-to/structured-outputs)
 * and, beyond them, `allOf`, `oneOf`, `dependentRequired`, `patternProperties`, `minProperties` and `uniqueItems`.
 * Not covered: `not`, `if`, `contains`, `propertyNames`, references to other documents, and a `oneOf` whose branches overlap.
 */
import { numberFor, stringFor } from "./jsonScalars";
import { isSchema, listAt, merged, numberAt, type Schema, textsAt } from "./schemas";

/** No finite value satisfies the schema, for example an object that requires another object of the same schema. */
class NoFiniteValueError extends Error {}

/** Position of a value: the property's name, and the index in its list. */
interface Place {
  readonly name: string;
  readonly index: number;
}

/** `null` if no finite value satisfies the schema. */
export function jsonFromSchema(schema: unknown): unknown {
  return new Sampler(schema).find(schema, { name: "text", index: 0 }) ?? null;
}

class Sampler {
  /** Schemas whose value is being generated. Repeating one inside itself would not end. */
  private readonly open = new Set<unknown>();

  constructor(private readonly root: unknown) {}

  /** `undefined` if there is no finite value. */
  find(schema: unknown, place: Place): unknown {
    try {
      return this.valueOf(schema, place);
    } catch (error) {
      if (error instanceof NoFiniteValueError) return undefined;
      throw error;
    }
  }

  private valueOf(schema: unknown, place: Place): unknown {
    if (schema === false) throw new NoFiniteValueError();
    return this.opened(isSchema(schema) ? schema : {}, (flat) => this.branchValue(flat, place));
  }

  /** Generates a value for the schema merged with its references and its `allOf`. */
  private opened(schema: Schema, make: (flat: Schema) => unknown): unknown {
    const parts = this.partsOf(schema, new Set());
    if (parts.some((part) => this.open.has(part))) throw new NoFiniteValueError();
    for (const part of parts) this.open.add(part);
    try {
      return make(parts.map(({ $ref: _ref, allOf: _allOf, ...own }) => own).reduce(merged));
    } finally {
      for (const part of parts) this.open.delete(part);
    }
  }

  private partsOf(schema: Schema, seen: Set<Schema>): Schema[] {
    if (seen.has(schema)) throw new NoFiniteValueError();
    seen.add(schema);
    const target = typeof schema.$ref === "string" ? [this.resolve(schema.$ref)] : [];
    const others = [...target, ...(listAt(schema, "allOf") ?? [])].filter(isSchema);
    return [schema, ...others.flatMap((other) => this.partsOf(other, seen))];
  }

  private resolve(reference: string): unknown {
    if (!reference.startsWith("#")) return undefined;
    let target = this.root;
    for (const segment of reference.slice(1).split("/").slice(1)) {
      const key = decodeURIComponent(segment).replaceAll("~1", "/").replaceAll("~0", "~");
      target = isSchema(target) || Array.isArray(target) ? (target as Schema)[key] : undefined;
    }
    return target;
  }

  /** A value of the first alternative with a finite value. */
  private branchValue(schema: Schema, place: Place): unknown {
    const alternatives = listAt(schema, "anyOf") ?? listAt(schema, "oneOf");
    if (alternatives === undefined) return this.plainValue(schema, place);
    const { anyOf: _anyOf, oneOf: _oneOf, ...rest } = schema;
    for (const alternative of alternatives.filter((each) => each !== false)) {
      const value = this.attempt(() =>
        this.opened(isSchema(alternative) ? alternative : {}, (flat) => this.branchValue(merged(rest, flat), place)),
      );
      if (value !== undefined) return value;
    }
    throw new NoFiniteValueError();
  }

  private attempt(make: () => unknown): unknown {
    try {
      return make();
    } catch (error) {
      if (error instanceof NoFiniteValueError) return undefined;
      throw error;
    }
  }

  private plainValue(schema: Schema, place: Place): unknown {
    if ("const" in schema) return schema.const;
    const choices = listAt(schema, "enum");
    if (choices !== undefined) return choices[place.index % choices.length];
    switch (typeOf(schema)) {
      case "object":
        return this.objectFor(schema);
      case "array":
        return this.arrayFor(schema, place);
      case "integer":
      case "number":
        return numberFor(schema, place.index);
      case "boolean":
        return place.index % 2 === 0;
      case "null":
        return null;
      default:
        return stringFor(schema, place.name, place.index);
    }
  }

  private objectFor(schema: Schema): Record<string, unknown> {
    const declared = Object.keys(isSchema(schema.properties) ? schema.properties : {});
    const most = numberAt(schema, "maxProperties") ?? Number.POSITIVE_INFINITY;
    const members = new Map<string, unknown>();
    const memberOf = (key: string) => this.valueOf(memberSchema(schema, key), { name: key, index: 0 });
    const requiredWith = (key: string): string[] =>
      isSchema(schema.dependentRequired) ? textsAt(schema.dependentRequired, key) : [];
    const add = (key: string): void => {
      if (members.has(key)) return;
      members.set(key, memberOf(key));
      requiredWith(key).forEach(add);
    };
    textsAt(schema, "required").forEach(add);
    for (const key of declared) {
      const needed = [key, ...requiredWith(key)].filter((each) => !members.has(each));
      // Omits an optional property without a finite value.
      if (members.size + needed.length <= most) this.attempt(() => add(key));
    }
    for (let number = 1; members.size < (numberAt(schema, "minProperties") ?? 0); number++) add(`property${number}`);
    const ordered = [...declared.filter((key) => members.has(key)), ...members.keys()];
    return Object.fromEntries(ordered.map((key) => [key, members.get(key)]));
  }

  private arrayFor(schema: Schema, { name }: Place): unknown[] {
    const leading = listAt(schema, "prefixItems") ?? listAt(schema, "items") ?? [];
    const following = Array.isArray(schema.items) ? schema.additionalItems : schema.items;
    const least = numberAt(schema, "minItems") ?? 0;
    const most = numberAt(schema, "maxItems") ?? Number.POSITIVE_INFINITY;
    const items: unknown[] = [];
    while (items.length < Math.min(most, Math.max(least, leading.length, 1))) {
      const index = items.length;
      const schemaOfItem = index < leading.length ? leading[index] : following;
      const item = this.find(schemaOfItem, { name, index });
      if (item === undefined && index < least) throw new NoFiniteValueError();
      if (item === undefined) break;
      items.push(item);
    }
    return items;
  }
}

/** The member's schema: its declaration and every matching pattern, or otherwise `additionalProperties`. */
function memberSchema(schema: Schema, key: string): unknown {
  const { properties, patternProperties, additionalProperties } = schema;
  const patterns = isSchema(patternProperties) ? Object.entries(patternProperties) : [];
  const fitting = patterns.filter(([pattern]) => new RegExp(pattern, "u").test(key)).map(([, each]) => each);
  const own = isSchema(properties) && Object.hasOwn(properties, key) ? [properties[key]] : [];
  const all = [...own, ...fitting];
  if (all.length === 0) return additionalProperties;
  return all.length === 1 ? all[0] : { allOf: all };
}

/** The first type of the schema, or otherwise the type that its keywords belong to. */
function typeOf(schema: Schema): unknown {
  if (Array.isArray(schema.type)) return schema.type[0];
  if (schema.type !== undefined) return schema.type;
  const has = (...keywords: string[]) => keywords.some((keyword) => keyword in schema);
  if (has("properties", "required", "additionalProperties", "patternProperties", "minProperties")) return "object";
  if (has("items", "prefixItems", "minItems")) return "array";
  return has("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf") ? "number" : "string";
}
