#!/usr/bin/env node
/** The command `pulumi-ngrok-ai`. Each subcommand's file loads what it needs only when it is run. */
import { Command } from "commander";
import { checkCommand } from "./check";
import { emulatorCommand } from "./emulator";
import { offlineCommand } from "./offline";
import { recoverCommand } from "./recover";

const { version } = require("../../package.json") as { version: string };

const program = new Command("pulumi-ngrok-ai")
  .description("The ngrok AI Gateway as code: tools beside the Pulumi resources of this package")
  .version(version)
  .addCommand(emulatorCommand())
  .addCommand(offlineCommand())
  .addCommand(recoverCommand())
  .addCommand(checkCommand());

program.parseAsync().catch((error: unknown) => {
  console.error(`pulumi-ngrok-ai: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
