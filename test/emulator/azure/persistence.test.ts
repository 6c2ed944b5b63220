/**
 * `dataFile` of the local Azure: acknowledged changes are kept after it ends and after it is killed. Does not prove the
 * effect of a power failure; gateway/persistence.test.ts proves the writing of the file, which both share.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { PassThrough } from "node:stream";
import { request } from "undici";
import { type Answer, ask, azureWith, closeAzures, Manager, TestClock } from "./helpers";

const KILLS = 10;
const root = path.resolve(__dirname, "../../..");
const SEED = {
  azure: [{ resource: "seeded", keys: ["key-1", "key-2"], deployments: [{ name: "chat", model: "gpt-5-mini" }] }],
};

let folder: string;
let dataFile: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "azure-data-"));
  dataFile = path.join(folder, "data");
});
afterEach(async () => {
  await closeAzures();
  fs.rmSync(folder, { recursive: true, force: true });
});

/** A local Azure that starts with what the file holds. */
async function restarted(options: Parameters<typeof azureWith>[0] = {}): Promise<Manager> {
  await closeAzures();
  return new Manager(await azureWith({ dataFile, provisioningMs: 0, ...options }));
}

const state = async ({ azure }: Manager) =>
  (await ask(azure, "https://localhost/_emulator/azure/state", { method: "GET" })).body;
const namesOf = (items: readonly { name: string }[]) => items.map(({ name }) => name);
const chat = (manager: Manager, account: string, deployment: string, key: string): Promise<Answer> =>
  ask(
    manager.azure,
    `https://${account}.openai.azure.com/openai/deployments/${deployment}/chat/completions?api-version=2024-10-21`,
    { headers: { "api-key": key }, body: { messages: [{ role: "user", content: "Hi" }] } },
  );

test("groups, accounts, deployments, keys, changes and soft-deleted accounts are kept over a restart", async () => {
  const before = await Manager.start({ dataFile, provisioningMs: 0 });
  await before.putAccount("contoso", { tags: { team: "a" } });
  await before.putDeployment("contoso", "chat");
  await before.putDeployment("contoso", "gone");
  await before.send("DELETE", before.deploymentId("contoso", "gone"));
  await before.putAccount("fabrikam");
  await before.send("DELETE", before.accountId("fabrikam"));
  const { key1 } = (await before.send("POST", `${before.accountId("contoso")}/listKeys`)).body;
  const { key2 } = (await before.send("POST", `${before.accountId("contoso")}/regenerateKey`, { keyName: "Key2" }))
    .body;
  await before.send("PATCH", before.accountId("contoso"), { tags: { team: "b" } });
  const kept = await state(before);
  expect([namesOf(kept.accounts), namesOf(kept.deletedAccounts), kept.accounts[0].tags]).toEqual([
    ["contoso"],
    ["fabrikam"],
    { team: "b" },
  ]);

  const after = await restarted();
  expect(await state(after)).toEqual(kept);
  expect((await after.send("POST", `${after.accountId("contoso")}/listKeys`)).body).toEqual({ key1, key2 });
  expect((await chat(after, "contoso", "chat", key2)).status).toBe(200);
  expect((await chat(after, "contoso", "gone", key2)).status).toBe(404);
  // A name that is soft-deleted is taken, and a purge is kept too.
  expect((await after.putAccount("fabrikam")).status).toBe(409);
  await after.send("DELETE", after.deletedAccountId("fabrikam"));
  expect((await (await restarted()).putAccount("fabrikam")).status).toBe(201);
  if (process.platform !== "win32") expect(fs.statSync(dataFile).mode & 0o077).toBe(0);
});

test("content filters, monitoring resources and their deletions are kept over a restart", async () => {
  const before = await Manager.start({ dataFile, provisioningMs: 0 });
  await before.putAccount("contoso");
  const workspace = `${before.groupId}/providers/Microsoft.OperationalInsights/workspaces/logs`;
  const setting = `${before.accountId("contoso")}/providers/Microsoft.Insights/diagnosticSettings/audit`;
  const policy = before.raiPolicyId("contoso", "strict");
  const logs = [{ categoryGroup: "allLogs", enabled: true }];
  await before.send("PUT", workspace, { location: "eastus2", properties: {} });
  await before.send("PUT", setting, { properties: { workspaceId: workspace, logs } });
  await before.send("PUT", policy, { properties: { basePolicyName: "Microsoft.Default" } });
  const kept = await state(before);
  expect([namesOf(kept.accounts[0].raiPolicies), namesOf(kept.otherResources)]).toEqual([
    ["strict"],
    ["logs", "audit"],
  ]);

  const after = await restarted();
  expect(await state(after)).toEqual(kept);
  await after.send("PATCH", workspace, { properties: { retentionInDays: 90 } });
  for (const id of [setting, policy]) expect((await after.send("DELETE", id)).status).toBe(200);
  const changed = await state(await restarted());
  expect([changed.accounts[0].raiPolicies, namesOf(changed.otherResources)]).toEqual([[], ["logs"]]);
  expect(changed.otherResources[0].properties.retentionInDays).toBe(90);
});

test("a file of an earlier version, without content filters, is read", async () => {
  const before = await Manager.start({ dataFile, provisioningMs: 0 });
  await before.putAccount("contoso");
  await closeAzures();
  const text = fs.readFileSync(dataFile, "utf8");
  expect(text).toContain(',"raiPolicies":[]');
  fs.writeFileSync(dataFile, text.replaceAll(',"raiPolicies":[]', ""));

  const after = await restarted();
  expect((await state(after)).accounts).toMatchObject([{ name: "contoso", raiPolicies: [] }]);
  const created = await after.send("PUT", after.raiPolicyId("contoso", "strict"), {
    properties: { basePolicyName: "Microsoft.Default" },
  });
  expect(created.status).toBe(201);
  expect((await state(await restarted())).accounts[0].raiPolicies).toMatchObject([{ name: "strict" }]);
});

test("neither a read nor a refused change writes to the file", async () => {
  const manager = await Manager.start({ dataFile, provisioningMs: 0 });
  await manager.putAccount("contoso");
  const written = fs.statSync(dataFile).size;
  await manager.send("GET", manager.accountId("contoso"));
  await manager.send("POST", `${manager.accountId("contoso")}/listKeys`);
  expect((await manager.putAccount("contoso", { location: "westus" })).status).toBe(409);
  expect(fs.statSync(dataFile).size).toBe(written);
});

test("a change whose body arrives during other requests is kept", async () => {
  const manager = await Manager.start({ dataFile, provisioningMs: 0 });
  await manager.putAccount("contoso");
  const url = `${manager.azure.azureUrl}${manager.accountId("contoso")}?api-version=2025-06-01`;
  const body = new PassThrough();
  const headers = { host: "management.azure.com", authorization: "Bearer any" };
  const change = request(url, { method: "PATCH", headers, body });
  for (let turn = 0; turn < 3; turn++) await manager.send("GET", manager.accountId("contoso"));
  body.end('{"tags":{"team":"b"}}');
  expect((await change).statusCode).toBe(200);
  expect((await state(await restarted())).accounts).toMatchObject([{ tags: { team: "b" } }]);
});

test("a running operation continues after a restart and can be polled", async () => {
  const clock = new TestClock();
  const options = { dataFile, provisioningMs: 60_000, clock: clock.read };
  const before = await Manager.start({ ...options });
  clock.advance(60_000);
  await before.putAccount("contoso");
  clock.advance(60_000);
  const { location = "" } = (await before.send("DELETE", before.accountId("contoso"))).headers;
  const { pathname } = new URL(location);

  const after = await restarted(options);
  const stateOf = async () => (await after.send("GET", after.accountId("contoso"))).body.properties?.provisioningState;
  expect([await stateOf(), (await after.send("GET", pathname)).status]).toEqual(["Deleting", 202]);
  clock.advance(60_000);
  expect([await stateOf(), (await after.send("GET", pathname)).status]).toEqual([undefined, 200]);
  expect(namesOf((await state(after)).deletedAccounts)).toEqual(["contoso"]);
  clock.advance(3_600_000);
  expect((await after.send("GET", pathname)).status).toBe(404);
});

test("only resources of the seed that are missing from the file are added", async () => {
  const seeded = (manager: Manager) => new Manager(manager.azure, "seed", "00000000-0000-0000-0000-000000000000");
  const before = seeded(await restarted({ seed: SEED }));
  const { key1 } = (await before.send("POST", `${before.accountId("seeded")}/regenerateKey`, { keyName: "Key1" })).body;
  const other = { resource: "other", keys: ["key-3", "key-4"], deployments: [] };
  const after = seeded(await restarted({ seed: { azure: [...SEED.azure, other] } }));
  expect(namesOf((await state(after)).accounts)).toEqual(["seeded", "other"]);
  expect([
    (await chat(after, "seeded", "chat", key1)).status,
    (await chat(after, "seeded", "chat", "key-1")).status,
  ]).toEqual([200, 401]);
  await after.send("DELETE", after.accountId("seeded"));
  expect(namesOf((await state(await restarted({ seed: SEED }))).accounts)).toEqual(["other"]);
});

test("a reset is kept over a restart", async () => {
  const before = await Manager.start({ dataFile, provisioningMs: 0 });
  await before.putAccount("contoso");
  await ask(before.azure, "https://localhost/_emulator/azure/reset", { method: "POST" });
  expect(await state(await restarted())).toMatchObject({ resourceGroups: [], accounts: [] });
});

test("a file in use is refused, and is released if the start fails because of a wrong seed or a used port", async () => {
  const first = await azureWith({ dataFile });
  await expect(azureWith({ dataFile })).rejects.toThrow("is in use by this process already");
  const other = path.join(folder, "other");
  const wrong = { azure: [{ resource: "x", keys: ["one"], deployments: [] }] };
  await expect(azureWith({ dataFile: other, seed: wrong })).rejects.toThrow("needs exactly two keys, not 1");
  const port = Number(new URL(first.azureUrl).port);
  await expect(azureWith({ dataFile: other, port })).rejects.toThrow("EADDRINUSE");
  await azureWith({ dataFile: other });
});

const SCRIPT = `require("node:module").enableCompileCache(process.argv[2]);
require(process.argv[3]).startAzure({ dataFile: process.argv[1] }).then(({ azureUrl }) => console.log(azureUrl));`;

const processes: ChildProcess[] = [];
afterEach(() => {
  for (const child of processes.splice(0)) child.kill("SIGKILL");
});

async function startProcess(): Promise<{ manager: Manager; kill(): Promise<void> }> {
  const built = path.join(root, "dist/emulator/azure/startAzure.js");
  const child: ChildProcess = spawn(process.execPath, ["-e", SCRIPT, dataFile, path.join(folder, "cache"), built], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  processes.push(child);
  const exited = once(child, "exit");
  const [line] = (await Promise.race([once(child.stdout!, "data"), exited])) as [Buffer | number];
  if (!Buffer.isBuffer(line)) throw new Error(`the server ended with ${line}`);
  const kill = async () => {
    child.kill("SIGKILL");
    await exited;
  };
  return { manager: new Manager({ azureUrl: String(line).trim() }), kill };
}

test(`after each of ${KILLS} kills during writes, all acknowledged changes are kept`, async () => {
  const acknowledged = new Set<string>();
  const missing = async (manager: Manager) => {
    const { body } = await manager.send("GET", manager.groupId.replace(/\/[^/]*$/, ""));
    const present = new Set(namesOf(body.value));
    return [...acknowledged].filter((name) => !present.has(name));
  };
  for (let round = 0; round < KILLS; round++) {
    const { manager, kill } = await startProcess();
    expect(await missing(manager)).toEqual([]);
    const enough = acknowledged.size + 1 + ((round * 7) % 20);
    let refused: Answer | undefined;
    const write = async (writer: number) => {
      try {
        for (let turn = 0; refused === undefined; turn++) {
          const group = new Manager(manager.azure, `group-${round}-${writer}-${turn}`);
          const answer = await group.send("PUT", group.groupId, { location: "eastus2" });
          if (answer.status === 201) acknowledged.add(group.group);
          else refused = answer;
        }
      } catch {
        // There is no server any more: it was killed, or the number below is never reached.
      }
    };
    let isOver = false;
    const writers = Promise.all([0, 1, 2, 3].map(write)).finally(() => {
      isOver = true;
    });
    while (acknowledged.size < enough && !isOver) await new Promise(setImmediate);
    await kill();
    await writers;
    expect([refused, acknowledged.size >= enough]).toEqual([undefined, true]);
  }
  const { manager, kill } = await startProcess();
  expect(await missing(manager)).toEqual([]);
  await kill();
}, 300_000);
