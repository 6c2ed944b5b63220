/**
 * Notes about creations and adoptions in a real folder. Does not prove that a file system keeps the writes of a killed machine;
 * nothing is flushed to the disk.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { AdoptionNotes } from "../../../provider/lifecycle/adoptionNotes";
import { CreationNotes } from "../../../provider/lifecycle/creationNotes";
import { notesFolder } from "../../../provider/lifecycle/noteFiles";
import { thisProcess } from "../../../provider/lifecycle/notingProcess";

const owner = { stack: "org/project/dev", resource: "app" };
const creation = (createId: string, startedAt = new Date().toISOString()) => ({
  createId,
  account: "acc_one",
  isMarked: true,
  startedAt,
});
const [ONE, TWO] = ["0123456789abcdef", "fedcba9876543210"];
const DAY_MS = 24 * 60 * 60 * 1000;
const ago = (ms: number) => new Date(Date.now() - ms).toISOString();

/** Folder of all notes, and folder of notes about creations. */
let root: string;
let folder: string;
beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), "notes-"));
  folder = path.join(root, "creates");
});
afterEach(() => fs.rmSync(root, { recursive: true, force: true }));

const notesOf = (pid: number, living: number[] = [pid]) =>
  new CreationNotes(root, {
    identity: { pid },
    isRunning: (other) => living.includes(other.pid),
  });
const idsOf = (notes: CreationNotes) => notes.leftBehind().map(({ createId }) => createId);

/** The only journal. */
const journal = () => path.join(folder, fs.readdirSync(folder)[0] ?? "");

test("a note of an ended process is found only for the same kind, resource and account", () => {
  notesOf(1).begin("AccessKey", owner, creation(ONE));
  const next = notesOf(2);
  expect(next.leftBehindBy("AccessKey", owner, "acc_one")).toEqual([expect.objectContaining({ createId: ONE })]);
  expect(next.leftBehindBy("ApiKey", owner, "acc_one")).toEqual([]);
  expect(next.leftBehindBy("AccessKey", { ...owner, parent: "my:index:Team" }, "acc_one")).toEqual([]);
  expect(next.leftBehindBy("AccessKey", owner, "acc_two")).toEqual([]);
});

test("a note of a running process is not found, unless it is too old to be of that process", () => {
  const first = notesOf(1);
  first.begin("AccessKey", owner, creation(ONE));
  first.begin("AccessKey", owner, creation(TWO, ago(2 * DAY_MS)));
  expect(idsOf(notesOf(2, [1, 2]))).toEqual([TWO]);
});

test("a note is removed when the creation ends", () => {
  const first = notesOf(1);
  first.begin("AccessKey", owner, creation(ONE));
  first.end(ONE);
  first.end(ONE);
  expect(fs.readdirSync(folder)).toEqual([]);
  expect(notesOf(2).leftBehind()).toEqual([]);
});

test("a note is removed after a month, and an incomplete one is ignored", () => {
  notesOf(1).begin("AccessKey", owner, creation(ONE, ago(31 * DAY_MS)));
  fs.appendFileSync(journal(), `{"id":"${TWO}","note":{"kind":"Acc`);
  expect(notesOf(2).leftBehind()).toEqual([]);
  expect(fs.readdirSync(folder)).toEqual([]);
});

test("a note of another version is left as it is", () => {
  notesOf(1).begin("AccessKey", owner, creation(ONE));
  const text = fs.readFileSync(journal(), "utf8").replace('"account":"acc_one"', '"accounts":["acc_one"]');
  fs.writeFileSync(journal(), text);
  expect(notesOf(2).leftBehind()).toEqual([]);
  expect(fs.readFileSync(journal(), "utf8")).toBe(text);
});

test("several creations of a process end one by one", () => {
  const first = notesOf(1);
  for (const id of [ONE, TWO]) first.begin("AccessKey", owner, creation(id));
  first.end(ONE);
  expect(idsOf(notesOf(2))).toEqual([TWO]);
  first.begin("AccessKey", owner, creation(ONE));
  expect(idsOf(notesOf(2))).toEqual([TWO, ONE]);
});

test("a later process ends the creations of a killed one, one by one", () => {
  const killed = notesOf(1);
  for (const id of [ONE, TWO]) killed.begin("AccessKey", owner, creation(id));
  const next = notesOf(2);
  next.end(ONE);
  expect(idsOf(next)).toEqual([TWO]);
  expect(idsOf(notesOf(3))).toEqual([TWO]);
  next.end(TWO);
  expect(fs.readdirSync(folder)).toEqual([]);
});

test("a path in which no folder can be created causes no failure", () => {
  fs.writeFileSync(folder, "");
  const notes = new CreationNotes(root);
  notes.begin("AccessKey", owner, creation(ONE));
  expect(notes.leftBehind()).toEqual([]);
  notes.end(ONE);
});

test("the notes are in Pulumi's own folder", () => {
  expect(notesFolder({ PULUMI_HOME: "/somewhere" })).toBe("/somewhere/ngrok-ai");
  expect(notesFolder({})).toBe(path.join(os.homedir(), ".pulumi", "ngrok-ai"));
});

describe("a process of this machine", () => {
  const noteOf = (change: (note: Record<string, unknown>) => object) => {
    fs.rmSync(folder, { recursive: true, force: true });
    new CreationNotes(root).begin("AccessKey", owner, creation(ONE));
    const entry = JSON.parse(fs.readFileSync(journal(), "utf8")) as { note: Record<string, unknown> };
    fs.writeFileSync(journal(), `${JSON.stringify({ id: ONE, note: change(entry.note) })}\n`);
    return new CreationNotes(root).leftBehind();
  };

  test("is distinguished from one that ended", () => {
    expect(noteOf((note) => note)).toEqual([]);
    expect(noteOf((note) => ({ ...note, pid: 2 ** 22 + 1 }))).toHaveLength(1); // above the largest id that Linux assigns
  });

  test("is distinguished from an earlier one with the same id, if the system reports start times", () => {
    const isReported = fs.existsSync("/proc/self/stat");
    expect(noteOf((note) => ({ ...note, start: "1" }))).toHaveLength(isReported ? 1 : 0);
    expect(noteOf(({ start: _, ...note }) => note)).toEqual([]); // of a system that does not
  });

  test("counts as ended even if its parent never waits for it", async () => {
    // The first process of many containers is such a parent.
    const command = "sh -c 'echo $$; exec sleep 60' & exec sleep 60";
    const parent = spawn("sh", ["-c", command], { stdio: ["ignore", "pipe", "ignore"] });
    try {
      const [text] = (await once(parent.stdout, "data")) as [Buffer];
      const pid = Number(text.toString());
      expect(thisProcess.isRunning({ pid })).toBe(true);
      process.kill(pid, "SIGKILL");
      while (thisProcess.isRunning({ pid })) await sleep(10);
      expect(process.kill(pid, 0)).toBe(true); // it still has its id
    } finally {
      parent.kill("SIGKILL");
    }
  });
});

describe("an adoption without a mark", () => {
  const object = { kind: "AccessKey", id: "aigk_1/with:any*characters", account: "acc_one" };

  test("is found by every process, only for this object in this account, until its note is deleted", () => {
    new AdoptionNotes(root).note(object, ONE);
    const notes = new AdoptionNotes(root);
    expect(notes.createIdOf(object)).toBe(ONE);
    expect(notes.createIdOf({ ...object, account: "acc_two" })).toBeUndefined();
    expect(notes.createIdOf({ ...object, kind: "ApiKey" })).toBeUndefined();
    notes.note(object, TWO);
    expect(notes.createIdOf(object)).toBe(TWO);
    notes.forget(object);
    expect(notes.createIdOf(object)).toBeUndefined();
  });

  test("is ignored after a day", () => {
    const notes = new AdoptionNotes(root);
    notes.note(object, ONE);
    const [file = ""] = fs.readdirSync(path.join(root, "adoptions"));
    const at = path.join(root, "adoptions", file);
    fs.writeFileSync(at, JSON.stringify({ createId: ONE, notedAt: ago(2 * DAY_MS) }));
    expect(notes.createIdOf(object)).toBeUndefined();
  });
});
