/** All subcommands in one tree: what `main.ts` runs, and what the reference and the completion are made from. */
import { Command } from "commander";
import { checkCommand } from "./check";
import { emulatorCommand } from "./emulator";
import { exportCommand } from "./export";
import { offlineCommand } from "./offline";
import { recoverCommand } from "./recover";

const { version } = require("../../package.json") as { version: string };

export function makeProgram(): Command {
  return new Command("pulumi-ngrok-ai")
    .description("The ngrok AI Gateway as code: tools beside the Pulumi resources of this package")
    .version(version)
    .addCommand(emulatorCommand())
    .addCommand(offlineCommand())
    .addCommand(recoverCommand())
    .addCommand(checkCommand())
    .addCommand(exportCommand());
}
