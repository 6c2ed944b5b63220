/**
 * `pulumi-ngrok-ai emulator`: its flags, as a process of the build. Does not prove the behavior of the servers;
 * test/emulator does.
 */
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import os from "node:os";
import path from "node:path";
import { GatewayClient } from "../../sdk";
import { ask, Manager } from "../emulator/azure/helpers";
import { type EmulatorProcess, runCommand, startCommand, startEmulator } from "../helpers/commandLine";

const clientOf = ({ controlUrl }: EmulatorProcess, apiKey: string) => new GatewayClient({ apiUrl: controlUrl, apiKey });
const azureOf = ({ azureUrl }: EmulatorProcess) => new Manager({ azureUrl });

test("each further --api-key creates an account, and the first key is reported", async () => {
  const emulator = await startEmulator(["--api-key", "one", "--api-key", "two"]);
  await clientOf(emulator, "two").createProvider({ providerId: "p", name: "of two", baseUrl: "https://p.example/v1" });
  const names = async (apiKey: string) => {
    const found = [];
    for await (const { name } of clientOf(emulator, apiKey).listProviders()) found.push(name);
    return found;
  };
  expect([emulator.apiKey, await names("one"), await names("two")]).toEqual(["one", [], ["of two"]]);
  await expect(names("local")).rejects.toMatchObject({ status: 401 });
  expect(await emulator.end()).toBe(0);
});

test(`without --api-key, one account exists, with the key "local"`, async () => {
  const emulator = await startEmulator([]);
  expect(emulator.apiKey).toBe("local");
  expect((await clientOf(emulator, "local").getCreditBalance()).balanceCents).toBe(500);
  expect(await emulator.end()).toBe(0);
});

/** What `emulator` prints until it is ready. */
async function printedBy(...flags: string[]): Promise<string> {
  const { child, ended } = startCommand(["emulator", ...flags]);
  let shown = "";
  child.stdout?.on("data", (text: string) => {
    shown += text;
    if (shown.includes("Ctrl-C ends the servers.")) child.kill("SIGTERM");
  });
  return (await ended).stdout;
}

test("the text output contains the key of each account", async () => {
  const text = await printedBy("--api-key", "one", "--api-key", "two");
  expect(text).toMatch(/^Management API {2}http:.* keys "one", "two", each of its own account$/m);
});

test("the text output contains a line for the shell that sets all addresses and the first key", async () => {
  const text = await printedBy("--api-key", "it's one", "--api-key", "two");
  const line = /^ {2}(export .*)$/m.exec(text)?.[1] ?? "";
  const names = ["AI_GATEWAY_API_KEY", "AI_GATEWAY_API_URL", "AI_GATEWAY_URL", "AZURE_EMULATOR_URL"];
  const shown = execFileSync("sh", ["-c", `${line}; for name in ${names.join(" ")}; do printenv "$name"; done`]);
  const [apiKey, ...urls] = shown.toString().trim().split("\n");
  expect(apiKey).toBe("it's one");
  for (const url of urls) expect(url).toMatch(/^https?:\/\/127\.0\.0\.1:\d+$/);
  expect(urls).toHaveLength(3);
});

test.each([
  ["given twice", ["--api-key", "one", "--api-key", "one"], "The key of another account is the same."],
  ["empty", ["--api-key", ""], "A key has at least one character."],
])("an API key that is %s is refused", async (_, flags, message) => {
  expect(await runCommand(["emulator", ...flags])).toMatchObject({ code: 1, stderr: expect.stringContaining(message) });
});

test("if one server cannot start, the other is stopped and the exit code is 1", async () => {
  const holder = createServer().listen(0, "127.0.0.1");
  await once(holder, "listening");
  const { port } = holder.address() as AddressInfo;
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "emulator-"));
  const ended = await runCommand(["emulator", "--gateway-port", String(port), "--data", path.join(folder, "data")]);
  expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining("EADDRINUSE") });
  expect(fs.readdirSync(folder).filter((name) => name.endsWith(".lock"))).toEqual([]);
  holder.close();
  fs.rmSync(folder, { recursive: true });
});

test("--data keeps the gateway's objects of all accounts, and the Azure resources", async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "emulator-"));
  const flags = ["--api-key", "one", "--api-key", "two", "--data", path.join(folder, "data")];
  const before = await startEmulator(flags);
  const { id } = await clientOf(before, "two").createApiKey({ name: "kept" });
  const azure = azureOf(before);
  await azure.send("PUT", azure.groupId, { location: "eastus2" });
  await azure.putAccount("contoso");
  expect(await before.end()).toBe(0);

  const after = await startEmulator(flags);
  expect((await clientOf(after, "two").getApiKey(id)).name).toBe("kept");
  const { body } = await ask(azureOf(after).azure, "https://localhost/_emulator/azure/state");
  expect(body.accounts).toMatchObject([{ name: "contoso" }]);
  expect(await after.end()).toBe(0);
  expect(fs.readdirSync(folder).sort()).toEqual(["data", "data.azure"]);
  fs.rmSync(folder, { recursive: true });
});

const written = (name: string, text: string) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "emulator-"));
  fs.writeFileSync(path.join(folder, name), text);
  return { file: path.join(folder, name), remove: () => fs.rmSync(folder, { recursive: true }) };
};

test("models added by --azure-models can be deployed", async () => {
  const models = written("models.json", '[{ "name": "gpt-6", "version": "2026-02-01", "like": "gpt-5" }]');
  const seed = written("seed.json", '{ "azure": [{ "resource": "contoso", "keys": ["a", "b"], "deployments": [] }] }');
  const emulator = await startEmulator(["--azure-models", models.file, "--seed", seed.file]);
  const azure = new Manager(emulator, "seed", "00000000-0000-0000-0000-000000000000");
  const deployment = (name: string, version: string) =>
    azure.putDeployment("contoso", name, { properties: { model: { format: "OpenAI", name: "gpt-6", version } } });
  expect((await deployment("other", "2026-01-01")).body.error.code).toBe("DeploymentModelNotSupported");
  expect((await deployment("new", "2026-02-01")).status).toBe(201);
  expect(await emulator.end()).toBe(0);
  models.remove();
  seed.remove();
});

test.each([
  ["invalid JSON", "gpt-6", "can't be read as JSON"],
  ["a value that is not a list", '{ "name": "gpt-6" }', ": models: Invalid input: expected array, received object"],
  ["a model without a version", '[{ "name": "gpt-6" }]', ": models[0].version: Invalid input: expected string"],
  ["a model like an unknown model", '[{ "name": "gpt-6", "version": "1", "like": "gpt-0" }]', "gpt-0"],
])("--azure-models with %s is refused with the name of the file", async (_what, text, message) => {
  const { file, remove } = written("models.json", text);
  const { code, stderr } = await runCommand(["emulator", "--azure-models", file]);
  expect([code, stderr]).toEqual([1, expect.stringContaining(message)]);
  expect(stderr).toContain(`--azure-models ${file}`);
  remove();
});
