/**
 * `pulumi-ngrok-ai recover` after a run that was killed. Runs the build. Does not prove the state that the Pulumi CLI
 * leaves after every such run; the format is the same.
 */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import type { Orphan } from "../../cli/recover/orphans";
import { type Ended, runCommand, startCommand } from "../helpers/commandLine";
import { startTestGateway, type TestGateway } from "../helpers/gateway";

const workDir = path.resolve(__dirname, "..", "..", "examples", "azure-openai");
const AZURE_KEY = "planted-azure-key-0123456789abcdef";
const STACK = "organization/azure-openai/killed";

let folder: string;
let gateway: TestGateway;
let stateFile: string;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "recover-"));
  stateFile = path.join(folder, "state.json");
  gateway = await startTestGateway();
  env = { PULUMI_CONFIG_PASSPHRASE: "p", AI_GATEWAY_API_KEY: gateway.apiKey, AI_GATEWAY_API_URL: gateway.controlUrl };
});

afterAll(async () => {
  await gateway?.close();
  fs.rmSync(folder, { recursive: true, force: true });
});

const offline = (operation: string) => [
  "offline",
  operation,
  ...["--cwd", workDir, "--stack", "killed", "--state", stateFile],
  ...["--config", "endpoint=https://contoso.openai.azure.com", "--secret", `apiKey=${AZURE_KEY}`],
];

async function accessKeys() {
  const keys = [];
  for await (const key of gateway.client.listAccessKeys()) keys.push(key);
  return keys;
}

/** The lists of keys are held back by a fault; a configuration counts its keys too. */
async function untilKeyExists(): Promise<void> {
  for (;;) {
    for await (const { accessKeyCount } of gateway.client.listAccessKeyConfigurations()) {
      if ((accessKeyCount ?? 0) > 0) return;
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

async function recover(...flags: string[]): Promise<{ orphans: Orphan[]; removed: string[]; ended: Ended }> {
  const ended = await runCommand(["recover", "--state", stateFile, "--json", ...flags], env);
  expect(ended).toMatchObject({ code: 0, stderr: "" });
  return { ...(JSON.parse(ended.stdout) as { orphans: Orphan[]; removed: string[] }), ended };
}

test("recover finds exactly the objects that the killed run left, deletes them with --delete, and up continues", async () => {
  // The object is made, its answer is lost, and the look-up that follows is delayed until after the kill.
  await gateway.fault({ match: { method: "POST", path: "/access-keys" }, action: { drop: "after" } });
  // Two requests list the keys: one for objects that already carry the resource's mark, and the look-up.
  await gateway.fault({ match: { method: "GET", path: "/access-keys" }, times: 2, action: { delayMs: 3_600_000 } });
  const { child, ended } = startCommand(offline("up"), env, true);
  await untilKeyExists();
  process.kill(-(child.pid ?? 0), "SIGKILL");
  await ended;
  await gateway.clearFaults();
  const [left] = await accessKeys();

  // Somebody else's, and one of a stack of the same name elsewhere, which this state says nothing of.
  const foreign = await gateway.client.createAccessKey({ name: "by hand" });
  const mark = { managedBy: "pulumi", stack: STACK, resource: "of another backend", create: "0123456789abcdef" };
  const unclear = await gateway.client.createAccessKey({ name: "x", metadata: JSON.stringify(mark) });

  const found = await recover();
  expect(found.orphans.map(({ id, kind, resource, verdict }) => [id, kind, resource, verdict])).toEqual([
    [unclear.id, "AccessKey", "of another backend", "unclear"],
    [left?.id, "AccessKey", "application", "removable"],
  ]);
  expect(found.removed).toEqual([]);
  expect(await accessKeys()).toHaveLength(3);

  expect((await recover("--delete")).removed).toEqual([left?.id]);
  expect((await runCommand(offline("up"), env)).code).toBe(0);
  const remaining = await accessKeys();
  expect(remaining.map(({ name }) => name).sort()).toEqual(["application", "by hand", "x"]);
  expect(remaining.map(({ id }) => id)).toEqual(expect.arrayContaining([foreign.id, unclear.id]));
  expect((await recover()).orphans.map(({ id }) => id)).toEqual([unclear.id]);
});

test("an object created before the run started is not attributed to it, for any mark", async () => {
  const { orphans } = await recover("--since", "2199-01-01T00:00:00Z");
  expect(orphans.map(({ verdict }) => verdict)).toEqual(["unclear"]);
});

test("the text output of recover names the found objects and the missing creation record", async () => {
  const { stdout } = await runCommand(["recover", "--state", stateFile], env);
  expect(stdout).toContain('of "of another backend"');
  expect(stdout).toContain("the state records no unfinished creation of AccessKey");
});

test.each<[what: string, text: string, message: string]>([
  ["not JSON", "{", "is not JSON: give the output of `pulumi stack export`"],
  ["not a state", "{}", "is not a state: deployment"],
])("a state file that is %s is an error that names the expected content", async (_what, text, message) => {
  const file = path.join(folder, "wrong.json");
  fs.writeFileSync(file, text);
  const { code, stderr } = await runCommand(["recover", "--state", file], env);
  expect([code, stderr.includes(message)]).toEqual([1, true]);
});

test("a missing API key is an error that names the environment variable", async () => {
  const { code, stderr } = await runCommand(["recover", "--state", stateFile], { ...env, AI_GATEWAY_API_KEY: "" });
  expect([code, stderr.includes("environment variable AI_GATEWAY_API_KEY")]).toEqual([1, true]);
});
