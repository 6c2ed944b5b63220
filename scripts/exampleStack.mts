/** A stack of an example, on the engine of this repository or on an installed Pulumi CLI. */
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import pc from "picocolors";

export interface ExampleOptions {
  readonly workDir: string;
  readonly stackName: string;
  readonly config: Readonly<Record<string, { value: string; secret?: boolean }>>;
}

export interface ExampleStack {
  up(): Promise<{ changes: Record<string, number> }>;
  preview(): Promise<{ changes: Record<string, number> }>;
  /** Plain values, secrets included. */
  outputs(): Promise<Record<string, unknown>>;
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

async function makeOfflineStack({ workDir, stackName, config }: ExampleOptions): Promise<ExampleStack> {
  const { OfflineStack } = await import("pulumi-ngrok-ai/emulator");
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-ngrok-ai-"));
  const stack = await OfflineStack.create({
    workDir,
    stackName,
    stateFile: path.join(folder, "state.json"),
    passphrase: PASSPHRASE,
  });
  for (const [key, value] of Object.entries(config)) await stack.setConfig(key, value);
  return {
    up: async () => ({ changes: { ...(await stack.up()).summary.resourceChanges } }),
    preview: async () => ({ changes: { ...(await stack.preview()).changeSummary } }),
    outputs: async () => plainValues(await stack.outputs()),
    dispose: async () => fs.rmSync(folder, { recursive: true, force: true }),
  };
}

async function makeCliStack({ workDir, stackName, config }: ExampleOptions): Promise<ExampleStack> {
  const { LocalWorkspace } = await import("@pulumi/pulumi/automation/index.js");
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-ngrok-ai-"));
  const envVars = { PULUMI_BACKEND_URL: `file://${folder}`, PULUMI_CONFIG_PASSPHRASE: PASSPHRASE };
  const stack = await LocalWorkspace.createOrSelectStack({ stackName, workDir }, { envVars });
  await stack.setAllConfig({ ...config });
  return {
    up: async () => ({ changes: { ...(await stack.up()).summary.resourceChanges } }),
    preview: async () => ({ changes: { ...(await stack.preview()).changeSummary } }),
    outputs: async () => plainValues(await stack.outputs()),
    dispose: async () => {
      fs.rmSync(folder, { recursive: true, force: true });
      fs.rmSync(path.join(workDir, `Pulumi.${stackName}.yaml`), { force: true });
    },
  };
}

function plainValues(outputs: Readonly<Record<string, { value: unknown }>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value]));
}
