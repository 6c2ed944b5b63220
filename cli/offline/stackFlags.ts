/** The flags with which `offline` finds and configures a stack. */
import { type Command, InvalidArgumentError } from "commander";
import type { OfflineStack } from "../../engine";
import { askForSecret, canAsk } from "../terminal/prompts";

export interface StackFlags {
  readonly cwd: string;
  readonly stack: string;
  readonly state?: string;
  readonly config?: Readonly<Record<string, string>>;
  readonly secret?: Readonly<Record<string, string>>;
  readonly json?: true;
}

export function withStackFlags(command: Command): Command {
  return command
    .option("-C, --cwd <folder>", "folder of the program", ".")
    .option("-s, --stack <name>", "name of the stack", "dev")
    .option("--state <file>", "file of the state (default: .pulumi-offline/<stack>.json beside Pulumi.yaml)")
    .option("-c, --config <key=value>", "configuration value, stored with the stack (may be repeated)", addPair)
    .option("--secret <key=value>", "encrypted configuration value, stored with the stack (may be repeated)", addPair)
    .option("-j, --json", "print one JSON document");
}

function addPair(text: string, known: Readonly<Record<string, string>> = {}): Record<string, string> {
  const separator = text.indexOf("=");
  if (separator <= 0) throw new InvalidArgumentError("expected KEY=VALUE");
  return { ...known, [text.slice(0, separator)]: text.slice(separator + 1) };
}

/** Loaded when a command runs: `--help` must not wait for gRPC. */
export function loadEngine(): typeof import("../../engine") {
  return require("../../engine");
}

export async function openStack({
  cwd,
  stack,
  state,
  config = {},
  secret = {},
  json,
}: StackFlags): Promise<OfflineStack> {
  const passphrase = await missingPassphrase(json === true);
  const opened = await loadEngine().OfflineStack.create({
    workDir: cwd,
    stackName: stack,
    ...(state !== undefined && { stateFile: state }),
    ...(passphrase !== undefined && { passphrase }),
  });
  const plain = Object.entries(config).map(([key, value]) => [key, { value }]);
  const encrypted = Object.entries(secret).map(([key, value]) => [key, { value, secret: true }]);
  if (plain.length + encrypted.length > 0) await opened.setAllConfig(Object.fromEntries([...plain, ...encrypted]));
  return opened;
}

/** Asks the user for the passphrase if the environment has none. */
async function missingPassphrase(isJson: boolean): Promise<string | undefined> {
  const { PULUMI_CONFIG_PASSPHRASE: given, PULUMI_CONFIG_PASSPHRASE_FILE: file } = process.env;
  if (given !== undefined || file || isJson || !canAsk()) return undefined;
  return askForSecret(
    "Passphrase that encrypts the stack's secrets (PULUMI_CONFIG_PASSPHRASE is not set; it may be empty)",
  );
}
