#!/usr/bin/env node
/** The command `pulumi-ngrok-ai`. Each subcommand's file loads what it needs only when it is run. */
import { makeProgram } from "./program";

makeProgram()
  .parseAsync()
  .catch((error: unknown) => {
    const message = error instanceof Error ? error.message : String(error);
    console.error(`pulumi-ngrok-ai: ${message}`);
    // Whoever asked for a document gets one, whatever happens.
    if (process.argv.includes("--json")) console.log(JSON.stringify({ error: { message } }, null, 2));
    process.exitCode = 1;
  });
