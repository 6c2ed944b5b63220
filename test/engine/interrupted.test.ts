/**
 * Ctrl-C on `pulumi-ngrok-ai offline up` during a slow creation: how the command ends, its messages and the state, that all its
 * processes end, and that the next run continues. Uses the build in dist.
 * Does not prove what a terminal shows: the command's output goes into pipes here. Signals are those of Linux and macOS. A
 * provider that keeps running is not detected; its children are.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Running, runCommand, startCommand } from "../helpers/commandLine";
import { untilPending } from "../helpers/stateFile";

/** Inside the repository, so that programs find its node_modules. */
const PROGRAMS_FOLDER = path.resolve(__dirname, "../..", ".local", "engine-tests");

/** Three creations in a row; the second one lasts as long as the file `hold` exists. Program and provider have children. */
const PROGRAM = `
const fs = require("node:fs");
const { spawn } = require("node:child_process");
const pulumi = require("@pulumi/pulumi");
const hold = "HOLD";
spawn(process.execPath, ["-e", "setInterval(() => undefined, 1000)", hold], { stdio: "inherit" }).unref();
const provider = {
  async create({ name }) {
    if (name === "slow" && fs.existsSync(hold)) {
      const { spawn } = require("node:child_process");
      spawn(process.execPath, ["-e", "setInterval(() => undefined, 1000)", hold], { stdio: "inherit" });
      while (fs.existsSync(hold)) await new Promise((resolve) => setTimeout(resolve, 10));
    }
    return { id: "id-of-" + name, outs: { name } };
  },
};
class Thing extends pulumi.dynamic.Resource {
  constructor(name, opts) { super(provider, name, { name }, opts, "test", "Thing"); }
}
const quick = new Thing("quick");
const slow = new Thing("slow", { dependsOn: quick });
new Thing("last", { dependsOn: slow });
`;

interface Report {
  readonly result: string;
  readonly changeSummary: Readonly<Record<string, number>>;
  readonly steps: readonly { readonly op: string; readonly name: string }[];
  readonly diagnostics: readonly { readonly severity: string; readonly message: string }[];
}

interface Resource {
  readonly urn: string;
  readonly id?: string;
}

class InterruptedProject {
  readonly folder: string;
  readonly hold: string;
  private readonly stateFile: string;

  constructor() {
    mkdirSync(PROGRAMS_FOLDER, { recursive: true });
    this.folder = mkdtempSync(path.join(PROGRAMS_FOLDER, "interrupted-"));
    this.hold = path.join(this.folder, "hold");
    this.stateFile = path.join(this.folder, "state.json");
    const manifest = "name: shop\nruntime: { name: nodejs, options: { typescript: false } }\nmain: index.js\n";
    writeFileSync(path.join(this.folder, "Pulumi.yaml"), manifest);
    writeFileSync(path.join(this.folder, "index.js"), PROGRAM.replace('"HOLD"', JSON.stringify(this.hold)));
    writeFileSync(this.hold, "");
  }

  private get args(): string[] {
    return ["offline", "up", "--json", "--cwd", this.folder, "--state", this.stateFile];
  }

  /** The folder is in the environment of every process of the command, so that remaining processes can be found. */
  private get env(): NodeJS.ProcessEnv {
    return { PULUMI_CONFIG_PASSPHRASE: "p", INTERRUPTED_PROJECT: this.folder };
  }

  /** Runs `up` until the slow creation and all child processes have started. */
  async startUp(): Promise<Running> {
    const running = startCommand(this.args, this.env, true);
    await untilPending(this.stateFile, "Thing");
    while (this.processes().filter((line) => line.includes("setInterval")).length < 2) await sleep(20);
    return running;
  }

  async up(): Promise<Report> {
    const { stdout } = await runCommand(this.args, this.env);
    return JSON.parse(stdout) as Report;
  }

  letGo(): void {
    rmSync(this.hold);
  }

  /** All processes with the project's folder in their command line or, on Linux, in their environment. */
  processes(): string[] {
    const all = execFileSync("ps", ["axeww", "-o", "pid=,command="], { encoding: "utf8", maxBuffer: 2 ** 28 });
    return all.split("\n").filter((line) => line.includes(this.folder));
  }

  private get deployment(): { resources: Resource[]; pending_operations?: { type: string; resource: Resource }[] } {
    return JSON.parse(readFileSync(this.stateFile, "utf8")).deployment;
  }

  /** Names and ids of the program's resources, in the state's order. */
  recorded(): [string, string | undefined][] {
    return this.deployment.resources
      .filter(({ urn }) => urn.includes("Thing::"))
      .map(({ urn, id }) => [nameOf(urn), id]);
  }

  pending(): [string, string][] {
    return (this.deployment.pending_operations ?? []).map(({ type, resource }) => [type, nameOf(resource.urn)]);
  }

  isLocked(): boolean {
    return existsSync(`${this.stateFile}.lock`);
  }

  dispose(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const nameOf = (urn: string) => urn.split("::").at(-1) ?? "";
const errorsOf = ({ diagnostics }: Report) =>
  diagnostics.filter(({ severity }) => severity === "error").map(({ message }) => message);
const createdBy = ({ steps }: Report) => steps.filter(({ op }) => op === "create").map(({ name }) => name);

/** Sends SIGINT to the whole process group, as a terminal does. */
function pressCtrlC({ child }: Running): void {
  process.kill(-(child.pid ?? 0), "SIGINT");
}

/** Resolves when the command has announced the cancellation. */
function heard({ child }: Running): Promise<void> {
  return new Promise((resolve) => {
    let text = "";
    child.stderr?.on("data", (chunk: string) => {
      text += chunk;
      if (text.includes("Canceling")) resolve();
    });
  });
}

let project: InterruptedProject;
beforeEach(() => {
  project = new InterruptedProject();
});
afterEach(() => {
  // Processes left by a failed test would delay the next one.
  for (const line of project.processes()) process.kill(Number(line.trim().split(" ")[0]), "SIGKILL");
  project.dispose();
});

const ANNOUNCEMENT = "Canceling: running steps are finished first. Press Ctrl-C again to end at once.";

test("Ctrl-C lets the running creation end, records it and begins nothing new; the next up continues", async () => {
  const running = await project.startUp();
  const announced = heard(running);
  pressCtrlC(running);
  await announced;
  project.letGo();
  const { code, stdout, stderr } = await running.ended;
  expect(code).toBe(1);
  expect(stderr.trim()).toBe(ANNOUNCEMENT);
  const report = JSON.parse(stdout) as Report;
  expect(report.result).toBe("canceled");
  expect(errorsOf(report)).toEqual(["update canceled"]);
  expect(project.recorded()).toEqual([
    ["quick", "id-of-quick"],
    ["slow", "id-of-slow"],
  ]);
  expect(project.pending()).toEqual([]);
  expect(project.isLocked()).toBe(false);
  expect(project.processes()).toEqual([]);
  expect(createdBy(await project.up())).toEqual(["last"]);
});

test("Ctrl-C ends a provider that keeps running, and the state lists the running operation", async () => {
  const running = await project.startUp();
  pressCtrlC(running);
  const { code, stdout } = await running.ended;
  expect(code).toBe(1);
  const report = JSON.parse(stdout) as Report;
  expect(report.result).toBe("canceled");
  expect(errorsOf(report)).toEqual([
    expect.stringContaining('the provider process of package "pulumi-nodejs" ended during Create'),
    "update canceled",
  ]);
  expect(project.recorded()).toEqual([["quick", "id-of-quick"]]);
  expect(project.pending()).toEqual([["creating", "slow"]]);
  expect(project.isLocked()).toBe(false);
  expect(project.processes()).toEqual([]);
  project.letGo();
  expect(createdBy(await project.up())).toEqual(["slow", "last"]);
});

test("a second Ctrl-C ends everything at once; the next up replaces the lock and reports the creation", async () => {
  const running = await project.startUp();
  const announced = heard(running);
  pressCtrlC(running);
  await announced;
  pressCtrlC(running);
  expect((await running.ended).code).toBe(130);
  while (project.processes().length > 0) await sleep(20);
  expect(project.recorded()).toEqual([["quick", "id-of-quick"]]);
  expect(project.pending()).toEqual([["creating", "slow"]]);
  project.letGo();
  const report = await project.up();
  expect(createdBy(report)).toEqual(["slow", "last"]);
  const warnings = report.diagnostics.filter(({ severity }) => severity === "warning").map(({ message }) => message);
  expect(warnings).toEqual([
    expect.stringContaining("a stale lock was found and replaced"),
    expect.stringMatching(/1 pending operations[\s\S]*::slow, interrupted while creating/),
  ]);
  expect(project.isLocked()).toBe(false);
});
