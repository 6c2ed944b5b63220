/** The text of `Pulumi.yaml`: the project and its resources, each after the resources that it refers to. Pure. */
import { Document, isMap, type Pair, Scalar } from "yaml";
import { infoOf } from "../../kinds";
import type { ExportPlan, LeftOut, PlannedResource } from "../plan";
import { type PlannedArgs, type PlannedValue, ResourceReference, StackSecret } from "../plannedValue";
import type { WriteOptions } from "../programWriter";

/** Texts are not broken into lines, and quoted texts have the form of JSON, which all YAML readers parse equally. */
const TO_TEXT = { lineWidth: 0, doubleQuotedAsJSON: true } as const;
/** Texts for which the library chooses the quotes: words, addresses. */
const PLAIN = /^[\w ./:@+-]*$/;
/** Characters that JSON does not escape, but that some YAML readers take for a line end or reject. */
const UNSAFE = /[\u007f-\u009f\u2028\u2029\ufeff]/g;

export function programText(plan: ExportPlan, { project, protect }: WriteOptions): string {
  const { resources, secrets } = plan;
  const config = secrets.map(({ config }) => [config, { type: "string", secret: true }] as const);
  const document = new Document(
    {
      name: project,
      description: "An account of the ngrok AI Gateway",
      runtime: "yaml",
      ...(config.length > 0 && { config: Object.fromEntries(config) }),
      resources: Object.fromEntries(resources.map((resource) => [resource.variable, toResource(resource, protect)])),
    },
    { aliasDuplicateObjects: false },
  );
  document.commentBefore = comments(headerOf(plan, protect));
  annotate(document, resources);
  const left = plan.notExpressed.flatMap(notExpressedLines);
  if (left.length > 0) document.comment = comments(left);
  return document.toString(TO_TEXT).replace(UNSAFE, escaped);
}

function headerOf({ accountId, owned }: ExportPlan, protect: boolean): string[] {
  const counts = [...Map.groupBy(owned, ({ stack }) => stack)].map(([stack, { length }]) => `${length} of ${stack}`);
  return [
    `The account ${accountId} of the ngrok AI Gateway as code, written by pulumi-ngrok-ai export.`,
    "README.md says how the stack takes each object over as it is. After it, the `adopt` lines may be removed.",
    ...(counts.length > 0 ? [`Left out, because other stacks manage them: ${counts.join(", ")}.`] : []),
    ...(protect
      ? ["Remove `protect` to let Pulumi delete an object at the gateway, for example by `pulumi destroy`."]
      : []),
  ];
}

function toResource({ kind, name, variable, args }: PlannedResource, protect: boolean): object {
  return {
    type: `ngrok-ai:${kind}`,
    ...(name !== variable && { name: literal(name) }),
    properties: toYaml(args),
    ...(protect && { options: { protect: true } }),
  };
}

function toYaml(value: PlannedValue): unknown {
  if (value instanceof ResourceReference) return `\${${value.variable}${value.part === "id" ? ".id" : ""}}`;
  if (value instanceof StackSecret) return `\${${value.config}}`;
  if (typeof value === "string") return literal(value);
  if (Array.isArray(value)) return value.map((each: PlannedValue) => toYaml(each));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value as PlannedArgs).map(([name, member]) => [name, toYaml(member)]));
}

/** Pulumi reads `${…}` in every text, and `$$` as a dollar sign. */
function literal(text: string): string | Scalar {
  if (PLAIN.test(text)) return text;
  const scalar = new Scalar(text.replaceAll("$", "$$$$"));
  scalar.type = Scalar.QUOTE_DOUBLE;
  return scalar;
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** Comments above the first resource of each kind, and above each resource with notes. */
function annotate(document: Document, resources: readonly PlannedResource[]): void {
  const map = document.get("resources");
  if (!isMap(map)) return;
  const begun = new Set<string>();
  resources.forEach(({ kind, notes }, index) => {
    const key = (map.items[index] as Pair<Scalar>).key;
    const section = begun.has(kind) ? [] : (infoOf(kind)?.program?.comment ?? []);
    begun.add(kind);
    const lines = [...section, ...notes];
    if (lines.length > 0) key.commentBefore = comments(lines);
    if (index > 0) key.spaceBefore = true;
  });
}

function notExpressedLines({ kind, id, label, reasons }: LeftOut): string[] {
  return [
    `${kind} ${id} (${JSON.stringify(label)}) cannot be written as code and stays as it is:`,
    ...reasons.map((reason) => `  ${reason}`),
  ];
}

/** A comment line from any text: without line breaks and without characters that YAML forbids. */
function comments(lines: readonly string[]): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: characters that YAML forbids or takes for a line end
  const bad = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]/gu;
  return lines.map((line) => ` ${line.replace(bad, "\ufffd")}`).join("\n");
}
