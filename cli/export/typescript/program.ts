/** The text of `index.ts`: one file in which each resource refers only to earlier ones. Pure. */
import { infoOf } from "../../kinds";
import type { ExportPlan, LeftOut, PlannedResource } from "../plan";
import type { PlannedArgs } from "../plannedValue";
import { comment, memberLiteral, stringLiteral } from "./literals";

const CURRENT_VALUE = `
// The gateway shows only the end of a provider key's value. Adopting a key with another value would rotate it; this function
// stops the preview instead. To rotate an adopted key, replace currentValue(name, end) by config.requireSecret(name).
function currentValue(name: string, end: string): pulumi.Output<string> {
  return config.requireSecret(name).apply((value) => {
    if (value.endsWith(end)) return value;
    throw new pulumi.RunError(
      \`\${name} in the stack config is not the value at the gateway, which ends in "\${end}". Set the right one: pulumi config set --secret \${name}\`,
    );
  });
}
`;

export function programText(plan: ExportPlan, protect: boolean): string {
  const parts = [header(plan, protect)];
  const begun = new Set<string>();
  for (const resource of plan.resources) {
    if (!begun.has(resource.kind)) parts.push(...sectionLines(resource.kind, plan));
    begun.add(resource.kind);
    parts.push(resourceText(resource, protect));
  }
  for (const leftOut of plan.notExpressed) parts.push(notExpressedText(leftOut));
  return parts.join("\n");
}

function header({ accountId, owned, secrets }: ExportPlan, protect: boolean): string {
  const lines = [
    comment(`The account ${accountId} of the ngrok AI Gateway as code, written by pulumi-ngrok-ai export.`),
    "// The first `pulumi up` adopts each object by its id and changes none. After it, the `adopt` lines may be removed.",
    ...(owned.length > 0 ? [comment(`Left out, because other stacks manage them: ${countText(owned)}.`)] : []),
    `import * as pulumi from "@pulumi/pulumi";`,
    `import * as ngrok from "pulumi-ngrok-ai";`,
  ];
  if (secrets.length > 0) lines.push("", "const config = new pulumi.Config();");
  if (protect) {
    lines.push("", "// Remove this to let Pulumi delete objects at the gateway, for example by `pulumi destroy`.");
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
  const lines = (infoOf(kind)?.program?.comment ?? []).map(comment);
  if (kind === "ProviderKey" && secrets.some(({ end }) => end === ""))
    lines.push(
      "// The gateway shows nothing of a value of fewer than 20 characters, so such a value is not checked here.",
    );
  return lines.length === 0 ? [] : [`${lines.join("\n")}\n`];
}

function resourceText({ kind, name, variable, args, notes }: PlannedResource, protect: boolean): string {
  const call = `new ngrok.${kind}(${stringLiteral(name)}, ${argsText(args)}${protect ? ", options" : ""});`;
  const isReferable = infoOf(kind)?.program?.isReferable === true;
  return `${[...notes.map(comment), isReferable ? `const ${variable} = ${call}` : call].join("\n")}\n`;
}

/** One argument per line. */
function argsText(args: PlannedArgs): string {
  const lines = Object.entries(args).map(([key, value]) => `  ${memberLiteral(key, value, "  ")},\n`);
  return `{\n${lines.join("")}}`;
}

function notExpressedText({ kind, id, label, reasons }: LeftOut): string {
  const lines = reasons.map((reason) => comment(`  ${reason}`));
  return `${[comment(`${kind} ${id} (${JSON.stringify(label)}) cannot be written as code and stays as it is:`), ...lines].join("\n")}\n`;
}
