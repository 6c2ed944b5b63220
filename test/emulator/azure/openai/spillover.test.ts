/**
 * Spillover from a provisioned deployment to a Standard one. Does not prove spillover of responses with 500 and 503,
 * which the local Azure does not produce.
 */
import { request } from "undici";
import { type Answer, ask, azureWith, closeAzures, Manager, TestClock } from "../helpers";

afterEach(closeAzures);

const MODEL = { format: "OpenAI", name: "gpt-4.1", version: "2025-04-14" };
const HEADERS = { "api-key": "" };

/** "primary" has 15 provisioned units, 45,000 tokens a minute; "standard" has 10,000. */
async function provisioned(spilloverDeploymentName?: string) {
  const clock = new TestClock();
  clock.nowMs = Date.parse("2026-10-01T00:00:00Z");
  const manager = await Manager.start({ provisioningMs: 0, clock: clock.read });
  await manager.putAccount("acc");
  const standard = { sku: { name: "GlobalStandard", capacity: 10 }, properties: { model: MODEL } };
  const primary = {
    sku: { name: "GlobalProvisionedManaged", capacity: 15 },
    properties: { model: MODEL, ...(spilloverDeploymentName !== undefined && { spilloverDeploymentName }) },
  };
  expect((await manager.putDeployment("acc", "standard", standard)).status).toBe(201);
  expect((await manager.putDeployment("acc", "primary", primary)).status).toBe(201);
  const { key1 } = (await manager.send("POST", `${manager.accountId("acc")}/listKeys`)).body;
  const chat = (change: object = {}, headers: object = {}, deployment = "primary"): Promise<Answer> =>
    ask(
      manager.azure,
      `https://acc.openai.azure.com/openai/deployments/${deployment}/chat/completions?api-version=2024-10-21`,
      {
        headers: { ...HEADERS, "api-key": key1, ...headers },
        body: { messages: [{ role: "user", content: "Hello" }], ...change },
      },
    );
  return { manager, clock, chat };
}

const answeredBy = ({ body }: Answer) => /deployment (\w+)/.exec(body.choices[0].message.content)?.[1];
/** Uses up all 45,000 tokens of "primary". */
const EVERYTHING = { max_completion_tokens: 45_000 };

test("a request spills over to the standard deployment when the provisioned one is exhausted, and its headers report this", async () => {
  const { chat, clock } = await provisioned("standard");
  const first = await chat(EVERYTHING);
  expect([first.status, answeredBy(first), first.headers["x-ms-deployment-name"]]).toEqual([200, "primary", "primary"]);
  expect(first.headers).not.toHaveProperty("x-ms-spillover-from-deployment");
  const second = await chat();
  expect([second.status, answeredBy(second)]).toEqual([200, "standard"]);
  expect(second.headers).toMatchObject({
    "x-ms-spillover-from-deployment": "primary",
    "x-ms-deployment-name": "standard",
    "x-ratelimit-limit-tokens": "10000",
  });
  clock.advance(60_000);
  expect(answeredBy(await chat())).toBe("primary");
});

test("without a spillover deployment the request is refused", async () => {
  const { chat } = await provisioned();
  await chat(EVERYTHING);
  const { status, headers } = await chat();
  expect([status, headers["x-ms-spillover-error"]]).toEqual([429, undefined]);
});

test("a request header selects a spillover deployment, unless the deployment has one", async () => {
  const { chat } = await provisioned();
  await chat(EVERYTHING);
  const spilled = await chat({}, { "x-ms-spillover-deployment": "standard" });
  expect([spilled.status, answeredBy(spilled)]).toEqual([200, "standard"]);
  const missing = await chat({}, { "x-ms-spillover-deployment": "nowhere" });
  expect([missing.status, missing.headers["x-ms-spillover-error"]]).toEqual([429, "404"]);
  const set = await provisioned("standard");
  await set.chat(EVERYTHING);
  expect((await set.chat({}, { "x-ms-spillover-deployment": "nowhere" })).status).toBe(200);
});

test("if the standard deployment also fails, the provisioned one's refusal is returned with the reason", async () => {
  const { chat } = await provisioned("standard");
  await chat(EVERYTHING);
  await chat({ max_completion_tokens: 10_000 }, {}, "standard");
  const { status, headers, body } = await chat();
  expect([status, headers["x-ms-spillover-error"], body.error.code]).toEqual([429, "429", "429"]);
  expect(headers).not.toHaveProperty("x-ms-spillover-from-deployment");
});

test("a prompt that is too long for the provisioned deployment spills over", async () => {
  const { chat } = await provisioned("standard");
  const long = { messages: [{ role: "user", content: "x".repeat(4 * 128_001) }] };
  const { status, headers } = await chat(long);
  expect([status, headers["x-ms-spillover-from-deployment"]]).toEqual([200, "primary"]);
  const { chat: alone } = await provisioned();
  const refused = await alone(long);
  expect([refused.status, refused.body.error.code]).toEqual([400, "context_length_exceeded"]);
});

test("an invalid request does not spill over", async () => {
  const { chat } = await provisioned("standard");
  const { status, headers } = await chat({ messages: [] });
  expect([status, headers["x-ms-spillover-error"]]).toEqual([400, undefined]);
});

test("streams and v1 requests spill over", async () => {
  const { manager, chat } = await provisioned("standard");
  await chat(EVERYTHING);
  expect((await chat({ stream: true })).headers["x-ms-spillover-from-deployment"]).toBe("primary");
  const { key1 } = (await manager.send("POST", `${manager.accountId("acc")}/listKeys`)).body;
  const v1 = await ask(manager.azure, "https://acc.openai.azure.com/openai/v1/responses", {
    headers: { "api-key": key1 },
    body: { model: "primary", input: "Hello" },
  });
  expect([v1.status, v1.headers["x-ms-spillover-from-deployment"]]).toEqual([200, "primary"]);
});

test("a throttled deployment spills over while it is throttled", async () => {
  const { manager, chat, clock } = await provisioned("standard");
  const throttle = { resource: "acc", deployment: "primary", seconds: 20 };
  await request(`${manager.azure.azureUrl}/_emulator/azure/throttle`, {
    method: "POST",
    body: JSON.stringify(throttle),
  });
  expect(answeredBy(await chat())).toBe("standard");
  clock.advance(20_000);
  expect(answeredBy(await chat())).toBe("primary");
});

test("a Standard deployment never spills over", async () => {
  const { chat } = await provisioned();
  await chat({ max_completion_tokens: 10_000 }, {}, "standard");
  expect((await chat({}, { "x-ms-spillover-deployment": "primary" }, "standard")).status).toBe(429);
});

test("a seeded resource may have provisioned deployments", async () => {
  const deployments = [
    { name: "primary", model: "gpt-5", sku: "GlobalProvisionedManaged", capacity: 15 },
    { name: "standard", model: "gpt-5" },
  ];
  const azure = await azureWith({ seed: { azure: [{ resource: "seeded", keys: ["a", "b"], deployments }] } });
  const send = (change: object) =>
    ask(azure, "https://seeded.openai.azure.com/openai/v1/responses", {
      headers: { "api-key": "a", "x-ms-spillover-deployment": "standard" },
      body: { model: "primary", input: "Hello", ...change },
    });
  await send({ max_output_tokens: 15 * 4_750 });
  expect((await send({})).headers["x-ms-spillover-from-deployment"]).toBe("primary");
});
