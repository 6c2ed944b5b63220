/** A tool for the AI SDK that records its inputs and always returns the same result. */
import { type JSONSchema7, jsonSchema, tool } from "ai";

export const CITY_SCHEMA = jsonSchema<{ city: string }>({
  type: "object",
  properties: { city: { type: "string" } },
  required: ["city"],
  additionalProperties: false,
} satisfies JSONSchema7);

export function weatherTool() {
  const inputs: unknown[] = [];
  const weather = tool({
    description: "Says how the weather is.",
    inputSchema: CITY_SCHEMA,
    execute: (input) => {
      inputs.push(input);
      return "sunny";
    },
  });
  return { inputs, weather };
}
