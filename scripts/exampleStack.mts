/** A stack of an example, on this repository's engine or on an installed Pulumi CLI. */
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import type { EngineEvent } from "@pulumi/pulumi/automation/events.js";
import type * as RunViews from "../cli/terminal/runView.ts";
import pc from "./colors.mts";

const { startRunView } = createRequire(import.meta.url)("../dist/cli/terminal/runView.js") as typeof RunViews;

export interface ExampleOptions {
  readonly workDir: string;
  readonly stackName: string;
  readonly env: Readonly<Record<string, string>>;
  readonly config: Readonly<Record<string, { value: string; secret?: boolean }>>;
}

/** The arguments with which `pulumi-ngrok-ai offline` operates on a stack. */
export interface CommandLine {
  readonly flags: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export interface ExampleStack {
  /** Prints each resource that is changed. */
  up(): Promise<{ changes: Record<string, number> }>;
  /** Prints each resource that would be changed. */
  preview(): Promise<{ changes: Record<string, number> }>;
  /** Plain values, including secrets. */
  outputs(): Promise<Record<string, unknown>>;
  /** Arguments to use the same stack from another terminal; only with this repository's engine. */
  readonly commandLine?: CommandLine;
  /** The state, in the format of `pulumi stack export`. */
  exported(): Promise<unknown>;
  /** Deletes the stack's files; its objects stay on the local servers. */
  dispose(): Promise<void>;
}

type CreateStack = (options: ExampleOptions) => Promise<ExampleStack>;

/** Encrypts the state of a stack that is deleted at the end of the run. */
const PASSPHRASE = "local";

export async function chooseEngine(engine: string): Promise<CreateStack> {
  if (engine === "offline") return createOfflineStack;
  if (engine !== "cli") throw new Error(`--engine must be "offline" or "cli", not "${engine}"`);
  const version = spawnSync("pulumi", ["version"], { encoding: "utf8" });
  if (version.status !== 0) {
    throw new Error(
      "there is no Pulumi CLI on this machine (`pulumi version` does not run). Install it, or leave --engine out.",
    );
  }
  console.log(`${pc.bold("Engine")}         Pulumi CLI ${version.stdout.trim()}`);
  return createCliStack;
}

async function createOfflineStack({ workDir, stackName, env, config }: ExampleOptions): Promise<ExampleStack> {
  const { OfflineStack } = await import("pulumi-ngrok-ai/emulator");
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-ngrok-ai-"));
  const stateFile = path.join(folder, "state.json");
  const stack = await OfflineStack.create({ workDir, stackName, env, stateFile, passphrase: PASSPHRASE });
  for (const [key, value] of Object.entries(config)) await stack.setConfig(key, value);
  return {
    up: async () => ({ changes: { ...(await shown(false, (options) => stack.up(options))).summary.resourceChanges } }),
    preview: async () => ({ changes: { ...(await shown(true, (options) => stack.preview(options))).changeSummary } }),
    outputs: async () => plainValues(await stack.outputs()),
    commandLine: {
      flags: ["--cwd", workDir, "--stack", stackName, "--state", stateFile],
      env: { ...env, PULUMI_CONFIG_PASSPHRASE: PASSPHRASE },
    },
    exported: () => stack.exportStack(),
    dispose: async () => fs.rmSync(folder, { recursive: true, force: true }),
  };
}

async function createCliStack({ workDir, stackName, env, config }: ExampleOptions): Promise<ExampleStack> {
  const { LocalWorkspace } = await import("@pulumi/pulumi/automation/index.js");
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-ngrok-ai-"));
  // The CLI must find the stand-in for Azure's provider first.
  const PATH = `${path.resolve(import.meta.dirname, "..", "plugins")}${path.delimiter}${process.env.PATH}`;
  const [pulumiHome, states] = [path.join(folder, "home"), path.join(folder, "states")];
  fs.mkdirSync(states);
  const envVars = { ...env, PATH, PULUMI_BACKEND_URL: `file://${states}`, PULUMI_CONFIG_PASSPHRASE: PASSPHRASE };
  const stack = await LocalWorkspace.createOrSelectStack({ stackName, workDir }, { envVars, pulumiHome });
  await stack.setAllConfig({ ...config });
  return {
    up: async () => ({ changes: { ...(await shown(false, (options) => stack.up(options))).summary.resourceChanges } }),
    preview: async () => ({ changes: { ...(await shown(true, (options) => stack.preview(options))).changeSummary } }),
    outputs: async () => plainValues(await stack.outputs()),
    exported: () => stack.exportStack(),
    dispose: async () => {
      fs.rmSync(folder, { recursive: true, force: true });
      fs.rmSync(path.join(workDir, `Pulumi.${stackName}.yaml`), { force: true });
    },
  };
}

type Operation = (options: { onEvent: (event: EngineEvent) => void }) => Promise<unknown>;

/** Runs an operation of either engine, whose events have the same form, and prints its resources. */
async function shown<Run extends Operation>(isPreview: boolean, run: Run): Promise<Awaited<ReturnType<Run>>> {
  const view = await startRunView(isPreview);
  try {
    return (await run({ onEvent: view.onEvent })) as Awaited<ReturnType<Run>>;
  } finally {
    view.end();
  }
}

function plainValues(outputs: Readonly<Record<string, { value: unknown }>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value]));
}
