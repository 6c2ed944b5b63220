/** The part of Pulumi's published schema of `Pulumi.yaml` that the examples use; an unknown key is an error. */
const text = { type: "string", minLength: 1 } as const;

const declaration = {
  type: "object",
  additionalProperties: false,
  required: ["type", "description"],
  properties: {
    type: { enum: ["string", "integer", "boolean", "array"] },
    items: { type: "object" },
    description: text,
    secret: { type: "boolean" },
    default: {},
  },
} as const;

const prompt = {
  type: "object",
  additionalProperties: false,
  required: ["description"],
  properties: { description: text, default: text, secret: { type: "boolean" } },
  // A default would be a secret that all users share.
  not: { required: ["default", "secret"] },
} as const;

export const projectSchema = {
  type: "object",
  additionalProperties: false,
  required: ["name", "description", "runtime", "main", "template"],
  properties: {
    name: { type: "string", pattern: "^[A-Za-z0-9_.-]{1,100}$" },
    description: text,
    runtime: {
      type: "object",
      additionalProperties: false,
      required: ["name"],
      properties: { name: { const: "nodejs" }, options: { type: "object" } },
    },
    main: text,
    config: { type: "object", propertyNames: { pattern: "^[A-Za-z]+$" }, additionalProperties: declaration },
    template: {
      type: "object",
      additionalProperties: false,
      required: ["description", "config"],
      properties: {
        description: text,
        quickstart: text,
        config: {
          type: "object",
          // Without a namespace a key belongs to the project, under any project name.
          propertyNames: { pattern: "^([A-Za-z]+|(ngrok-ai|azure-native):[A-Za-z]+)$" },
          additionalProperties: prompt,
        },
      },
    },
  },
} as const;
