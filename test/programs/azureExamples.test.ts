/**
 * The full lives of the examples `existing-account` and `rotate-keys` on the local Azure and gateway. Does not prove the behavior
 * of Azure itself while a key is regenerated.
 */
import path from "node:path";
import { RequestLog, startAzure, startGateway } from "../../emulator";
import { ask } from "../emulator/azure/helpers";
import { gatewayConfig } from "../helpers/gateway";
import { createTestStack, realChanges, type StackUnderTest } from "../helpers/stack";

const examples = path.resolve(__dirname, "..", "..", "examples");
const SUBSCRIPTION = "/subscriptions/00000000-0000-0000-0000-000000000000";
const KEYS = ["planted-key-one-0123456789abcdef", "planted-key-two-0123456789abcdef"];
const MODEL = "gpt-5-mini";
const REQUESTS_PER_SECOND = 50;
/**
 * The deployment of rotate-keys has 100 units of capacity: 600 requests a minute, which this traffic uses up in 12 s. One minute
 * of Azure is one second here, so the duration of the rotation does not matter.
 */
const AZURE_SPEED = 60;
const startedAt = Date.now();
const azureClock = () => startedAt + AZURE_SPEED * (Date.now() - startedAt);

type Started<F extends (...args: never[]) => Promise<unknown>> = Awaited<ReturnType<F>>;
const requestLog = new RequestLog();
let azure: Started<typeof startAzure>;
let gateway: Started<typeof startGateway>;
const stacks: StackUnderTest[] = [];

beforeAll(async () => {
  const resource = { resource: "contoso", keys: KEYS, deployments: [{ name: MODEL, model: MODEL }] };
  azure = await startAzure({ seed: { azure: [resource] }, clock: azureClock, requestLog });
  gateway = await startGateway({ azureUrl: azure.azureUrl });
});

afterAll(async () => {
  for (const { dispose } of stacks) dispose();
  await gateway?.close();
  await azure?.close();
});

async function stackOf(example: string, config: Readonly<Record<string, string>> = {}) {
  const given = Object.entries(config).map(([key, value]) => [key, { value }]);
  const made = await createTestStack({
    workDir: path.join(examples, example),
    env: { AZURE_EMULATOR_URL: azure.azureUrl },
    config: {
      ...gatewayConfig(gateway),
      "ngrok-ai:gatewayUrl": { value: gateway.gatewayUrl },
      ...Object.fromEntries(given),
    },
  });
  stacks.push(made);
  return made.stack;
}

/** Sends a request to the resource manager, like another user. */
async function manager(method: string, below: string, body?: object) {
  const url = `https://management.azure.com${SUBSCRIPTION}${below}?api-version=2025-06-01`;
  const headers = { authorization: "Bearer somebody", "content-type": "application/json" };
  return ask(azure, url, { method, headers, ...(body && { body }) });
}

async function complete(token: string, request: { model: string }): Promise<{ status: number; text: string }> {
  const answer = await fetch(`${gateway.gatewayUrl}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ ...request, messages: [{ role: "user", content: "Which deployment are you?" }] }),
  });
  return { status: answer.status, text: await answer.text() };
}

function requestOf(requests: { value: unknown } | undefined): { model: string; models: string[] } {
  const found = (requests?.value as Record<string, { model: string; models: string[] }> | undefined)?.[MODEL];
  if (found === undefined) throw new Error(`the outputs have no request for ${MODEL}`);
  return found;
}

describe("existing-account", () => {
  test("the example deploys on an existing account and does not change it", async () => {
    const stack = await stackOf("existing-account", { resourceGroup: "seed", account: "contoso" });
    const before = (await manager("GET", "/providers/Microsoft.CognitiveServices/accounts")).body;
    // The stack, the component and its region; a provider, two keys, a check; configuration and key.
    expect(realChanges((await stack.up()).summary.resourceChanges)).toEqual({ create: 9 });
    expect(realChanges((await stack.preview()).changeSummary)).toEqual({});
    expect(realChanges((await stack.refresh()).summary.resourceChanges)).toEqual({});
    const { token, requests } = await stack.outputs();
    const answer = await complete(String(token?.value), requestOf(requests));
    expect(answer).toMatchObject({ status: 200, text: expect.stringContaining("contoso") });
    await stack.destroy();
    expect((await manager("GET", "/providers/Microsoft.CognitiveServices/accounts")).body).toEqual(before);
  });

  test("a missing account is an error with its name", async () => {
    const stack = await stackOf("existing-account", { resourceGroup: "seed", account: "fabrikam" });
    await expect(stack.preview()).rejects.toThrow("fabrikam");
  });
});

test("rotate-keys: both keys are regenerated under constant traffic, and no request fails", async () => {
  const stack = await stackOf("rotate-keys");
  await stack.up();
  const { token, requests, accountName, resourceGroupName } = await stack.outputs();
  const request = requestOf(requests);
  const group = `/resourceGroups/${String(resourceGroupName?.value)}`;
  const account = `${group}/providers/Microsoft.CognitiveServices/accounts/${String(accountName?.value)}`;
  const keysOf = async () => (await manager("POST", `${account}/listKeys`, {})).body as { key1: string; key2: string };
  const before = await keysOf();

  const statuses = new Map<number, number>();
  const running = new Set<Promise<void>>();
  const traffic = setInterval(() => {
    const asked: Promise<void> = complete(String(token?.value), request).then(({ status }) => {
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      running.delete(asked);
    });
    running.add(asked);
  }, 1000 / REQUESTS_PER_SECOND);

  // The README's order: first the key that is second in the list.
  await manager("POST", `${account}/regenerateKey`, { keyName: "Key2" });
  expect(realChanges((await stack.up()).summary.resourceChanges)).toEqual({ update: 1 });
  await manager("POST", `${account}/regenerateKey`, { keyName: "Key1" });
  expect(realChanges((await stack.up()).summary.resourceChanges)).toEqual({ update: 1 });

  clearInterval(traffic);
  await Promise.all(running);
  const after = await keysOf();
  expect([after.key1 === before.key1, after.key2 === before.key2]).toEqual([false, false]);
  // While one key is regenerated, Azure refuses it and the gateway uses the other. No request is refused for lack of quota.
  const refusals = requestLog.entries().filter(({ path: asked, status }) => asked.includes("/chat/") && status !== 200);
  expect([...new Set(refusals.map(({ status }) => status))]).toEqual([401]);
  expect([...statuses.keys()]).toEqual([200]);
  expect(statuses.get(200)).toBeGreaterThan(REQUESTS_PER_SECOND);
  await stack.destroy();
});
