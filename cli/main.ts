#!/usr/bin/env node
/** The command `pulumi-ngrok-ai`. Each subcommand loads what it needs when it runs. */
import "../sdk/nodeVersion";

import { enableCompileCache } from "node:module";
import { escapeControlsInLines } from "../engine/display/escapeControls";
import { makeProgram } from "./program";

// Most of a short command's time is compiling.
enableCompileCache();
makeProgram()
  .parseAsync()
  .catch((error: unknown) => {
    const message = escapeControlsInLines(error instanceof Error ? error.message : String(error));
    console.error(`pulumi-ngrok-ai: ${message}`);
    // With --json, standard output contains one document in every case.
    if (process.argv.includes("--json")) console.log(JSON.stringify({ error: { message } }, null, 2));
    process.exitCode = 1;
  });
