/** `pulumi-ngrok-ai offline …`: a Pulumi program deployed without the Pulumi CLI. */
import { Command } from "commander";

interface Flags {
  readonly cwd: string;
  readonly stack: string;
  readonly state?: string;
  readonly config: Readonly<Record<string, string>>;
  readonly json?: true;
  readonly showSecrets?: true;
}

export function offlineCommand(): Command {
  const command = new Command("offline").description(
    "Run a Pulumi program without the Pulumi CLI, for tests and trying things out",
  );
  for (const operation of ["up", "preview", "refresh", "destroy"] as const) {
    command.addCommand(withFlags(new Command(operation)).action((flags: Flags) => runOperation(operation, flags)));
  }
  const outputs = withFlags(new Command("outputs")).option("--show-secrets", "show secret outputs in clear");
  return command.addCommand(outputs.action(showOutputs));
}

function withFlags(command: Command): Command {
  return command
    .option("--cwd <folder>", "folder of the program", ".")
    .option("--stack <name>", "name of the stack", "dev")
    .option("--state <file>", "where the state is kept (default: .pulumi-offline/<stack>.json beside Pulumi.yaml)")
    .option("--config <key=value>", "configuration, kept with the stack (may be repeated)", addConfig, {})
    .option("--json", "print one JSON document");
}

function addConfig(text: string, known: Readonly<Record<string, string>>): Record<string, string> {
  const separator = text.indexOf("=");
  if (separator <= 0) throw new Error(`--config ${text}: expected KEY=VALUE`);
  return { ...known, [text.slice(0, separator)]: text.slice(separator + 1) };
}

async function openStack(flags: Flags) {
  const { OfflineStack } = await import("../emulator/engine/offlineStack.js");
  const stack = await OfflineStack.create({
    workDir: flags.cwd,
    stackName: flags.stack,
    ...(flags.state !== undefined && { stateFile: flags.state }),
  });
  const config = Object.entries(flags.config).map(([key, value]) => [key, { value }]);
  if (config.length > 0) await stack.setAllConfig(Object.fromEntries(config));
  return stack;
}

async function runOperation(operation: "up" | "preview" | "refresh" | "destroy", flags: Flags): Promise<void> {
  const stack = await openStack(flags);
  const result = await stack[operation]({ onOutput: (text) => process.stdout.write(text) });
  if (flags.json) console.log(JSON.stringify(result.summary));
}

async function showOutputs(flags: Flags): Promise<void> {
  const outputs = await (await openStack(flags)).outputs();
  for (const [name, { value, secret }] of Object.entries(outputs)) {
    console.log(`${name}: ${secret && !flags.showSecrets ? "[secret]" : JSON.stringify(value)}`);
  }
}
