/**
 * Runs killed with signal 9 at a random moment leave no process and a readable state. The state lists objects that may exist
 * without being in it, and refresh and up recover from it. ENGINE_KILLS sets how many runs are killed. Uses the build in dist.
 * Does not prove what a power failure leaves.
 */
import { execFileSync, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { TestProject, WORLD_PROVIDER } from "./harness";
import { closeProgramHost, startHostedProgram } from "./programHost";

const KILLS = Number(process.env.ENGINE_KILLS ?? 4);
const ENGINE = path.resolve(__dirname, "../../dist/engine");

jest.setTimeout(KILLS * 120_000);
afterAll(closeProgramHost);

/** Two programs that the runs alternate between: creations, updates, both kinds of replacement and deletes. */
const PROGRAMS = [
  `const a = new Thing("a", { forceName: "x", dbr: true });
   const b = new Thing("b", { forceOf: a.out });
   const c = new Thing("c", { size: 1, key: pulumi.secret("planted") });
   new Thing("d", { of: c.out });
   new Thing("e", {}, { parent: new Box("box") });
   exports.out = b.out;`,
  `const a = new Thing("a", { forceName: "y", dbr: true });
   const b = new Thing("b", { forceOf: a.out });
   const c = new Thing("c", { size: 2, key: pulumi.secret("planted"), forceName: "z" });
   new Thing("f", { of: c.out });
   exports.out = b.out;`,
];

const SCRIPT = `
  const { OfflineStack } = require(${JSON.stringify(ENGINE)});
  OfflineStack.create(JSON.parse(process.env.STACK_OPTIONS)).then((stack) => stack.up()).catch(() => process.exit(1));
`;

function environmentOf(project: TestProject): Record<string, string> {
  const file = (name: string) => path.join(project.folder, name);
  return {
    WORLD_LOG: file("calls.log"),
    WORLD_CONTROL: file("control.json"),
    WORLD_RECORDS: file("records.json"),
  };
}

/** Runs `up` in its own process, and kills that process a moment after its provider received `callCount` calls. */
async function killedUp(project: TestProject, callCount: number, delayMs: number): Promise<void> {
  const world = { command: process.execPath, args: [WORLD_PROVIDER], env: environmentOf(project) };
  const options = {
    workDir: project.folder,
    stackName: "dev",
    stateFile: project.stateFile,
    passphrase: "password",
    plugins: { world },
  };
  const child = spawn(process.execPath, ["-e", SCRIPT], {
    env: { ...process.env, STACK_OPTIONS: JSON.stringify(options) },
    stdio: "ignore",
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  let isOver = false;
  void ended.then(() => {
    isOver = true;
  });
  const log = path.join(project.folder, "calls.log");
  const calls = () => (existsSync(log) ? readFileSync(log, "utf8").split("\n").length - 1 : 0);
  while (!isOver && calls() < callCount) await sleep(1);
  await sleep(delayMs);
  child.kill("SIGKILL");
  await ended;
}

/** Resolves when no process of the project runs. */
async function untilAllGone(project: TestProject): Promise<void> {
  for (;;) {
    const all = execFileSync("ps", ["-eo", "pid=,args="], { encoding: "utf8" }).split("\n");
    const byArguments = all.filter((line) => line.includes(project.folder));
    const byEnvironment = all.filter((line) => line.includes(WORLD_PROVIDER) && environmentHolds(line, project.folder));
    if (byArguments.length + byEnvironment.length === 0) return;
    await sleep(20);
  }
}

function environmentHolds(line: string, text: string): boolean {
  const file = `/proc/${line.trim().split(" ")[0]}/environ`;
  try {
    return readFileSync(file, "utf8").includes(text);
  } catch {
    // The process ended meanwhile, or the system has no /proc; processes.test.ts checks for remaining processes there.
    return false;
  }
}

const nameOf = (urnOrId: string) => urnOrId.split("::").at(-1)?.replace(/-\d+$/, "") ?? "";

/** Objects of the world that are not in the state; the state must list each as being created. */
function unknownObjects(project: TestProject): string[] {
  const { resources = [], pending_operations = [] } = project.hasState() ? project.document().deployment : {};
  const known = new Set(resources.map(({ id }) => id));
  const pending = pending_operations
    .filter(({ type }) => type === "creating")
    .map(({ resource }) => nameOf(resource.urn));
  const unknown = Object.keys(project.records()).filter((id) => !known.has(id));
  expect(unknown.filter((id) => !pending.includes(nameOf(id)))).toEqual([]);
  return unknown;
}

async function killAndRecover(round: number): Promise<string> {
  const project = new TestProject({ processes: true });
  try {
    const [first = "", second = ""] = PROGRAMS;
    const stack = await project.program(first).stack({ startProgram: startHostedProgram });
    const isUpdate = round % 2 === 1;
    if (isUpdate) {
      await stack.up();
      project.takeCalls();
      project.program(second);
    }
    const callCount = 1 + Math.floor(Math.random() * (isUpdate ? 22 : 10));
    const delayMs = Math.floor(Math.random() * 6);
    await killedUp(project, callCount, delayMs);
    await untilAllGone(project);
    const unknown = unknownObjects(project);
    if (project.hasState()) expect(project.read("state.json")).not.toContain("planted");
    // An operator who reads the list of pending creations would look for these objects and remove them.
    const records = project.records();
    for (const id of unknown) delete records[id];
    project.setRecords(records);
    await stack.refresh({ clearPendingCreates: true });
    await stack.up();
    const things = project.resources().filter(({ type }) => type.startsWith("world:"));
    expect(things.map(({ id }) => id).sort()).toEqual(Object.keys(project.records()).sort());
    expect(things.map(({ urn }) => nameOf(urn)).sort()).toEqual(
      isUpdate ? ["a", "b", "c", "f"] : ["a", "b", "c", "d", "e"],
    );
    expect(things.some((entry) => entry.delete || entry.pendingReplacement)).toBe(false);
    expect(project.document().deployment.pending_operations).toBeUndefined();
    await stack.up({ expectNoChanges: true });
    expect(existsSync(`${project.stateFile}.lock`)).toBe(false);
    return `${callCount} calls: ${unknown.length} unknown`;
  } finally {
    await project.dispose();
  }
}

test("recovers from every killed run, knows every created object, and leaves no process", async () => {
  const seen: string[] = [];
  for (let round = 0; round < KILLS; round++) seen.push(await killAndRecover(round));
  if (process.env.ENGINE_KILLS !== undefined) console.log(`killed runs: ${seen.join("; ")}`);
});
