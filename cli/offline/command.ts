/** `pulumi-ngrok-ai offline …`: a Pulumi program deployed without the Pulumi CLI. */
import { Command, InvalidArgumentError } from "commander";
import type { OfflineStack, OperationResult, UpOptions } from "../../engine";
import { escapeControlsInLines } from "../../engine/display/escapeControls";
import { isColored, colors as pc } from "../colors";

interface StackFlags {
  readonly cwd: string;
  readonly stack: string;
  readonly state?: string;
  readonly config?: Readonly<Record<string, string>>;
  readonly secret?: Readonly<Record<string, string>>;
  readonly json?: true;
}

interface OperationFlags extends StackFlags {
  readonly parallel?: number;
  readonly target?: readonly string[];
  readonly targetDependents?: true;
  readonly expectNoChanges?: true;
  readonly debug?: true;
  readonly refresh?: true;
  readonly replace?: readonly string[];
  readonly continueOnError?: true;
  readonly previewOnly?: true;
  readonly clearPendingCreates?: true;
}

type Operation = "up" | "preview" | "refresh" | "destroy";

const DESCRIPTIONS: Readonly<Record<Operation, string>> = {
  up: "Create, update and delete resources until they are what the program says",
  preview: "Show what `up` would do",
  refresh: "Take over what providers say of each resource",
  destroy: "Delete every resource of the stack",
};

const EXAMPLES: Readonly<Record<Operation, readonly string[]>> = {
  up: [
    "offline up --cwd examples/azure-openai --config endpoint=https://contoso.openai.azure.com --secret apiKey=KEY",
    "offline up --json | jq .changeSummary",
  ],
  preview: ["offline preview", "offline preview --refresh --expect-no-changes"],
  refresh: ["offline refresh", "offline refresh --preview-only --expect-no-changes"],
  destroy: ["offline destroy --preview-only", "offline destroy"],
};

function helpText(examples: readonly string[], exitCodes: string): string {
  return `\nExamples:\n${examples.map((line) => `  pulumi-ngrok-ai ${line}\n`).join("")}\n${exitCodes}`;
}

export function offlineCommand(): Command {
  const command = new Command("offline")
    .description("Run a Pulumi program without the Pulumi CLI, for tests and for trying things out")
    .addHelpText("after", "\nSecrets are encrypted with the passphrase in PULUMI_CONFIG_PASSPHRASE; it may be empty.");
  for (const operation of Object.keys(DESCRIPTIONS) as Operation[]) command.addCommand(operationCommand(operation));
  const outputs = withStackFlags(new Command("outputs"))
    .description("Print the stack's outputs as the last operation left them")
    .option("--show-secrets", "show secret outputs in clear")
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
  const command = withStackFlags(new Command(operation))
    .description(DESCRIPTIONS[operation])
    .option("--parallel <count>", "steps that run at once", parseCount)
    .option("--target <urn>", "operate on this resource only (may be repeated; * and ** as in Pulumi)", addText)
    .option("--target-dependents", "include what depends on a target")
    .option("--expect-no-changes", "fail when anything changes")
    .option("--debug", "show debug messages");
  if (operation !== "refresh") command.option("--continue-on-error", "go on with what does not depend on a failure");
  if (operation !== "refresh") command.option("--refresh", "refresh the state first");
  if (operation === "up" || operation === "preview") {
    command.option("--replace <urn>", "replace this resource even if nothing changed (may be repeated)", addText);
  } else {
    command.option("--preview-only", "show what would be done, and do nothing");
  }
  if (operation === "refresh") {
    command.option("--clear-pending-creates", "forget creations that an interrupted run left pending");
  }
  const exitCodes =
    "Ctrl-C cancels in order: running steps are finished and kept in the state.\n" +
    "Exit code: 0 when all of it was done, 1 when something failed, was canceled, or changed against --expect-no-changes;\n" +
    "130 when a second Ctrl-C ended it at once.";
  command.addHelpText("after", helpText(EXAMPLES[operation], exitCodes));
  return command.action(reporting((flags: OperationFlags) => runOperation(operation, flags)));
}

function withStackFlags(command: Command): Command {
  return command
    .option("--cwd <folder>", "folder of the program", ".")
    .option("--stack <name>", "name of the stack", "dev")
    .option("--state <file>", "where the state is kept (default: .pulumi-offline/<stack>.json beside Pulumi.yaml)")
    .option("--config <key=value>", "configuration, kept with the stack (may be repeated)", addPair)
    .option("--secret <key=value>", "the same, encrypted (may be repeated)", addPair)
    .option("--json", "print one JSON document");
}

function addPair(text: string, known: Readonly<Record<string, string>> = {}): Record<string, string> {
  const separator = text.indexOf("=");
  if (separator <= 0) throw new InvalidArgumentError("expected KEY=VALUE");
  return { ...known, [text.slice(0, separator)]: text.slice(separator + 1) };
}

function addText(text: string, known: readonly string[] = []): string[] {
  return [...known, text];
}

function parseCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new InvalidArgumentError("expected a whole number from 1 on");
  return count;
}

/** Prints what goes wrong before an operation begins, in the form that was asked for. */
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
      else console.error(`${pc.red("error:")} ${escapeControlsInLines(error.message)}`);
    }
  };
}

/** Loaded when a command runs: `--help` must not wait for gRPC. */
function loadEngine(): typeof import("../../engine") {
  return require("../../engine");
}

async function openStack(flags: StackFlags): Promise<OfflineStack> {
  const stack = await loadEngine().OfflineStack.create({
    workDir: flags.cwd,
    stackName: flags.stack,
    ...(flags.state !== undefined && { stateFile: flags.state }),
  });
  const plain = Object.entries(flags.config ?? {}).map(([key, value]) => [key, { value }]);
  const secret = Object.entries(flags.secret ?? {}).map(([key, value]) => [key, { value, secret: true }]);
  if (plain.length + secret.length > 0) await stack.setAllConfig(Object.fromEntries([...plain, ...secret]));
  return stack;
}

async function runOperation(operation: Operation, flags: OperationFlags): Promise<void> {
  const { DeploymentFailedError } = loadEngine();
  const stack = await openStack(flags);
  const cancellation = cancelOnSignals();
  const options: UpOptions = {
    ...optionsOf(flags),
    signal: cancellation.signal,
    color: isColored ? "always" : "never",
    ...(!flags.json && { onOutput: (text) => process.stdout.write(text) }),
  };
  try {
    const result = await stack[operation](options);
    if (flags.json) printResult(result);
  } catch (error) {
    if (!(error instanceof DeploymentFailedError)) throw error;
    process.exitCode = 1;
    // Everything is in the display already.
    if (flags.json) printResult(error.result);
  } finally {
    cancellation.dispose();
  }
}

function optionsOf(flags: OperationFlags): UpOptions {
  const { cwd, stack, state, config, secret, json, ...options } = flags;
  return options;
}

/** The first signal cancels in order, the second one ends at once. */
function cancelOnSignals(): { signal: AbortSignal; dispose(): void } {
  const controller = new AbortController();
  const onSignal = () => {
    if (controller.signal.aborted) process.exit(130);
    console.error("Canceling: running steps are finished first. Press Ctrl-C again to end at once.");
    controller.abort();
  };
  const signals = ["SIGINT", "SIGTERM"] as const;
  for (const name of signals) process.on(name, onSignal);
  return {
    signal: controller.signal,
    dispose: () => {
      for (const name of signals) process.off(name, onSignal);
    },
  };
}

function printResult(result: OperationResult): void {
  printJson({
    result: result.summary.result,
    changeSummary: result.changeSummary,
    steps: result.steps,
    outputs: result.maskedOutputs,
    diagnostics: result.diagnostics,
  });
}

function printJson(document: unknown): void {
  console.log(escapeControlsInLines(JSON.stringify(document, null, 2)));
}

async function showOutputs(flags: StackFlags & { readonly showSecrets?: true }): Promise<void> {
  const stack = await openStack(flags);
  const outputs = flags.showSecrets ? await plainOutputs(stack) : await stack.maskedOutputs();
  if (flags.json) return printJson(outputs);
  const width = Math.max(0, ...Object.keys(outputs).map((name) => name.length));
  for (const [name, value] of Object.entries(outputs)) {
    const shown = typeof value === "string" ? value : JSON.stringify(value);
    console.log(escapeControlsInLines(`${name.padEnd(width)}  ${shown}`));
  }
}

async function plainOutputs(stack: OfflineStack): Promise<Record<string, unknown>> {
  const outputs = Object.entries(await stack.outputs());
  return Object.fromEntries(outputs.map(([name, { value }]) => [name, value]));
}
