/**
 * A stack for whole-program tests: on `OfflineStack`, or on the Automation API where `npm test -- --engine=cli` asks for it
 * and a Pulumi CLI is found. Both have the same names and shapes, so a test takes either.
 */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { OfflineStack } from "../../emulator";

export const usesCli = process.env.TEST_ENGINE === "cli";
const PASSPHRASE = "a passphrase of the tests";

export interface StackOptions {
  readonly workDir: string;
  readonly stackName?: string;
  /** Added to the program's and the providers' environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Steps at a time. @default the engine's own */
  readonly parallel?: number;
  readonly config: Readonly<Record<string, { value: string; secret?: boolean }>>;
}

interface Outcome {
  readonly stdout: string;
  readonly summary: { readonly result: string; readonly resourceChanges?: Readonly<Partial<Record<string, number>>> };
}

/** What tests use of a stack: the part of the Automation API's `Stack` that `OfflineStack` has too. */
export interface TestStack {
  setConfig(key: string, value: { value: string; secret?: boolean }): Promise<void>;
  up(): Promise<Outcome & { readonly outputs: Readonly<Record<string, { value: unknown; secret: boolean }>> }>;
  preview(): Promise<{ readonly stdout: string; readonly changeSummary: Readonly<Partial<Record<string, number>>> }>;
  refresh(): Promise<Outcome>;
  destroy(): Promise<Outcome>;
  outputs(): Promise<Readonly<Record<string, { value: unknown; secret: boolean }>>>;
  exportStack(): Promise<{ version?: number; deployment: unknown }>;
}

export interface StackUnderTest {
  readonly stack: TestStack;
  /** Holds the state and nothing else. */
  readonly stateFolder: string;
  /** What commands need to work on the same stack. */
  readonly env: Readonly<Record<string, string>>;
  dispose(): void;
}

export async function createTestStack({
  workDir,
  stackName = "test",
  env = {},
  parallel,
  config,
}: StackOptions): Promise<StackUnderTest> {
  const stateFolder = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-ngrok-ai-test-"));
  const dispose = () => fs.rmSync(stateFolder, { recursive: true, force: true });
  const stack = usesCli
    ? await createCliStack(workDir, stackName, stateFolder, env)
    : await OfflineStack.create({
        workDir,
        stackName,
        env,
        ...(parallel !== undefined && { parallel }),
        stateFile: path.join(stateFolder, "state.json"),
        passphrase: PASSPHRASE,
      });
  for (const [key, value] of Object.entries(config)) await stack.setConfig(key, value);
  const surroundings = usesCli
    ? { PULUMI_BACKEND_URL: `file://${stateFolder}` }
    : { OFFLINE_STATE: path.join(stateFolder, "state.json") };
  const commandEnv = { ...env, ...surroundings, PULUMI_CONFIG_PASSPHRASE: PASSPHRASE };
  return { stack: stack as TestStack, stateFolder, env: commandEnv, dispose };
}

async function createCliStack(
  workDir: string,
  stackName: string,
  stateFolder: string,
  env: Readonly<Record<string, string>>,
): Promise<TestStack> {
  const { LocalWorkspace } = await import("@pulumi/pulumi/automation/index.js");
  // The stand-in for Azure's provider must be the first that a CLI finds.
  const plugins = path.resolve(__dirname, "..", "..", "plugins");
  const searchPath =
    env.AZURE_EMULATOR_URL === undefined ? {} : { PATH: `${plugins}${path.delimiter}${process.env.PATH}` };
  const envVars = {
    ...env,
    ...searchPath,
    PULUMI_BACKEND_URL: `file://${stateFolder}`,
    PULUMI_CONFIG_PASSPHRASE: PASSPHRASE,
  };
  return (await LocalWorkspace.createOrSelectStack({ stackName, workDir }, { envVars })) as unknown as TestStack;
}

/** The changes that are more than "same", from a preview's or an operation's count. */
export function realChanges(
  counts: Readonly<Partial<Record<string, number>>> | undefined,
): Partial<Record<string, number>> {
  return Object.fromEntries(Object.entries(counts ?? {}).filter(([operation]) => operation !== "same"));
}
