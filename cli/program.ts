/** All subcommands in one tree: what `main.ts` runs, and what the reference and the completion are made from. */
import { Command } from "commander";
import { checkCommand } from "./check";
import { completionCommand } from "./completion";
import { emulatorCommand } from "./emulator";
import { exportCommand } from "./export";
import { graphCommand } from "./graph";
import { offlineCommand } from "./offline";
import { recoverCommand } from "./recover";
import { packageVersion } from "./version";

export function makeProgram(): Command {
  return new Command("pulumi-ngrok-ai")
    .description("The ngrok AI Gateway as code: tools beside the Pulumi resources of this package")
    .version(packageVersion())
    .addCommand(emulatorCommand())
    .addCommand(offlineCommand())
    .addCommand(recoverCommand())
    .addCommand(checkCommand())
    .addCommand(exportCommand())
    .addCommand(graphCommand())
    .addCommand(completionCommand());
}
