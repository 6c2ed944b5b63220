/** The written program: one file, in the order in which things refer to each other. Pure. */
import { comment, stringLiteral, valueLiteral, type Writable } from "./literals";
import type { ExportPlan, LeftOut, PlannedResource } from "./plan";

export interface ProgramOptions {
  /** As after `pulumi import`: nothing is deleted at the gateway until the program says so. */
  readonly protect: boolean;
}

const SECTIONS: Readonly<Record<string, readonly string[]>> = {
  CustomProvider: ["Upstreams of your own."],
  ProviderKey: [
    "Their credentials, and those of built-in providers. The values come from the stack config; see README.md.",
  ],
  AccessConfiguration: ["What access keys may use, and with which credentials."],
  RoutingRule: [],
  AccessKey: [
    "Keys of applications. A token is told only to whoever makes the key: an adopted one has none here.",
    "Another text as rotationTrigger makes a new key, with a token.",
  ],
  ApiKey: ["Keys of the management API, which have no token here either. One of them may be the one in use."],
  GatewaySettings: ["Settings of the whole account."],
};

const CURRENT_VALUE = `
// Of a provider key's value the gateway shows only the end. Adopting a key with another value would rotate it: this says so
// in the preview. To rotate a key that is adopted, write config.requireSecret(name) in the place of currentValue(name, end).
function currentValue(name: string, end: string): pulumi.Output<string> {
  return config.requireSecret(name).apply((value) => {
    if (value.endsWith(end)) return value;
    throw new pulumi.RunError(
      \`\${name} in the stack config is not the value at the gateway, which ends in "\${end}". Set the right one: pulumi config set --secret \${name}\`,
    );
  });
}
`;

/** Text of `index.ts`. Nothing secret is known here, so nothing secret stands in it. */
export function programText(plan: ExportPlan, { protect }: ProgramOptions): string {
  const parts = [header(plan, protect)];
  const begun = new Set<string>();
  for (const resource of plan.resources) {
    if (!begun.has(resource.kind)) parts.push(...sectionLines(resource.kind, plan));
    begun.add(resource.kind);
    parts.push(resourceText(resource, protect));
  }
  for (const { kind, id, label, reasons } of plan.notExpressed)
    parts.push(notExpressedText({ kind, id, label, reasons }));
  return parts.join("\n");
}

function header({ accountId, owned, secrets }: ExportPlan, protect: boolean): string {
  const lines = [
    comment(`The account ${accountId} at the ngrok AI Gateway as code, written by pulumi-ngrok-ai export.`),
    "// The first `pulumi up` takes over each object by its id, and changes none; after it, the `adopt` lines may be removed.",
    ...(owned.length > 0 ? [comment(`Left out, as stacks manage them already: ${countText(owned)}.`)] : []),
    `import * as pulumi from "@pulumi/pulumi";`,
    `import * as ngrok from "pulumi-ngrok-ai";`,
  ];
  if (secrets.length > 0) lines.push("", "const config = new pulumi.Config();");
  if (protect) {
    lines.push("", "// Nothing is deleted at the gateway, by mistake or by `pulumi destroy`, until this is taken out.");
    lines.push("const options: pulumi.CustomResourceOptions = { protect: true };");
  }
  if (secrets.some(({ end }) => end !== "")) lines.push(CURRENT_VALUE.trimEnd());
  return `${lines.join("\n")}\n`;
}

function countText(owned: ExportPlan["owned"]): string {
  const counts = Map.groupBy(owned, ({ stack }) => stack);
  return [...counts].map(([stack, objects]) => `${objects.length} of ${stack}`).join(", ");
}

function sectionLines(kind: string, { secrets }: ExportPlan): string[] {
  const lines = (SECTIONS[kind] ?? []).map(comment);
  if (kind === "ProviderKey" && secrets.some(({ end }) => end === ""))
    lines.push(
      "// A value of fewer than 20 characters is not shown at all: whether it is the right one can't be told here.",
    );
  return lines.length === 0 ? [] : [`${lines.join("\n")}\n`];
}

function resourceText({ kind, name, variable, args, notes }: PlannedResource, protect: boolean): string {
  const call = `new ngrok.${kind}(${stringLiteral(name)}, ${argsText(args)}${protect ? ", options" : ""});`;
  // Only what others can refer to needs a name.
  const isReferable = kind !== "RoutingRule" && kind !== "GatewaySettings";
  return `${[...notes.map(comment), isReferable ? `const ${variable} = ${call}` : call].join("\n")}\n`;
}

/** One argument a line, as people write resources. */
function argsText(args: { readonly [key: string]: Writable }): string {
  const lines = Object.entries(args).map(([key, value]) => {
    const text = valueLiteral(value, "  ");
    return text === key ? `  ${key},\n` : `  ${key}: ${text},\n`;
  });
  return `{\n${lines.join("")}}`;
}

function notExpressedText({ kind, id, label, reasons }: LeftOut): string {
  const lines = reasons.map((reason) => comment(`  ${reason}`));
  return `${[comment(`${kind} ${id} (${JSON.stringify(label)}) can't be expressed and stays as it is:`), ...lines].join("\n")}\n`;
}
