/**
 * Variants of the Azure components that the examples do not use: other names of deployments, embeddings, dated URLs, a failover
 * proof, accounts of kind AIServices, and Azure's refusals, with the advice on them. Does not prove Azure's messages, or how the
 * Pulumi CLI shows a hook's message.
 */
import OpenAI from "openai";
import { startAzure, startGateway } from "../../emulator";
import { FaultList } from "../../emulator/faults";
import { adviceOn, waitAfter } from "../../provider/azure/errorAdvice";
import { gatewayConfig } from "../helpers/gateway";
import { type InlineProgram, inlineProgram } from "../helpers/inlineProgram";
import { createTestStack, realChanges, type StackUnderTest } from "../helpers/stack";

type Started<F extends (...args: never[]) => Promise<unknown>> = Awaited<ReturnType<F>>;
const faults = new FaultList();
let azure: Started<typeof startAzure>;
let gateway: Started<typeof startGateway>;
const disposables: { dispose(): void }[] = [];

beforeAll(async () => {
  azure = await startAzure({ faults });
  gateway = await startGateway({ azureUrl: azure.azureUrl, faults });
});
afterEach(() => faults.clear());
afterAll(async () => {
  for (const each of disposables) each.dispose();
  await gateway?.close();
  await azure?.close();
});

const componentOf = (args: object) => `
const { AzureOpenAIGateway } = require("pulumi-ngrok-ai/azure");
const gateway = new AzureOpenAIGateway("ai", ${JSON.stringify(args)});
exports.token = gateway.token;
exports.models = gateway.models;
exports.requests = gateway.requests;
`;

async function stackOf(
  name: string,
  args: object,
): Promise<{ program: InlineProgram; stack: StackUnderTest["stack"] }> {
  const program = inlineProgram(name, componentOf(args));
  const underTest = await createTestStack({
    workDir: program.folder,
    env: { AZURE_EMULATOR_URL: azure.azureUrl },
    config: {
      ...gatewayConfig(gateway),
      "ngrok-ai:gatewayUrl": { value: gateway.gatewayUrl },
    },
  });
  disposables.push(underTest, program);
  return { program, stack: underTest.stack };
}

const failureOf = (act: Promise<unknown>) =>
  act.then(
    () => "",
    (error: Error) => error.message,
  );

const MINI = { model: "gpt-5-mini", version: "2025-08-07", capacity: 10 };

test("v1: one provider per account serves chat completions and responses; the failover proof requests each entry and the list", async () => {
  const { stack } = await stackOf("azure-v1", {
    regions: { eastus2: { account: { kind: "AIServices" } }, swedencentral: {} },
    deployments: { "gpt-5-mini": MINI },
    failover: { append: ["openai:gpt-5-mini"] },
    verify: { failover: true },
  });
  await stack.up();
  expect(realChanges((await stack.preview()).changeSummary)).toEqual({});
  const { deployment } = (await stack.exportStack()) as {
    deployment: { resources: { type: string; inputs?: { model?: string; models?: string[] }; outputs?: object }[] };
  };
  const checks = deployment.resources.filter(({ type }) => type.endsWith(":RouteCheck"));
  expect(checks.map(({ inputs, outputs }) => [inputs?.model, inputs?.models ?? [], outputs])).toEqual(
    expect.arrayContaining([
      ["azure-eastus2:gpt-5-mini", [], expect.objectContaining({ answeredBy: "azure-eastus2", status: 200 })],
      ["azure-swedencentral:gpt-5-mini", [], expect.objectContaining({ answeredBy: "azure-swedencentral" })],
      ["openai:gpt-5-mini", [], expect.objectContaining({ answeredBy: "openai" })],
      [
        "azure-eastus2:gpt-5-mini",
        ["azure-eastus2:gpt-5-mini", "azure-swedencentral:gpt-5-mini", "openai:gpt-5-mini"],
        expect.objectContaining({ answeredBy: "azure-eastus2" }),
      ],
    ]),
  );
  expect(checks).toHaveLength(4);

  const { token } = await stack.outputs();
  const client = new OpenAI({ apiKey: String(token?.value), baseURL: `${gateway.gatewayUrl}/v1`, maxRetries: 0 });
  const model = "azure-swedencentral:gpt-5-mini";
  const chat = await client.chat.completions.create({ model, messages: [{ role: "user", content: "Who are you?" }] });
  expect(chat.choices[0]?.message.content).toContain("swedencentral");
  expect((await client.responses.create({ model, input: "Who are you?" })).output_text).toContain("swedencentral");
  await stack.destroy();
});

test("model ids are independent of deployment names, and embeddings are checked with an embedding", async () => {
  const { stack } = await stackOf("azure-names", {
    regions: ["eastus2"],
    deployments: [
      { ...MINI, name: "team-a-mini" },
      { model: "text-embedding-3-large", version: "1", capacity: 10 },
    ],
    verify: true,
  });
  await stack.up();
  expect(realChanges((await stack.preview()).changeSummary)).toEqual({});
  expect(realChanges((await stack.refresh()).summary.resourceChanges)).toEqual({});
  const { token, requests } = await stack.outputs();
  const byModel = requests?.value as Record<string, { model: string }>;
  expect(Object.keys(byModel)).toEqual(["team-a-mini", "text-embedding-3-large"]);
  const client = new OpenAI({ apiKey: String(token?.value), baseURL: `${gateway.gatewayUrl}/v1`, maxRetries: 0 });
  const { data } = await client.embeddings.create({ ...byModel["text-embedding-3-large"]!, input: "Who are you?" });
  expect(data[0]?.embedding.length).toBeGreaterThan(0);
  await stack.destroy();
});

test("a public model id selects a deployment with another name", async () => {
  const { stack } = await stackOf("azure-public-ids", {
    regions: ["eastus2"],
    deployments: { fast: { ...MINI, name: "team-a-mini" } },
    verify: true,
  });
  await stack.up();
  expect(realChanges((await stack.preview()).changeSummary)).toEqual({});
  const { token } = await stack.outputs();
  const client = new OpenAI({ apiKey: String(token?.value), baseURL: `${gateway.gatewayUrl}/v1`, maxRetries: 0 });
  const messages = [{ role: "user" as const, content: "Who are you?" }];
  const chat = await client.chat.completions.create({ model: "azure-eastus2:fast", messages });
  expect(chat.choices[0]?.message.content).toContain("deployment team-a-mini");
  await stack.destroy();
});

test("apiMode deployment: each deployment is a provider with a dated URL, for chat and for embeddings", async () => {
  const { stack } = await stackOf("azure-dated", {
    regions: ["eastus2"],
    deployments: { "gpt-5-mini": MINI, "text-embedding-3-large": { model: "text-embedding-3-large", version: "1" } },
    apiMode: "deployment",
    verify: true,
  });
  await stack.up();
  expect(realChanges((await stack.preview()).changeSummary)).toEqual({});
  expect((await stack.outputs()).models?.value).toEqual({
    "gpt-5-mini": ["azure-eastus2-gpt-5-mini:gpt-5-mini"],
    "text-embedding-3-large": ["azure-eastus2-text-embedding-3-large:text-embedding-3-large"],
  });
  await stack.destroy();
});

describe("a refusal of Azure", () => {
  test("for missing quota does not affect the other region, is reported with advice, and is resolved by a smaller request", async () => {
    const args = (capacity: number) => ({
      regions: { eastus2: {}, swedencentral: { deployments: { "gpt-5-mini": { capacity } } } },
      deployments: { "gpt-5-mini": MINI },
      explainErrors: true,
    });
    const { program, stack } = await stackOf("azure-quota", args(100_000));
    const message = await failureOf(stack.up());
    expect(message).toContain("InsufficientQuota");
    expect(message).toContain(
      "ai-swedencentral-deploy-gpt-5-mini: The quota of this model and deployment type is used up",
    );
    const { deployment } = (await stack.exportStack()) as { deployment: { resources: { urn: string }[] } };
    const made = deployment.resources.map(({ urn }) => urn.slice(urn.lastIndexOf("::") + 2));
    expect(made).toContain("ai-eastus2-deploy-gpt-5-mini");
    expect(made).not.toContain("ai-swedencentral-deploy-gpt-5-mini");

    program.write(componentOf(args(10)));
    await stack.up();
    expect(realChanges((await stack.preview()).changeSummary)).toEqual({});
    await stack.destroy();
  });

  test("for another writer on the account is retried", async () => {
    const { stack } = await stackOf("azure-conflict", {
      regions: ["westus3"],
      deployments: { "gpt-5-mini": MINI },
      explainErrors: true,
    });
    faults.add({
      plane: "azure",
      match: { method: "PUT", path: "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/" },
      after: 2,
      action: {
        status: 409,
        body: { error: { code: "RequestConflict", message: "Another operation is being performed" } },
      },
    });
    const { stdout, summary } = await stack.up();
    expect(summary.result).toBe("succeeded");
    expect(stdout).toContain(
      "ai-westus3-deploy-gpt-5-mini: another operation is changing the account; retrying in 2 s",
    );
    await stack.destroy();
  });

  test("for another writer is retried for about four minutes, and no other refusal is", () => {
    const conflict = "409 RequestConflict: Another operation is being performed on the parent resource";
    const waits = Array.from({ length: 12 }, (_, earlier) => waitAfter(Array(earlier + 1).fill(conflict)));
    expect(waits.slice(0, 5)).toEqual([2_000, 4_000, 8_000, 16_000, 30_000]);
    expect(waits.at(-1)).toBeUndefined();
    expect(waitAfter(["InsufficientQuota"])).toBeUndefined();
    expect(adviceOn("Azure is out of paper")).toBeUndefined();
  });
});
