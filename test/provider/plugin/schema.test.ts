/**
 * The plugin's schema matches what the provider accepts and returns: more would mislead, and less would refuse valid programs,
 * because Pulumi checks a YAML program against it before it runs. `test/docs/reference.test.ts` compares the file with its
 * generator. Tests on the CLI prove that Pulumi accepts the schema.
 */
import { Ajv } from "ajv";
import { z } from "zod";
import type { AnyDefinition } from "../../../provider/lifecycle/definition";
import schema from "../../../provider/plugin/schema.json";
import { definitionOf } from "../../../provider/registry";
import { startTestGateway, type TestGateway } from "../../helpers/gateway";
import { type PluginClient, plainValues, type Values } from "../../helpers/plugin/pluginClient";
import { secretPaths } from "../../helpers/plugin/wireValues";
import { prepare, subjects } from "../resources/subjects";
import { Managed, startPlugin } from "./stack";

interface Spec {
  readonly type?: string;
  readonly items?: Spec;
  readonly additionalProperties?: Spec;
  readonly oneOf?: readonly Spec[];
  readonly $ref?: string;
  readonly secret?: boolean;
  readonly willReplaceOnChanges?: boolean;
}
type Specs = Readonly<Record<string, Spec>>;
interface ObjectSpec {
  readonly properties: Specs;
  readonly required?: readonly string[];
}
interface ResourceSpec extends ObjectSpec {
  readonly inputProperties: Specs;
  readonly requiredInputs?: readonly string[];
}

const resources = schema.resources as unknown as Readonly<Record<string, ResourceSpec>>;
const types = schema.types as unknown as Readonly<Record<string, ObjectSpec>>;
const KINDS = [
  "CustomProvider",
  "ProviderKey",
  "AccessConfiguration",
  "RoutingRule",
  "AccessKey",
  "ApiKey",
  "GatewaySettings",
  "RouteCheck",
];

function specOf(kind: string): ResourceSpec {
  const spec = resources[`ngrok-ai:index:${kind}`];
  if (spec === undefined) throw new Error(`the schema has no ${kind}`);
  return spec;
}

function definitionFor(kind: string): AnyDefinition {
  const definition = definitionOf(kind);
  if (definition === undefined) throw new Error(`no definition of ${kind}`);
  return definition;
}

/** The JSON schema of a value. Any resource is accepted where one is allowed. */
function jsonSchemaOf({ type, items, additionalProperties, oneOf, $ref }: Spec): object {
  if (oneOf !== undefined) return { anyOf: oneOf.map(jsonSchemaOf) };
  if ($ref === "pulumi.json#/Any") return {};
  if ($ref?.startsWith("#/resources/")) return { type: "object", required: ["urn"] };
  if ($ref !== undefined) return objectSchema(types[$ref.replace("#/types/", "")] as ObjectSpec);
  return {
    type,
    ...(items && { items: jsonSchemaOf(items) }),
    ...(additionalProperties && { additionalProperties: jsonSchemaOf(additionalProperties) }),
  };
}

function objectSchema({ properties, required = [] }: ObjectSpec): object {
  const entries = Object.entries(properties).map(([name, spec]) => [name, jsonSchemaOf(spec)]);
  return { type: "object", properties: Object.fromEntries(entries), required, additionalProperties: false };
}

/** The errors of a value, as paths and messages. */
function problems(spec: ObjectSpec, value: unknown): string[] {
  const validate = new Ajv({ allErrors: true }).compile(objectSchema(spec));
  validate(value);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

const inputProblems = (kind: string, inputs: Values) => {
  const { inputProperties, requiredInputs = [] } = specOf(kind);
  return problems({ properties: inputProperties, required: requiredInputs }, inputs);
};

describe.each(KINDS)("%s", (kind) => {
  test("accepts the inputs of its definition, and requires the same ones", () => {
    const { fields, schema: inputs } = definitionFor(kind);
    const { inputProperties, requiredInputs = [] } = specOf(kind);
    const shortForms = kind === "RoutingRule" ? ["keys"] : []; // one user step with these keys
    expect(Object.keys(inputProperties).sort()).toEqual([...Object.keys(fields), ...shortForms].sort());
    const { required = [] } = z.toJSONSchema(inputs(), { unrepresentable: "any" });
    const hasDefault = ["name"];
    const orOtherwise = kind === "RoutingRule" ? ["steps"] : [];
    expect([...requiredInputs].sort()).toEqual(
      required.filter((name) => ![...hasDefault, ...orOtherwise].includes(name)).sort(),
    );
  });

  test("marks the inputs that are secret and those that replace", () => {
    const { fields } = definitionFor(kind);
    for (const [name, { secret, change }] of Object.entries(fields)) {
      const { secret: isSecret = false, willReplaceOnChanges = false } = specOf(kind).inputProperties[name] ?? {};
      expect([name, isSecret, willReplaceOnChanges]).toEqual([name, secret ?? false, change === "replace"]);
    }
  });
});

describe("objects inside inputs", () => {
  /** Members of an object of the input schema, by path; members of a union's objects are merged. */
  function membersOf(document: z.core.JSONSchema.BaseSchema, path: string): Map<string, readonly string[]> {
    const found = new Map<string, readonly string[]>();
    if (document.properties !== undefined) {
      found.set(path, Object.keys(document.properties));
      for (const [name, member] of Object.entries(document.properties))
        for (const [at, names] of membersOf(member as z.core.JSONSchema.BaseSchema, `${path}.${name}`))
          found.set(at, names);
    }
    for (const part of [document.items, ...(document.anyOf ?? [])]) {
      if (part === undefined || typeof part === "boolean") continue;
      for (const [at, names] of membersOf(part as z.core.JSONSchema.BaseSchema, path)) found.set(at, names);
    }
    return found;
  }

  function specMembers(spec: Spec, path: string): Map<string, readonly string[]> {
    const found = new Map<string, readonly string[]>();
    const inner = [...(spec.oneOf ?? []), ...(spec.items ? [spec.items] : [])];
    for (const each of inner) for (const [at, names] of specMembers(each, path)) found.set(at, names);
    const type = spec.$ref === undefined ? undefined : types[spec.$ref.replace("#/types/", "")];
    if (type === undefined) return found;
    found.set(path, Object.keys(type.properties));
    for (const [name, member] of Object.entries(type.properties))
      for (const [at, names] of specMembers(member, `${path}.${name}`)) found.set(at, names);
    return found;
  }

  test.each(["CustomProvider", "AccessConfiguration", "RoutingRule"])("of %s are those of its definition", (kind) => {
    const document = z.toJSONSchema(definitionFor(kind).schema(), { unrepresentable: "any" });
    const inputs = membersOf(document as z.core.JSONSchema.BaseSchema, "");
    inputs.delete("");
    const { inputProperties } = specOf(kind);
    const told = new Map(Object.entries(inputProperties).flatMap(([name, spec]) => [...specMembers(spec, `.${name}`)]));
    expect(inputs.size).toBeGreaterThan(0);
    for (const [path, names] of inputs) {
      // `keys` of a rule are a short form of a step.
      const expected = path === ".rules" ? [...names, "keys"] : names;
      expect([path, [...(told.get(path) ?? [])].sort()]).toEqual([path, [...expected].sort()]);
    }
  });
});

describe("at the gateway", () => {
  let gateway: TestGateway;
  let plugin: PluginClient;
  beforeAll(async () => {
    gateway = await startTestGateway();
    plugin = await startPlugin(gateway);
  });
  afterAll(() => gateway.close());

  test.each(KINDS.filter((kind) => kind !== "RouteCheck"))(
    "%s accepts and returns what the schema declares",
    async (kind) => {
      await gateway.reset();
      const { inputs } = subjects(await prepare(gateway.client))[kind]!;
      expect(inputProblems(kind, inputs)).toEqual([]);
      const { properties, required = [] } = specOf(kind);
      const one = await new Managed(plugin, kind, "one").create(inputs);
      const { __gateway: _, before: _before, ...outputs } = plainValues(one.outputs);
      expect(problems({ properties, required }, outputs)).toEqual([]);
      const secrets = Object.keys(properties).filter((name) => properties[name]?.secret);
      expect(secretPaths(one.outputs).sort()).toEqual(secrets.filter((name) => name in outputs).sort());
    },
  );
});

test.each<[string, Values]>([
  ["AccessConfiguration", {}],
  ["AccessKey", {}],
  ["ApiKey", {}],
  ["GatewaySettings", {}],
  ["RoutingRule", { configurationId: "aigac_1", provider: "openai", keys: ["aigpk_1", { id: "aigpk_2" }] }],
  [
    "RoutingRule",
    { configurationId: { urn: "…" }, provider: { urn: "…" }, keys: [{ urn: "…" }, { id: { urn: "…" } }] },
  ],
  [
    "AccessConfiguration",
    { access: { providers: { allow: ["openai", { urn: "…" }] } }, rules: [{ model: "a:b", keys: [] }] },
  ],
  ["CustomProvider", { providerId: "p", baseUrl: "https://a", models: ["m", { modelId: "n" }] }],
  ["ProviderKey", { providerId: { urn: "…" }, value: "v" }],
  ["RouteCheck", { token: "t", model: "m", triggers: { any: ["thing", 1] } }],
])("accepts %s in every form that the provider accepts: %j", (kind, inputs) => {
  expect(inputProblems(kind, inputs)).toEqual([]);
});

test("declares the environment variables of the stack config, and keeps the key out of explicit providers", () => {
  const { variables } = schema.config as unknown as {
    variables: Record<string, { defaultInfo?: object; secret?: boolean }>;
  };
  expect(Object.entries(variables).map(([name, { defaultInfo }]) => [name, defaultInfo])).toEqual([
    ["apiKey", { environment: ["AI_GATEWAY_API_KEY"] }],
    ["apiUrl", { environment: ["AI_GATEWAY_API_URL"] }],
    ["gatewayUrl", { environment: ["AI_GATEWAY_URL"] }],
    ["requestTimeoutSeconds", undefined],
    ["retryBudgetSeconds", undefined],
    ["maxConcurrency", undefined],
    ["ownership", undefined],
  ]);
  expect(variables.apiKey?.secret).toBe(true);
  expect(JSON.stringify(schema.provider)).not.toContain("defaultInfo");
});

test("describes everything, without terms of a single language", () => {
  const undescribed: string[] = [];
  const visit = (specs: Specs, owner: string) => {
    for (const [name, spec] of Object.entries(specs))
      if (!("description" in spec)) undescribed.push(`${owner}.${name}`);
  };
  for (const [token, { inputProperties, properties }] of Object.entries(resources)) {
    visit(inputProperties, token);
    visit(properties, token);
  }
  for (const [token, { properties }] of Object.entries(types)) visit(properties, token);
  expect(undescribed).toEqual([]);
});
