/**
 * A provider process that is killed while it creates the first objects of a stack, like by an out-of-memory killer: the engine
 * survives and its state is empty. `recover` finds exactly the lost objects, and the next up has each object once. Does not prove
 * this for a machine that stops: the notes are not flushed to the disk.
 */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import type { Orphan } from "../../cli/recover/orphans";
import { runCommand } from "../helpers/commandLine";
import { startTestGateway, type TestGateway } from "../helpers/gateway";
import { type InlineProgram, inlineProgram } from "../helpers/inlineProgram";

/** Each run of the command starts three processes. */
jest.setTimeout(240_000);

const VALUE = "planted-value-0123456789abcdef";
const PROGRAM = `
for (const name of ["one", "two"]) {
  new ngrok.AccessConfiguration(name);
  new ngrok.ProviderKey(name, { providerId: "openai", value: ${JSON.stringify(VALUE)} });
  new ngrok.AccessKey(name);
}
`;

let folder: string;
let gateway: TestGateway;
let program: InlineProgram;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "killed-process-"));
  gateway = await startTestGateway();
  program = inlineProgram("killed-process", PROGRAM);
  env = {
    PULUMI_CONFIG_PASSPHRASE: "p",
    PULUMI_HOME: path.join(folder, "home"),
    AI_GATEWAY_API_KEY: gateway.apiKey,
    AI_GATEWAY_API_URL: gateway.controlUrl,
  };
});

afterAll(async () => {
  await gateway?.close();
  program?.dispose();
  fs.rmSync(folder, { recursive: true, force: true });
});

const stateFile = () => path.join(folder, "state.json");
const up = () =>
  runCommand(
    ["offline", "up", "--cwd", program.folder, "--stack", "dev", "--state", stateFile(), "--parallel", "16"],
    env,
  );

async function recover(...flags: string[]): Promise<{ orphans: Orphan[]; removed: string[] }> {
  const ended = await runCommand(["recover", "--state", stateFile(), "--json", ...flags], env);
  expect(ended).toMatchObject({ code: 0, stderr: "" });
  return JSON.parse(ended.stdout) as { orphans: Orphan[]; removed: string[] };
}

async function objects(): Promise<string[]> {
  const { client } = gateway;
  const found: string[] = [];
  for (const list of [client.listAccessKeyConfigurations(), client.listProviderKeys(), client.listAccessKeys()])
    for await (const { id } of list) found.push(id);
  return found.toSorted();
}

const notes = () => path.join(folder, "home", "ngrok-ai", "creates");

test("recover finds the six lost objects, and the next up has six", async () => {
  // All objects are created, and no response arrives.
  await gateway.fault({ match: { method: "POST" }, times: 6, action: { drop: "after" } });
  const look = ["/access-key-configurations", "/provider-keys", "/access-keys"];
  for (const at of look)
    await gateway.fault({ match: { method: "GET", path: at }, after: 1, times: 20, action: { delayMs: 3_600_000 } });
  const ended = up();
  process.kill(await providerProcess(), "SIGKILL");
  expect((await ended).code).toBe(1);
  await gateway.clearFaults();

  const lost = await objects();
  expect(lost).toHaveLength(6);
  const found = await recover();
  expect(found.orphans.map(({ id, verdict }) => [id, verdict]).toSorted()).toEqual(lost.map((id) => [id, "removable"]));
  expect(found.removed).toEqual([]);

  const again = await up();
  expect([again.code, again.stderr]).toEqual([0, expect.not.stringContaining("carries the mark")]);
  expect(await objects()).toHaveLength(6);
  expect((await recover()).orphans).toEqual([]);
  expect(fs.readdirSync(notes())).toEqual([]);
});

/** The process that wrote the notes, once it has sent all six requests. */
async function providerProcess(): Promise<number> {
  const seen: string[] = [];
  while (seen.filter((request) => request.startsWith("POST ")).length < 6) {
    seen.push(...(await gateway.requests()));
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const [journal = ""] = fs.readdirSync(notes());
  const [entry = ""] = fs.readFileSync(path.join(notes(), journal), "utf8").split("\n");
  return (JSON.parse(entry) as { note: { pid: number } }).note.pid;
}
