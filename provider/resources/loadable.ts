/**
 * Check that Pulumi's provider process can load this package. That process starts in the program's folder and resolves the
 * package from there, not from the program's own files, so it may not find a package that is only an indirect dependency.
 */
import { createRequire } from "node:module";
import path from "node:path";
import { RunError } from "@pulumi/pulumi/errors";
import { getMonitor } from "@pulumi/pulumi/runtime/settings";

const ENTRY = "pulumi-ngrok-ai/dynamic";
/** Read at load time, before the program can change the directory. */
const STARTED_IN = process.cwd();

let isChecked = false;

/**
 * Runs once per process, and only if an engine will start the provider process.
 * @throws RunError that names the package to install
 */
export function loadableOrThrow(): void {
  if (isChecked) return;
  if (!isEngine(getMonitor())) return;
  isChecked = true;
  if ([STARTED_IN, process.cwd()].some(isLoadableFrom)) return;
  throw new RunError(
    `Pulumi cannot load pulumi-ngrok-ai from ${STARTED_IN}: its provider process looks for the package in node_modules there and above. ` +
      "Add it to the program's own dependencies (npm install pulumi-ngrok-ai, or pnpm add pulumi-ngrok-ai), also if another package depends on it.",
  );
}

function isLoadableFrom(folder: string): boolean {
  try {
    // Not this file's own `require`, which always finds this package.
    createRequire(path.join(folder, "program.js")).resolve(ENTRY);
    return true;
  } catch {
    return false;
  }
}

/** Whether an engine runs the program: an engine's monitor is a gRPC client, while mocks answer in the same process. */
function isEngine(monitor: unknown): boolean {
  return typeof monitor === "object" && monitor !== null && "getChannel" in monitor;
}
