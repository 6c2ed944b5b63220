/**
 * `--data`: acknowledged changes are kept after the process is killed and after it ends. The server is the build's, in
 * a separate process. Does not prove the effect of a power failure: the operating system is only requested to sync the
 * file.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { startGateway } from "../../../emulator/gateway";
import { GatewayClient } from "../../../sdk";

const KILLS = 50;
const WRITERS = 8;
const root = path.resolve(__dirname, "../../..");

let folder: string;
let dataFile: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "gateway-data-"));
  dataFile = path.join(folder, "data");
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

interface Server {
  /** Sends one request once. Rejects without an answer: whether the change was made is not known. */
  send(method: string, path: string, body?: object): Promise<{ id: string }>;
  /** All API keys' names by id. */
  names(): Promise<Map<string, string | undefined>>;
  /** Ends it as the operating system does when memory is short. */
  kill(): Promise<void>;
}

const SCRIPT = `require("node:module").enableCompileCache(process.argv[2]);
require(process.argv[3]).startGateway({ dataFile: process.argv[1] }).then(({ controlUrl }) => console.log(controlUrl));`;

async function startProcess(): Promise<Server> {
  const built = path.join(root, "dist/emulator/gateway/index.js");
  const child: ChildProcess = spawn(process.execPath, ["-e", SCRIPT, dataFile, path.join(folder, "cache"), built], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  const [line] = (await Promise.race([once(child.stdout!, "data"), exited])) as [Buffer | number];
  if (!Buffer.isBuffer(line)) throw new Error(`the server ended with ${line}`);
  const apiUrl = String(line).trim();
  return {
    send: async (method, target, body) => {
      const headers = { authorization: "Bearer local", "content-type": "application/json" };
      const answer = await fetch(apiUrl + target, { method, headers, ...(body && { body: JSON.stringify(body) }) });
      const text = await answer.text();
      if (!answer.ok) throw new Refused(`${method} ${target} answered ${answer.status}: ${text}`);
      return JSON.parse(text || "{}") as { id: string };
    },
    names: () => namesById(new GatewayClient({ apiUrl, apiKey: "local" })),
    kill: async () => {
      child.kill("SIGKILL");
      await exited;
    },
  };
}

class Refused extends Error {}

/** Names that an object may have; `undefined`: it may be gone. */
type Possible = (string | undefined)[];

/** What writers know: after each acknowledgement one possibility, while a write is under way two. */
class Expected {
  readonly objects = new Map<string, Possible>();
  readonly createdInVain = new Set<string>();
  acknowledged = 0;

  async create(server: Server, name: string): Promise<string> {
    this.createdInVain.add(name);
    const { id } = await server.send("POST", "/api-keys", { name });
    this.createdInVain.delete(name);
    this.objects.set(id, [name]);
    this.acknowledged++;
    return id;
  }

  async change(id: string, to: string | undefined, write: () => Promise<unknown>): Promise<void> {
    this.objects.set(id, [...(this.objects.get(id) ?? []), to]);
    await write();
    this.objects.set(id, [to]);
    this.acknowledged++;
  }

  /** Compares with what is there, and settles what was open. */
  check(present: ReadonlyMap<string, string | undefined>): string[] {
    const wrong: string[] = [];
    for (const [id, possible] of this.objects) {
      const name = present.get(id);
      if (!possible.includes(name)) wrong.push(`${id} is ${name}, not ${possible.join(" or ")}`);
      if (name === undefined) this.objects.delete(id);
      else this.objects.set(id, [name]);
    }
    for (const [id, name] of present) {
      if (this.objects.has(id)) continue;
      if (!this.createdInVain.has(name ?? "")) wrong.push(`${id} "${name}" was never written, or was deleted`);
      this.objects.set(id, [name]);
    }
    this.createdInVain.clear();
    return wrong;
  }
}

async function namesById(client: GatewayClient): Promise<Map<string, string | undefined>> {
  const names = new Map<string, string | undefined>();
  for await (const { id, name } of client.listApiKeys()) names.set(id, name);
  return names;
}

/** Writes until the server is gone: every third time a change, every fifth a removal. */
async function writeOn(server: Server, expected: Expected, writer: string): Promise<void> {
  const own: string[] = [];
  try {
    for (let turn = 1; ; turn++) {
      const name = `${writer}-${turn}`;
      const id = own.at(-1);
      if (id !== undefined && turn % 5 === 0) {
        own.pop();
        await expected.change(id, undefined, () => server.send("DELETE", `/api-keys/${id}`));
      } else if (id !== undefined && turn % 3 === 0) {
        await expected.change(id, name, () => server.send("PATCH", `/api-keys/${id}`, { name }));
      } else {
        own.push(await expected.create(server, name));
      }
    }
  } catch (error) {
    // Any other error means that there is no server any more.
    if (error instanceof Refused) throw error;
  }
}

test(`after each of ${KILLS} kills during writes, all acknowledged changes are kept`, async () => {
  const expected = new Expected();
  for (let round = 0; round < KILLS; round++) {
    const server = await startProcess();
    expect(expected.check(await server.names())).toEqual([]);
    // After a number of acknowledgements that differs from round to round.
    const enough = expected.acknowledged + 1 + ((round * 7) % 40);
    let isOver = false;
    const writers = Promise.all(
      Array.from({ length: WRITERS }, (_, writer) => writeOn(server, expected, `${round}-${writer}`)),
    ).finally(() => {
      isOver = true;
    });
    while (expected.acknowledged < enough && !isOver) await new Promise(setImmediate);
    await server.kill();
    await writers;
    expect(expected.acknowledged).toBeGreaterThanOrEqual(enough);
  }
  const server = await startProcess();
  expect(expected.check(await server.names())).toEqual([]);
  expect(expected.acknowledged).toBeGreaterThan(KILLS * 10);
  await server.kill();
}, 300_000);

const open = async () => {
  const gateway = await startGateway({ dataFile });
  return { ...gateway, client: new GatewayClient({ apiUrl: gateway.controlUrl, apiKey: gateway.apiKey }) };
};

test("objects, tokens, values, settings, credits, usage and the account's id are kept over a restart", async () => {
  const before = await open();
  const provider = await before.client.createProvider({ providerId: "p", name: "p", baseUrl: "https://p.example/v1" });
  await before.client.createProviderKey({ providerId: "p", name: "k", value: "planted-value-0123456789" });
  const { token = "" } = await before.client.createAccessKey({ name: "a" });
  await before.client.updateGatewayConfig({ totalTimeout: "7m", maxInputTokens: 5000 });
  await fetch((await before.client.createCheckoutSession({ amount: 100 })).sessionUrl);
  const ask = (gatewayUrl: string) =>
    fetch(`${gatewayUrl}/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}` },
      body: '{"model":"openai:gpt-5-mini","messages":[{"role":"user","content":"Hello"}]}',
    });
  await (await ask(before.gatewayUrl)).text();
  const everything = async ({ client }: typeof before) => ({
    provider: await client.getProvider(provider.id),
    config: { ...(await client.getGatewayConfig()), uri: "" },
    balance: await client.getCreditBalance(),
    overview: (await client.getUsageOverview({ startTime: "2020-01-01T00:00:00Z" })).totals,
  });
  const kept = await everything(before);
  await before.close();

  const after = await open();
  const { uri: _before, ...providerBefore } = kept.provider;
  const found = await everything(after);
  expect(found).toMatchObject({ ...kept, provider: providerBefore });
  expect((await ask(after.gatewayUrl)).status).toBe(200);
  // New ids are greater than the old ones.
  const next = await after.client.createProvider({ providerId: "q", name: "q", baseUrl: "https://q.example/v1" });
  expect(next.id > provider.id).toBe(true);
  await after.close();
  // Values have to be in the file, so only its owner may read it.
  expect(fs.readFileSync(dataFile, "utf8")).toContain("planted-value-0123456789");
  if (process.platform !== "win32") expect(fs.statSync(dataFile).mode & 0o077).toBe(0);
});

test("a reset is kept over a restart", async () => {
  const before = await open();
  await before.client.createApiKey({ name: "x" });
  await fetch(`${before.controlUrl}/_emulator/reset`, { method: "POST" });
  await before.client.createApiKey({ name: "y" });
  await before.close();
  const after = await open();
  expect([...(await namesById(after.client)).values()]).toEqual(["y"]);
  expect((await after.client.getCreditBalance()).balanceCents).toBe(500);
  await after.close();
});

test("an incomplete last line is ignored, a damaged line is reported", async () => {
  const first = await open();
  await first.client.createApiKey({ name: "whole" });
  await first.close();
  fs.appendFileSync(dataFile, '[[0,{"kind":"apiKeys","set":{"id":"ak_torn"');
  const second = await open();
  expect([...(await namesById(second.client)).values()]).toEqual(["whole"]);
  await second.close();
  const lines = fs.readFileSync(dataFile, "utf8").split("\n");
  fs.writeFileSync(dataFile, [lines[0], "{damaged", ...lines.slice(1)].join("\n"));
  await expect(open()).rejects.toThrow(`line 2 of ${dataFile} is damaged`);
});

test("a file with another format is refused and not changed", async () => {
  fs.writeFileSync(dataFile, "my diary\n");
  await expect(open()).rejects.toThrow("was not written by this version of the emulator");
  expect(fs.readFileSync(dataFile, "utf8")).toBe("my diary\n");
});

test("a file in use is refused", async () => {
  const first = await open();
  await expect(open()).rejects.toThrow("is in use by this process already");
  await first.close();
  fs.writeFileSync(`${dataFile}.lock`, JSON.stringify({ pid: process.ppid, hostname: os.hostname() }));
  await expect(open()).rejects.toThrow(`is in use by process ${process.ppid}`);
});

test("the file is rewritten when most of it is outdated, and keeps all data", async () => {
  const gateway = await open();
  const { id } = await gateway.client.createApiKey({ name: "x" });
  const metadata = "x".repeat(4096);
  let largest = 0;
  let [last, shrank] = [0, false];
  for (let turn = 0; turn < 200 && !shrank; turn++) {
    const names = Array.from({ length: 16 }, (_, index) => `${turn}-${index}`);
    await Promise.all(names.map((name) => gateway.client.updateApiKey(id, { metadata, name })));
    const { size } = fs.statSync(dataFile);
    largest = Math.max(largest, size);
    shrank = size < last;
    last = size;
  }
  expect([shrank, largest < 5 * 1024 * 1024]).toEqual([true, true]);
  const { name } = await gateway.client.getApiKey(id);
  await gateway.close();
  const after = await open();
  expect((await after.client.getApiKey(id)).name).toBe(name);
  await after.close();
});

test("the emulator command keeps changes in the file given with --data", async () => {
  const command = path.join(root, "dist/cli/main.js");
  const startCommand = async () => {
    const child = spawn(process.execPath, [command, "emulator", "--data", dataFile, "--json"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const { controlUrl } = JSON.parse(String((await once(child.stdout, "data"))[0])) as { controlUrl: string };
    const end = async () => {
      child.kill("SIGTERM");
      expect((await once(child, "exit"))[0]).toBe(0);
    };
    return { client: new GatewayClient({ apiUrl: controlUrl, apiKey: "local" }), end };
  };
  const first = await startCommand();
  const { id } = await first.client.createApiKey({ name: "kept" });
  await first.end();
  const second = await startCommand();
  expect((await second.client.getApiKey(id)).name).toBe("kept");
  await second.end();
});
