/** `pulumi-ngrok-ai export`: an account as a Pulumi program that adopts it. */
import path from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import { type AccountFlags, accountClient, withAccountFlags } from "../account/accountClient";
import { colors as pc } from "../colors";
import { EXPORTED_KINDS, type ExportedKind, infoOf } from "../kinds";
import { packageVersion } from "../version";
import { LANGUAGES, type Language } from "./languages";
import type { ExportPlan } from "./plan";
import { checkProjectName } from "./projectName";

interface Flags extends AccountFlags {
  readonly out?: string;
  readonly force?: true;
  readonly language: Language;
  readonly only?: readonly ExportedKind[];
  readonly project?: string;
  readonly stack?: string;
  readonly protect: boolean;
  readonly importFile?: string;
  readonly json?: true;
}

/** Kinds that `--only` accepts; a part is exported with its parent. */
const CHOICES = EXPORTED_KINDS.filter((kind) => infoOf(kind)?.program?.isPart !== true);

export function exportCommand(): Command {
  const command = new Command("export")
    .description("Write a whole account as a Pulumi project whose first `up` adopts all objects and changes nothing")
    .option("--out <folder>", "write the project here; without it, the program is printed")
    .addOption(new Option("--language <language>", "language of the program").choices(LANGUAGES).default("typescript"))
    .option("--force", "replace existing files")
    .option("--only <kinds>", `only these kinds, separated by commas: ${CHOICES.join(", ")}`, parseKinds)
    .option("--project <name>", "Pulumi's name of the project (default: the name of the folder)")
    .option("--stack <organization/project/stack>", "stack of the program: objects with its mark are included")
    .option("--no-protect", "omit `protect: true`, which prevents the deletion of every object")
    .option("--import-file <file>", "also write a file for `pulumi import --file`; requires --stack, except in YAML")
    .option("--json", "print one JSON document")
    .addHelpText(
      "after",
      `
Examples:
  pulumi-ngrok-ai export --out gateway
  pulumi-ngrok-ai export --only CustomProvider,AccessConfiguration > index.ts
  pulumi-ngrok-ai export --out gateway --json
  pulumi-ngrok-ai export --out gateway --language yaml
  pulumi-ngrok-ai export --out gateway --stack my-org/gateway/dev --import-file gateway/import.json

Nothing is changed at the gateway. What carries another stack's mark is left out and listed. The values of provider keys
can't be read back: the written README.md says which ones the stack's config needs. What --import-file writes is for
\`pulumi import --file … --generate-code=false\` of a CLI from 3.254.0 on, where \`up\` should not adopt; it holds no provider keys.
A project in YAML comes with import.json for \`pulumi import\`, provider keys among it: the plugin of this package reads each object.
Exit code: 0 when the project was written or printed, also when a part of the account is only in a comment;
1 when it could not run to its end.`,
    );
  return withAccountFlags(command).action(runExport);
}

async function runExport(flags: Flags): Promise<void> {
  const project = checkProjectName(flags.project ?? path.basename(path.resolve(flags.out ?? "ngrok-ai-gateway")));
  if (flags.importFile !== undefined && flags.stack === undefined && flags.language === "typescript") {
    throw new Error(
      "--import-file needs --stack organization/project/stack: the inputs of each resource name the stack that declares it",
    );
  }
  const { whileReading } = await import("../account/readAccount.js");
  const { plan, inventory, definitions, writer } = await whileReading(accountClient(flags), async (reading) => {
    await new Promise(setImmediate); // the first requests leave before loading keeps the process busy
    const { loadDefinitions } = await import("./definitions.js");
    const { planWhileReading } = await import("./plan.js");
    const { loadWriter } = await import("./languages.js");
    const { wholeOf } = await import("../account/inventory.js");
    const definitions = loadDefinitions();
    const writer = await loadWriter(flags.language);
    const plan = await planWhileReading(reading, { definitions, only: flags.only, stack: flags.stack });
    return { plan, inventory: await wholeOf(reading), definitions, writer };
  });
  const files = writer.files(plan, { project, version: packageVersion(), protect: flags.protect });
  if (flags.out !== undefined) {
    const { writeProject } = await import("./writeProject.js");
    writeProject(flags.out, files, flags.force === true);
  }
  if (flags.importFile !== undefined) {
    const { importFile } = await import("./importFile.js");
    const { writeProject } = await import("./writeProject.js");
    const { dir, base } = path.parse(flags.importFile);
    const text = JSON.stringify(
      writer.importFile?.(plan) ?? (await importFile(plan, inventory, definitions, flags.stack ?? "")),
      null,
      2,
    );
    writeProject(dir || ".", { [base]: `${text}\n` }, flags.force === true);
  }
  const program = files[writer.mainFile] ?? "";
  if (flags.json)
    printJson(plan, flags.out === undefined ? { program } : { folder: flags.out, files: Object.keys(files) });
  else if (flags.out === undefined) process.stdout.write(program);
  else await printSummary(plan, flags.out, Object.keys(files));
}

function printJson(plan: ExportPlan, written: object): void {
  const { accountId, secrets, owned, notExpressed } = plan;
  const resources = plan.resources.map(({ kind, id, name, variable }) => ({ kind, id, name, variable }));
  console.log(JSON.stringify({ accountId, ...written, resources, secrets, owned, notExpressed }, null, 2));
}

async function printSummary(plan: ExportPlan, folder: string, files: readonly string[]): Promise<void> {
  const { secretCommands } = await import("./readme.js");
  const counts = Map.groupBy(plan.resources, ({ kind }) => kind);
  console.log(`${pc.green("Written:")} ${folder} (${files.join(", ")})`);
  for (const [kind, resources] of counts) console.log(`  ${String(resources.length).padStart(6)}  ${kind}`);
  for (const { kind, id, label, stack } of plan.owned) {
    console.log(`${pc.dim("left out")}  ${kind} ${JSON.stringify(label)} ${id}, managed by the stack ${stack}`);
  }
  for (const { kind, id, label, reasons } of plan.notExpressed) {
    console.log(`${pc.yellow("not expressed")}  ${kind} ${JSON.stringify(label)} ${id}\n  ${reasons.join("\n  ")}`);
  }
  const secrets = secretCommands(plan.secrets);
  if (secrets.length > 0)
    console.log(`Values that only you have, to be set before the first preview (${folder}/README.md):`);
  for (const command of secrets) console.log(`  ${command}`);
}

function parseKinds(text: string): ExportedKind[] {
  return text.split(",").map((part) => {
    const kind = CHOICES.find((choice) => choice === part.trim());
    if (kind !== undefined) return kind;
    throw new InvalidArgumentError(`${JSON.stringify(part.trim())} is none of ${CHOICES.join(", ")}`);
  });
}
