/**
 * The policy pack on the Pulumi CLI: for each policy a program that comes up, and programs that are refused with the policy's
 * message before anything is created; for resources of the classes, of the plugin, and of azure-native. Does not prove what a
 * service backend does with a published pack.
 */
import fs from "node:fs";
import path from "node:path";
import { RequestLog, startAzure } from "../../emulator";
import { startTestGateway, type TestGateway } from "../helpers/gateway";
import { YamlProgram } from "../helpers/yamlProgram";
import { cases, PLANTED_KEY, PLANTED_OPENAI_KEY, type PolicyCase } from "../policies/cases";
import { CliProject } from "./cliProject";

const root = path.resolve(__dirname, "..", "..");
const PACK = path.join(root, "policies");
const STAND_INS = path.join(root, "plugins");
const API_KEY = "planted-api-key-0123456789abcdef";

jest.setTimeout(900_000);

const requestLog = new RequestLog();
let gateway: TestGateway;
let azure: Awaited<ReturnType<typeof startAzure>>;
let project: CliProject;

beforeAll(async () => {
  gateway = await startTestGateway({ apiKey: API_KEY, requestLog });
  azure = await startAzure({ requestLog });
  project = new CliProject("policies", "", {
    AZURE_EMULATOR_URL: azure.azureUrl,
    PATH: `${STAND_INS}${path.delimiter}${process.env.PATH}`,
  });
  await project.initStack("dev", gateway);
});

afterAll(async () => {
  project?.dispose();
  await azure?.close();
  await gateway?.close();
});

/** Requests to the gateway and to Azure that create or change something; a list of keys is a POST too. */
const writes = () =>
  requestLog
    .entries()
    .filter(({ method, path: asked }) => method !== "GET" && !/listKeys$/.test(asked))
    .map(({ method, path: asked }) => `${method} ${asked}`);

/** `pulumi up` with the pack, of which only the given policy may have a configuration. */
function up(body: string, { policy, config }: PolicyCase, ...args: string[]) {
  project.write(body);
  const file = project.file("policies.json");
  fs.writeFileSync(file, JSON.stringify(config === undefined ? {} : { [policy]: config }));
  return project.run("up", "--yes", "--stack", "dev", "--policy-pack", PACK, "--policy-pack-config", file, ...args);
}

/** What the CLI printed on one line. */
const inOneLine = (text: string) => text.replaceAll(/\s+/g, " ");

describe.each(cases.map((each) => [each.policy, each] as const))("%s", (_, each) => {
  test("accepts a program that follows it", async () => {
    requestLog.clear();
    const { code, output } = await up(each.accepted, each);
    // The mark says that no policy of the pack reports anything.
    expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining("✅ ngrok-ai@") });
    expect(output).not.toMatch(/[❌⚠]/u);
    expect(writes()).not.toEqual([]);
  });

  test.each(each.refused.map((one) => [one.title, one] as const))("refuses %s", async (_, { program, message }) => {
    requestLog.clear();
    const { code, output } = await up(program, each);
    expect(inOneLine(output)).toContain(message);
    expect(output).toContain("❌ ngrok-ai@");
    expect(code).not.toBe(0);
    expect(writes()).toEqual([]);
  });
});

test("an advisory policy reports, and the program comes up", async () => {
  const { refused } = cases.find(({ policy }) => policy === "two-keys-per-azure-provider") as PolicyCase;
  const [{ program, message }] = refused;
  const { code, output } = await up(program, { policy: "", accepted: "", refused });
  expect(inOneLine(output)).toContain(message);
  expect(code).toBe(0);
});

test("no key or token is in what the CLI printed", () => {
  expect(project.printed.length).toBeGreaterThan(10_000);
  for (const secret of [API_KEY, PLANTED_KEY, PLANTED_OPENAI_KEY]) expect(project.printed).not.toContain(secret);
});

describe("resources of the plugin", () => {
  let program: YamlProgram;
  beforeAll(async () => {
    const env = { AI_GATEWAY_API_KEY: gateway.apiKey, AI_GATEWAY_API_URL: gateway.controlUrl };
    program = await YamlProgram.create({ name: "policies", env });
  });
  afterAll(() => program?.dispose());

  const provider = {
    type: "ngrok-ai:CustomProvider",
    properties: { providerId: "contoso", baseUrl: "https://contoso.example.com/v1", models: ["m1"] },
  };
  const key = { type: "ngrok-ai:ProviderKey", properties: { providerId: "$" + "{contoso}", value: PLANTED_KEY } };
  const team = {
    type: "ngrok-ai:AccessConfiguration",
    properties: { access: { providers: { allow: ["$" + "{contoso}"] } } },
  };
  const rule = {
    type: "ngrok-ai:RoutingRule",
    properties: { configurationId: "$" + "{team}", provider: "$" + "{contoso}", keys: ["$" + "{key}"] },
  };

  test("are refused in a stack and one by one", async () => {
    program.write({ resources: { contoso: provider, key, team } });
    const withoutRule = await program.pulumi("up", "--yes", "--policy-pack", PACK);
    expect(withoutRule.text).toContain('allows the custom provider "contoso", but no rule gives it a key');
    expect(withoutRule.code).not.toBe(0);
    program.write({ resources: { app: { type: "ngrok-ai:AccessKey" } } });
    const withoutConfiguration = await program.pulumi("up", "--yes", "--policy-pack", PACK);
    expect(withoutConfiguration.text).toContain('AccessKey "app" has no configuration');
    expect(withoutConfiguration.code).not.toBe(0);
  });

  test("are accepted", async () => {
    const app = { type: "ngrok-ai:AccessKey", properties: { configurationId: "$" + "{team}" } };
    program.write({ resources: { contoso: provider, key, team, rule, app } });
    const { code, text } = await program.pulumi("up", "--yes", "--policy-pack", PACK);
    expect({ code, text }).toEqual({ code: 0, text: expect.stringContaining("✅ ngrok-ai@") });
  });
});
