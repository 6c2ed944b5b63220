/** The page of one resource class. */
import { ReflectionKind } from "typedoc";
import { z } from "zod";
import type { AnyDefinition } from "../../provider/lifecycle/definition.ts";
import { definitionOf, typeTokenOf } from "./build.mts";
import { type Docstrings, examplesOf, summaryOf, tagOf } from "./docstrings.mts";
import { type Bounds, inputTable } from "./inputs.mts";
import { code, fence, GENERATED, joined, table } from "./markdown.mts";
import { diagnosisTable } from "./messages.mts";
import { refusalTable } from "./refusals.mts";
import { shapesOf, typeNames } from "./shapes.mts";
import { typeText } from "./types.mts";

export function resourcePage(docs: Docstrings, kind: string): string {
  const definition = definitionOf(kind);
  const resource = docs.get("provider", kind);
  const args = docs.get("provider", `${kind}Args`);
  const shapes = shapesOf(docs, "provider", args.children ?? []);
  const names = typeNames(docs, "provider", shapes);
  const { fields } = definition;
  // `keys` of a rule are a short form of `steps`.
  const keys = kind === "RoutingRule" && fields.steps !== undefined ? { keys: fields.steps } : {};
  const definitions = { fields: { ...fields, ...keys }, bounds: boundsOf(definition) };
  const [example] = examplesOf(resource);
  if (example === undefined) throw new Error(`${kind} has no @example`);
  const members = args.children ?? [];
  checkNames(
    kind,
    definition,
    members.map(({ name }) => name),
  );
  const made = resource.children?.find(({ kind }) => kind === ReflectionKind.Constructor)?.signatures?.[0];
  const takesNone = made?.parameters?.[1]?.defaultValue !== undefined;
  return joined([
    GENERATED,
    `# ${kind}`,
    summaryOf(resource),
    fence("ts", example),
    `\`new ${kind}(name: string, args${takesNone ? "?" : ""}: ${kind}Args, options?: pulumi.CustomResourceOptions)\``,
    `Type token \`${typeTokenOf(kind)}\`. Reference of the API: <${tagOf(resource, "@see")}>.`,
    "## Inputs",
    summaryOf(args) === `Arguments of \`${kind}\`.` ? "" : summaryOf(args).replace(`Arguments of \`${kind}\`. `, ""),
    inputTable(members, names, definitions),
    ...shapes.map((shape) => joined([`### ${shape.name}`, summaryOf(shape), inputTable(shape.members, names)]).trim()),
    "## Outputs",
    "Every input is also an output with the same name. Further outputs:",
    outputTable(docs, kind, definition),
    getText(docs, kind),
    "## What a preview refuses",
    "These checks run without network access, before any change. Values that are known only during an `up` are checked then.",
    refusalTable(kind),
    "## What an `up` can fail with",
    tagOf(resource, "@throws"),
    kind === "RouteCheck" ? diagnosisTable() : "",
    "If the gateway rejects a call or does not answer, the resource fails with one of these [errors](errors.md).",
    "## Adopt",
    adoptText(kind, definition, tagOf(resource, "@adopt")),
    "## Drift",
    driftText(definition, tagOf(resource, "@drift")),
    "## Delete",
    tagOf(resource, "@removal") ??
      "Deletes the object at the gateway; an object that no longer exists counts as deleted. A replacement creates the new object before it deletes the old one.",
  ]);
}

function boundsOf({ schema }: AnyDefinition): Readonly<Record<string, Bounds>> {
  const document = z.toJSONSchema(schema(), { io: "input", unrepresentable: "any" });
  return (document.properties ?? {}) as Readonly<Record<string, Bounds>>;
}

/** Checks that arguments, field table and docstrings have the same inputs. `keys` of a rule is a short form of `steps`. */
function checkNames(kind: string, { fields }: AnyDefinition, given: readonly string[]): void {
  const missing = Object.keys(fields).filter((name) => !given.includes(name));
  const unknown = given.filter((name) => !(name in fields) && !(kind === "RoutingRule" && name === "keys"));
  if (missing.length + unknown.length > 0) {
    throw new Error(`${kind}: ${kind}Args and the field table differ in ${[...missing, ...unknown].join(", ")}`);
  }
}

function outputTable(docs: Docstrings, kind: string, { outputs, secretOutputs = [] }: AnyDefinition): string {
  const names = typeNames(docs, "provider", []);
  const members = docs.get("provider", kind).children ?? [];
  const rows = outputs.flatMap((name) => {
    const member = members.find((candidate) => candidate.name === name);
    // An output that only the state needs is not declared in the class.
    if (member?.type === undefined) return [];
    const mark = secretOutputs.includes(name) ? " **secret**" : "";
    return [[code(name) + mark, typeText(member.type, names), summaryOf(member)]];
  });
  return table(["output", "type", "meaning"], [["`id`", "`string`", idText(kind)], ...rows]);
}

function idText(kind: string): string {
  if (kind === "RoutingRule") return "`<configurationId>/<selector>`, as `aigakc_…/provider=azure-openai`.";
  if (kind === "RouteCheck") return "A random id, because the gateway stores no object for it.";
  return kind === "GatewaySettings" ? "The account's id." : "The API's id of the object.";
}

function getText(docs: Docstrings, kind: string): string {
  const get = docs.get("provider", kind).children?.find(({ name }) => name === "get");
  return get === undefined ? "" : `\`${kind}.get(name, id)\`: ${summaryOf(get)}`;
}

function adoptText(kind: string, definition: AnyDefinition, tag: string | undefined): string {
  if ("run" in definition) return tag ?? "There is nothing to adopt.";
  const { input = "", isUnique } = definition.identify({});
  const found = isUnique
    ? `\`"ifExists"\` adopts the ${kind} with the same ${code(input)}, of which the gateway has at most one, and creates one if none exists; ` +
      `\`"required"\` fails if none exists. Without \`adopt\`, an existing one is an error that names its id.`
    : `\`"ifExists"\` adopts the ${kind} with the same ${code(input)} if exactly one exists, and creates one if none exists; \`"required"\` fails ` +
      `if none exists. Names are not unique at the gateway, so an equal name without \`adopt\` is no error.`;
  const consequence =
    "An adopted object is managed like any other: **removing the resource from the program deletes the object**, unless the resource option " +
    "`retainOnDelete` is set. Adopting itself never destroys: a renamed resource keeps its object, a replacement adopts nothing, and two " +
    "resources of one program cannot have one object.";
  return joined([
    definition.isOnePerAccount ? "" : consequence,
    tag ?? found,
    "An id as `adopt` adopts that object. An object with another stack's mark is adopted by its id only. Adopting happens when the resource is " +
      "created, never in a preview, and changes the object to match the program. Pulumi's `import` option is refused for these " +
      "resources. To adopt a whole account: [from the console to code](../guides/from-console-to-code.md).",
  ]).trim();
}

function driftText({ fields }: AnyDefinition, tag: string | undefined): string {
  const seen = Object.keys(fields).filter((name) => !["never", "replace"].includes(fields[name]?.change ?? "never"));
  const kept = seen.filter((name) => fields[name]?.whenRemoved === "keep");
  const keptText =
    kept.length === 0 ? "" : `Removing ${kept.map(code).join(", ")} from the program keeps the stored value. `;
  const compares =
    `\`pulumi refresh\` detects a deleted object, and a change outside Pulumi of ${seen.map(code).join(", ")}; the next \`pulumi up\` corrects it. ` +
    `A property without a value and without a default is not managed. ${keptText}`;
  return tag ?? compares.trim();
}
