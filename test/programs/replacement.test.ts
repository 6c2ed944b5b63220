/**
 * While a key is replaced, two objects of one resource exist: neither is mistaken for an object that a killed run left, even with
 * `--replace`, which causes no diff. Does not prove the contents of the Pulumi CLI's state during the replacement.
 */
import fs from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import { readInventory } from "../../cli/account/inventory";
import { readStackState } from "../../cli/account/stackState";
import { findOrphans, type Orphan, removeOrphans } from "../../cli/recover/orphans";
import { type Ended, runCommand, startCommand } from "../helpers/commandLine";
import { startTestGateway, type TestGateway } from "../helpers/gateway";
import { type InlineProgram, inlineProgram } from "../helpers/inlineProgram";

const URN = "urn:pulumi:dev::replacement::pulumi-nodejs:dynamic/ngrok-ai:AccessKey::application";
const PROGRAM = `
new ngrok.AccessKey("application", { name: "application", rotationTrigger: new pulumi.Config().get("trigger") ?? "1" });
`;

/** Each run of the command starts three processes. */
jest.setTimeout(180_000);

let folder: string;
let stateFile: string;
let gateway: TestGateway;
let program: InlineProgram;

beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "replacement-"));
  stateFile = path.join(folder, "state.json");
  gateway = await startTestGateway();
  program = inlineProgram("replacement", PROGRAM);
});

afterAll(async () => {
  await gateway?.close();
  program?.dispose();
  fs.rmSync(folder, { recursive: true, force: true });
});

const env = () => ({
  PULUMI_CONFIG_PASSPHRASE: "p",
  AI_GATEWAY_API_KEY: gateway.apiKey,
  AI_GATEWAY_API_URL: gateway.controlUrl,
});
const command = (...flags: string[]) => [
  "offline",
  "up",
  "--cwd",
  program.folder,
  "--stack",
  "dev",
  "--state",
  stateFile,
  ...flags,
];
const up = (...flags: string[]): Promise<Ended> => runCommand(command(...flags), env());

async function keys(): Promise<string[]> {
  const ids: string[] = [];
  for await (const { id } of gateway.client.listAccessKeys()) ids.push(id);
  return ids;
}

async function orphans(): Promise<Orphan[]> {
  return findOrphans(readStackState(stateFile), await readInventory(gateway.client));
}

/** Forwards all requests to the gateway, but never responds to the creation of a key, which only settles `made`. */
async function startSilentGateway(): Promise<{ url: string; made: Promise<void>; close(): void }> {
  let tell = () => {};
  const made = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const server = http.createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = "GET", url = "/", headers } = request;
    const answer = await fetch(`${gateway.controlUrl}${url}`, {
      method,
      headers: { authorization: headers.authorization ?? "", "content-type": "application/json" },
      ...(chunks.length > 0 && { body: Buffer.concat(chunks) }),
    });
    const body = await answer.text();
    if (method === "POST") tell();
    else response.writeHead(answer.status, { "content-type": "application/json" }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${port}`, made, close };
}

test("with --replace, and the old key's deletion refused: both keys are known, and the next up deletes the old one", async () => {
  expect((await up()).code).toBe(0);
  const [old] = await keys();
  await gateway.fault({ match: { method: "DELETE", path: "/access-keys" }, times: 1, action: { status: 400 } });
  expect((await up("--replace", URN)).code).toBe(1);
  const both = await keys();
  expect(both).toHaveLength(2);
  expect(await orphans()).toEqual([]);
  expect((await up()).code).toBe(0);
  expect(await keys()).toEqual(both.filter((id) => id !== old));
});

test("with --replace, and the response lost: exactly one new key exists, and the old one is not mistaken for it", async () => {
  const [old] = await keys();
  await gateway.fault({ match: { method: "POST", path: "/access-keys" }, times: 1, action: { drop: "after" } });
  expect((await up("--replace", URN)).code).toBe(0);
  const now = await keys();
  expect(now).toHaveLength(1);
  expect(now).not.toContain(old);
  expect(await orphans()).toEqual([]);
});

test("killed while the new key is created: recover finds the new key and not the old one, and up continues", async () => {
  const [old] = await keys();
  const silent = await startSilentGateway();
  const { child, ended } = startCommand(
    command("--config", "trigger=2"),
    { ...env(), AI_GATEWAY_API_URL: silent.url },
    true,
  );
  await silent.made;
  process.kill(-(child.pid ?? 0), "SIGKILL");
  await ended;
  silent.close();
  expect(await keys()).toHaveLength(2);
  const found = await orphans();
  expect(found.map(({ verdict, resource }) => [verdict, resource])).toEqual([["removable", "application"]]);
  expect(found[0]?.id).not.toBe(old);
  expect(await removeOrphans(gateway.client, found)).toEqual([found[0]?.id]);
  expect((await up("--config", "trigger=2")).code).toBe(0);
  const now = await keys();
  expect(now).toHaveLength(1);
  expect(now).not.toContain(old);
});
