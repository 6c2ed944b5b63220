/**
 * The data plane with the official openai package, connected to the local Azure: selected provider, failover and
 * refusals. Does not prove the behavior of the hosted gateway where its documentation is silent.
 */
import OpenAI, { type APIError } from "openai";
import { startAzure } from "../../../emulator/azure/startAzure";
import { FaultList } from "../../../emulator/faults";
import { RequestLog } from "../../../emulator/requestLog";
import { startTestGateway, type TestGateway } from "../../helpers/gateway";

const MODEL = "gpt-5-mini";
const KEYS = ["key-one-0123456789abcdef", "key-two-0123456789abcdef"];
const requestLog = new RequestLog();
const faults = new FaultList();
let azure: Awaited<ReturnType<typeof startAzure>>;
let gateway: TestGateway;

beforeAll(async () => {
  const account = (resource: string) => ({ resource, keys: KEYS, deployments: [{ name: MODEL, model: MODEL }] });
  azure = await startAzure({ seed: { azure: [account("east"), account("west")] }, faults, requestLog });
  gateway = await startTestGateway({ azureUrl: azure.azureUrl, faults, requestLog });
});
beforeEach(() => gateway.reset());
afterAll(async () => {
  await gateway.close();
  await azure.close();
});

const urlOf = (resource: string, query = "?api-version=2024-10-21") =>
  `https://${resource}.openai.azure.com/openai/deployments/${MODEL}${query}`;

async function addRegion(
  resource: string,
  values: readonly string[] = [KEYS[0] ?? ""],
): Promise<{ provider: string; keys: string[] }> {
  const provider = `azure-${resource}`;
  await gateway.client.createProvider({
    providerId: provider,
    name: provider,
    baseUrl: urlOf(resource),
    models: [{ modelId: MODEL }],
  });
  const made = [];
  for (const value of values)
    made.push(await gateway.client.createProviderKey({ providerId: provider, name: "key", value }));
  return { provider, keys: made.map(({ id }) => id) };
}

async function clientFor(
  regions: readonly { provider: string; keys: string[] }[],
  allow = regions.map(({ provider }) => provider),
) {
  const configuration = await gateway.client.createAccessKeyConfiguration({
    name: "c",
    access: { providers: { allow } },
    router: {
      rules: regions.map(({ provider, keys }) => ({
        provider,
        steps: [{ type: "user", keys: keys.map((id) => ({ id })) }],
      })),
    },
  });
  const { token = "" } = await gateway.client.createAccessKey({
    name: "k",
    accessKeyConfigurationId: configuration.id,
  });
  return { client: new OpenAI({ apiKey: token, baseURL: `${gateway.gatewayUrl}/v1`, maxRetries: 0 }), token };
}

const messages = [{ role: "user" as const, content: "Who are you?" }];
const ask = async (client: OpenAI, model: string, models?: string[]) => {
  const request = { model, messages, ...(models ? { models } : {}) };
  return (await client.chat.completions.create(request)).choices[0]?.message.content ?? "";
};
const failure = (promise: Promise<unknown>): Promise<APIError> =>
  promise.then(
    () => {
      throw new Error("the request succeeded");
    },
    (error: APIError) => error,
  );
const azureRequests = () =>
  requestLog
    .entries()
    .filter(({ plane }) => plane === "azure")
    .map(({ host, status }) => `${host.split(".")[0]} ${status}`);

test("the query of the base URL is kept after the surface's path", async () => {
  const { client } = await clientFor([await addRegion("east")]);
  expect(await ask(client, `azure-east:${MODEL}`)).toContain("east");
  expect(requestLog.entries().find(({ plane }) => plane === "azure")?.path).toBe(
    `/openai/deployments/${MODEL}/chat/completions`,
  );
});

test("the upstream's stream is passed on", async () => {
  const { client } = await clientFor([await addRegion("east")]);
  let text = "";
  for await (const chunk of await client.chat.completions.create({
    model: `azure-east:${MODEL}`,
    messages,
    stream: true,
  })) {
    text += chunk.choices[0]?.delta.content ?? "";
  }
  expect(text).toBe(await ask(client, `azure-east:${MODEL}`));
});

test("the rule's next key is tried after the upstream refuses a key", async () => {
  const { client } = await clientFor([await addRegion("east", ["a-wrong-key-0123456789", KEYS[1] ?? ""])]);
  expect(await ask(client, `azure-east:${MODEL}`)).toContain("east");
  expect(azureRequests()).toEqual(["east 401", "east 200"]);
});

test("the request's next model is tried if a region is throttled, and no pair is tried twice", async () => {
  const { client } = await clientFor([await addRegion("east"), await addRegion("west")]);
  await gateway.fault({
    plane: "azure",
    match: { host: "east." },
    times: 10,
    action: { status: 429, headers: { "retry-after": "1" } },
  });
  expect(await ask(client, `azure-east:${MODEL}`, [`azure-east:${MODEL}`, `azure-west:${MODEL}`])).toContain("west");
  expect(azureRequests()).toEqual(["east 429", "west 200"]);
});

test("the error lists the attempts if all failed", async () => {
  const { client } = await clientFor([await addRegion("east"), await addRegion("west")]);
  await gateway.fault({ plane: "azure", times: 10, action: { status: 500 } });
  const error = await failure(ask(client, `azure-east:${MODEL}`, [`azure-west:${MODEL}`]));
  expect(error.status).toBe(503);
  expect(error.message).toContain(`Attempt 1: azure-east:${MODEL}`);
  expect(error.message).toContain(`Attempt 2: azure-west:${MODEL}`);
});

test("an upstream's 404 is returned without another attempt", async () => {
  const { client } = await clientFor([await addRegion("east")]);
  await gateway.client.updateProvider((await list("providers"))[0]?.id ?? "", {
    baseUrl: urlOf("east").replace(MODEL, "missing"),
  });
  const error = await failure(ask(client, `azure-east:${MODEL}`));
  expect([error.status, error.message]).toEqual([
    404,
    expect.stringContaining("The API deployment for this resource does not exist"),
  ]);
});

test("a provider outside the scope is refused, and skipped as a fallback", async () => {
  const east = await addRegion("east");
  const west = await addRegion("west");
  const { client } = await clientFor([east, west], ["azure-east"]);
  expect((await failure(ask(client, `azure-west:${MODEL}`))).status).toBe(403);
  expect(azureRequests()).toEqual([]);
  expect(await ask(client, `azure-east:${MODEL}`, [`azure-west:${MODEL}`])).toContain("east");
  await gateway.fault({ plane: "azure", times: 1, action: { status: 500 } });
  expect((await failure(ask(client, `azure-east:${MODEL}`, [`azure-west:${MODEL}`]))).status).toBe(503);
  expect(azureRequests()).toEqual(["east 200", "east 500"]);
});

test("a custom provider without a rule has no credentials", async () => {
  const { provider } = await addRegion("east");
  const { client } = await clientFor([], [provider]);
  const error = await failure(ask(client, `azure-east:${MODEL}`));
  expect([error.status, error.message]).toEqual([400, expect.stringContaining("No credentials")]);
});

test("a built-in provider is paid with credits, and a key without a configuration uses any stored key", async () => {
  await addRegion("east");
  const { token = "" } = await gateway.client.createAccessKey({ name: "all" });
  const client = new OpenAI({ apiKey: token, baseURL: `${gateway.gatewayUrl}/v1`, maxRetries: 0 });
  expect(await ask(client, "openai:gpt-5-mini")).toBe("This is openai, model gpt-5-mini.");
  expect(await ask(client, `azure-east:${MODEL}`)).toContain("east");
});

test("a missing, a wrong and a deleted access key are refused", async () => {
  const { client, token } = await clientFor([await addRegion("east")]);
  const [key] = await list("access-keys");
  await gateway.client.deleteAccessKey(key?.id ?? "");
  expect((await failure(ask(client, `azure-east:${MODEL}`))).status).toBe(401);
  const without = await fetch(`${gateway.gatewayUrl}/v1/models`);
  expect([without.status, await without.json()]).toEqual([
    401,
    {
      error: {
        message: "ERR_NGROK_27201: Authentication failed: no access key was sent.",
        type: "authentication_error",
        param: null,
        code: "ERR_NGROK_27201",
      },
      errorCode: "ERR_NGROK_27201",
      statusCode: 401,
      msg: "Authentication failed: no access key was sent.",
      details: {},
    },
  ]);
  expect(token).toMatch(/^ng-/);
});

test("the list of models contains the allowed ones of the catalog and of the account's providers", async () => {
  const { client } = await clientFor([await addRegion("east")], ["azure-east"]);
  await addRegion("west");
  const ids = [];
  for await (const model of client.models.list()) ids.push(model.id);
  expect(ids).toEqual([`azure-east:${MODEL}`]);
  const { token = "" } = await gateway.client.createAccessKey({});
  const all = [];
  const allowed = new OpenAI({ apiKey: token, baseURL: `${gateway.gatewayUrl}/v1` });
  for await (const model of allowed.models.list()) all.push(model.id);
  expect(all).toEqual(expect.arrayContaining(["openai/gpt-5", `azure-east:${MODEL}`, `azure-west:${MODEL}`]));
});

async function list(collection: string): Promise<{ id: string }[]> {
  const answer = await fetch(`${gateway.controlUrl}/${collection}`, {
    headers: { authorization: `Bearer ${gateway.apiKey}` },
  });
  return Object.values((await answer.json()) as Record<string, unknown>).find(Array.isArray) as { id: string }[];
}
