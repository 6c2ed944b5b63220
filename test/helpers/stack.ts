/**
 * A stack for whole-program tests: on `OfflineStack`, or with `npm test -- --engine=cli` on the Pulumi CLI, through the
 * Automation API. Both have the same names and types, so a test can use either.
 */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import type { Stack } from "@pulumi/pulumi/automation/index.js";
import { OfflineStack } from "../../emulator";

export const usesCli = process.env.TEST_ENGINE === "cli";
export const PASSPHRASE = "a passphrase of the tests";
/** The plugin of this repository's build, and executables that replace providers; the CLI uses the first one on PATH. */
export const PLUGIN_FOLDER = path.resolve(__dirname, "..", "..", "plugins");

type ConfigMap = Readonly<Record<string, { value: string; secret?: boolean }>>;

export interface StackOptions {
  readonly workDir: string;
  readonly stackName?: string;
  /** Added to the program's and the providers' environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Number of concurrent steps. @default the engine's own */
  readonly parallel?: number;
  readonly config: ConfigMap;
}

interface Outcome {
  readonly stdout: string;
  readonly summary: { readonly result: string; readonly resourceChanges?: Readonly<Partial<Record<string, number>>> };
}

/** The functions of a stack that tests use: the part of the Automation API's `Stack` that `OfflineStack` has too. */
export interface TestStack {
  setConfig(key: string, value: { value: string; secret?: boolean }): Promise<void>;
  setAllConfig(config: ConfigMap): Promise<void>;
  up(options?: {
    readonly refresh?: boolean;
    /** URNs that are replaced even if their provider reports no replacement. */
    readonly replace?: string[];
  }): Promise<Outcome & { readonly outputs: Readonly<Record<string, { value: unknown; secret: boolean }>> }>;
  preview(): Promise<{ readonly stdout: string; readonly changeSummary: Readonly<Partial<Record<string, number>>> }>;
  refresh(): Promise<Outcome>;
  destroy(): Promise<Outcome>;
  outputs(): Promise<Readonly<Record<string, { value: unknown; secret: boolean }>>>;
  exportStack(): Promise<{ version?: number; deployment: unknown }>;
}

export interface StackUnderTest {
  readonly stack: TestStack;
  /** Contains only the state. */
  readonly stateFolder: string;
  /** Variables that commands need to use the same stack. */
  readonly env: Readonly<Record<string, string>>;
  dispose(): void;
}

export async function createTestStack(options: StackOptions): Promise<StackUnderTest> {
  const under = usesCli ? await createCliStack(options) : await createOfflineStack(options);
  await under.stack.setAllConfig(options.config);
  return under;
}

const temporaryFolder = (purpose: string) => fs.mkdtempSync(path.join(os.tmpdir(), `pulumi-ngrok-ai-${purpose}-`));
const remove = (...paths: string[]) => {
  for (const each of paths) fs.rmSync(each, { recursive: true, force: true });
};

async function createOfflineStack(options: StackOptions): Promise<StackUnderTest> {
  const { workDir, stackName = "test", env = {}, parallel } = options;
  const stateFolder = temporaryFolder("test");
  const stateFile = path.join(stateFolder, "state.json");
  const stack = await OfflineStack.create({
    workDir,
    stackName,
    env,
    ...(parallel !== undefined && { parallel }),
    stateFile,
    passphrase: PASSPHRASE,
  });
  return {
    stack: stack as TestStack,
    stateFolder,
    env: { ...env, OFFLINE_STATE: stateFile, PULUMI_CONFIG_PASSPHRASE: PASSPHRASE },
    dispose: () => remove(stateFolder),
  };
}

/** A stack in a file backend, isolated from the settings and plugins of the user who runs the tests. */
export async function createCliStack(
  options: Omit<StackOptions, "config">,
): Promise<StackUnderTest & { readonly stack: Stack }> {
  const { workDir, stackName = "test", env = {}, parallel } = options;
  const { LocalWorkspace } = await import("@pulumi/pulumi/automation/index.js");
  const stateFolder = temporaryFolder("test");
  const pulumiHome = temporaryFolder("home");
  const envVars: Record<string, string> = {
    ...env,
    ...(env.AZURE_EMULATOR_URL !== undefined && { PATH: `${PLUGIN_FOLDER}${path.delimiter}${process.env.PATH}` }),
    ...(parallel !== undefined && { PULUMI_PARALLEL: String(parallel) }),
    PULUMI_HOME: pulumiHome,
    PULUMI_BACKEND_URL: `file://${stateFolder}`,
    PULUMI_CONFIG_PASSPHRASE: PASSPHRASE,
  };
  return {
    stack: await LocalWorkspace.createOrSelectStack({ stackName, workDir }, { envVars, pulumiHome }),
    stateFolder,
    env: envVars,
    // The CLI stores a stack's configuration in the project's folder.
    dispose: () => remove(stateFolder, pulumiHome, path.join(workDir, `Pulumi.${stackName}.yaml`)),
  };
}

/** All files that the engine stores for the stack, as text. */
export function storedTexts(stateFolder: string): string[] {
  return fs
    .readdirSync(stateFolder, { recursive: true, encoding: "utf8" })
    .map((file) => path.join(stateFolder, file))
    .filter((file) => fs.statSync(file).isFile())
    .map((file) => fs.readFileSync(file, "utf8"));
}

/** The changes other than "same", from the counts of a preview or an operation. */
export function realChanges(
  counts: Readonly<Partial<Record<string, number>>> | undefined,
): Partial<Record<string, number>> {
  return Object.fromEntries(Object.entries(counts ?? {}).filter(([operation]) => operation !== "same"));
}
