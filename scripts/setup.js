// Installs what this repository needs to run: Node 24 if the machine's own version is too old, the dependencies, and the build.
// Plain JavaScript for Node >= 20 without dependencies, because it runs before anything is installed.
const { spawnSync } = require("node:child_process");
const fs = require("node:fs");
const path = require("node:path");

const root = path.resolve(__dirname, "..");
const NODE_MAJOR_NEEDED = 24;
const NODE_VERSION = "24.21.0";
const MAX_NPM_ERROR_LINES = 15;

/** One line per step, on stderr so that a command's own output stays clean. */
function say(text) {
  process.stderr.write(`setup: ${text}\n`);
}

function run(command, args, options = {}) {
  const result = spawnSync(command, args, { cwd: root, stdio: "inherit", ...options });
  if (result.error) throw new Error(`cannot start ${command}: ${result.error.message}`);
  if (result.status !== 0) {
    const error = new Error(`${command} ${args.join(" ")} ended with ${result.signal ?? `exit code ${result.status}`}`);
    error.exitCode = result.status ?? 1;
    error.stderr = result.stderr;
    throw error;
  }
  return result;
}

const REGISTRY_HINT = "; is the npm registry reachable?";

/** Runs npm quietly; prints its output only if it fails. @param hint ends the message of the error */
function npm(args, env, hint = "") {
  const command = process.platform === "win32" ? "npm.cmd" : "npm";
  const result = spawnSync(command, args, { cwd: root, env, encoding: "utf8", shell: process.platform === "win32" });
  if (result.status !== 0) {
    const words = `${result.stdout ?? ""}${result.stderr ?? ""}`.split("\n");
    process.stderr.write(`${words.slice(0, MAX_NPM_ERROR_LINES).join("\n")}\n`);
    throw new Error(`npm ${args[0]} failed (${result.error?.message ?? `exit code ${result.status}`})${hint}`);
  }
}

/** The path of the Node binary in npm's package. */
function toolchainNode() {
  const folder = path.join(root, ".toolchain", `node-${NODE_VERSION}`);
  const binary =
    process.platform === "win32"
      ? path.join(folder, "node_modules", `node-win-${process.arch}`, "bin", "node.exe")
      : path.join(folder, "node_modules", `node-${process.platform}-${process.arch}`, "bin", "node");
  return { folder, binary };
}

/** Returns a recent enough Node binary; installs one from npm if necessary. */
function ensureNode() {
  const [major] = process.versions.node.split(".").map(Number);
  if (major >= NODE_MAJOR_NEEDED) return process.execPath;
  const { folder, binary } = toolchainNode();
  if (!fs.existsSync(binary)) {
    say(`Node ${process.versions.node} is too old for Pulumi's SDK; installing Node ${NODE_VERSION} from npm`);
    const platform = process.platform === "win32" ? "win" : process.platform;
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(path.join(folder, "package.json"), '{ "private": true }\n');
    npm(
      [
        "install",
        "--prefix",
        folder,
        "--no-save",
        "--no-audit",
        "--no-fund",
        "--loglevel=error",
        `node-${platform}-${process.arch}@${NODE_VERSION}`,
      ],
      process.env,
      REGISTRY_HINT,
    );
    if (!fs.existsSync(binary))
      throw new Error(
        `npm brought no Node binary for ${process.platform}-${process.arch}; install Node ${NODE_MAJOR_NEEDED} yourself`,
      );
  }
  return binary;
}

function environmentFor(node) {
  const environment = { ...process.env };
  const key = Object.keys(environment).find((name) => name.toUpperCase() === "PATH") ?? "PATH";
  environment[key] = [path.dirname(node), path.join(root, "node_modules", ".bin"), environment[key]].join(
    path.delimiter,
  );
  return environment;
}

function newerThan(file, reference) {
  try {
    return fs.statSync(file).mtimeMs > fs.statSync(reference).mtimeMs;
  } catch {
    return true;
  }
}

/** Runs `npm ci` if the lock file is newer than the installation. */
function ensureDependencies(environment) {
  const installed = path.join(root, "node_modules", ".package-lock.json");
  if (!fs.existsSync(installed) || newerThan(path.join(root, "package-lock.json"), installed)) {
    say("installing dependencies (npm ci)");
    const startedAt = Date.now();
    npm(["ci", "--no-audit", "--no-fund", "--loglevel=error", "--ignore-scripts"], environment, REGISTRY_HINT);
    fs.utimesSync(installed, new Date(), new Date());
    say(`dependencies installed in ${((Date.now() - startedAt) / 1000).toFixed(0)} s`);
  }
  // Programs and Pulumi's provider process resolve the package by its name: examples/* and tests find it in this folder.
  const link = path.join(root, "node_modules", "pulumi-ngrok-ai");
  if (!fs.existsSync(link)) fs.symlinkSync("..", link, "junction");
}

/** Files and folders without TypeScript, which the build copies. */
const COPIED = [path.join("cli", "graph", "page"), path.join("provider", "plugin", "schema.json")];
const isCopied = (file) => COPIED.some((copied) => [file, path.dirname(file)].includes(path.join(root, copied)));

function newestSource(folder) {
  let newest = 0;
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) newest = Math.max(newest, newestSource(file));
    else if (entry.name.endsWith(".ts") || isCopied(file)) newest = Math.max(newest, fs.statSync(file).mtimeMs);
  }
  return newest;
}

/** Removes build files without a source: a moved module would still be found at its old path, before the new one. */
function removeOrphans(folder) {
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) removeOrphans(file);
    else if (/\.(js|d\.ts)$/.test(entry.name)) {
      const source = path.join(root, path.relative(path.join(root, "dist"), file));
      const isMade = fs.existsSync(source.replace(/\.(js|d\.ts)$/, ".ts")) || fs.existsSync(source);
      if (!isMade) fs.rmSync(file);
    }
  }
}

/** Compiles to dist/ if a source is newer than the last build. */
function ensureBuild(node, environment, { force = false } = {}) {
  const stamp = path.join(root, "dist", ".built");
  const sources = ["sdk", "provider", "engine", "emulator", "cli"]
    .map((room) => path.join(root, room))
    .filter((room) => fs.existsSync(room));
  const newest = Math.max(...sources.map(newestSource), fs.statSync(path.join(root, "tsconfig.json")).mtimeMs);
  if (!force && fs.existsSync(stamp) && fs.statSync(stamp).mtimeMs >= newest) return;
  say("building");
  const startedAt = Date.now();
  run(node, [path.join(root, "node_modules", "typescript", "bin", "tsc"), "-p", "tsconfig.json"], { env: environment });
  removeOrphans(path.join(root, "dist"));
  for (const copied of COPIED) fs.cpSync(path.join(root, copied), path.join(root, "dist", copied), { recursive: true });
  const main = path.join(root, "dist", "cli", "main.js");
  if (fs.existsSync(main)) fs.chmodSync(main, 0o755);
  fs.writeFileSync(stamp, "");
  say(`built in ${((Date.now() - startedAt) / 1000).toFixed(0)} s`);
}

module.exports = { root, run, npm, say, ensureNode, environmentFor, ensureDependencies, ensureBuild };
