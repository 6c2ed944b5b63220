/** `pulumi-ngrok-ai check` and its findings, on the build and the local gateway. Does not prove how long the service keeps usage. */
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

test("an empty account has nothing doubtful", async () => {
  expect(await check()).toEqual({ code: 0, findings: [] });
});

test("each kind of doubt is found, with exit code 2", async () => {
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
      ["AccessConfiguration", "nobody's", "of-no-access-key"],
      ["AccessKey", "team", "on-credits"],
      ["CustomProvider", "azure-keyless", "allowed-to-nobody"],
      ["CustomProvider", "azure-keyless", "without-key"],
      ["ProviderKey", "idle", "in-no-rule"],
      ["ProviderKey", "idle", "never-used"],
      ["ProviderKey", "used", "never-used"],
    ],
  });
});

test("a key without a configuration uses every provider and every stored key", async () => {
  const { client } = gateway;
  await client.createProvider({
    providerId: "azure",
    name: "azure",
    baseUrl: "https://contoso.openai.azure.com?api-version=1",
  });
  await client.createProviderKey({ providerId: "azure", name: "key", value: VALUE });
  await client.createAccessKey({ name: "all" });
  expect((await check()).findings).toEqual([
    ["AccessKey", "all", "never-used"],
    ["ProviderKey", "key", "never-used"],
  ]);
});

test("of a stack, only what it manages is looked at", async () => {
  const own = await gateway.client.createAccessKey({ name: "own" });
  await gateway.client.createAccessKey({ name: "other's" });
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "check-"));
  const file = path.join(folder, "state.json");
  const type = "pulumi-nodejs:dynamic/ngrok-ai:AccessKey";
  const resource = { urn: `urn:pulumi:dev::shop::${type}::own`, type, id: own.id };
  const manifest = { time: new Date().toISOString() };
  fs.writeFileSync(file, JSON.stringify({ version: 3, deployment: { manifest, resources: [resource] } }));
  expect((await check("--state", file)).findings).toEqual([["AccessKey", "own", "never-used"]]);
  fs.rmSync(folder, { recursive: true });
});

test("tells people the reason of each, without colours in a pipeline and never with a secret", async () => {
  await gateway.client.createProviderKey({ providerId: "openai", name: "idle", value: VALUE });
  const { stdout } = await runCommand(["check"], { ...env, CI: "true", FORCE_COLOR: "1" });
  expect(stdout).toMatch(/never-used {2}ProviderKey "idle" aigpk_\w+\n {2}never used since it was made at /);
  expect(stdout).not.toContain(VALUE);
});
