/** Each difference between the engines that `compare.ts` leaves out, shown by a minimal program: docs/offline-stack.md. */
import { closeProgramHost } from "../../engine/programHost";
import { createEngines, type Engines, type Operation, type Outcome, type StateEntry } from "./engines";

let engines: Engines;

beforeEach(async () => {
  engines = await createEngines();
});
afterEach(async () => {
  await engines?.close();
});
afterAll(closeProgramHost);

async function runBoth(program: string, operation: Operation): Promise<{ offline: Outcome; cli: Outcome }> {
  engines.project.program(program);
  return { offline: await engines.offline.run(operation), cli: await engines.cli.run(operation) };
}

/** All messages except debug messages. */
const messagesOf = ({ events }: Outcome) =>
  events.flatMap(({ diagnosticEvent }) =>
    diagnosticEvent === undefined || diagnosticEvent.severity === ("debug" as string)
      ? []
      : [diagnosticEvent.message.trim()],
  );
const messagesWith = (outcome: Outcome, text: string) => messagesOf(outcome).filter((each) => each.includes(text));

function entryOf({ deployment }: Outcome, name: string): StateEntry {
  const entry = deployment.resources?.find(({ urn }) => urn.endsWith(`::${name}`));
  if (entry === undefined) throw new Error(`there is no ${name}`);
  return entry;
}

test("after a failed run the CLI prints a summary", async () => {
  for (const engine of [engines.offline, engines.cli]) engine.control({ fail: { "Create a": "Create a fails" } });
  const { offline, cli } = await runBoth(`new Thing("a");`, { kind: "up" });
  expect([offline.isSuccess, cli.isSuccess]).toEqual([false, false]);
  expect(messagesOf(offline)).toEqual(["Create a fails"]);
  expect(messagesOf(cli)).toEqual(expect.arrayContaining(["Create a fails", "update failed"]));
});

test("for an alias that another resource uses, the CLI names the resource itself as the conflicting one", async () => {
  await runBoth(`new Thing("old");`, { kind: "up" });
  const program = `const old = new Thing("old"); new Thing("b", {}, { aliases: [{ name: "old" }], dependsOn: [old] });`;
  const { offline, cli } = await runBoth(program, { kind: "up" });
  expect(messagesWith(offline, "Duplicate resource alias")).toEqual([expect.stringMatching(/::old'$/)]);
  expect(messagesWith(cli, "Duplicate resource alias")).toEqual([expect.stringMatching(/::b'$/)]);
});

test("the CLI repeats the warning about ignoreChanges when it compares inputs itself", async () => {
  await runBoth(`new Thing("a", { nested: [{ n: 1 }], undecided: true });`, { kind: "up" });
  const changed = `new Thing("a", { size: 2, undecided: true }, { ignoreChanges: ["nested[0]"] });`;
  const { offline, cli } = await runBoth(changed, { kind: "preview" });
  expect(messagesWith(offline, "cannot ignore changes")).toHaveLength(1);
  expect(messagesWith(cli, "cannot ignore changes")).toHaveLength(2);
});

test("a refresh by the CLI drops empty lists of property dependencies", async () => {
  const program = `new Thing("a", { size: 1 });`;
  await runBoth(program, { kind: "up" });
  const { offline, cli } = await runBoth(program, { kind: "refresh" });
  expect(entryOf(offline, "a").propertyDependencies).toEqual({ size: [] });
  expect(entryOf(cli, "a").propertyDependencies).toBeUndefined();
});

test("the CLI's state has a call stack for each resource", async () => {
  const { offline, cli } = await runBoth(`new Thing("a");`, { kind: "up" });
  expect(entryOf(offline, "a").stackTrace).toBeUndefined();
  expect(entryOf(cli, "a").stackTrace[0].sourcePosition).toMatch(/^project:\/\/\/index\.js#/);
});

test("for a protected resource, each engine names its own commands", async () => {
  await runBoth(`new Thing("a", {}, { protect: true });`, { kind: "up" });
  const { offline, cli } = await runBoth("", { kind: "up" });
  expect(messagesWith(offline, "run `up`")).toHaveLength(1);
  expect(messagesWith(cli, "run `pulumi up`")).toHaveLength(1);
});

test("after a failed delete before a replacement, with continueOnError, OfflineStack ends and the CLI hangs", async () => {
  await runBoth(`new Thing("a", { forceName: 1, dbr: true });`, { kind: "up" });
  engines.offline.control({ fail: { "Delete a": "Delete a fails" } });
  engines.project.program(`new Thing("a", { forceName: 2, dbr: true });`);
  const ended = await engines.offline.run({ kind: "up", continueOnError: true });
  expect([ended.isSuccess, messagesOf(ended)[0]]).toEqual([false, "Delete a fails"]);
});
