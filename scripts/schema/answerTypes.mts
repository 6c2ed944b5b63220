/** zod schemas of the API's answers → types of the schema. Each object becomes a named type. */
import { z } from "zod";
import { camelCase } from "../docs/build.mts";
import type { ObjectSpec, TypeSpec } from "./spec.mts";

interface JsonSchema {
  readonly type?: string;
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly anyOf?: readonly JsonSchema[];
}

export class AnswerTypes {
  readonly types = new Map<string, ObjectSpec>();

  /** The object that a schema describes, and with it all objects inside. @param name begins the names of the objects inside */
  object(schema: z.ZodType, name: string): ObjectSpec {
    return this.#object(z.toJSONSchema(schema, { io: "output", unrepresentable: "any" }) as JsonSchema, name);
  }

  /** The same as a type with a name. */
  named(schema: z.ZodType, name: string): TypeSpec {
    return this.#define(name, this.object(schema, name));
  }

  #object({ properties = {}, required = [] }: JsonSchema, owner: string): ObjectSpec {
    const entries = Object.entries(properties).map(([key, value]) => {
      const name = camelCase.toCamelCase(key);
      return { name, spec: this.#type(value, owner + capitalized(singular(name))), isRequired: required.includes(key) };
    });
    return {
      type: "object",
      properties: Object.fromEntries(entries.map(({ name, spec }) => [name, spec])),
      required: entries.filter(({ isRequired }) => isRequired).map(({ name }) => name),
    };
  }

  #type(schema: JsonSchema, name: string): TypeSpec {
    const [first] = schema.anyOf?.filter(({ type }) => type !== "null") ?? [];
    if (first !== undefined) return this.#type(first, name);
    switch (schema.type) {
      case "array":
        return { type: "array", items: this.#type(schema.items ?? {}, name) };
      case "object":
        return this.#define(name, this.#object(schema, name));
      case "boolean":
      case "integer":
      case "number":
        return { type: schema.type };
      default:
        return { type: "string" }; // an open list of values too
    }
  }

  #define(name: string, spec: ObjectSpec): TypeSpec {
    const token = `ngrok-ai:index:${name}`;
    this.types.set(token, spec);
    return { $ref: `#/types/${token}` };
  }
}

function singular(name: string): string {
  return name.replace(/(?<=[a-z])s$/, "");
}

function capitalized(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
