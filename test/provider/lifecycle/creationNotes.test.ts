/** Notes on a real folder. Does not prove that a file system keeps what a killed machine wrote; nothing is forced to the disk. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { CreationNotes, notesFolder } from "../../../provider/lifecycle/creationNotes";

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

let folder: string;
beforeEach(() => {
  folder = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "notes-")), "creates");
});
afterEach(() => fs.rmSync(path.dirname(folder), { recursive: true, force: true }));

const notesOf = (pid: number, living: number[] = [pid]) =>
  new CreationNotes(folder, { pid, isAlive: (each) => living.includes(each) });

test("is left behind by a process that is gone, for the same kind, resource and account only", () => {
  notesOf(1).begin("AccessKey", owner, creation(ONE));
  const next = notesOf(2);
  expect(next.leftBehindBy("AccessKey", owner, "acc_one").map(({ createId }) => createId)).toEqual([ONE]);
  expect(next.leftBehindBy("ApiKey", owner, "acc_one")).toEqual([]);
  expect(next.leftBehindBy("AccessKey", { ...owner, parent: "my:index:Team" }, "acc_one")).toEqual([]);
  expect(next.leftBehindBy("AccessKey", owner, "acc_two")).toEqual([]);
});

test("of a process that lives is nobody else's, unless it is too old to be of that process", () => {
  const first = notesOf(1);
  first.begin("AccessKey", owner, creation(ONE));
  first.begin("AccessKey", owner, creation(TWO, ago(2 * DAY_MS)));
  expect(
    notesOf(2, [1, 2])
      .leftBehind()
      .map(({ createId }) => createId),
  ).toEqual([TWO]);
});

test("ends with the creation", () => {
  const first = notesOf(1);
  first.begin("AccessKey", owner, creation(ONE));
  first.end(ONE);
  first.end(ONE);
  expect(fs.readdirSync(folder)).toEqual([]);
  expect(notesOf(2).leftBehind()).toEqual([]);
});

test("is removed after a month, and one that was cut short counts for nothing", () => {
  notesOf(1).begin("AccessKey", owner, creation(ONE, ago(31 * DAY_MS)));
  fs.writeFileSync(path.join(folder, `${TWO}.json`), '{"kind":"Acc');
  expect(notesOf(2).leftBehind()).toEqual([]);
  expect(fs.readdirSync(folder)).toEqual([`${TWO}.json`]);
});

test.each([["that is a file"], ["below a file"]])("a place %s is no failure", (what) => {
  fs.writeFileSync(folder, "");
  const notes = new CreationNotes(what === "below a file" ? path.join(folder, "creates") : folder);
  notes.begin("AccessKey", owner, creation(ONE));
  expect(notes.leftBehind()).toEqual([]);
  notes.end(ONE);
});

test("stands below Pulumi's own folder", () => {
  expect(notesFolder({ PULUMI_HOME: "/somewhere" })).toBe("/somewhere/ngrok-ai/creates");
  expect(notesFolder({})).toBe(path.join(os.homedir(), ".pulumi", "ngrok-ai", "creates"));
});

test("a process that lives is told from one that is gone", () => {
  new CreationNotes(folder).begin("AccessKey", owner, creation(ONE));
  expect(new CreationNotes(folder).leftBehind()).toEqual([]);
  const file = path.join(folder, `${ONE}.json`);
  const note = JSON.parse(fs.readFileSync(file, "utf8")) as object;
  fs.writeFileSync(file, JSON.stringify({ ...note, pid: 2 ** 22 + 1 })); // above what Linux gives out
  expect(new CreationNotes(folder).leftBehind()).toHaveLength(1);
});
