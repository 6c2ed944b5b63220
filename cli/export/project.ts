/** The files of the written project. Pure. */
import { stringify } from "yaml";
import type { ExportPlan, PlannedSecret } from "./plan";
import { type ProgramOptions, programText } from "./program";

export interface ProjectOptions extends ProgramOptions {
  /** Pulumi's name of the project. */
  readonly project: string;
  /** Version of this package that the program is for. */
  readonly version: string;
}

/** Text by file name. */
export function projectFiles(plan: ExportPlan, options: ProjectOptions): Readonly<Record<string, string>> {
  const { project, version } = options;
  return {
    "Pulumi.yaml": stringify({
      name: project,
      description: "An account of the ngrok AI Gateway",
      runtime: { name: "nodejs", options: { typescript: false } },
      main: "index.ts",
    }),
    "package.json": json({
      name: project.toLowerCase().replace(/^[._]+/, ""),
      private: true,
      type: "module",
      main: "index.ts",
      dependencies: { "@pulumi/pulumi": "^3.216.0", "pulumi-ngrok-ai": `^${version}` },
    }),
    "tsconfig.json": json({
      compilerOptions: {
        strict: true,
        noEmit: true,
        target: "es2023",
        module: "nodenext",
        moduleResolution: "nodenext",
        erasableSyntaxOnly: true,
        skipLibCheck: true,
        types: [],
      },
      files: ["index.ts"],
    }),
    ".gitignore": "node_modules/\n",
    "index.ts": programText(plan, options),
    "README.md": readmeText(plan, project),
  };
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** The commands that give the stack the values of the provider keys. */
export function secretCommands(secrets: readonly PlannedSecret[]): string[] {
  return secrets.map(({ config }) => `pulumi config set --secret ${config}`);
}

function readmeText({ accountId, secrets, owned, notExpressed }: ExportPlan, project: string): string {
  const steps = [
    "npm install",
    "pulumi stack init dev",
    "pulumi config set --secret ngrok-ai:apiKey",
    ...secretCommands(secrets),
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
    "Each `config set --secret` asks for a value and shows nothing of it. The first `up` takes over each object by its id (Pulumi says",
    '"create") and writes nothing at the gateway but a mark of the owner as metadata where an object has none; with',
    "`pulumi config set ngrok-ai:ownership off` not even that. A second `preview` shows no change.",
  ];
  if (secrets.length > 0) {
    lines.push(
      "",
      "The values of provider keys can't be read back from the gateway. Get them where they come from; each must be the one that is",
      "stored now:",
      "",
      "| stack config | provider key | ends in |",
      "| --- | --- | --- |",
      ...secrets.map(({ config, providerKeyId, end }) => `| \`${config}\` | \`${providerKeyId}\` | ${endText(end)} |`),
      "",
      "A key whose value nobody has any more: take its resource out of `index.ts`, and write its id where a rule names it.",
    );
  }
  if (owned.length > 0) lines.push("", "Left out, as stacks manage them:", "", ...owned.map(leftOutLine));
  if (notExpressed.length > 0)
    lines.push("", "Not expressed (`index.ts` says why):", "", ...notExpressed.map(leftOutLine));
  return `${lines.join("\n")}\n`;
}

function endText(end: string): string {
  return /^[A-Za-z0-9_-]+$/.test(end) ? `\`${end}\`` : "(not shown here)";
}

function leftOutLine({ kind, id }: { readonly kind: string; readonly id: string }): string {
  return `- ${kind} \`${id}\``;
}
