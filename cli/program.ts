/** All subcommands in one tree. `main.ts` runs it; the reference and the completion scripts are generated from it. */
import { Command } from "commander";
import { checkCommand } from "./check/command";
import { completionCommand } from "./completion/command";
import { emulatorCommand } from "./emulator/command";
import { exportCommand } from "./export/command";
import { graphCommand } from "./graph/command";
import { offlineCommand } from "./offline/command";
import { recoverCommand } from "./recover/command";
import { usageCommand } from "./usage/command";
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
    .addCommand(usageCommand())
    .addCommand(completionCommand());
}
