/**
 * A new user's first steps: the commands of README's first section, exactly as printed, from an empty folder to a changed region.
 * By default they run in this repository, without the clone; `FRESH_CLONE=1` clones it and installs the dependencies too. Does
 * not prove the behavior of a real account.
 */
import { type ChildProcess, spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { repositoryRoot } from "../helpers/providerProcess";

const isFresh = process.env.FRESH_CLONE === "1";
const INSTALL_TIMEOUT_MS = 900_000;
jest.setTimeout(300_000);

const readme = fs.readFileSync(path.join(repositoryRoot, "README.md"), "utf8");

/** The shell commands of a section of README, in order. */
function commandsOf(title: string): string[] {
  const section = readme.split(/^#{2,} /m).find((text) => text.startsWith(`${title}\n`)) ?? "";
  return [...section.matchAll(/^```sh\n(.*?)^```/gms)].flatMap(([, block = ""]) => block.trim().split("\n"));
}

const [cloneCommand = "", upCommand, keepCommand = "", changeCommand = "", outputsCommand = ""] = commandsOf("Try it");

let folder = repositoryRoot;
let temporary: string | undefined;
let kept: { readonly child: ChildProcess; readonly ended: Promise<unknown> } | undefined;
let printed = "";

/** Runs a command like a user in a shell. */
function start(command: string, cwd: string): ChildProcess {
  return spawn(command, { cwd, shell: true, detached: true, stdio: ["ignore", "pipe", "pipe"] });
}

async function type(command: string, cwd = folder): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = start(command, cwd);
  const output = { stdout: "", stderr: "" };
  child.stdout?.setEncoding("utf8").on("data", (text: string) => (output.stdout += text));
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (output.stderr += text));
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { code, ...output };
}

/** Resolves when the kept example prints the text, and rejects when it ends before that. */
function untilPrinted(text: string, child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    const onText = (more: string) => {
      printed += more;
      if (printed.includes(text)) resolve();
    };
    for (const stream of [child.stdout, child.stderr]) stream?.setEncoding("utf8").on("data", onText);
    child.once("close", (code) => reject(new Error(`${keepCommand} ended with ${code}:\n${printed}`)));
  });
}

beforeAll(async () => {
  if (isFresh) {
    temporary = fs.mkdtempSync(path.join(os.tmpdir(), "newcomer-"));
    const cloned = await type(
      cloneCommand.replace("<this repository>", repositoryRoot).replace("&&", "pulumi-ngrok-ai &&"),
      temporary,
    );
    expect(cloned).toMatchObject({ code: 0 });
    folder = path.join(temporary, "pulumi-ngrok-ai");
  }
  const child = start(keepCommand, folder);
  kept = { child, ended: new Promise((resolve) => child.once("close", resolve)) };
  await untilPrinted("Ctrl-C ends them.", child);
}, INSTALL_TIMEOUT_MS);

afterAll(async () => {
  await endKept();
  if (temporary !== undefined) fs.rmSync(temporary, { recursive: true, force: true });
});

/** Ctrl-C, which reaches every process of the terminal. */
async function endKept(): Promise<void> {
  if (kept?.child.pid === undefined) return;
  const { child, ended } = kept;
  if (child.exitCode === null && child.signalCode === null) process.kill(-(child.pid ?? 0), "SIGINT");
  await ended;
}

test("README's first section has the commands of this test: a clone, one to see the example, one to keep it, two to change it", () => {
  expect([cloneCommand, upCommand]).toEqual(["git clone <this repository> && cd pulumi-ngrok-ai", "npm run up"]);
  expect([keepCommand, changeCommand, outputsCommand].map((command) => command.split(" --")[0])).toEqual([
    "npm run up",
    "npm run offline",
    "npm run offline",
  ]);
});

test("the kept example prints its three regions, and the commands of README", () => {
  for (const region of ["eastus2", "swedencentral", "westus3"]) expect(printed).toContain(`in ${region} (`);
  expect(printed).toContain("nothing to change");
  expect(printed).toContain(`  ${changeCommand}\n  ${outputsCommand}\n`);
});

test("the change creates one region's parts, deletes another's, and updates one configuration", async () => {
  const { code, stdout, stderr } = await type(changeCommand);
  expect({ code, stderr: stderr.replaceAll(/^setup: .*\n/gm, "") }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toContain("+ 9 created");
  expect(stdout).toContain("~ 1 updated");
  expect(stdout).toContain("- 9 deleted");
});

test("the outputs contain the new failover order, and no token", async () => {
  const { code, stdout } = await type(outputsCommand);
  expect(code).toBe(0);
  const models = ["eastus2", "swedencentral", "francecentral"].map((region) => `"azure-${region}:gpt-5-mini"`);
  expect(stdout).toContain(`"gpt-5-mini":[${models.join(",")}]`);
  expect(stdout).toMatch(/token +\[secret\]/);
});

test("Ctrl-C ends the kept example, and a later change names the command to start first", async () => {
  await endKept();
  const { code, stderr } = await type(changeCommand);
  expect(code).toBe(1);
  expect(stderr).toContain("Nothing is running. Start the example with `npm run up -- --keep`");
});
