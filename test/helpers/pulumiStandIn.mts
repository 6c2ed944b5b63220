/**
 * Replaces the command `pulumi` if there is no CLI: runs the calls of the pipelines in examples/gitops on the offline engine.
 * Reads the path of the state's file from OFFLINE_STATE. An unknown flag is an error, so that none is ignored silently.
 */
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";

const OPERATIONS = ["preview", "up", "refresh"];
const PASSED_FLAGS = ["refresh", "expect-no-changes", "preview-only", "yes", "skip-preview", "diff", "json"] as const;
const main = path.resolve(import.meta.dirname, "..", "..", "dist", "cli", "main.js");

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    stack: { type: "string", default: "" },
    refresh: { type: "boolean", default: false },
    "expect-no-changes": { type: "boolean", default: false },
    "preview-only": { type: "boolean", default: false },
    yes: { type: "boolean", default: false },
    "skip-preview": { type: "boolean", default: false },
    diff: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    // Without a terminal, the engine asks for no confirmation; in a pipe it uses no colors; in a document it lists unchanged
    // resources.
    "non-interactive": { type: "boolean" },
    "show-sames": { type: "boolean" },
    color: { type: "string" },
  },
});
const stateFile = process.env.OFFLINE_STATE ?? "";
const stackName = values.stack.split("/").at(-1) ?? "";
const [command = "", ...rest] = positionals;

if (OPERATIONS.includes(command)) {
  const flags = PASSED_FLAGS.filter((flag) => values[flag]);
  const stack = ["--cwd", ".", "--stack", stackName, "--state", stateFile];
  const args = [main, "offline", command, ...stack, ...flags.map((flag) => `--${flag}`)];
  process.exitCode = spawnSync(process.execPath, args, { stdio: "inherit" }).status ?? 1;
} else if (positionals.join(" ") === "stack export") {
  process.stdout.write(fs.readFileSync(stateFile, "utf8"));
} else if (command === "config" && rest[0] === "get" && rest[1] !== undefined) {
  const { OfflineStack } = await import("pulumi-ngrok-ai/emulator");
  const opened = await OfflineStack.create({ workDir: ".", stackName, stateFile });
  console.log((await opened.getConfig(rest[1])).value);
} else {
  console.error(`the stand-in for pulumi does not know: ${process.argv.slice(2).join(" ")}`);
  process.exitCode = 2;
}
