/** Request bodies generated from the document's schemas: mostly valid, some at and beyond the bounds, some invalid. */
import type { OpenApiDocument, RawSchema } from "../../sdk/contractDocument";

/** A number from 0 up to, not including, 1. */
export type Random = () => number;

/** The same numbers for the same seed. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function pick<T>(random: Random, from: readonly T[]): T {
  return from[Math.floor(random() * from.length)] as T;
}

const WRONG = [0, -1, 1.5, true, "", "x", [], {}, null, [null], { a: 1 }, "\u0000", "\ud800"];

export class Bodies {
  constructor(
    private readonly document: OpenApiDocument,
    private readonly random: Random,
    /** Values that mean something, by the name of the field that takes them. */
    private readonly meaningful: (field: string) => readonly unknown[],
  ) {}

  of(schema: RawSchema, wrongness: number): unknown {
    return this.value(schema, "", wrongness);
  }

  private value(schema: RawSchema, field: string, wrongness: number): unknown {
    const { random } = this;
    if (random() < wrongness) return pick(random, WRONG);
    if (schema.$ref !== undefined) return this.value(this.resolve(schema.$ref), field, wrongness);
    if (schema.nullable && random() < 0.15) return null;
    if (schema.allOf !== undefined) return this.value(schema.allOf[0] ?? {}, field, wrongness);
    if (schema.enum !== undefined) return random() < wrongness ? "neither" : pick(random, schema.enum);
    if (schema.type === "object") return this.object(schema, wrongness);
    if (schema.type === "array") return this.array(schema, field, wrongness);
    if (schema.type === "integer") return this.integer(schema, wrongness);
    return this.text(schema, field, wrongness);
  }

  private object({ properties = {}, required = [] }: RawSchema, wrongness: number): Record<string, unknown> {
    const { random } = this;
    const given = Object.entries(properties).filter(([name]) =>
      required.includes(name) ? random() >= wrongness : random() < 0.5,
    );
    const object = Object.fromEntries(given.map(([name, schema]) => [name, this.value(schema, name, wrongness)]));
    if (random() < wrongness)
      Object.assign(object, pick(random, [{ unknown: 1 }, { Name: "x" }, JSON.parse('{"__proto__":{}}')]));
    return object;
  }

  private array({ items = {}, minItems = 0 }: RawSchema, field: string, wrongness: number): unknown[] {
    const length = this.random() < wrongness ? minItems - 1 : Math.max(minItems, Math.floor(this.random() * 3));
    return Array.from({ length: Math.max(0, length) }, () => this.value(items, field, wrongness));
  }

  private integer({ minimum = 1, maximum = 5000 }: RawSchema, wrongness: number): number {
    const { random } = this;
    if (random() < wrongness) return pick(random, [minimum - 1, maximum + 1]);
    return pick(random, [minimum, minimum + 1, maximum]);
  }

  private text({ minLength = 0, maxLength }: RawSchema, field: string, wrongness: number): string {
    const { random } = this;
    const values = this.meaningful(field) as string[];
    if (values.length > 0 && random() < 0.85) return pick(random, values);
    if (maxLength === undefined) return pick(random, ["", "x", "ü\n", "a".repeat(300)]);
    const lengths = [minLength, minLength + 1, maxLength - 1, maxLength];
    const beyond = [minLength - 1, maxLength + 1].filter((length) => length >= 0);
    return pick(random, ["a", "é", "字"]).repeat(pick(random, random() < wrongness * 3 ? beyond : lengths));
  }

  private resolve(reference: string): RawSchema {
    return this.document.components.schemas[reference.replace("#/components/schemas/", "")] ?? {};
  }
}
