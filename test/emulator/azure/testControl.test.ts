/** The local Azure's own endpoints under `/_emulator/azure/`. */
import { request as send } from "undici";
import type { Azure } from "../../../emulator/azure/startAzure";
import { type Answer, ask, azureWith, closeAzures, TestClock } from "./helpers";

const seedAccount = (resource: string, location: string) => ({
  resource,
  location,
  keys: [`${resource}-one`, `${resource}-two`],
  deployments: [{ name: "chat", model: "gpt-5-mini", capacity: 1 }],
});
const SEED = { azure: [seedAccount("east", "eastus2"), seedAccount("west", "westus")] };

let azure: Azure;
let clock: TestClock;
beforeEach(async () => {
  clock = new TestClock();
  azure = await azureWith({ seed: SEED, clock: clock.read });
});
afterEach(closeAzures);

async function control(method: "GET" | "POST" | "DELETE", name: string, body?: unknown) {
  const response = await send(`${azure.azureUrl}/_emulator/azure/${name}`, {
    method,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every shape
  return { status: response.statusCode, body: (await response.body.json()) as any };
}

function chat(resource: string, key = `${resource}-one`, change = {}): Promise<Answer> {
  const url = `https://${resource}.openai.azure.com/openai/deployments/chat/chat/completions?api-version=2024-10-21`;
  const body = { messages: [{ role: "user", content: "Hello" }], ...change };
  return ask(azure, url, { headers: { "api-key": key }, body });
}

test("regenerate-key creates a new value and invalidates the old one", async () => {
  const { status, body } = await control("POST", "regenerate-key", { account: "east", key: "key2" });
  expect(status).toBe(200);
  expect(body.key1).toBe("east-one");
  expect((await chat("east", "east-two")).status).toBe(401);
  expect((await chat("east", body.key2)).status).toBe(200);
});

test.each([
  [{ account: "nobody", key: "key1" }, 404, 'there is no account "nobody"'],
  [{ account: "east", key: "key3" }, 400, '"key" must be "key1" or "key2"'],
])("regenerate-key refuses %j", async (sent, status, error) => {
  expect(await control("POST", "regenerate-key", sent)).toEqual({ status, body: { error } });
});

test.each([{ resource: "east" }, { account: "EAST" }, { region: "East US 2" }])(
  "throttle %j causes 429 only there and only for the given time",
  async (target) => {
    expect((await control("POST", "throttle", { ...target, seconds: 20 })).status).toBe(200);
    const throttled = await chat("east");
    expect(throttled).toMatchObject({ status: 429, headers: { "retry-after": "20", "retry-after-ms": "20000" } });
    expect((await chat("west")).status).toBe(200);
    clock.advance(19_999);
    expect((await chat("east")).status).toBe(429);
    clock.advance(1);
    expect((await chat("east")).status).toBe(200);
  },
);

test("a throttle ends when it is set to 0 seconds or when all are cleared", async () => {
  await control("POST", "throttle", { resource: "east", seconds: 60 });
  await control("POST", "throttle", { resource: "east", seconds: 0 });
  expect((await chat("east")).status).toBe(200);
  await control("POST", "throttle", { region: "westus", seconds: 60 });
  await control("DELETE", "throttle");
  expect((await chat("west")).status).toBe(200);
});

test.each([
  [{ seconds: 1 }, 400, '"resource", "account" or "region" is needed'],
  [{ resource: "east" }, 400, '"seconds" must be a number from 0'],
  [{ resource: "nobody", seconds: 1 }, 404, 'there is no account "nobody"'],
  [{ region: "atlantis", seconds: 1 }, 400, '"atlantis" is no Azure region'],
])("throttle refuses %j", async (sent, status, error) => {
  expect(await control("POST", "throttle", sent)).toEqual({ status, body: { error } });
});

test("reset-quota starts a new minute", async () => {
  await chat("east", "east-one", { max_completion_tokens: 5_000 });
  expect((await chat("east")).status).toBe(429);
  await control("POST", "reset-quota");
  expect((await chat("east")).status).toBe(200);
});

test("state contains accounts, deployments with their usage, and throttles, but no keys", async () => {
  await chat("east", "east-one", { max_completion_tokens: 94 });
  await control("POST", "throttle", { region: "westus", seconds: 60 });
  const { body } = await control("GET", "state");
  expect(body.accounts).toMatchObject([
    {
      name: "east",
      location: "eastus2",
      deployments: [{ name: "chat", usedThisMinute: { tokens: 100, requests: 1 } }],
    },
    { name: "west", location: "westus", deployments: [{ name: "chat", usedThisMinute: { tokens: 0, requests: 0 } }] },
  ]);
  expect(body.resourceGroups).toMatchObject([{ name: "seed" }]);
  expect(body.deletedAccounts).toEqual([]);
  expect(body.throttles).toEqual([{ region: "westus", endsAt: "2026-11-24T12:01:00.000Z" }]);
  expect(JSON.stringify(body)).not.toMatch(/(east|west)-(one|two)/);
});

test("reset leaves only the seed", async () => {
  await control("POST", "regenerate-key", { account: "east", key: "key1" });
  await control("POST", "throttle", { resource: "west", seconds: 60 });
  await control("POST", "reset");
  expect((await chat("east")).status).toBe(200);
  expect((await chat("west")).status).toBe(200);
});

test("the error for an unknown path names it", async () => {
  expect(await control("GET", "nothing")).toEqual({
    status: 404,
    body: { error: "there is no GET /_emulator/azure/nothing" },
  });
});

test.each([
  [
    { azure: [{ ...seedAccount("a", "westus"), keys: ["one"] }] },
    `the seed's Azure resource "a" needs exactly two keys, not 1`,
  ],
  [{ azure: [seedAccount("a", "westus"), seedAccount("A", "eastus")] }, 'the seed has the Azure resource "A" twice'],
])("a wrong seed is refused at the start", async (seed, message) => {
  await expect(azureWith({ seed })).rejects.toThrow(message);
});
