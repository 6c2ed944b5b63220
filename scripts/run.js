// `npm run up|offline|test|check|bench|build|docs|format`: set-up first, then the command, with the Node that Pulumi's SDK needs.
const fs = require("node:fs");
const path = require("node:path");
const { root, run, say, ensureNode, environmentFor, ensureDependencies, ensureBuild } = require("./setup.js");

const [command, ...args] = process.argv.slice(2);
const bin = (...parts) => path.join(root, "node_modules", ...parts);

/** What each `npm run up -- --keep` wrote down that still runs, the last one first. */
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

const commands = {
  up: (node, env) => run(node, [path.join(root, "scripts", "up.mts"), ...args], { env }),
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
  test: (node, env) => {
    const engine = args.find((argument) => argument.startsWith("--engine="))?.slice("--engine=".length);
    const rest = args.filter((argument) => !argument.startsWith("--engine="));
    const environment = engine ? { ...env, TEST_ENGINE: engine } : env;
    run(node, [bin("jest", "bin", "jest.js"), ...rest], { env: environment });
  },
  check: (node, env) => {
    const fix = args.includes("--fix") ? ["--write"] : [];
    say("format and lint");
    run(node, [bin("@biomejs", "biome", "bin", "biome"), "check", "--error-on-warnings", ...fix], { env });
    say("types of sources, tests, benchmarks and examples");
    run(node, [bin("typescript", "bin", "tsc"), "-p", "tsconfig.check.json"], { env });
    say("import rules");
    run(node, [bin("jest", "bin", "jest.js"), "test/architecture"], { env });
  },
  bench: (node, env) => run(node, [path.join(root, "bench", "main.mts"), ...args], { env }),
  build: () => {},
  docs: (node, env) => run(node, [path.join(root, "scripts", "docs", "main.mts"), ...args], { env }),
  format: (node, env) => run(node, [bin("@biomejs", "biome", "bin", "biome"), "check", "--write", ...args], { env }),
};

if (!Object.hasOwn(commands, command)) {
  console.error(`usage: node scripts/run.js ${Object.keys(commands).join("|")}`);
  process.exit(2);
}
try {
  const node = ensureNode();
  const environment = environmentFor(node);
  ensureDependencies(environment);
  if (command !== "format") ensureBuild(node, environment, { force: command === "build" });
  commands[command](node, environment);
} catch (error) {
  if (error.exitCode === undefined) console.error(`setup: ${error.message}`);
  process.exit(error.exitCode ?? 1);
}
