/**
 * Interruptions of the Pulumi CLI: Ctrl-C, kill -9 of the CLI and of the provider's process. After each, the test does what a user
 * does: `cancel`, `recover --delete`, `refresh --clear-pending-creates`, `up`. In the end each object is at the gateway once and in the
 * state. KILLS=50 adds kills at random requests, KILLS_SEED selects them. The CLI does not write its state atomically: if a kill
 * leaves an empty file, the test first restores the CLI's backup. Does not prove recovery from a power failure.
 */
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import fc from "fast-check";
import { runCommand } from "../helpers/commandLine";
import { startTestGateway, type TestGateway } from "../helpers/gateway";
import { CliProject, type Running } from "./cliProject";

const KILLS = Number(process.env.KILLS ?? 0);
const SEED = Number(process.env.KILLS_SEED ?? 1);

/** Six objects, all created again in each round. */
const PROGRAM = `
const round = new pulumi.Config().require("round");
for (const name of ["one", "two"]) {
  const team = new ngrok.AccessConfiguration(name + round);
  new ngrok.ProviderKey(name + round, { providerId: "openai", value: "planted-value-0123456789abcdef" });
  new ngrok.AccessKey(name + round);
}
`;
const YES = ["--yes", "--skip-preview", "--stack", "dev"];

/** Each step runs several commands, each with three processes. */
jest.setTimeout(900_000);

let gateway: TestGateway;
let project: CliProject;
let round = 0;

beforeAll(async () => {
  gateway = await startTestGateway();
  project = new CliProject("interruptions", PROGRAM, {
    AI_GATEWAY_API_KEY: gateway.apiKey,
    AI_GATEWAY_API_URL: gateway.controlUrl,
  });
  await project.succeed("stack", "init", "dev");
  await nextRound();
});

afterAll(async () => {
  project?.dispose();
  await gateway?.close();
});

async function nextRound(): Promise<void> {
  round += 1;
  await project.succeed("config", "set", "round", String(round), "--stack", "dev");
  await gateway.requests();
}

async function objects(): Promise<string[]> {
  const { client } = gateway;
  const found: string[] = [];
  for (const list of [client.listAccessKeyConfigurations(), client.listProviderKeys(), client.listAccessKeys()])
    for await (const { id } of list) found.push(id);
  return found.toSorted();
}

async function idsInState(): Promise<string[]> {
  const { resources = [] } = (await project.exported("dev")).deployment;
  const ours = resources.filter(({ type }) => type.includes("ngrok-ai:"));
  return ours.map(({ id = "" }) => id).toSorted();
}

/** Resolves when the gateway has received `count` requests that change something, or the command has ended. */
async function afterChanges(count: number, { ended }: Running): Promise<void> {
  let isOver = false;
  void ended.finally(() => {
    isOver = true;
  });
  const seen: string[] = [];
  while (!isOver && seen.length < count) {
    const fresh = await gateway.requests();
    seen.push(...fresh.filter((request) => !request.startsWith("GET ")));
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** The dynamic provider's process below a CLI. */
function providerProcess({ child }: Running): number | undefined {
  const processes = execFileSync("ps", ["-eo", "pid=,ppid=,args="], { encoding: "utf8" })
    .trim()
    .split("\n")
    .map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line))
    .flatMap((match) =>
      match === null ? [] : [{ pid: Number(match[1]), parent: Number(match[2]), args: match[3] ?? "" }],
    );
  const below = new Set([child.pid ?? 0]);
  for (let size = 0; size < below.size; ) {
    size = below.size;
    for (const { pid, parent } of processes) if (below.has(parent)) below.add(pid);
  }
  return processes.find(({ pid, args }) => below.has(pid) && args.includes("dynamic-provider"))?.pid;
}

/** Kills the CLI, then its provider's process, which the CLI does not end. */
async function killCli(running: Running): Promise<void> {
  const provider = providerProcess(running);
  running.child.kill("SIGKILL");
  if (provider !== undefined) process.kill(provider, "SIGKILL");
  await running.ended;
}

/** Copies the CLI's backup over a state file that a kill left empty or incomplete. Returns whether it did. */
function restoredState(): boolean {
  const [file = ""] = project.stateFiles().filter((each) => each.endsWith("dev.json"));
  try {
    JSON.parse(fs.readFileSync(file, "utf8"));
    return false;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    fs.copyFileSync(`${file}.bak`, file);
    return true;
  }
}

/** The steps of a user after a killed run. */
async function recover(): Promise<{ orphans: unknown[]; removed: unknown[] }> {
  await project.run("cancel", "--yes", "dev");
  const file = project.file("killed.json");
  fs.writeFileSync(file, await project.succeed("stack", "export", "--stack", "dev"));
  const { code, stdout, stderr } = await runCommand(["recover", "--state", file, "--delete", "--json"], project.env);
  expect([code, stderr]).toEqual([0, ""]);
  await project.succeed("refresh", "--clear-pending-creates", ...YES);
  await project.succeed("up", ...YES);
  return JSON.parse(stdout) as { orphans: unknown[]; removed: unknown[] };
}

async function expectWhole(): Promise<void> {
  const ids = await objects();
  expect(ids).toHaveLength(6);
  expect(await idsInState()).toEqual(ids);
  await project.succeed("preview", "--expect-no-changes", "--stack", "dev");
}

test("Ctrl-C ends an up after its running steps; the next up completes it", async () => {
  const up = project.start(["up", ...YES, "--parallel", "1"]);
  await afterChanges(2, up);
  up.child.kill("SIGINT");
  const { code, output } = await up.ended;
  expect([code === 0, output]).toEqual([false, expect.stringMatching(/cancel/i)]);
  expect(await objects()).toEqual(await idsInState());
  await project.succeed("up", ...YES);
  await expectWhole();
});

test("kill -9 of the CLI leaves a lock and pending creations: cancel removes the lock, recover finds the creations", async () => {
  await nextRound();
  await gateway.fault({ match: { method: "POST" }, after: 1, times: 20, action: { drop: "after" } });
  const up = project.start(["up", ...YES]);
  await afterChanges(4, up);
  await killCli(up);
  await gateway.clearFaults();
  expect(await project.fail("up", ...YES)).toMatch(/currently locked/);
  const { pending_operations: pending = [] } = (await project.exported("dev")).deployment;
  expect(pending.map(({ type }) => type)).toContain("creating");
  expect((await recover()).removed.length).toBeGreaterThan(0);
  await expectWhole();
});

test("kill -9 of the provider's process: recover finds objects whose creation was not answered", async () => {
  await nextRound();
  await gateway.fault({ match: { method: "POST" }, times: 20, action: { drop: "after" } });
  // No look-up of a lost object is answered either, so that no creation has a result before the kill.
  for (const path of ["/access-key-configurations", "/provider-keys", "/access-keys"])
    await gateway.fault({ match: { method: "GET", path }, after: 1, times: 20, action: { delayMs: 3_600_000 } });
  const up = project.start(["up", ...YES]);
  await afterChanges(3, up);
  const provider = providerProcess(up);
  expect(provider).toBeDefined();
  process.kill(provider ?? 0, "SIGKILL");
  expect((await up.ended).code).not.toBe(0);
  await gateway.clearFaults();
  expect((await recover()).removed.length).toBeGreaterThan(0);
  await expectWhole();
});

const testWithKills = KILLS > 0 ? test : test.skip;
testWithKills(
  `${KILLS} kills at random requests are recovered`,
  async () => {
    const kills = fc.sample(
      fc.record({ victim: fc.constantFrom("cli", "provider"), after: fc.integer({ min: 1, max: 11 }) }),
      {
        numRuns: KILLS,
        seed: SEED,
      },
    );
    let [restored, removed] = [0, 0];
    for (const [index, { victim, after }] of kills.entries()) {
      await nextRound();
      const up = project.start(["up", ...YES]);
      await afterChanges(after, up);
      const provider = providerProcess(up);
      if (victim === "cli") await killCli(up);
      else if (provider !== undefined) process.kill(provider, "SIGKILL");
      await up.ended;
      if (restoredState()) restored += 1;
      removed += (await recover()).removed.length;
      await expectWhole();
      process.stderr.write(
        `${index + 1} kills recovered; ${restored} state files restored, ${removed} objects removed\n`,
      );
    }
  },
  900_000 + KILLS * 300_000,
);
