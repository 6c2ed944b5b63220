/**
 * Many processes contend for one stale lock. Uses the build in dist. Does not prove anything about file systems without
 * exclusive links.
 */
import { type ChildProcess, fork } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import path from "node:path";

const PROCESSES = 20;
const ROUNDS = Number(process.env.ENGINE_LOCK_ROUNDS ?? 30);
const HOLD_MS = 3;
const SCRIPT = path.join(__dirname, "fixtures", "lockContender.js");

/** No process has this id: it is above the largest id on Linux. */
const GONE = 2 ** 22 + 1;
const stale = (id: string) =>
  JSON.stringify({ pid: GONE, username: "x", hostname: hostname(), timestamp: "t", operation: "update", id });
const claimOn = (file: string, text: string) =>
  `${file}.${createHash("sha256").update(text).digest("hex").slice(0, 16)}`;

const contenders: ChildProcess[] = [];
let folder: string;

const answerOf = (child: ChildProcess) => new Promise<string>((resolve) => child.once("message", resolve));

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "lock-"));
  for (let index = 0; index < PROCESSES; index++) contenders.push(fork(SCRIPT));
  expect(await Promise.all(contenders.map(answerOf))).toEqual(contenders.map(() => "ready"));
});

afterAll(() => {
  for (const child of contenders) child.kill();
  rmSync(folder, { recursive: true, force: true });
});

/** The outcome of each process when all contend for the lock at once. */
async function contend(file: string): Promise<string[]> {
  const answers = contenders.map(answerOf);
  for (const child of contenders) child.send({ file, guard: `${file}.guard`, holdMs: HOLD_MS });
  return Promise.all(answers);
}

test.each<[what: string, prepare: (file: string) => void]>([
  ["free", () => undefined],
  ["stale", (file) => writeFileSync(file, stale("one"))],
  ["unreadable", (file) => writeFileSync(file, "")],
  [
    "stale, with a claim whose process has ended",
    (file) => {
      writeFileSync(file, stale("one"));
      writeFileSync(claimOn(file, stale("one")), stale("two"));
      writeFileSync(claimOn(file, stale("two")), stale("three"));
    },
  ],
])("a lock that is %s is held by one process at a time, and no file of it remains", async (what, prepare) => {
  for (let round = 0; round < ROUNDS; round++) {
    const file = path.join(folder, `${what.slice(-5).trim()}-${round}.lock`);
    prepare(file);
    const outcomes = await contend(file);
    expect(outcomes.filter((outcome) => outcome !== "locked" && outcome !== "held")).toEqual([]);
    expect(outcomes).toContain("held");
    expect(readdirSync(folder)).toEqual([]);
  }
});
