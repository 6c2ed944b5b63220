/**
 * The full life of the example `multi-region` on the local Azure and gateway: the created resources, their order, the effect of
 * one region's fault on the others, and the detection and repair of changes outside Pulumi. Does not prove the behavior of Azure
 * itself.
 */
import fs from "node:fs";
import path from "node:path";
import OpenAI from "openai";
import { startAzure, startGateway } from "../../emulator";
import { FaultList } from "../../emulator/faults";
import { RequestLog } from "../../emulator/requestLog";
import { ask } from "../emulator/azure/helpers";
import { gatewayConfig } from "../helpers/gateway";
import { createTestStack, realChanges, type StackUnderTest } from "../helpers/stack";

const workDir = path.resolve(__dirname, "..", "..");
const SUBSCRIPTION = "/subscriptions/00000000-0000-0000-0000-000000000000";
const MODELS = ["gpt-5-mini", "gpt-5.1"];
const THREE = { eastus2: {}, swedencentral: {}, westus3: { priority: 2 } };

type Started<F extends (...args: never[]) => Promise<unknown>> = Awaited<ReturnType<F>>;
const faults = new FaultList();
const requestLog = new RequestLog();
let azure: Started<typeof startAzure>;
let gateway: Started<typeof startGateway>;
let underTest: StackUnderTest;
let printed = "";

beforeAll(async () => {
  azure = await startAzure({ faults, requestLog });
  gateway = await startGateway({ azureUrl: azure.azureUrl, faults, requestLog });
  underTest = await createTestStack({
    workDir,
    env: { AZURE_EMULATOR_URL: azure.azureUrl },
    config: {
      ...gatewayConfig(gateway),
      "ngrok-ai:gatewayUrl": { value: gateway.gatewayUrl },
    },
  });
});

afterEach(() => faults.clear());

afterAll(async () => {
  underTest?.dispose();
  await gateway?.close();
  await azure?.close();
});

interface Attempt {
  /** Empty after a success. */
  readonly error: string;
  readonly changes: Readonly<Partial<Record<string, number>>>;
}

async function attempt(
  act: () => Promise<{ stdout: string; summary: { resourceChanges?: object } }>,
): Promise<Attempt> {
  try {
    const { stdout, summary } = await act();
    printed += stdout;
    return { error: "", changes: realChanges(summary.resourceChanges as Record<string, number>) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    printed += message;
    return { error: message, changes: {} };
  }
}

const up = () => attempt(() => underTest.stack.up());
const refresh = () => attempt(() => underTest.stack.refresh());
const previewed = async () => realChanges((await underTest.stack.preview()).changeSummary);
const setRegions = (regions: object) => underTest.stack.setConfig("regions", { value: JSON.stringify(regions) });

/** Sends a request to the resource manager, like another user. */
async function manager(method: string, below: string, body?: object) {
  const version = below.includes("providers") ? "2025-06-01" : "2024-03-01";
  const url = `https://management.azure.com${SUBSCRIPTION}${below}?api-version=${version}`;
  const headers = { authorization: "Bearer somebody", "content-type": "application/json" };
  return ask(azure, url, { method, headers, ...(body && { body }) });
}

async function accounts(): Promise<{ id: string; name: string; location: string }[]> {
  const { body } = await manager("GET", "/providers/Microsoft.CognitiveServices/accounts");
  return body.value;
}

/** The path of a region's account below the subscription. */
async function accountIn(location: string): Promise<string> {
  const found = (await accounts()).find((account) => account.location === location);
  if (found === undefined) throw new Error(`no account in ${location}`);
  return found.id.slice(SUBSCRIPTION.length);
}

async function list(collection: string): Promise<Record<string, unknown>[]> {
  const answer = await fetch(`${gateway.controlUrl}/${collection}`, {
    headers: { authorization: `Bearer ${gateway.apiKey}` },
  });
  return Object.values((await answer.json()) as object).find(Array.isArray) as Record<string, unknown>[];
}

async function openai() {
  const { token, requests } = await underTest.stack.outputs();
  const client = new OpenAI({ apiKey: String(token?.value), baseURL: `${gateway.gatewayUrl}/v1`, maxRetries: 0 });
  return { client, requests: requests?.value as Record<string, { model: string; models: string[] }> };
}

/** The deployment that answers, in the words of the local model: `… in eastus2 (East US 2), …`. */
async function whoAnswers(request: { model: string; models?: string[] }): Promise<string> {
  const { client } = await openai();
  const messages = [{ role: "user" as const, content: "Which deployment are you?" }];
  const { choices } = await client.chat.completions.create({ ...request, messages });
  return / in (\w+) \(/.exec(choices[0]?.message.content ?? "")?.[1] ?? "nobody";
}

test("preview shows the plan and changes nothing", async () => {
  // The stack, the component, 3 regions; a group, 3 accounts, 6 deployments; 3 providers, 6 keys, 6 checks; configuration and key.
  expect(await previewed()).toEqual({ create: 32 });
  expect(await accounts()).toEqual([]);
  expect(await list("providers")).toEqual([]);
});

test("up creates all planned resources, checks each route, and outputs the provider that answered", async () => {
  expect(await up()).toEqual({ error: "", changes: { create: 32 } });
  expect((await accounts()).map(({ location }) => location).sort()).toEqual(["eastus2", "swedencentral", "westus3"]);
  const providerIds = ["azure-eastus2", "azure-swedencentral", "azure-westus3"];
  expect((await list("providers")).map(({ providerId }) => providerId).sort()).toEqual(providerIds);
  expect(await list("provider-keys")).toHaveLength(6);
  const { deployment } = (await underTest.stack.exportStack()) as { deployment: { resources: Plain[] } };
  const checks = deployment.resources.filter(({ type }) => String(type).endsWith(":RouteCheck"));
  expect(checks.map(({ outputs }) => (outputs as Plain).answeredBy).sort()).toEqual(
    providerIds.flatMap((providerId) => MODELS.map(() => providerId)),
  );
});

type Plain = Record<string, unknown>;

test("one account is changed by one request at a time, several accounts in parallel", () => {
  const written = requestLog
    .entries()
    .filter(({ plane, method, path }) => plane === "azure" && method !== "GET" && path.includes("/accounts/"));
  expect(written.filter(({ status }) => status === 409)).toEqual([]);
  const [first] = written.map(({ path }) => path).filter((path) => path.includes("/deployments/"));
  expect(first).toBeDefined();
  // Deployments of all regions start before any account has its second one.
  const deployed = written.filter(({ path }) => path.includes("/deployments/")).map(({ path }) => path.split("/")[8]);
  expect(new Set(deployed.slice(0, 3)).size).toBe(3);
});

test("each region answers when it is selected, and the first of the list when none is", async () => {
  const { requests } = await openai();
  for (const model of MODELS) {
    const answers = [];
    for (const pinned of requests[model]?.models ?? []) answers.push(await whoAnswers({ model: pinned }));
    expect(answers).toEqual(["eastus2", "swedencentral", "westus3"]);
    expect(await whoAnswers(requests[model]!)).toBe("eastus2");
  }
});

test("a second up, a preview and a refresh change nothing", async () => {
  expect(await up()).toEqual({ error: "", changes: {} });
  expect(await refresh()).toEqual({ error: "", changes: {} });
  expect(await previewed()).toEqual({});
});

test("during throttling of one region, the next region answers its callers", async () => {
  const account = (await accountIn("eastus2")).split("/").at(-1);
  const action = { status: 429, headers: { "retry-after": "30" }, body: { error: { code: "429", message: "slow" } } };
  faults.add({ plane: "azure", match: { host: String(account) }, times: 1000, action });
  const { requests } = await openai();
  expect(await whoAnswers(requests["gpt-5-mini"]!)).toBe("swedencentral");
});

test("when the account's token quota is used up, the next region answers", async () => {
  const { client, requests } = await openai();
  const request = requests["gpt-5.1"]!;
  // 20 units are 20,000 tokens a minute; each request counts as 8,000, and is accepted while any tokens are left.
  const messages = [{ role: "user" as const, content: "Which deployment are you?" }];
  const answeredBy = [];
  for (let asked = 0; asked < 4; asked++) {
    const answer = await client.chat.completions.create({ ...request, messages, max_completion_tokens: 8_000 });
    answeredBy.push(/ in (\w+) \(/.exec(answer.choices[0]?.message.content ?? "")?.[1]);
  }
  expect(answeredBy).toEqual(["eastus2", "eastus2", "eastus2", "swedencentral"]);
});

test("adding a region changes no resource of the others", async () => {
  await setRegions({ ...THREE, japaneast: { priority: 3 } });
  // Of the new region: itself, account, 2 deployments, 1 provider, 2 keys, 2 checks. Of the rest: the configuration.
  expect(await previewed()).toEqual({ create: 9, update: 1 });
  expect(await up()).toEqual({ error: "", changes: { create: 9, update: 1 } });
  expect(await accounts()).toHaveLength(4);
});

test("removing a region removes exactly its parts, in an order without conflicts", async () => {
  const before = requestLog.entries().length;
  await setRegions(THREE);
  expect(await up()).toEqual({ error: "", changes: { delete: 9, update: 1 } });
  expect((await accounts()).map(({ location }) => location).sort()).toEqual(["eastus2", "swedencentral", "westus3"]);
  const refused = requestLog
    .entries()
    .slice(before)
    .filter(({ status }) => status >= 400 && status !== 404);
  expect(refused).toEqual([]);
});

test("a region that cannot be created does not affect the others, and the next up continues", async () => {
  // Its deleted account still uses the name.
  await setRegions({ ...THREE, japaneast: { priority: 3 } });
  const failed = await up();
  expect(failed.error).toContain("FlagMustBeSetForRestore");
  expect(await whoAnswers({ model: "azure-eastus2:gpt-5-mini" })).toBe("eastus2");
  await setRegions({ ...THREE, japaneast: { priority: 3, account: { restore: "ifDeleted" } } });
  expect((await up()).error).toBe("");
  expect(await whoAnswers({ model: "azure-japaneast:gpt-5-mini" })).toBe("japaneast");
  await setRegions(THREE);
  expect((await up()).error).toBe("");
});

test("a deployment that was changed outside Pulumi is detected at refresh and restored at up", async () => {
  const deployment = `${await accountIn("westus3")}/deployments/gpt-5-mini`;
  await manager("PATCH", deployment, { sku: { name: "GlobalStandard", capacity: 7 } });
  await untilSettled(deployment);
  expect((await refresh()).changes).toEqual({ update: 1 });
  expect((await up()).changes).toEqual({ update: 1 });
  expect((await manager("GET", deployment)).body.sku.capacity).toBe(50);
  expect((await refresh()).changes).toEqual({});
});

test("a key that was regenerated outside Pulumi is stored again at the next up, under the same ids", async () => {
  const idsBefore = (await list("provider-keys")).map(({ id }) => id).sort();
  await manager("POST", `${await accountIn("westus3")}/regenerateKey`, { keyName: "Key1" });
  // The region's first key, and the checks of both deployments, which repeat because of it.
  expect(await up()).toEqual({ error: "", changes: { update: 3 } });
  expect((await list("provider-keys")).map(({ id }) => id).sort()).toEqual(idsBefore);
  expect(await previewed()).toEqual({});
});

test("an account that was deleted outside Pulumi is detected at refresh and created again at up", async () => {
  const account = await accountIn("westus3");
  const group = account.split("/")[2] ?? "";
  const name = account.split("/").at(-1) ?? "";
  for (const model of MODELS) {
    await manager("DELETE", `${account}/deployments/${model}`);
    await untilSettled(`${account}/deployments/${model}`);
  }
  await manager("DELETE", account);
  await untilSettled(account);
  await manager(
    "DELETE",
    `/providers/Microsoft.CognitiveServices/locations/westus3/resourceGroups/${group}/deletedAccounts/${name}`,
  );
  expect((await refresh()).changes).toEqual({ delete: 3 });
  expect((await up()).error).toBe("");
  expect(await whoAnswers({ model: "azure-westus3:gpt-5-mini" })).toBe("westus3");
  expect(await previewed()).toEqual({});
});

/** Waits until the resource manager has completed its operations. */
async function untilSettled(below: string): Promise<void> {
  for (;;) {
    const { status, body } = await manager("GET", below);
    if (status === 404 || body.properties.provisioningState === "Succeeded") return;
  }
}

test("no key and no token is stored or printed as plain text", async () => {
  const { token } = await underTest.stack.outputs();
  const secrets = [String(token?.value)];
  for (const { id } of await accounts()) {
    const { body } = await manager("POST", `${id.slice(SUBSCRIPTION.length)}/listKeys`, {});
    secrets.push(body.key1, body.key2);
  }
  expect(new Set(secrets).size).toBe(7);
  const state = fs
    .readdirSync(underTest.stateFolder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => fs.readFileSync(path.join(entry.parentPath, entry.name), "utf8"))
    .join("\n");
  const log = JSON.stringify(requestLog.entries());
  for (const secret of secrets) {
    expect([state.includes(secret), printed.includes(secret), log.includes(secret)]).toEqual([false, false, false]);
  }
});

test("destroy leaves Azure and the gateway empty", async () => {
  const { error } = await attempt(() => underTest.stack.destroy());
  expect(error).toBe("");
  expect(await accounts()).toEqual([]);
  expect((await manager("GET", "/resourceGroups")).body.value).toEqual([]);
  for (const collection of ["providers", "provider-keys", "access-key-configurations", "access-keys"]) {
    expect([collection, await list(collection)]).toEqual([collection, []]);
  }
});
