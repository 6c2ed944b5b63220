// `npm run up|test|check|bench|build|format`: set-up first, then the command, with the Node that Pulumi's SDK needs.
const path = require("node:path");
const { root, run, say, ensureNode, environmentFor, ensureDependencies, ensureBuild } = require("./setup.js");

const [command, ...args] = process.argv.slice(2);
const bin = (...parts) => path.join(root, "node_modules", ...parts);

const commands = {
  up: (node, env) => run(node, [path.join(root, "scripts", "up.mts"), ...args], { env }),
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
