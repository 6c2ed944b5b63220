/** Generates the schema of the package `ngrok-ai` for every language from field tables, types and docstrings. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import type { AnyDefinition } from "../../provider/lifecycle/definition.ts";
import { definitionOf, root } from "../docs/build.mts";
import { type Docstrings, summaryOf, tagOf } from "../docs/docstrings.mts";
import { COMPONENTS, RESOURCES } from "../docs/shapes.mts";
import { AnswerTypes } from "./answerTypes.mts";
import { functionSpecs } from "./functions.mts";
import type { PackageSpec, PropertySpec, ResourceSpec } from "./spec.mts";
import { TypeWriter } from "./types.mts";

const PACKAGE = "ngrok-ai";

/** The content of provider/plugin/schema.json. */
export function makeSchema(docs: Docstrings): string {
  const writer = new TypeWriter(docs);
  const resources = Object.fromEntries([
    ...RESOURCES.map((kind) => [`${PACKAGE}:index:${kind}`, resourceSpec(docs, writer, kind)] as const),
    ...COMPONENTS.map((kind) => [`${PACKAGE}:azure:${kind}`, componentSpec(docs, writer, kind)] as const),
  ]);
  const settings = settingsOf(docs, writer);
  const { version, repository } = manifest();
  const answers = new AnswerTypes();
  const functions = functionSpecs(resources, answers);
  const spec: PackageSpec = {
    name: PACKAGE,
    displayName: "ngrok AI Gateway",
    version,
    description: "The ngrok AI Gateway as code, with the Azure OpenAI accounts and deployments behind it.",
    keywords: ["pulumi", "ngrok", "ai-gateway", "azure-openai", "category/cloud", "kind/native"],
    license: "Apache-2.0",
    ...placesOf(repository),
    meta: { supportPack: true },
    config: { variables: settings.config, defaults: [] },
    provider: {
      description: summaryOf(docs.get("provider", "Provider")).split("\n\n")[0] ?? "",
      inputProperties: settings.inputs,
    },
    resources,
    types: Object.fromEntries([...writer.types, ...answers.types].sort(([left], [right]) => (left < right ? -1 : 1))),
    functions,
    language: languagesFor(repository),
  };
  return `${JSON.stringify(spec, null, 2)}\n`;
}

/** `owner/name` of the releasing repository. The release writes it into package.json; a checkout has none. */
type Repository = `${string}/${string}`;

function placesOf(repository: Repository | undefined): Partial<PackageSpec> {
  if (repository === undefined) return {};
  const address = `https://github.com/${repository}`;
  const [publisher] = repository.split("/");
  const pluginDownloadURL = `github://api.github.com/${repository}`;
  return { homepage: address, repository: address, ...(publisher !== undefined && { publisher }), pluginDownloadURL };
}

function languagesFor(repository: Repository | undefined): object {
  return {
    nodejs: { packageName: "pulumi-ngrok-ai-sdk", respectSchemaVersion: true },
    python: { packageName: "pulumi_ngrok_ai", respectSchemaVersion: true, pyproject: { enabled: true } },
    go: {
      ...(repository !== undefined && { importBasePath: `github.com/${repository}/sdk/go/ngrokai` }),
      rootPackageName: "ngrokai",
      generateResourceContainerTypes: true,
      respectSchemaVersion: true,
    },
    csharp: {
      rootNamespace: "Pulumi",
      namespaces: { "ngrok-ai": "NgrokAi", azure: "Azure" },
      respectSchemaVersion: true,
    },
    java: { basePackage: "com.pulumi" },
  };
}

function manifest(): { version: string; repository: Repository | undefined } {
  const { version, repository } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as {
    version: string;
    repository?: { url: string };
  };
  const [, name] = /github\.com\/(.+?)(?:\.git)?$/.exec(repository?.url ?? "") ?? [];
  return { version, repository: name as Repository | undefined };
}

function resourceSpec(docs: Docstrings, writer: TypeWriter, kind: string): ResourceSpec {
  const definition = definitionOf(kind);
  const resource = docs.get("provider", kind);
  const { properties: given, required } = writer.properties(
    docs.get("provider", `${kind}Args`).children ?? [],
    kind,
    "index",
  );
  const inputProperties = mapValues(given, (spec, name) => withTraits(definition, name, spec));
  const outputs = (resource.children ?? []).filter(({ name }) =>
    (definition.outputs as readonly string[]).includes(name),
  );
  const made = writer.properties(outputs, kind, "index");
  // `keys` of a rule is a short form of `steps`.
  const stored = Object.keys(inputProperties).filter((name) => name in definition.fields);
  const always = (resource.children ?? [])
    .filter(({ name, type }) => stored.includes(name) && type !== undefined && !writer.mayBeAbsent(type))
    .map(({ name }) => name);
  return {
    description: withReference(summaryOf(resource), tagOf(resource, "@see")),
    properties: {
      ...Object.fromEntries(stored.map((name) => [name, withoutReplacement(inputProperties[name])])),
      ...made.properties,
    },
    required: [...always, ...made.required.filter((name) => !made.properties[name]?.secret)],
    inputProperties,
    ...(required.length > 0 && { requiredInputs: required.filter((name) => name !== "name") }),
  };
}

/** Adds what the field table and the input schema define for an input. */
function withTraits(definition: AnyDefinition, name: string, spec: PropertySpec): PropertySpec {
  const field = definition.fields[name];
  const { type } = boundsOf(definition)[name] ?? {};
  return {
    ...spec,
    ...(type === "integer" && { type }),
    ...(field?.secret && { secret: true }),
    ...(field?.change === "replace" && { willReplaceOnChanges: true }),
  };
}

function withoutReplacement(spec: PropertySpec | undefined): PropertySpec {
  const { willReplaceOnChanges: _, ...rest } = spec ?? {};
  return rest;
}

function boundsOf({ schema }: AnyDefinition): Readonly<Record<string, { readonly type?: "integer" }>> {
  const document = z.toJSONSchema(schema(), { io: "input", unrepresentable: "any" });
  return (document.properties ?? {}) as Readonly<Record<string, { type?: "integer" }>>;
}

function componentSpec(docs: Docstrings, writer: TypeWriter, kind: string): ResourceSpec {
  const component = docs.get("provider/azure", kind);
  const args = writer.properties(docs.get("provider/azure", `${kind}Args`).children ?? [], kind, "azure");
  const outputs = (component.children ?? []).filter(({ type }) => type !== undefined);
  const made = writer.properties(outputs, kind, "azure");
  return {
    description: summaryOf(component),
    isComponent: true,
    properties: made.properties,
    required: made.required.filter((name) => !made.properties[name]?.secret),
    inputProperties: args.properties,
    ...(args.required.length > 0 && { requiredInputs: args.required }),
  };
}

/** The provider's settings, as stack config and as inputs of an explicit provider. */
function settingsOf(docs: Docstrings, writer: TypeWriter) {
  const members = docs.get("provider", "ProviderArgs").children ?? [];
  const { properties: inputs } = writer.properties(members, "Provider", "index");
  const config = mapValues(inputs, (spec, name) => {
    const member = members.find((each) => each.name === name);
    const variable = /`(AI_GATEWAY_\w+)`/.exec((member && tagOf(member, "@default")) ?? "")?.[1];
    // Only for stack config: an explicit provider's inputs are in the state, where a key from the environment would become outdated.
    return { ...spec, ...(variable !== undefined && { defaultInfo: { environment: [variable] } }) };
  });
  return { inputs, config };
}

function withReference(summary: string, url: string | undefined): string {
  return url === undefined ? summary : `${summary}\n\nReference of the API: ${url}`;
}

function mapValues<Value, Mapped>(
  object: Readonly<Record<string, Value>>,
  convert: (value: Value, name: string) => Mapped,
): Record<string, Mapped> {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, convert(value, name)]));
}
