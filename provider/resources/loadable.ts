/**
 * Whether Pulumi's provider process can load this package. That process starts in the program's folder and loads the package from
 * there, not from where the program has it: a package that is only a dependency of a dependency may not be found.
 */
import { createRequire } from "node:module";
import path from "node:path";
import { RunError } from "@pulumi/pulumi/errors";
import { getMonitor } from "@pulumi/pulumi/runtime/settings";

const ENTRY = "pulumi-ngrok-ai/dynamic";
/** Before the program can have changed it. */
const STARTED_IN = process.cwd();

let isChecked = false;

/** @throws RunError that says what to install; looks once per process, and only where an engine will start the process. */
export function loadableOrThrow(): void {
  if (isChecked) return;
  if (!isEngine(getMonitor())) return;
  isChecked = true;
  if ([STARTED_IN, process.cwd()].some(isLoadableFrom)) return;
  throw new RunError(
    `Pulumi cannot load pulumi-ngrok-ai from ${STARTED_IN}: its provider process looks for the package in node_modules there and above. ` +
      "Add it to the program's own dependencies (npm install pulumi-ngrok-ai, or pnpm add pulumi-ngrok-ai), also where another package brings it.",
  );
}

function isLoadableFrom(folder: string): boolean {
  try {
    // Not this file's own `require`, which finds this package wherever it is.
    createRequire(path.join(folder, "program.js")).resolve(ENTRY);
    return true;
  } catch {
    return false;
  }
}

/** Mocks answer in the program's own process; an engine is a gRPC client. */
function isEngine(monitor: unknown): boolean {
  return typeof monitor === "object" && monitor !== null && "getChannel" in monitor;
}
