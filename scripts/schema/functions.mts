/** The schema of the provider's functions, from their table. A look-up returns the properties of its kind of resource. */
import { definitionOf, functions, models, usage } from "../docs/build.mts";
import type { AnswerTypes } from "./answerTypes.mts";
import type { FunctionSpec, ObjectSpec, PropertySpec, ResourceSpec } from "./spec.mts";

/** Inputs for Pulumi's management of a resource, which objects do not have. */
const NOT_OF_OBJECTS: readonly string[] = ["adopt", "rotationTrigger"];

export function functionSpecs(
  resources: Readonly<Record<string, ResourceSpec>>,
  answers: AnswerTypes,
): Record<string, FunctionSpec> {
  return Object.fromEntries(
    Object.entries(functions.FUNCTIONS).map(([name, called]) => {
      const { description, args } = called;
      const entries = Object.entries(args);
      const properties = Object.fromEntries(
        entries.map(([arg, { type, description }]) => [arg, { type, description } satisfies PropertySpec]),
      );
      const required = entries.filter(([, arg]) => "isRequired" in arg).map(([arg]) => arg);
      const inputs: ObjectSpec = { type: "object", properties, ...(required.length > 0 && { required }) };
      const outputs = "kind" in called ? found(resources, called.kind) : answersOf(name, answers);
      return [functions.functionToken(name), { description, inputs, outputs }];
    }),
  );
}

function found(resources: Readonly<Record<string, ResourceSpec>>, kind: string): ObjectSpec {
  const resource = resources[functions.functionToken(kind)];
  if (resource === undefined) throw new Error(`the schema has no resource ${kind}`);
  const { fields, secretOutputs = [] } = definitionOf(kind);
  const isReturned = (name: string) =>
    !NOT_OF_OBJECTS.includes(name) && !fields[name]?.secret && !(secretOutputs as readonly string[]).includes(name);
  const properties = Object.entries(resource.properties).filter(([name]) => isReturned(name));
  return {
    type: "object",
    properties: { id: { type: "string", description: "Its id." }, ...Object.fromEntries(properties) },
    required: ["id"],
  };
}

function answersOf(name: string, answers: AnswerTypes): ObjectSpec {
  switch (name) {
    case "getModels": {
      const description = "The models, as the API lists them.";
      const items = answers.named(models.modelSchema, "Model");
      return { type: "object", properties: { models: { type: "array", items, description } }, required: ["models"] };
    }
    case "getUsage": {
      const { properties } = answers.object(usage.usageOverviewSchema, "Usage");
      const { buckets, totals } = properties;
      if (buckets === undefined || totals === undefined) throw new Error("the API's overview has no buckets or totals");
      return {
        type: "object",
        properties: {
          startTime: { type: "string", description: "Beginning of the window (RFC 3339)." },
          buckets: {
            ...buckets,
            description: "By day, and by what `groupBy` says. Costs are US dollars as decimal texts.",
          },
          totals: { ...totals, description: "Of the whole window." },
        },
        required: ["startTime", "buckets", "totals"],
      };
    }
    default:
      throw new Error(`the schema does not know what ${name} returns`);
  }
}
