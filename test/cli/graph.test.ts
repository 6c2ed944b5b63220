/**
 * `pulumi-ngrok-ai graph` of an account. Runs the build against the local gateway. Does not prove that the service's
 * lists have the same form.
 */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import type { Finding } from "../../cli/account/findings";
import type { Graph } from "../../cli/graph/model";
import { runCommand } from "../helpers/commandLine";
import { startTestGateway, type TestGateway } from "../helpers/gateway";

const VALUE = "planted-provider-key-0123456789";
let gateway: TestGateway;
let env: NodeJS.ProcessEnv;
let folder: string;

beforeAll(async () => {
  gateway = await startTestGateway();
  env = { AI_GATEWAY_API_KEY: gateway.apiKey, AI_GATEWAY_API_URL: gateway.controlUrl };
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "graph-"));
});
beforeEach(() => gateway.reset());
afterAll(async () => {
  await gateway.close();
  fs.rmSync(folder, { recursive: true });
});

const graph = (...flags: string[]) => runCommand(["graph", ...flags], env);

async function fill(): Promise<string[]> {
  const { client } = gateway;
  const baseUrl = `https://ai-eastus2-1.openai.azure.com/openai/deployments/d?api-version=2024-10-21&key=${VALUE}`;
  for (const providerId of ["azure-keyless", "azure-used"])
    await client.createProvider({ providerId, name: providerId, baseUrl, models: [{ modelId: "gpt-5-mini" }] });
  const keys = [];
  for (const name of ["first", "second", "idle"])
    keys.push(await client.createProviderKey({ providerId: "azure-used", name, value: VALUE }));
  const configuration = await client.createAccessKeyConfiguration({
    name: "team",
    access: { providers: { allow: ["azure-used"] } },
    router: {
      rules: [{ provider: "azure-used", steps: [{ type: "user", keys: keys.slice(0, 2).map(({ id }) => ({ id })) }] }],
    },
  });
  const { token = "" } = await client.createAccessKey({ name: "team", accessKeyConfigurationId: configuration.id });
  const { token: apiToken = "" } = await client.createApiKey({ name: "pipeline" });
  return [VALUE, token, apiToken, gateway.apiKey];
}

test("graph draws the routes from the access key to the account, and the findings of check", async () => {
  await fill();
  const { code, stdout, stderr } = await graph("--json");
  expect([code, stderr]).toEqual([0, ""]);
  const { nodes, edges } = JSON.parse(stdout) as Graph;
  const titles = new Map(nodes.map(({ id, title }) => [id, title]));
  expect(
    edges.map(({ from, to, order }) => [titles.get(from), titles.get(to), order ?? ""].join(" ").trim()).sort(),
  ).toEqual([
    "Rule 1 azure-used",
    "azure-keyless ai-eastus2-1",
    "azure-used first 1",
    "azure-used idle",
    "azure-used second 2",
    "first ai-eastus2-1",
    "idle ai-eastus2-1",
    "second ai-eastus2-1",
    "team Rule 1",
    "team team",
  ]);
  const checked = JSON.parse((await runCommand(["check", "--json"], env)).stdout) as { findings: Finding[] };
  const found = checked.findings.map(({ name, finding }) => `${name} ${finding}`).sort();
  expect(nodes.flatMap(({ title, marks }) => marks.map(({ finding }) => `${title} ${finding}`)).sort()).toEqual(found);
});

test.each(["html", "svg", "mermaid", "json"])("a %s picture contains no secret", async (format) => {
  const secrets = await fill();
  const { code, stdout } = await graph("--format", format, "--output", "-");
  expect(code).toBe(0);
  expect(stdout).toContain("azure-keyless");
  expect(secrets.filter((secret) => stdout.includes(secret))).toEqual([]);
});

test("graph writes a page and prints its path and a summary", async () => {
  await fill();
  const file = path.join(folder, "account.html");
  const { code, stdout } = await graph("-o", file);
  expect([code, stdout]).toEqual([
    0,
    `${file}\nAccount ${(await gateway.client.getGatewayConfig()).accountId}: 1 access key · 1 configuration · 1 routing rule · ` +
      "2 custom providers · 3 provider keys · 1 Azure account in 1 region · 1 API key\n",
  ]);
  expect(fs.readFileSync(file, "utf8")).toMatch(/^<!doctype html>/);
});

test("graph draws an empty account", async () => {
  const { code, stdout } = await graph("--format", "svg", "--output", "-");
  expect(code).toBe(0);
  expect(stdout).toContain("No objects");
});

test("graph sends only reading requests", async () => {
  await fill();
  await gateway.requests();
  await graph("--json");
  expect((await gateway.requests()).sort()).toEqual([
    "GET /access-key-configurations",
    "GET /access-keys",
    "GET /api-keys",
    "GET /gateway-config",
    "GET /provider-keys",
    "GET /providers",
  ]);
});

test.each([
  [["--format", "pdf"], "Allowed choices are html, svg, mermaid, json."],
  [
    ["--state", "-", "--preview", "-"],
    "--state and --preview cannot both be standard input: give one of them as a file",
  ],
  [["--state", "/nowhere.json"], "no such file"],
])("graph with %j is refused with the reason", async (flags, message) => {
  const { code, stderr } = await graph(...flags);
  expect(code).toBe(1);
  expect(stderr).toContain(message);
});

test.each([
  ["state", "[]", "is not a state"],
  ["preview", "{}", "is not a preview: steps: "],
  ["preview", "no JSON", "is not a preview: it is neither a JSON document nor one event a line. Give the output of"],
])("a --%s file with %j is refused with the expected content", async (kind, content, message) => {
  const file = path.join(folder, "wrong.json");
  fs.writeFileSync(file, content);
  const { code, stderr } = await graph(`--${kind}`, file);
  expect(code).toBe(1);
  expect(stderr).toContain(message);
});
