/**
 * `RouteCheck` at the local gateway and Azure: the answering provider, the retries, and the advice of each failure. The test
 * controls time. Does not prove how long the real Azure takes, or how the hosted gateway's usage names a request.
 */
import { startAzure } from "../../../emulator/azure/startAzure";
import { FaultList } from "../../../emulator/faults";
import { checkInputs } from "../../../provider/lifecycle/check";
import type { CallContext } from "../../../provider/lifecycle/definition";
import { KnownObjects } from "../../../provider/lifecycle/knownObjects";
import * as lifecycle from "../../../provider/lifecycle/lifecycle";
import { type PlainObject, UNKNOWN } from "../../../provider/lifecycle/values";
import { definition } from "../../../provider/resources/routeCheck";
import { startTestGateway, type TestGateway } from "../../helpers/gateway";

const MODEL = "gpt-5-mini";
const KEY = "planted-azure-key-0123456789abcdef";
const faults = new FaultList();
let azure: Awaited<ReturnType<typeof startAzure>>;
let gateway: TestGateway;
let nowMs: number;
let waits: number[];

beforeAll(async () => {
  const account = (resource: string) => ({
    resource,
    keys: [KEY, "second"],
    deployments: [{ name: MODEL, model: MODEL }],
  });
  azure = await startAzure({ seed: { azure: [account("east"), account("west")] }, faults });
  gateway = await startTestGateway({ azureUrl: azure.azureUrl, faults });
});
beforeEach(async () => {
  await gateway.reset();
  nowMs = Date.now();
  waits = [];
});
afterAll(async () => {
  await gateway.close();
  await azure.close();
});

const context = (): CallContext => ({
  client: gateway.client,
  gatewayUrl: gateway.gatewayUrl,
  accountId: () => Promise.resolve("acc_one"),
  clock: {
    nowMs: () => nowMs,
    random: () => 0.5,
    sleep: (delayMs) => {
      waits.push(delayMs);
      nowMs += delayMs;
      return Promise.resolve();
    },
  },
  call: { signal: new AbortController().signal, subject: { kind: "RouteCheck", name: "check", operation: "create" } },
});

const options: lifecycle.LifecycleOptions = { ownership: "on", owner: undefined, known: new KnownObjects() };

interface Route {
  readonly resource?: string;
  readonly deployment?: string;
  readonly query?: string;
  readonly value?: string;
  readonly allow?: readonly string[];
  readonly hasRule?: boolean;
}

/** Registers providers, keys and a configuration; returns the token. */
async function routes(...given: readonly Route[]): Promise<string> {
  const rules = [];
  const allow: string[] = [];
  for (const {
    resource = "east",
    deployment = MODEL,
    query = "?api-version=2024-10-21",
    value = KEY,
    ...rest
  } of given) {
    const providerId = `azure-${resource}`;
    const baseUrl = `https://${resource}.openai.azure.com/openai/deployments/${deployment}${query}`;
    await gateway.client.createProvider({ providerId, name: providerId, baseUrl, models: [{ modelId: MODEL }] });
    const { id } = await gateway.client.createProviderKey({ providerId, name: "key", value });
    if (rest.hasRule !== false)
      rules.push({ provider: providerId, steps: [{ type: "user" as const, keys: [{ id }] }] });
    allow.push(...(rest.allow ?? [providerId]));
  }
  const configuration = await gateway.client.createAccessKeyConfiguration({
    name: "c",
    access: { providers: { allow } },
    router: { rules },
  });
  const { token = "" } = await gateway.client.createAccessKey({
    name: "k",
    accessKeyConfigurationId: configuration.id,
  });
  return token;
}

async function create(inputs: PlainObject) {
  const checked = checkInputs(definition, inputs);
  expect(checked.failures).toEqual([]);
  return (await lifecycle.create(definition, checked.inputs, context(), options)).state;
}

const failureOf = (inputs: PlainObject) =>
  create(inputs).then(
    () => "",
    (error: Error) => error.message,
  );

test("a model with a provider is answered by it, and the state contains provider, status and time", async () => {
  const token = await routes({});
  const state = await create({ token, model: `azure-east:${MODEL}`, expectProvider: "azure-east" });
  expect(state).toMatchObject({ answeredBy: "azure-east", status: 200, requestId: expect.stringMatching(/^aigr_/) });
  expect(state.latencyMs).toBe(0);
});

test("the provider that answered for a list of models is the one in the response's headers", async () => {
  const token = await routes({}, { resource: "west" });
  faults.add({ plane: "azure", match: { host: "east." }, times: 1, action: { status: 429 } });
  await gateway.requests();
  const state = await create({ token, model: `azure-east:${MODEL}`, models: [`azure-west:${MODEL}`] });
  expect(state.answeredBy).toBe("azure-west");
  expect(await gateway.requests()).toEqual([]);
});

test("without a provider in the headers, the attempts of the request name it, some time later", async () => {
  const inputs = { token: "ng-planted", model: "gpt-5", expectProvider: "openai" };
  const event = { provider: "openai" };
  const attempts = [
    { served: false, event: { provider: "groq" } },
    { served: true, event },
  ];
  const answers: (object | undefined)[] = [undefined, { attempts: [] }, { attempts }];
  const asked: string[] = [];
  const client = {
    getRequestAttempts: async (id: string) => {
      asked.push(id);
      const answer = answers.shift();
      if (answer === undefined) throw await gateway.client.getRequestAttempts("none").catch((error: unknown) => error);
      return answer;
    },
  };
  const body = { choices: [] };
  const headers = { "ngrok-aig-request-id": "aigr_1", "ngrok-aig-model": "gpt-5" };
  faults.add({ plane: "gateway", match: {}, times: 1, action: { status: 200, headers, body } });
  const withClient = { ...context(), client: client as unknown as CallContext["client"] };
  expect(await definition.run(inputs, withClient)).toMatchObject({ answeredBy: "openai", requestId: "aigr_1" });
  expect([asked, waits]).toEqual([
    ["aigr_1", "aigr_1", "aigr_1"],
    [500, 500],
  ]);
});

test.each(["text-embedding-3-small", "openai:text-embedding-3-large"])(
  "%s is requested as an embedding model",
  async (model) => {
    const { token = "" } = await gateway.client.createAccessKey({});
    expect(await create({ token, model })).toMatchObject({ status: 200, answeredBy: "openai" });
  },
);

test("a model that reports to be an embedding model is requested as one, even if its name does not say so", async () => {
  const { token = "" } = await gateway.client.createAccessKey({});
  const message = "The chatCompletion operation does not work with the specified model, vectors.";
  const action = { status: 400, body: { error: { code: "OperationNotSupported", message } } };
  faults.add({ plane: "gateway", match: { path: "/v1/chat/completions" }, times: 1, action });
  const answer = { status: 200, body: { object: "list", data: [{ embedding: [1] }] } };
  faults.add({ plane: "gateway", match: { path: "/v1/embeddings" }, times: 1, action: answer });
  expect(await create({ token, model: "up:vectors" })).toMatchObject({ status: 200, answeredBy: "up" });
  expect(waits).toEqual([]);
});

test.each(["ERR_NGROK_4026", "ERR_NGROK_6033"])(
  "%s behind a custom provider means missing credits, and is not retried",
  async (code) => {
    const token = await routes({});
    const body = { errorCode: code, statusCode: 403, msg: "The account has no credits.", details: {} };
    faults.add({ plane: "gateway", match: {}, times: 10, action: { status: 403, body } });
    const message = await failureOf({ token, model: `azure-east:${MODEL}` });
    expect(message).toMatch(/403 ERR_NGROK_\d+ .*Buy credits for the account/);
    expect(message).not.toContain("ProviderKey");
    expect(waits).toEqual([]);
  },
);

test("an answer from another provider than the expected one fails the check", async () => {
  const token = await routes({});
  const message = await failureOf({ token, model: `azure-east:${MODEL}`, expectProvider: "azure-west" });
  expect(message).toMatch(
    /was answered by azure-east, not by azure-west: .*\(status 200; request aigr_[0-9a-f-]+\)\.$/,
  );
});

test.each<[seen: string, route: Route, advice: RegExp]>([
  ["a key that is not Azure's", { value: "wrong" }, /503 .*answered 401.*not the Azure resource's key/s],
  ["a deployment that is not there", { deployment: "other" }, /404 .*DeploymentNotFound.*no such deployment/s],
  ["no api-version", { query: "" }, /404 .*look for a missing api-version/s],
  ["no rule for the provider", { hasRule: false }, /ERR_NGROK_3802.*add a rule with a ProviderKey/s],
  ["a provider outside the scope", { allow: ["openai"] }, /403 ERR_NGROK_27231.*add the provider/s],
])("%s fails with the advice for it", async (_seen, route, advice) => {
  const token = await routes(route);
  const message = await failureOf({ token, model: `azure-east:${MODEL}`, retryForSeconds: 0 });
  expect(message).toMatch(advice);
  expect(message).toMatch(/\(asked once; request aigr_[0-9a-f-]{36}\)$/);
  expect(message).not.toContain(token);
  expect(message).not.toContain(KEY);
});

test("a token that the gateway does not know is not used again", async () => {
  await routes({});
  const message = await failureOf({ token: "ng-planted", model: `azure-east:${MODEL}` });
  expect(message).toMatch(
    /^azure-east:gpt-5-mini did not answer: 401 .*does not know the token.*\(asked once; request aigr_[0-9a-f-]+\)$/s,
  );
  expect(message).not.toContain("ng-planted");
  expect(waits).toEqual([]);
});

test("a provider that is not registered is reported as such", async () => {
  const token = await routes({});
  expect(await failureOf({ token, model: "nobody:gpt-5-mini" })).toMatch(/422 .*neither such a provider/s);
});

test("a transient failure is retried, with growing waits, until the model answers", async () => {
  const token = await routes({});
  faults.add({ plane: "azure", match: { host: "east." }, times: 3, action: { status: 404 } });
  expect((await create({ token, model: `azure-east:${MODEL}` })).status).toBe(200);
  expect(waits).toEqual([1_000, 2_000, 4_000]);
});

test("a Retry-After is respected in full, but not beyond the given time", async () => {
  const token = await routes({});
  const action = { status: 429, headers: { "retry-after": "20" } };
  faults.add({ plane: "gateway", match: {}, times: 10, action });
  const message = await failureOf({ token, model: `azure-east:${MODEL}`, retryForSeconds: 50 });
  expect(waits).toEqual([20_000, 20_000]);
  expect(message).toMatch(/429 .*quota is used up.*\(asked 3 times; request aigr_[0-9a-f-]+\)$/s);
});

test("a Retry-After as a date counts from the answer's own date, and one that is no date is not waited for", async () => {
  const token = await routes({});
  const date = "Thu, 01 Jan 2026 12:00:00 GMT";
  for (const after of ["Thu, 01 Jan 2026 12:00:20 GMT", "Sat, 31 Feb 2026 12:00:20 GMT", "0x20"]) {
    const action = { status: 429, headers: { "retry-after": after, date } };
    faults.add({ plane: "gateway", match: {}, times: 1, action });
    expect((await create({ token, model: `azure-east:${MODEL}` })).status).toBe(200);
  }
  expect(waits).toEqual([20_000, 1_000, 1_000]);
});

test("a gateway that is down is reported with the settings to check", async () => {
  const nobody: CallContext = { ...context(), gatewayUrl: "http://127.0.0.1:9" };
  const inputs = { token: "ng-planted", model: "azure-east:m", retryForSeconds: 0 };
  await expect(definition.run(inputs, nobody)).rejects.toThrow(/no answer: .*check ngrok-ai:gatewayUrl/s);
});

test("refresh and delete send no request", async () => {
  const token = await routes({});
  const inputs = { token, model: `azure-east:${MODEL}` };
  const { id, ...resource } = await lifecycle.create(definition, inputs, context(), options);
  expect(id).toMatch(/^route-check-[0-9a-f]{16}$/);
  await gateway.requests();
  faults.add({ plane: "gateway", match: {}, times: 1, action: { status: 500 } });
  expect((await lifecycle.read(definition, id, resource, context(), options))?.state).toEqual(resource.state);
  await lifecycle.remove(definition, id, resource, context(), options);
  expect(await gateway.requests()).toEqual([]);
});

test("an upstream's message is shown as one short line without control characters for terminals", async () => {
  const token = await routes({});
  const hostile = "\u202egnp\u0085\u009b31m\u2066";
  const error = { code: hostile, message: `${hostile}${"x".repeat(100_000)}` };
  const headers = { "ngrok-aig-request-id": "\u0085aigr_1" };
  faults.add({ plane: "gateway", match: {}, times: 1, action: { status: 400, headers, body: { error } } });
  const message = await failureOf({ token, model: `azure-east:${MODEL}` });
  expect(message).toContain('400 \\u202egnp 31m\\u2066 "\\u202egnp 31m\\u2066xxx');
  expect(message).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
  expect(message.length).toBeLessThan(1_500);
});

test.each([
  ["ng-planted\n", "ends with a line break: remove it (in a shell, use printf or echo -n)"],
  ["Bearer ng-planted", 'begins with "Bearer": give the key alone'],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the placeholder is what is tested
  ["${NGROK_TOKEN}", "is a placeholder that was not replaced: give the key itself"],
])("the token %j is refused at preview, like every invalid credential", (token, reason) => {
  expect(checkInputs(definition, { token, model: "m" }).failures).toEqual([{ property: "token", reason }]);
  expect(checkInputs(definition, { token: UNKNOWN, model: "m" }).failures).toEqual([]);
});

test.each<[property: string, inputs: PlainObject]>([
  ["token", { model: "m" }],
  ["model", { token: "t" }],
  ["retryForSeconds", { token: "t", model: "m", retryForSeconds: -1 }],
  ["", { token: "t", model: "m", timeout: 5 }],
])("a wrong %s is reported at preview", (property, inputs) => {
  expect(checkInputs(definition, inputs).failures.map((failure) => failure.property)).toEqual([property]);
});
