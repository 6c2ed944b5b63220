// Finds a Pulumi CLI for the tests, examples and benchmarks that run on Pulumi's own engine: an installed one that is recent
// enough, else one that is built from the Go module in test/pulumi-cli. Plain JavaScript, as setup.js.
const { spawn, spawnSync } = require("node:child_process");
const fs = require("node:fs");
const path = require("node:path");
const readline = require("node:readline");
const { root, say } = require("./setup.js");

const SDK_FOLDER = path.join(root, "node_modules", "@pulumi", "pulumi");
/** What is built from Go: the folder of the go.mod, the module that it pins, and the variable that holds the version. */
const CLI = {
  folder: path.join(root, "test", "pulumi-cli", "cli"),
  module: "github.com/pulumi/pulumi/pkg/v3",
  versionVariable: "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version",
};
const YAML_HOST = {
  folder: path.join(root, "test", "pulumi-cli", "language-yaml"),
  module: "github.com/pulumi/pulumi-yaml",
  versionVariable: "github.com/pulumi/pulumi-yaml/pkg/version.Version",
};
/** Executables that the released CLI ships, and the folders of ours: the CLI alone comes from its Go module. */
const COMPANIONS = {
  "pulumi-language-nodejs": path.join(root, "test", "helpers", "languageHost"),
  "pulumi-resource-pulumi-nodejs": SDK_FOLDER,
};
/** The first Go that fetches the release which a go.mod asks for. */
const MIN_GO = [1, 21, 0];
/** A line of progress for each of these shares, where no terminal shows it in place. */
const PROGRESS_STEPS = 10;

const executable = (folder, name) => path.join(folder, process.platform === "win32" ? `${name}.exe` : name);

/** The version that a go.mod pins: "v3.274.1". */
function pinnedVersion({ folder, module }) {
  const [, rest] = fs.readFileSync(path.join(folder, "go.mod"), "utf8").split(`${module} `);
  if (rest === undefined) throw new Error(`${folder}/go.mod names no version of ${module}`);
  return rest.split(/\s/)[0];
}

/** "v3.274.1-alpha.1" and "go1.26.8" as three numbers; undefined where there is no version in the text. */
function versionNumbers(text) {
  const match = /(\d+)\.(\d+)(?:\.(\d+))?/.exec(text);
  return match === null ? undefined : match.slice(1).map((part) => Number(part ?? 0));
}

function isAtLeast(version, minimum) {
  const index = version.findIndex((part, position) => part !== minimum[position]);
  return index === -1 || version[index] > minimum[index];
}

/** The version that `pulumi version` prints, or undefined where there is no such command. */
function versionOf(command, environment) {
  const env = { ...environment, PULUMI_SKIP_UPDATE_CHECK: "true" };
  const { status, stdout } = spawnSync(command, ["version"], { env, encoding: "utf8" });
  return status === 0 ? stdout.trim() : undefined;
}

/** Where a command is on PATH, symbolic links resolved. */
function onPath(name, environment) {
  const folders = (environment.PATH ?? environment.Path ?? "").split(path.delimiter);
  const file = folders.map((folder) => executable(folder, name)).find((each) => fs.existsSync(each));
  return file && fs.realpathSync(file);
}

/** Folders that must be on PATH for an installed CLI, or undefined when there is none that is recent enough. */
function installedCli(environment, minimum) {
  const version = versionOf("pulumi", environment);
  const numbers = version && versionNumbers(version);
  if (numbers === undefined) return undefined;
  if (isAtLeast(numbers, versionNumbers(minimum))) return [];
  say(`the installed Pulumi CLI ${version} is older than @pulumi/pulumi ${minimum}, so it is not used`);
  return undefined;
}

function checkGo(environment, minimum) {
  const { status, stdout } = spawnSync("go", ["version"], { env: environment, encoding: "utf8" });
  const numbers = status === 0 ? versionNumbers(stdout) : undefined;
  if (numbers !== undefined && isAtLeast(numbers, MIN_GO)) return;
  const go =
    numbers === undefined ? "Go is not installed" : `Go ${numbers.join(".")} is older than ${MIN_GO.join(".")}`;
  throw new Error(
    `no Pulumi CLI ${minimum} or newer is installed, and ${go}, so none can be built: install one of them (https://www.pulumi.com/docs/install/, https://go.dev/dl/)`,
  );
}

/** Reports how many of `total` packages are compiled: in place on a terminal, else a line now and then. */
function progressReporter(total) {
  let done = 0;
  let reportedSteps = 0;
  return () => {
    done = Math.min(done + 1, total);
    if (process.stderr.isTTY) {
      process.stderr.write(`\rsetup: ${done} of ${total} packages compiled${done === total ? "\n" : ""}`);
      return;
    }
    const steps = Math.floor((done * PROGRESS_STEPS) / total);
    if (steps === reportedSteps) return;
    reportedSteps = steps;
    say(`${done} of ${total} packages compiled`);
  };
}

/** How many packages an executable consists of; fetches the modules they are in. */
function packageCount({ folder }, environment) {
  const options = { env: environment, encoding: "utf8" };
  const { status, stdout, stderr } = spawnSync("go", ["list", "-C", folder, "-deps", "tool"], options);
  if (status !== 0) throw new Error(`Go modules could not be fetched: ${stderr.trim().split("\n").at(-1)}`);
  return stdout.trim().split("\n").length;
}

/** Compiles one executable into `target`. */
async function compile(source, target, environment, reportOne) {
  const linkerFlags = `-s -w -X ${source.versionVariable}=${pinnedVersion(source)}`;
  const args = ["-C", source.folder, "-v", "-buildvcs=false", "-o", target + path.sep, "-ldflags", linkerFlags, "tool"];
  const child = spawn("go", ["build", ...args], { env: environment, stdio: ["ignore", "inherit", "pipe"] });
  const problems = [];
  readline.createInterface({ input: child.stderr }).on("line", (line) => {
    // With -v Go prints the name of each package that it compiles; a line with a space in it is a message.
    if (line.includes(" ")) problems.push(line);
    else reportOne();
  });
  const code = await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  if (code !== 0) throw new Error(`${source.module} could not be built: ${problems.join("\n")}`);
}

/** The folder of a CLI built from the Go module; builds it where it is missing. */
async function builtCli(environment, minimum) {
  const versions = [CLI, YAML_HOST].map((source) => pinnedVersion(source).slice(1));
  const folder = path.join(root, ".toolchain", `pulumi-${versions[0]}-yaml-${versions[1]}`);
  if (!fs.existsSync(folder)) {
    checkGo(environment, minimum);
    await buildCli(folder, environment);
  }
  // The CLI looks beside itself first, and warns of what it takes from PATH.
  for (const [name, source] of Object.entries(COMPANIONS)) linkTo(path.join(source, name), path.join(folder, name));
  return folder;
}

/** A symbolic link to `target`, also where one to another checkout is left. */
function linkTo(target, link) {
  if (fs.lstatSync(link, { throwIfNoEntry: false }) && fs.readlinkSync(link) === target) return;
  fs.rmSync(link, { force: true });
  fs.symlinkSync(target, link);
}

async function buildCli(folder, environment) {
  say(`building the Pulumi CLI ${pinnedVersion(CLI)} from its Go module (once; about 8 minutes on two processors)`);
  const startedAt = Date.now();
  const sources = [CLI, YAML_HOST];
  say("fetching Go modules");
  const reportOne = progressReporter(sources.reduce((sum, source) => sum + packageCount(source, environment), 0));
  // Renamed when complete, so that neither an interrupted build nor one in another terminal leaves half a folder.
  const unfinished = `${folder}.${process.pid}`;
  fs.mkdirSync(unfinished, { recursive: true });
  try {
    for (const source of sources) await compile(source, unfinished, environment, reportOne);
    if (!fs.existsSync(folder)) fs.renameSync(unfinished, folder);
  } finally {
    fs.rmSync(unfinished, { recursive: true, force: true });
  }
  say(`the Pulumi CLI was built in ${((Date.now() - startedAt) / 1000).toFixed(0)} s`);
}

/** Folders of the executables that stand neither on PATH nor beside the CLI. */
function missingCompanions(environment) {
  const cliFolder = path.dirname(onPath("pulumi", environment) ?? "");
  const isMissing = (name) => onPath(name, environment) === undefined && !fs.existsSync(executable(cliFolder, name));
  return Object.keys(COMPANIONS)
    .filter(isMissing)
    .map((name) => COMPANIONS[name]);
}

function withFolders(folders, environment) {
  return { ...environment, PATH: [...folders, environment.PATH].join(path.delimiter) };
}

/** The environment in which `pulumi` runs Node programs of this repository; throws an error of one line where it cannot. */
async function environmentWithPulumi(environment) {
  const { version: minimum } = JSON.parse(fs.readFileSync(path.join(SDK_FOLDER, "package.json"), "utf8"));
  const folders = installedCli(environment, minimum) ?? [await builtCli(environment, minimum)];
  const withCli = withFolders(folders, environment);
  return {
    ...withFolders(missingCompanions(withCli), withCli),
    PULUMI_SKIP_UPDATE_CHECK: "true",
    // Everything that a test needs is at hand: a plugin that is missing must be an error, never a download.
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
  };
}

module.exports = { environmentWithPulumi };
