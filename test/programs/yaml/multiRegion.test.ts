/**
 * The component in YAML on the Pulumi CLI, with the local Azure and gateway: its children are resources of the plugin
 * and of azure-native. ../multiRegion.test.ts proves their behavior; this file proves that a program in another
 * language gets the same behavior. Each test continues from the previous one.
 */
import OpenAI from "openai";
import { startAzure, startGateway } from "../../../emulator";
import { FaultList } from "../../../emulator/faults";
import { RequestLog } from "../../../emulator/requestLog";
import { realChanges } from "../../helpers/stack";
import { YamlProgram } from "../../helpers/yamlProgram";

jest.setTimeout(600_000);

type Started<F extends (...args: never[]) => Promise<unknown>> = Awaited<ReturnType<F>>;
const requestLog = new RequestLog();
const faults = new FaultList();
let azure: Started<typeof startAzure>;
let gateway: Started<typeof startGateway>;
let program: YamlProgram;
let printed = "";

beforeAll(async () => {
  azure = await startAzure({ requestLog, faults });
  gateway = await startGateway({ azureUrl: azure.azureUrl, requestLog, faults });
  program = await YamlProgram.create({
    name: "regions",
    env: {
      AZURE_EMULATOR_URL: azure.azureUrl,
      AI_GATEWAY_API_KEY: gateway.apiKey,
      AI_GATEWAY_API_URL: gateway.controlUrl,
      AI_GATEWAY_URL: gateway.gatewayUrl,
    },
  });
});

afterEach(() => faults.clear());

afterAll(async () => {
  program?.dispose();
  await gateway?.close();
  await azure?.close();
});

const reference = (path: string) => `\${${path}}`;

const GATEWAY = "ngrok-ai:azure:AzureOpenAIGateway";
const DEPLOYMENTS = {
  "gpt-5-mini": { model: "gpt-5-mini", version: "2025-08-07", sku: "GlobalStandard", capacity: 50 },
};
const REGIONS = { eastus2: {}, swedencentral: { priority: 2 } };
const OUTPUTS = {
  token: reference("ai.token"),
  requests: reference("ai.requests"),
  endpoint: reference("ai.regions.eastus2.endpoint"),
  deployment: reference('ai.regions.eastus2.deployments["gpt-5-mini"].name'),
  key1: reference("ai.regions.eastus2.key1"),
  provider: reference('ai.providers["azure-eastus2"].providerId'),
  configuration: reference("ai.configuration.name"),
};

function write(properties: object, { others = {}, outputs = OUTPUTS }: { others?: object; outputs?: object } = {}) {
  program.write({ resources: { ai: { type: GATEWAY, properties }, ...others }, outputs });
}

/** What a run that must not succeed prints. */
async function refused(): Promise<string> {
  const { code, text } = await program.pulumi("preview");
  expect(code).not.toBe(0);
  return text;
}

async function expectNothingToDo(): Promise<void> {
  expect(realChanges((await program.stack.preview()).changeSummary)).toEqual({});
  expect(realChanges((await program.stack.refresh()).summary.resourceChanges)).toEqual({});
}

/** Who answers, in the words of the local model. */
async function whoAnswers(request: { model: string; models?: string[] }): Promise<string> {
  const { token } = await program.stack.outputs();
  const client = new OpenAI({ apiKey: String(token?.value), baseURL: `${gateway.gatewayUrl}/v1`, maxRetries: 0 });
  const messages = [{ role: "user" as const, content: "Which deployment are you?" }];
  const { choices } = await client.chat.completions.create({ ...request, messages });
  return / in (\w+) \(/.exec(choices[0]?.message.content ?? "")?.[1] ?? "nobody";
}

describe("invalid arguments are refused before anything is created:", () => {
  afterEach(() => expect(requestLog.entries().filter(({ method }) => method !== "GET")).toEqual([]));

  test("those with a wrong type by the CLI, with the line of the program", async () => {
    write({ regions: { eastus2: { priority: "high" } }, deployments: DEPLOYMENTS });
    const text = await refused();
    expect(text).toMatch(/priority: Cannot assign type 'string' to type 'number'/);
    expect(text).toMatch(/on Pulumi\.yaml line \d+/);
  });

  test("all others together, each with its property path", async () => {
    write({
      regions: { eastus2: { priority: 0.5, deployments: { "gpt-5.1": { capacity: 0 } } }, swedencentral: {} },
      deployments: DEPLOYMENTS,
      failover: { order: ["eastus3"] },
      providerIdPrefix: "Not Lower",
    });
    const text = await refused();
    expect(text).toContain(`${GATEWAY} resource 'ai' has a problem: there are 4 problems`);
    for (const path of [
      'regions.eastus2.deployments["gpt-5.1"].capacity with value 0',
      'failover.order[0] with value "eastus3"',
      'providerIdPrefix with value "Not Lower"',
    ]) {
      expect(text).toContain(`- property ${path} has a problem: `);
    }
  });

  test("values that are unknown at preview, if the plan requires them", async () => {
    const team = { type: "ngrok-ai:AccessConfiguration", properties: {} };
    write({ regions: REGIONS, deployments: DEPLOYMENTS, providerIdPrefix: reference("team.id") }, { others: { team } });
    expect(await refused()).toMatch(
      /property providerIdPrefix has a problem: is an Output, which only an up knows, but must be text that is known at preview/,
    );
  });

  test("two components with one prefix", async () => {
    const second = { type: GATEWAY, properties: { regions: { westus3: {}, eastus2: {} }, deployments: DEPLOYMENTS } };
    write({ regions: REGIONS, deployments: DEPLOYMENTS }, { others: { second } });
    expect(await refused()).toMatch(/azure-eastus2/);
  });
});

test("up creates regions, providers, keys and access, and requests an answer from each region", async () => {
  write({ regions: REGIONS, deployments: DEPLOYMENTS, verify: true });
  const preview = await program.stack.preview();
  // The stack, the component, 2 regions; a group, 2 accounts, 2 deployments; 2 providers, 4 keys, 2 checks; configuration and key.
  expect(realChanges(preview.changeSummary)).toEqual({ create: 19 });
  expect(requestLog.entries().filter(({ method }) => method !== "GET")).toEqual([]);
  const up = await program.stack.up();
  printed += up.stdout;
  expect(realChanges(up.summary.resourceChanges)).toEqual({ create: 19 });
  expect(up.outputs).toMatchObject({
    token: { secret: true },
    key1: { secret: true },
    endpoint: { value: expect.stringMatching(/^https:\/\/ai-eastus2-\w+\.openai\.azure\.com$/), secret: false },
    deployment: { value: "gpt-5-mini" },
    provider: { value: "azure-eastus2" },
    configuration: { value: "ai" },
    requests: {
      value: {
        "gpt-5-mini": {
          model: "azure-eastus2:gpt-5-mini",
          models: ["azure-eastus2:gpt-5-mini", "azure-swedencentral:gpt-5-mini"],
        },
      },
    },
  });
  await expectNothingToDo();
  const { deployment } = (await program.stack.exportStack()) as { deployment: { resources: { type: string }[] } };
  const types = deployment.resources.map(({ type }) => type);
  // Children use the provider of the program.
  expect(types.filter((type) => type === "pulumi:providers:ngrok-ai")).toHaveLength(1);
  expect(types.filter((type) => type.startsWith("pulumi-nodejs"))).toEqual([]);
});

test("a pinned region answers, and the next one answers if the first is throttled", async () => {
  const { requests } = await program.stack.outputs();
  const request = (requests!.value as Record<string, { model: string; models: string[] }>)["gpt-5-mini"]!;
  expect(await whoAnswers({ model: "azure-swedencentral:gpt-5-mini" })).toBe("swedencentral");
  expect(await whoAnswers(request)).toBe("eastus2");
  const { endpoint } = await program.stack.outputs();
  const action = { status: 429, headers: { "retry-after": "30" }, body: { error: { code: "429", message: "slow" } } };
  faults.add({
    plane: "azure",
    match: { host: new URL(String(endpoint?.value)).hostname.split(".")[0]! },
    times: 9,
    action,
  });
  expect(await whoAnswers(request)).toBe("swedencentral");
});

test("the component accepts resources of the program, and the keys of an account as secrets", async () => {
  const others = {
    contoso: {
      type: "ngrok-ai:CustomProvider",
      properties: { providerId: "contoso", baseUrl: "https://contoso.example.com", models: ["m1"] },
    },
    key: {
      type: "ngrok-ai:ProviderKey",
      properties: { providerId: reference("contoso"), value: "planted-key-0123456789" },
    },
  };
  const endpoint = "https://elsewhere.openai.azure.com";
  const account = { existing: { resourceGroupName: "other", name: "elsewhere", endpoint } };
  const keys = { key1: { "fn::secret": "planted-azure-key-0123456789" } };
  const elsewhere = { account, keys, existingDeployments: ["gpt-5-mini"], priority: 3 };
  const configuration = {
    extraProviders: [reference("contoso")],
    extraRules: [{ provider: reference("contoso"), keys: [reference("key")] }],
  };
  write({ regions: { ...REGIONS, elsewhere }, deployments: DEPLOYMENTS, configuration }, { others });
  const up = await program.stack.up();
  printed += up.stdout;
  expect(up.outputs.requests?.value).toMatchObject({
    "gpt-5-mini": { models: [expect.anything(), expect.anything(), "azure-elsewhere:gpt-5-mini"] },
  });
  await expectNothingToDo();
});

test("removing the added arguments deletes exactly their resources", async () => {
  write({ regions: REGIONS, deployments: DEPLOYMENTS });
  const up = await program.stack.up();
  // The region, its provider and its key; the provider and key beside the component.
  expect(realChanges(up.summary.resourceChanges)).toEqual({ delete: 5, update: 1 });
});

test("no key and no token is stored or printed as plain text", async () => {
  const { token, key1 } = await program.stack.outputs();
  for (const secret of [
    String(token?.value),
    String(key1?.value),
    "planted-key-0123456789",
    "planted-azure-key-0123456789",
  ]) {
    expect(secret.length).toBeGreaterThan(10);
    expect(program.storedTexts().filter((text) => text.includes(secret))).toEqual([]);
    expect(printed).not.toContain(secret);
    expect(JSON.stringify(requestLog.entries())).not.toContain(secret);
  }
});

test("destroy leaves Azure and the gateway empty", async () => {
  await program.stack.destroy();
  const answer = await fetch(`${gateway.controlUrl}/providers`, {
    headers: { authorization: `Bearer ${gateway.apiKey}` },
  });
  expect(Object.values((await answer.json()) as object).find(Array.isArray)).toEqual([]);
});
