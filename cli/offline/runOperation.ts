/** One operation on a stack: previewed and confirmed on a terminal, shown as a tree, as lines or as JSON. */
import type { OfflineStack, OperationResult, OutputPart, UpOptions } from "../../engine";
import { isColored } from "../colors";
import { printJson } from "../json";
import { canRedraw, type LiveTree, startLiveTree } from "../terminal/liveTree";
import { askForChoice, canAsk } from "../terminal/prompts";
import { OPERATIONS, type Operation } from "./operations";
import { loadEngine, openStack, type StackFlags } from "./stackFlags";

export interface OperationFlags extends StackFlags {
  readonly parallel?: number;
  readonly target?: readonly string[];
  readonly targetDependents?: true;
  readonly expectNoChanges?: true;
  readonly debug?: true;
  readonly diff?: true;
  readonly refresh?: true;
  readonly replace?: readonly string[];
  readonly continueOnError?: true;
  readonly previewOnly?: true;
  readonly clearPendingCreates?: true;
  readonly skipPreview?: true;
  readonly yes?: true;
}

/** Runs an operation or its preview; `isPreview` selects the column Plan or Status. */
type Run = (stack: OfflineStack, options: UpOptions) => Promise<OperationResult>;

export async function runOperation(operation: Operation, flags: OperationFlags): Promise<void> {
  const stack = await openStack(flags);
  const { question, run, preview } = OPERATIONS[operation];
  const isPreview = question === undefined || flags.previewOnly === true;
  const cancellation = cancelOnSignals();
  const options: UpOptions = { ...toOptions(flags), signal: cancellation.signal };
  try {
    const isAsked = !isPreview && !flags.json && !flags.skipPreview && canAsk();
    if (isAsked && !(await isConfirmed(stack, preview, question, options, flags, cancellation))) {
      console.error("Canceled; nothing was changed.");
      process.exitCode = 1;
      return;
    }
    const result = await shown(stack, run, isPreview, options, flags, cancellation);
    if (flags.json) printResult(result);
  } catch (error) {
    if (!(error instanceof loadEngine().DeploymentFailedError)) throw error;
    process.exitCode = 1;
    // The display has already shown everything.
    if (flags.json) printResult(error.result);
  } finally {
    cancellation.dispose();
  }
}

function toOptions(flags: OperationFlags): UpOptions {
  const { cwd, stack, state, config, secret, json, yes, skipPreview, ...options } = flags;
  return options;
}

/** Previews the operation and asks for confirmation, unless `--yes` is given. */
async function isConfirmed(
  stack: OfflineStack,
  preview: Run,
  question: string,
  options: UpOptions,
  flags: OperationFlags,
  cancellation: Cancellation,
): Promise<boolean> {
  let details = "";
  const keep = (text: string) => {
    details += text;
  };
  const { expectNoChanges: _, ...previewOptions } = options;
  await shown(stack, preview, true, { ...previewOptions, diff: true }, flags, cancellation, keep);
  if (flags.yes) return true;
  for (;;) {
    const answer = await askForChoice(question, ["yes", "no", "details"], "no");
    if (answer !== "details") return answer === "yes";
    process.stdout.write(details);
  }
}

/** Runs it with the display that fits the terminal and the flags. */
async function shown(
  stack: OfflineStack,
  run: Run,
  isPreview: boolean,
  options: UpOptions,
  { json, diff }: OperationFlags,
  cancellation: Cancellation,
  keep: (text: string) => void = () => undefined,
): Promise<OperationResult> {
  if (json) return run(stack, options);
  const color = isColored ? "always" : "never";
  const isTree = !diff && canRedraw(process.stdout);
  let tree: LiveTree | undefined;
  const onOutput = (text: string, part: OutputPart) => {
    keep(text);
    if (isTree && part === "summary") tree?.end();
    const isDrawn = isTree && (part === "step" || part === "properties");
    const isLeftOut = part === "properties" && !diff;
    if (!isDrawn && !isLeftOut) process.stdout.write(text);
  };
  if (!isTree) return run(stack, { ...options, color, onOutput });
  tree = await startLiveTree(isPreview);
  cancellation.print = tree.print;
  try {
    return await run(stack, { ...options, color, onOutput, onEvent: tree.onEvent });
  } finally {
    tree.end();
    cancellation.print = printError;
  }
}

interface Cancellation {
  readonly signal: AbortSignal;
  /** Prints without corrupting the drawn tree. */
  print: (text: string) => void;
  dispose(): void;
}

const printError = (text: string): void => {
  process.stderr.write(text);
};

/** The first signal cancels in order, the second one ends the process. */
function cancelOnSignals(): Cancellation {
  const controller = new AbortController();
  const onSignal = () => {
    if (controller.signal.aborted) process.exit(130);
    cancellation.print("Canceling: running steps are finished first. Press Ctrl-C again to end at once.\n");
    controller.abort();
  };
  const signals = ["SIGINT", "SIGTERM"] as const;
  for (const name of signals) process.on(name, onSignal);
  const cancellation: Cancellation = {
    signal: controller.signal,
    print: printError,
    dispose: () => {
      for (const name of signals) process.off(name, onSignal);
    },
  };
  return cancellation;
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
