// `npm run up|offline|test|check|bench|build|docs|format|pulumi|release`: runs the set-up first, then the command, with the Node
// version that Pulumi's SDK needs.
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { root, run, npm, say, ensureNode, environmentFor, ensureDependencies, ensureBuild } = require("./setup.js");
const { environmentWithPulumi } = require("./pulumiCli.js");

const [command, ...allArguments] = process.argv.slice(2);
const { engine, args } = withoutEngine(allArguments);
const bin = (...parts) => path.join(root, "node_modules", ...parts);

/** Removes `--engine=cli` or `--engine cli` from the arguments, so that every command accepts both forms. */
function withoutEngine(given) {
  const index = given.findIndex((argument) => argument === "--engine" || argument.startsWith("--engine="));
  if (index === -1) return { engine: "offline", args: given };
  const [, value] = given[index].split("=");
  const taken = value === undefined ? 2 : 1;
  return { engine: value ?? given[index + 1], args: given.toSpliced(index, taken) };
}

/** The running examples of `npm run up -- --keep`, the latest first. */
function runningExamples() {
  const folder = path.join(root, ".local", "running");
  const names = fs.existsSync(folder) ? fs.readdirSync(folder) : [];
  const files = names.map((name) => path.join(folder, name));
  const age = new Map(files.map((file) => [file, fs.statSync(file).mtimeMs]));
  return files
    .sort((one, other) => age.get(other) - age.get(one))
    .map((file) => JSON.parse(fs.readFileSync(file, "utf8")))
    .filter(({ pid }) => isRunning(pid));
}

function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    if (error.code !== "ESRCH") throw error;
    return false;
  }
}

/** Parses the options of a command; an unknown option prints the usage and the nearest option. */
function optionsOf(name, declared) {
  const { Command } = require("commander");
  const parser = new Command(`npm run ${name} --`).showHelpAfterError();
  for (const [flags, description] of declared) parser.option(flags, description);
  return parser.parse(args, { from: "user" }).opts();
}

/** Checks that every module resolution of TypeScript and Node finds each entry of the package and its types. */
function checkPackage(node, env) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "package-"));
  try {
    npm(["pack", "--ignore-scripts", "--silent", "--pack-destination", folder], env);
    const [tarball] = fs.readdirSync(folder).map((name) => path.join(folder, name));
    run(node, [bin("publint", "src", "cli.js"), "run", "--strict", tarball], { env });
    run(node, [bin("@arethetypeswrong", "cli", "dist", "index.js"), tarball, "--format", "ascii", "--quiet"], { env });
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

const commands = {
  up: (node, env) => run(node, [path.join(root, "scripts", "up.mts"), `--engine=${engine}`, ...args], { env }),
  // `pulumi-ngrok-ai offline …` on the example that `npm run up -- --keep` left running.
  offline: (node, env) => {
    const [running, ...others] = runningExamples();
    if (running === undefined) {
      console.error("Nothing is running. Start the example with `npm run up -- --keep`, and leave that terminal open.");
      process.exit(1);
    }
    if (others.length > 0) say(`${others.length + 1} examples are running; this is the one that was started last`);
    const [operation, ...rest] = args;
    const flags = operation === undefined || operation.startsWith("-") ? [] : running.flags;
    const command = [path.join(root, "dist", "cli", "main.js"), "offline", ...args.slice(0, 1), ...flags, ...rest];
    run(node, command, { env: { ...env, ...running.env } });
  },
  test: (node, env) => run(node, [bin("jest", "bin", "jest.js"), ...args], { env: { ...env, TEST_ENGINE: engine } }),
  check: (node, env) => {
    const fix = optionsOf("check", [["--fix", "format and repair what can be repaired"]]).fix ? ["--write"] : [];
    say("format and lint");
    run(node, [bin("@biomejs", "biome", "bin", "biome"), "check", "--error-on-warnings", ...fix], { env });
    say("types of sources, tests, benchmarks and examples");
    run(node, [bin("typescript", "bin", "tsc"), "-p", "tsconfig.check.json"], { env });
    say("import rules");
    run(node, [bin("jest", "bin", "jest.js"), "test/architecture"], { env });
    say("entries and types of the packed package");
    checkPackage(node, env);
  },
  bench: (node, env) => run(node, [path.join(root, "bench", "main.mts"), `--engine=${engine}`, ...args], { env }),
  build: () => optionsOf("build", []),
  // The CLI that `--engine=cli` uses, with the given arguments; prints its version without any.
  pulumi: (_node, env) =>
    run("pulumi", args.length === 0 ? ["version"] : args, { env, cwd: process.env.INIT_CWD ?? root }),
  docs: (node, env) => {
    const check = optionsOf("docs", [["--check", "write nothing and name the pages that differ"]]).check;
    run(node, [path.join(root, "scripts", "docs", "main.mts"), ...(check ? ["--check"] : [])], { env });
  },
  release: (node, env) => run(node, [path.join(root, "scripts", "release.mts"), ...args], { env }),
  format: (node, env) => run(node, [bin("@biomejs", "biome", "bin", "biome"), "check", "--write", ...args], { env }),
};

/** Commands that run on either engine; `pulumi` is the CLI itself. */
const ENGINE_COMMANDS = new Set(["up", "test", "bench"]);

async function main() {
  if (!Object.hasOwn(commands, command)) {
    console.error(`usage: node scripts/run.js ${Object.keys(commands).join("|")}`);
    process.exit(2);
  }
  if (!["offline", "cli"].includes(engine)) {
    console.error(`--engine must be "offline" or "cli", not "${engine}"`);
    process.exit(2);
  }
  const node = ensureNode();
  const environment = environmentFor(node);
  ensureDependencies(environment);
  if (command !== "format") ensureBuild(node, environment, { force: command === "build" });
  const needsCli = command === "pulumi" || (engine === "cli" && ENGINE_COMMANDS.has(command));
  await commands[command](node, needsCli ? await environmentWithPulumi(environment) : environment);
}

main().catch((error) => {
  if (error.exitCode === undefined) console.error(`setup: ${error.message}`);
  process.exit(error.exitCode ?? 1);
});
