/**
 * The full life of the example `azure-openai` on the local gateway and Azure. Uses the build in dist, like users do. Does not
 * prove the behavior of the hosted gateway; the conformance suite does.
 */
import fs from "node:fs";
import path from "node:path";
import OpenAI from "openai";
import { startAzure, startGateway } from "../../emulator";
import { gatewayConfig } from "../helpers/gateway";
import { createTestStack, realChanges, type StackUnderTest } from "../helpers/stack";

const workDir = path.resolve(__dirname, "..", "..", "examples", "azure-openai");
const KEYS = ["planted-key-one-0123456789abcdef", "planted-key-two-0123456789abcdef"] as const;
const MODEL = "gpt-5-mini";

type Started<F extends (...args: never[]) => Promise<unknown>> = Awaited<ReturnType<F>>;
let azure: Started<typeof startAzure>;
let gateway: Started<typeof startGateway>;
let underTest: StackUnderTest;
/** All output of the engine. */
let printed = "";

beforeAll(async () => {
  azure = await startAzure({
    seed: { azure: [{ resource: "contoso", keys: [...KEYS], deployments: [{ name: MODEL, model: MODEL }] }] },
  });
  gateway = await startGateway({ azureUrl: azure.azureUrl });
  underTest = await createTestStack({
    workDir,
    config: {
      ...gatewayConfig(gateway),
      "azure-openai:endpoint": { value: "https://contoso.openai.azure.com" },
      "azure-openai:apiKey": { value: KEYS[0], secret: true },
    },
  });
});

afterAll(async () => {
  underTest?.dispose();
  await gateway?.close();
  await azure?.close();
});

async function up() {
  const result = await underTest.stack.up();
  printed += result.stdout;
  return result;
}

async function list(collection: string): Promise<Record<string, unknown>[]> {
  const answer = await fetch(`${gateway.controlUrl}/${collection}`, {
    headers: { authorization: `Bearer ${gateway.apiKey}` },
  });
  const body = (await answer.json()) as Record<string, unknown>;
  return Object.values(body).find(Array.isArray) as Record<string, unknown>[];
}

async function openai(): Promise<{ client: OpenAI; model: string; token: string }> {
  const { token, gatewayModel } = await underTest.stack.outputs();
  const client = new OpenAI({ apiKey: String(token?.value), baseURL: `${gateway.gatewayUrl}/v1`, maxRetries: 0 });
  return { client, model: String(gatewayModel?.value), token: String(token?.value) };
}

const messages = [{ role: "user" as const, content: "Which deployment are you?" }];

test("up creates the five objects", async () => {
  const preview = await underTest.stack.preview();
  printed += preview.stdout;
  expect(realChanges(preview.changeSummary)).toEqual({ create: 6 });
  expect(await list("providers")).toEqual([]);
  const result = await up();
  expect(realChanges(result.summary.resourceChanges)).toEqual({ create: 6 });
  expect(result.outputs.token).toMatchObject({ secret: true });
});

test("the openai package gets plain and streamed answers", async () => {
  const { client, model } = await openai();
  expect(model).toBe(`azure-openai:${MODEL}`);
  const plain = await client.chat.completions.create({ model, messages });
  expect(plain.choices[0]?.message.content).toContain("contoso");
  let streamed = "";
  for await (const chunk of await client.chat.completions.create({ model, messages, stream: true })) {
    streamed += chunk.choices[0]?.delta.content ?? "";
  }
  expect(streamed).toBe(plain.choices[0]?.message.content);
});

test("a second up, a preview and a refresh change nothing", async () => {
  expect(realChanges((await up()).summary.resourceChanges)).toEqual({});
  expect(realChanges((await underTest.stack.refresh()).summary.resourceChanges)).toEqual({});
  expect(realChanges((await underTest.stack.preview()).changeSummary)).toEqual({});
});

test("model list, name and Azure key change in place; the key keeps its id and the new value is used", async () => {
  const keyId = (await underTest.stack.outputs()).providerKeyId?.value;
  await underTest.stack.setConfig("azure-openai:moreModels", { value: '["gpt-5"]' });
  await underTest.stack.setConfig("azure-openai:providerName", { value: "Azure OpenAI, renamed" });
  await underTest.stack.setConfig("azure-openai:apiKey", { value: KEYS[1], secret: true });
  expect(realChanges((await up()).summary.resourceChanges)).toEqual({ update: 2 });
  expect((await underTest.stack.outputs()).providerKeyId?.value).toBe(keyId);
  expect(await list("providers")).toMatchObject([
    { name: "Azure OpenAI, renamed", models: [{ modelId: MODEL }, { modelId: "gpt-5" }] },
  ]);
  expect(await list("provider-keys")).toMatchObject([
    { id: keyId, keyRedacted: `${KEYS[1].slice(0, 10)}***${KEYS[1].slice(-4)}` },
  ]);
  const { client, model } = await openai();
  expect((await client.chat.completions.create({ model, messages })).choices).toHaveLength(1);
});

test("a changed providerId replaces provider, key and rule without an error about references", async () => {
  const tokenBefore = (await openai()).token;
  await underTest.stack.setConfig("azure-openai:providerId", { value: "azure-eastus2" });
  expect(realChanges((await up()).summary.resourceChanges)).toEqual({ replace: 3, update: 1 });
  expect(await list("providers")).toMatchObject([{ providerId: "azure-eastus2" }]);
  expect(await list("provider-keys")).toHaveLength(1);
  const { client, model, token } = await openai();
  expect(token).toBe(tokenBefore);
  expect((await client.chat.completions.create({ model, messages })).choices).toHaveLength(1);
});

test("a change outside Pulumi is detected by refresh and reverted by up", async () => {
  const [provider] = await list("providers");
  await fetch(`${gateway.controlUrl}/providers/${String(provider?.id)}`, {
    method: "PATCH",
    headers: { authorization: `Bearer ${gateway.apiKey}`, "content-type": "application/json" },
    body: JSON.stringify({ name: "by hand" }),
  });
  expect(realChanges((await underTest.stack.refresh()).summary.resourceChanges)).toEqual({ update: 1 });
  expect(realChanges((await up()).summary.resourceChanges)).toEqual({ update: 1 });
  expect(await list("providers")).toMatchObject([{ name: "Azure OpenAI, renamed" }]);
  expect(realChanges((await underTest.stack.refresh()).summary.resourceChanges)).toEqual({});
});

test("no key and no token is stored or printed as plain text", async () => {
  const { token } = await openai();
  const state = fs
    .readdirSync(underTest.stateFolder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => fs.readFileSync(path.join(entry.parentPath, entry.name), "utf8"))
    .join("\n");
  expect(state).toContain("azure-eastus2");
  const log = await (await fetch(`${gateway.controlUrl}/_emulator/requests`)).text();
  expect(log).toContain("/provider-keys");
  for (const secret of [...KEYS, token]) {
    expect({ state: state.includes(secret), printed: printed.includes(secret), log: log.includes(secret) }).toEqual({
      state: false,
      printed: false,
      log: false,
    });
  }
});

test("destroy leaves the gateway empty", async () => {
  printed += (await underTest.stack.destroy()).stdout;
  for (const collection of ["providers", "provider-keys", "access-key-configurations", "access-keys"]) {
    expect([collection, await list(collection)]).toEqual([collection, []]);
  }
});
