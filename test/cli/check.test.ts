/**
 * `pulumi-ngrok-ai check` and its findings. Runs the build against the local gateway. Does not prove how long the
 * service keeps usage.
 */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import type { Finding } from "../../cli/account/findings";
import { runCommand } from "../helpers/commandLine";
import { startTestGateway, type TestGateway } from "../helpers/gateway";

const VALUE = "planted-provider-key-0123456789";
let gateway: TestGateway;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  gateway = await startTestGateway();
  env = { AI_GATEWAY_API_KEY: gateway.apiKey, AI_GATEWAY_API_URL: gateway.controlUrl };
});
beforeEach(() => gateway.reset());
afterAll(() => gateway.close());

async function check(...flags: string[]): Promise<{ code: number | null; findings: string[][] }> {
  const { code, stdout } = await runCommand(["check", "--json", ...flags], env);
  const { findings } = JSON.parse(stdout) as { findings: Finding[] };
  return { code, findings: findings.map(({ kind, name, finding }) => [kind, name, finding]).sort() };
}

const ask = (token: string, model: string) =>
  fetch(`${gateway.gatewayUrl}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ model, messages: [{ role: "user", content: "Hello" }] }),
  });

test("an empty account has no findings", async () => {
  expect(await check()).toEqual({ code: 0, findings: [] });
});

test("each finding is reported once per object, and the exit code is 2", async () => {
  const { client } = gateway;
  const baseUrl = "https://contoso.openai.azure.com/openai/deployments/d?api-version=2024-10-21";
  for (const providerId of ["azure-keyless", "azure-used"])
    await client.createProvider({ providerId, name: providerId, baseUrl });
  const used = await client.createProviderKey({ providerId: "azure-used", name: "used", value: VALUE });
  await client.createProviderKey({ providerId: "openai", name: "idle", value: VALUE });
  const configuration = await client.createAccessKeyConfiguration({
    name: "team",
    access: { providers: { allow: ["azure-used", "openai"] } },
    router: {
      rules: [
        { provider: "azure-used", steps: [{ type: "user", keys: [{ id: used.id }] }] },
        { provider: "openai", steps: [{ type: "ngrok" }] },
      ],
    },
  });
  await client.createAccessKeyConfiguration({ name: "nobody's" });
  const { token = "" } = await client.createAccessKey({ name: "team", accessKeyConfigurationId: configuration.id });
  expect((await ask(token, "openai:gpt-5-mini")).status).toBe(200);
  expect(await check()).toEqual({
    code: 2,
    findings: [
      ["AccessConfiguration", "nobody's", "configuration-unattached"],
      ["AccessKey", "team", "billed-to-credits"],
      ["CustomProvider", "azure-keyless", "provider-not-allowed"],
      ["CustomProvider", "azure-keyless", "provider-without-key"],
      ["ProviderKey", "idle", "key-never-used"],
      ["ProviderKey", "idle", "key-not-routed"],
      ["ProviderKey", "used", "key-never-used"],
    ],
  });
});

test("an access key without a configuration counts as using every provider and every stored key", async () => {
  const { client } = gateway;
  await client.createProvider({
    providerId: "azure",
    name: "azure",
    baseUrl: "https://contoso.openai.azure.com/openai/deployments/d?api-version=2024-10-21",
  });
  await client.createProviderKey({ providerId: "azure", name: "key", value: VALUE });
  await client.createAccessKey({ name: "all" });
  expect((await check()).findings).toEqual([
    ["AccessKey", "all", "key-never-used"],
    ["ProviderKey", "key", "key-never-used"],
  ]);
});

test("with --state, only objects that the stack manages are reported", async () => {
  const own = await gateway.client.createAccessKey({ name: "own" });
  await gateway.client.createAccessKey({ name: "other's" });
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "check-"));
  const file = path.join(folder, "state.json");
  const type = "pulumi-nodejs:dynamic/ngrok-ai:AccessKey";
  const resource = { urn: `urn:pulumi:dev::shop::${type}::own`, type, id: own.id };
  const manifest = { time: new Date().toISOString() };
  fs.writeFileSync(file, JSON.stringify({ version: 3, deployment: { manifest, resources: [resource] } }));
  expect((await check("--state", file)).findings).toEqual([["AccessKey", "own", "key-never-used"]]);
  fs.rmSync(folder, { recursive: true });
});

const withoutColors = () => ({ ...env, CI: "true", FORCE_COLOR: "1" });

test("repeated findings are one group with a count, without colors in a pipeline and without secrets", async () => {
  await gateway.client.createProviderKey({ providerId: "openai", name: "first", value: VALUE });
  await gateway.client.createProviderKey({ providerId: "openai", name: "second", value: VALUE });
  const { stdout } = await runCommand(["check"], withoutColors());
  const lines = stdout.replace(/aigpk_\w+|\d{4}-\d\d-\d\dT[\d:.]+Z/g, "…").split("\n");
  expect(lines).toEqual([
    "key-never-used (2)",
    "  The key has never been used. Delete it, or find out which application should use it.",
    '    provider key "second"  …  created …',
    '    provider key "first"  …  created …',
    "",
    "key-not-routed (2)",
    "  No routing rule uses the key. Add it to a rule, or delete it.",
    '    provider key "second"  …',
    '    provider key "first"  …',
    "",
  ]);
});

test("a group shows ten objects and the number of the others; --json lists all objects", async () => {
  for (let index = 1; index <= 13; index++) await gateway.client.createApiKey({ name: `pipeline-${index}` });
  const { stdout } = await runCommand(["check"], withoutColors());
  expect(stdout.match(/API key "pipeline-/g)).toHaveLength(10);
  expect(stdout).toMatch(/^key-never-used \(13\)$/m);
  expect(stdout).toMatch(/^ {4}… and 3 more; --json lists each$/m);
  expect((await check()).findings).toHaveLength(13);
});

test("control characters and reversed text in a name are shown escaped", async () => {
  await gateway.client.createApiKey({ name: "\u202egnp.exe\u009b31m\u001b[31mred" });
  const { stdout } = await runCommand(["check"], withoutColors());
  expect(stdout).toContain('API key "\\u202egnp.exe\\u009b31m\\u001b[31mred"');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these must not reach a terminal
  expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
});
