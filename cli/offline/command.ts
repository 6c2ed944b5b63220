/** `pulumi-ngrok-ai offline …`: deploys a Pulumi program without the Pulumi CLI. */
import { Command, InvalidArgumentError } from "commander";
import { escapeControls, escapeControlsInLines } from "../../engine/display/escapeControls";
import { colors } from "../colors";
import { printJson } from "../json";
import { OPERATIONS, type Operation } from "./operations";
import type { OperationFlags } from "./runOperation";
import { loadEngine, openStack, type StackFlags, withStackFlags } from "./stackFlags";

export function offlineCommand(): Command {
  const command = new Command("offline")
    .description("Run a Pulumi program without the Pulumi CLI, for tests and for trying things out")
    .addHelpText("after", "\nThe passphrase in PULUMI_CONFIG_PASSPHRASE encrypts the secrets; it may be empty.");
  for (const operation of Object.keys(OPERATIONS) as Operation[]) command.addCommand(operationCommand(operation));
  const outputs = withStackFlags(new Command("outputs"))
    .description("Print the stack's outputs after its last operation")
    .option("--show-secrets", "show secret outputs in plain text")
    .addHelpText(
      "after",
      helpText(
        ["offline outputs", "offline outputs --show-secrets --json | jq -r .token"],
        "Exit code: 0 when they were printed, 1 when they could not be read.",
      ),
    )
    .action(reporting(showOutputs));
  return command.addCommand(outputs);
}

function operationCommand(operation: Operation): Command {
  const { description, examples, question } = OPERATIONS[operation];
  const command = withStackFlags(new Command(operation))
    .description(description)
    .option("-p, --parallel <count>", "largest number of steps that run at once", parseCount)
    .option("-t, --target <urn>", "operate on this resource only (may be repeated; * and ** as in Pulumi)", addText)
    .option("--target-dependents", "include the dependents of targets")
    .option("--expect-no-changes", "fail when anything changes")
    .option("--diff", "show the properties of each step")
    .option("-d, --debug", "show debug messages");
  if (question !== undefined) {
    command
      .option("-y, --yes", "do not ask: perform the operation after the preview")
      .option("-f, --skip-preview", "do not preview or ask: perform the operation");
  }
  if (operation !== "refresh")
    command.option("--continue-on-error", "continue with resources that do not depend on a failed one");
  if (operation !== "refresh") command.option("-r, --refresh", "refresh the state first");
  if (operation === "up" || operation === "preview") {
    command.option("--replace <urn>", "replace this resource even if nothing changed (may be repeated)", addText);
  } else {
    command.option("--preview-only", "show what would be done, and do nothing");
  }
  if (operation === "refresh") {
    command.option("--clear-pending-creates", "remove creations from the state that an interrupted run left pending");
  }
  const asks =
    question === undefined
      ? ""
      : "At a terminal it shows a preview and asks first. Without one, and with --json, it does neither.\n";
  const exitCodes =
    "Ctrl-C cancels in order: running steps finish and are kept in the state.\n" +
    "Exit code: 0 when everything was done, 1 when something failed, was canceled or declined, or changed against\n" +
    "--expect-no-changes; 130 when a second Ctrl-C ended it at once.";
  command.addHelpText("after", helpText(examples, asks + exitCodes));
  return command.action(
    reporting(async (flags: OperationFlags) => {
      const { runOperation } = await import("./runOperation.js");
      await runOperation(operation, flags);
    }),
  );
}

function helpText(examples: readonly string[], rest: string): string {
  return `\nExamples:\n${examples.map((line) => `  pulumi-ngrok-ai ${line}\n`).join("")}\n${rest}`;
}

function addText(text: string, known: readonly string[] = []): string[] {
  return [...known, text];
}

function parseCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new InvalidArgumentError("Give a whole number of at least 1.");
  return count;
}

/** Prints an error of the engine before an operation began, in the requested form. */
function reporting<Flags extends StackFlags>(action: (flags: Flags) => Promise<void>): (flags: Flags) => Promise<void> {
  return async (flags) => {
    try {
      await action(flags);
    } catch (error) {
      const { OfflineStackError } = loadEngine();
      if (!(error instanceof OfflineStackError)) throw error;
      process.exitCode = 1;
      const diagnostics = [{ severity: "error", message: error.message }];
      if (flags.json) printJson({ result: "failed", changeSummary: {}, steps: [], diagnostics });
      else console.error(`${colors.red("error:")} ${escapeControlsInLines(error.message)}`);
    }
  };
}

async function showOutputs(flags: StackFlags & { readonly showSecrets?: true }): Promise<void> {
  const stack = await openStack(flags);
  const outputs = flags.showSecrets ? await plainOutputs(stack) : await stack.maskedOutputs();
  if (flags.json) return printJson(outputs);
  const width = Math.max(0, ...Object.keys(outputs).map((name) => name.length));
  for (const [name, value] of Object.entries(outputs)) {
    const text = typeof value === "string" ? value : JSON.stringify(value);
    console.log(`${escapeControls(name).padEnd(width)}  ${escapeControlsInLines(text)}`);
  }
}

async function plainOutputs(stack: Awaited<ReturnType<typeof openStack>>): Promise<Record<string, unknown>> {
  const outputs = Object.entries(await stack.outputs());
  return Object.fromEntries(outputs.map(([name, { value }]) => [name, value]));
}
