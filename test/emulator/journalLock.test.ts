/**
 * Many processes open one journal concurrently. Runs the build. Does not prove anything about file systems without
 * exclusive links.
 */
import { type ChildProcess, fork } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

const PROCESSES = 8;
const ROUNDS = Number(process.env.JOURNAL_LOCK_ROUNDS ?? 20);
const HOLD_MS = 3;
const SCRIPT = path.join(__dirname, "fixtures", "journalContender.js");
/** No process has this id: it is above the largest that Linux gives. */
const GONE = 2 ** 22 + 1;

const contenders: ChildProcess[] = [];
let folder: string;

const answerOf = (child: ChildProcess) => new Promise<string>((resolve) => child.once("message", resolve));

beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "journal-lock-"));
  for (let index = 0; index < PROCESSES; index++) contenders.push(fork(SCRIPT));
  expect(await Promise.all(contenders.map(answerOf))).toEqual(contenders.map(() => "ready"));
});

afterAll(() => {
  for (const child of contenders) child.kill();
  fs.rmSync(folder, { recursive: true, force: true });
});

test.each<[what: string, lock: string | undefined]>([
  ["free", undefined],
  ["stale", JSON.stringify({ pid: GONE, hostname: os.hostname() })],
  ["of an earlier version, and stale", String(GONE)],
  ["empty", ""],
])("a lock that is %s admits one process at a time, and no lock file remains", async (_what, lock) => {
  for (let round = 0; round < ROUNDS; round++) {
    const file = path.join(folder, "data");
    if (lock !== undefined) fs.writeFileSync(`${file}.lock`, lock);
    const answers = contenders.map(answerOf);
    for (const child of contenders) child.send({ file, guard: `${file}.guard`, holdMs: HOLD_MS });
    const outcomes = await Promise.all(answers);
    expect(outcomes.filter((outcome) => outcome !== "in use" && outcome !== "held")).toEqual([]);
    expect(outcomes).toContain("held");
    expect(fs.readdirSync(folder)).toEqual(["data"]);
  }
});
