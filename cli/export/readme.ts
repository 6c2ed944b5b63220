/** The README.md of an exported project: the commands to run, and the values that only the user has. Pure. */
import type { ExportPlan, PlannedSecret } from "./plan";

interface ReadmeOptions {
  readonly project: string;
  readonly mainFile: string;
  /** Commands that install what the program needs. */
  readonly install: readonly string[];
  /** Command that adopts all objects; without it, the first `up` adopts them. */
  readonly takeOver?: string;
}

/** The commands that set the values of the provider keys for the stack. */
export function secretCommands(secrets: readonly PlannedSecret[]): string[] {
  return secrets.map(({ config }) => `pulumi config set --secret ${config}`);
}

const ADOPTING = [
  'Each `config set --secret` asks for a value and does not show it. The first `up` adopts each object by its id (Pulumi reports "create").',
  "It changes nothing at the gateway except that objects without metadata get a mark with their owner; to prevent that too, run",
  "`pulumi config set ngrok-ai:ownership off`. A second `preview` shows no change.",
];

const IMPORTING = [
  "Each `config set --secret` asks for a value and does not show it. The import reads each object by its id and changes nothing. The preview",
  "after it shows no change; where it shows one of a provider key's `value`, the value in the stack config is not the one at the gateway:",
  "correct it before `up`. Without the import, the first `up` adopts each object instead, and sends each provider key's value.",
];

export function readmeText({ accountId, secrets, owned, notExpressed }: ExportPlan, options: ReadmeOptions): string {
  const { project, mainFile, install, takeOver } = options;
  const steps = [
    ...install,
    "pulumi stack init dev",
    "pulumi config set --secret ngrok-ai:apiKey",
    ...secretCommands(secrets),
    ...(takeOver === undefined ? [] : [takeOver]),
    "pulumi preview",
    "pulumi up",
  ];
  const lines = [
    `# ${project}`,
    "",
    `The account \`${accountId}\` of the ngrok AI Gateway as a Pulumi program, written by \`pulumi-ngrok-ai export\`.`,
    "",
    "```sh",
    ...steps,
    "```",
    "",
    ...(takeOver === undefined ? ADOPTING : IMPORTING),
  ];
  if (secrets.length > 0) {
    lines.push(
      "",
      "The gateway never returns the values of provider keys. Get each from its provider; it must be the value that is stored now:",
      "",
      "| stack config | provider key | ends in |",
      "| --- | --- | --- |",
      ...secrets.map(({ config, providerKeyId, end }) => `| \`${config}\` | \`${providerKeyId}\` | ${endText(end)} |`),
      "",
      `If the value of a key is lost, remove its resource from \`${mainFile}\` and write its id wherever a rule names it.`,
    );
  }
  if (owned.length > 0) lines.push("", "Left out, because other stacks manage them:", "", ...owned.map(leftOutLine));
  if (notExpressed.length > 0)
    lines.push("", `Not written as code (\`${mainFile}\` says why):`, "", ...notExpressed.map(leftOutLine));
  return `${lines.join("\n")}\n`;
}

function endText(end: string): string {
  return /^[A-Za-z0-9_-]+$/.test(end) ? `\`${end}\`` : "(not shown here)";
}

function leftOutLine({ kind, id }: { readonly kind: string; readonly id: string }): string {
  return `- ${kind} \`${id}\``;
}
