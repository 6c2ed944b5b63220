/** A stack of an example, on the engine of this repository or on an installed Pulumi CLI. */
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import type { EngineEvent } from "@pulumi/pulumi/automation/events.js";
import pc from "./colors.mts";

export interface ExampleOptions {
  readonly workDir: string;
  readonly stackName: string;
  readonly env: Readonly<Record<string, string>>;
  readonly config: Readonly<Record<string, { value: string; secret?: boolean }>>;
}

/** One resource that an operation is done with, or, in a preview, would be. */
export interface ResourceStep {
  /** Last part of the type: `ProviderKey`. */
  readonly kind: string;
  readonly name: string;
}

/** What `pulumi-ngrok-ai offline` takes to work on a stack. */
export interface CommandLine {
  readonly flags: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

type OnStep = (step: ResourceStep) => void;

export interface ExampleStack {
  /** Hands over each resource that was changed. */
  up(onStep?: OnStep): Promise<{ changes: Record<string, number> }>;
  /** Hands over each resource that would be changed. */
  preview(onStep?: OnStep): Promise<{ changes: Record<string, number> }>;
  /** Plain values, secrets included. */
  outputs(): Promise<Record<string, unknown>>;
  /** How the same stack is reached from another terminal; only where this repository's engine runs it. */
  readonly commandLine?: CommandLine;
  /** The state, as `pulumi stack export` writes it. */
  exported(): Promise<unknown>;
  /** Forgets the stack's files; the objects it made are left to the servers they live in. */
  dispose(): Promise<void>;
}

type MakeStack = (options: ExampleOptions) => Promise<ExampleStack>;

/** Protects the state of a throw-away stack; it guards nothing that outlives the run. */
const PASSPHRASE = "local";

export async function chooseEngine(engine: string): Promise<MakeStack> {
  if (engine === "offline") return makeOfflineStack;
  if (engine !== "cli") throw new Error(`--engine must be "offline" or "cli", not "${engine}"`);
  const version = spawnSync("pulumi", ["version"], { encoding: "utf8" });
  if (version.status !== 0) {
    throw new Error(
      "there is no Pulumi CLI on this machine (`pulumi version` does not run). Install it, or leave --engine out.",
    );
  }
  console.log(`${pc.bold("Engine")}         Pulumi CLI ${version.stdout.trim()}`);
  return makeCliStack;
}

async function makeOfflineStack({ workDir, stackName, env, config }: ExampleOptions): Promise<ExampleStack> {
  const { OfflineStack } = await import("pulumi-ngrok-ai/emulator");
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-ngrok-ai-"));
  const stateFile = path.join(folder, "state.json");
  const stack = await OfflineStack.create({ workDir, stackName, env, stateFile, passphrase: PASSPHRASE });
  for (const [key, value] of Object.entries(config)) await stack.setConfig(key, value);
  return {
    up: async (onStep) => ({ changes: { ...(await stack.up(watching(onStep))).summary.resourceChanges } }),
    preview: async (onStep) => ({ changes: { ...(await stack.preview(watching(onStep))).changeSummary } }),
    outputs: async () => plainValues(await stack.outputs()),
    commandLine: {
      flags: ["--cwd", workDir, "--stack", stackName, "--state", stateFile],
      env: { ...env, PULUMI_CONFIG_PASSPHRASE: PASSPHRASE },
    },
    exported: () => stack.exportStack(),
    dispose: async () => fs.rmSync(folder, { recursive: true, force: true }),
  };
}

async function makeCliStack({ workDir, stackName, env, config }: ExampleOptions): Promise<ExampleStack> {
  const { LocalWorkspace } = await import("@pulumi/pulumi/automation/index.js");
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-ngrok-ai-"));
  // The stand-in for Azure's provider must be the first that the CLI finds.
  const PATH = `${path.resolve(import.meta.dirname, "..", "plugins")}${path.delimiter}${process.env.PATH}`;
  const [pulumiHome, states] = [path.join(folder, "home"), path.join(folder, "states")];
  fs.mkdirSync(states);
  const envVars = { ...env, PATH, PULUMI_BACKEND_URL: `file://${states}`, PULUMI_CONFIG_PASSPHRASE: PASSPHRASE };
  const stack = await LocalWorkspace.createOrSelectStack({ stackName, workDir }, { envVars, pulumiHome });
  await stack.setAllConfig({ ...config });
  return {
    up: async (onStep) => ({ changes: { ...(await stack.up(watching(onStep))).summary.resourceChanges } }),
    preview: async (onStep) => ({ changes: { ...(await stack.preview(watching(onStep))).changeSummary } }),
    outputs: async () => plainValues(await stack.outputs()),
    exported: () => stack.exportStack(),
    dispose: async () => {
      fs.rmSync(folder, { recursive: true, force: true });
      fs.rmSync(path.join(workDir, `Pulumi.${stackName}.yaml`), { force: true });
    },
  };
}

/** Both engines report the same events: a resource is done, or, in a preview, planned. */
function watching(onStep: OnStep | undefined): { onEvent?: (event: EngineEvent) => void } {
  if (onStep === undefined) return {};
  return {
    onEvent: ({ resOutputsEvent, resourcePreEvent }) => {
      const { metadata, planning = false } = resOutputsEvent ?? resourcePreEvent ?? {};
      const isTold = planning ? resourcePreEvent !== undefined : resOutputsEvent !== undefined;
      if (!isTold || metadata === undefined || metadata.op === "same") return;
      if (metadata.type.startsWith("pulumi:")) return; // the stack itself, and providers that nobody declared
      onStep({ kind: metadata.type.split(":").at(-1) ?? "", name: metadata.urn.split("::").at(-1) ?? "" });
    },
  };
}

function plainValues(outputs: Readonly<Record<string, { value: unknown }>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value]));
}
