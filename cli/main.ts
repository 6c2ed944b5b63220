#!/usr/bin/env node
/** The command `pulumi-ngrok-ai`. Each subcommand's file loads what it needs only when it is run. */
import { makeProgram } from "./program";

makeProgram()
  .parseAsync()
  .catch((error: unknown) => {
    console.error(`pulumi-ngrok-ai: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  });
