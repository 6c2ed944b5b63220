// Finds a Pulumi CLI for the tests, examples and benchmarks that run on Pulumi's own engine: an installed CLI that is recent
// enough, otherwise one that is built from the Go module in test/pulumi-cli. Plain JavaScript, like setup.js.
const { spawn, spawnSync } = require("node:child_process");
const fs = require("node:fs");
const path = require("node:path");
const readline = require("node:readline");
const { root, say } = require("./setup.js");

const SDK_FOLDER = path.join(root, "node_modules", "@pulumi", "pulumi");
/** A program to build with Go: the folder of the go.mod, the module that it pins, and the variable that contains the version. */
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
/** Executables of the released CLI that the Go module does not contain, and the local folders with them. */
const COMPANIONS = {
  "pulumi-language-nodejs": path.join(root, "test", "helpers", "languageHost"),
  "pulumi-resource-pulumi-nodejs": SDK_FOLDER,
};
/** The first version of Go that downloads the release which a go.mod requires. */
const MIN_GO = [1, 21, 0];
/** Number of progress lines if no terminal can update one line. */
const PROGRESS_STEPS = 10;

const executable = (folder, name) => path.join(folder, process.platform === "win32" ? `${name}.exe` : name);

/** The version that a go.mod pins: "v3.274.1". */
function pinnedVersion({ folder, module }) {
  const [, rest] = fs.readFileSync(path.join(folder, "go.mod"), "utf8").split(`${module} `);
  if (rest === undefined) throw new Error(`${folder}/go.mod names no version of ${module}`);
  return rest.split(/\s/)[0];
}

/** "v3.274.1-alpha.1" and "go1.26.8" as three numbers; undefined if the text contains no version. */
function versionNumbers(text) {
  const match = /(\d+)\.(\d+)(?:\.(\d+))?/.exec(text);
  return match === null ? undefined : match.slice(1).map((part) => Number(part ?? 0));
}

function isAtLeast(version, minimum) {
  const index = version.findIndex((part, position) => part !== minimum[position]);
  return index === -1 || version[index] > minimum[index];
}

/** The version that `pulumi version` prints, or undefined if the command does not exist. */
function versionOf(command, environment) {
  const env = { ...environment, PULUMI_SKIP_UPDATE_CHECK: "true" };
  const { status, stdout } = spawnSync(command, ["version"], { env, encoding: "utf8" });
  return status === 0 ? stdout.trim() : undefined;
}

/** Path of a command on PATH, symbolic links resolved. */
function onPath(name, environment) {
  const folders = (environment.PATH ?? environment.Path ?? "").split(path.delimiter);
  const file = folders.map((folder) => executable(folder, name)).find((each) => fs.existsSync(each));
  return file && fs.realpathSync(file);
}

/** Folders that an installed CLI needs on PATH, or undefined if no CLI is recent enough. */
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

/** Reports how many of `total` packages are compiled: in one line on a terminal, otherwise in a few lines. */
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

/** Number of packages of an executable; downloads the modules that contain them. */
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
    // With -v Go prints the name of each package that it compiles; a line with a space is a message.
    if (line.includes(" ")) problems.push(line);
    else reportOne();
  });
  const code = await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  if (code !== 0) throw new Error(`${source.module} could not be built: ${problems.join("\n")}`);
}

/** The folder of a CLI built from the Go module; builds it if it is missing. */
async function builtCli(environment, minimum) {
  const versions = [CLI, YAML_HOST].map((source) => pinnedVersion(source).slice(1));
  const folder = path.join(root, ".toolchain", `pulumi-${versions[0]}-yaml-${versions[1]}`);
  if (!fs.existsSync(folder)) {
    checkGo(environment, minimum);
    await buildCli(folder, environment);
  }
  // The CLI looks in its own folder first, and warns about executables from PATH.
  for (const [name, source] of Object.entries(COMPANIONS)) linkTo(path.join(source, name), path.join(folder, name));
  return folder;
}

/** A symbolic link to `target`; replaces a link to another checkout. */
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
  // Renamed when complete, so that neither an interrupted build nor one in another terminal leaves an incomplete folder.
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

/** Folders of the executables that are neither on PATH nor in the CLI's folder. */
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

/** The environment in which `pulumi` runs this repository's Node programs; throws a one-line error if it cannot run. */
async function environmentWithPulumi(environment) {
  const { version: minimum } = JSON.parse(fs.readFileSync(path.join(SDK_FOLDER, "package.json"), "utf8"));
  const folders = installedCli(environment, minimum) ?? [await builtCli(environment, minimum)];
  const withCli = withFolders(folders, environment);
  return {
    ...withFolders(missingCompanions(withCli), withCli),
    PULUMI_SKIP_UPDATE_CHECK: "true",
    // All plugins that a test needs are installed: a missing plugin must be an error, never a download.
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
  };
}

module.exports = { environmentWithPulumi };
