/**
 * Requests of the stand-in for azure-native: retries and their delays, timeouts, and the result for a resource that
 * Azure accepted and did not complete. Does not prove azure-native's own delays between attempts, which are longer.
 */
import { closeAzures, SUBSCRIPTION, TestClock } from "../helpers";
import { ACCOUNT, ACCOUNT_ID, accountInputs, closePlugins, failureOf, GROUP, Plugin, urnOf } from "./plugin";

afterEach(async () => {
  closePlugins();
  await closeAzures();
});

const OPERATIONS = `/subscriptions/${SUBSCRIPTION}/providers/Microsoft.CognitiveServices/locations/eastus2/operations/`;
const GROUP_INPUTS = { resourceGroupName: "other", location: "eastus2" };
const refusal = (code: string) => ({ error: { code, message: "Later." } });
const CREATED = ["GET 404", "PUT 201", "GET 200"];

test.each<[number, string]>([
  [408, "RequestTimeout"],
  [429, "TooManyRequests"],
  [500, "InternalServerError"],
  [502, "BadGateway"],
  [503, "ServiceUnavailable"],
  [504, "GatewayTimeout"],
  [409, "AnotherOperationInProgress"],
])("a request with the response %i %s is retried", async (status, code) => {
  const plugin = await Plugin.start();
  plugin.faults.add({ plane: "azure", match: { method: "PUT" }, times: 2, action: { status, body: refusal(code) } });
  await plugin.create(GROUP, GROUP_INPUTS);
  expect(plugin.sent()).toEqual(["GET 404", `PUT ${status}`, `PUT ${status}`, ...CREATED.slice(1)]);
  expect(plugin.logs).toEqual([]);
});

test.each<[number, string]>([
  [400, "InvalidResourceProperties"],
  [403, "AuthorizationFailed"],
  [409, "RequestConflict"],
  [409, "FlagMustBeSetForRestore"],
])("a request with the response %i %s is not retried, and fails with azure-native's message", async (status, code) => {
  const plugin = await Plugin.start();
  plugin.faults.add({ plane: "azure", match: { method: "PUT" }, action: { status, body: refusal(code) } });
  const { message, halfMade } = await failureOf(plugin.create(GROUP, GROUP_INPUTS));
  expect([message, halfMade]).toEqual([`Status=${status} Code="${code}" Message="Later."`, undefined]);
  expect(plugin.sent()).toEqual(["GET 404", `PUT ${status}`]);
});

test("the fourth attempt is the last", async () => {
  const plugin = await Plugin.start();
  const action = { status: 503, body: refusal("ServiceUnavailable") };
  plugin.faults.add({ plane: "azure", match: { method: "DELETE" }, times: 10, action });
  const { message } = await failureOf(plugin.delete(ACCOUNT, ACCOUNT_ID));
  expect(message).toBe('Status=503 Code="ServiceUnavailable" Message="Later."');
  expect(plugin.sent()).toEqual(Array(4).fill("DELETE 503"));
});

test("a request is retried after a dropped connection, and the last error is returned", async () => {
  const plugin = await Plugin.start();
  plugin.faults.add({ plane: "azure", match: { method: "GET" }, times: 3, action: { drop: "before" } });
  expect(await plugin.read(ACCOUNT, ACCOUNT_ID)).toMatchObject({ id: "" });
  expect(plugin.sent()).toEqual(["GET 0", "GET 0", "GET 0", "GET 404"]);
  plugin.faults.add({ plane: "azure", match: { method: "GET" }, times: 4, action: { drop: "before" } });
  expect((await failureOf(plugin.read(ACCOUNT, ACCOUNT_ID))).message).toMatch(/other side closed|ECONNRESET/);
});

test.each<[string, Record<string, string>, number]>([
  ["seconds", { "retry-after": "1" }, 1_000],
  ["milliseconds", { "retry-after-ms": "1100" }, 1_100],
  ["Azure's milliseconds", { "x-ms-retry-after-ms": "1100" }, 1_100],
])("Retry-After in %s is respected, and the wait is reported for the resource", async (_what, headers, waitMs) => {
  const plugin = await Plugin.start();
  const action = { status: 429, headers, body: refusal("TooManyRequests") };
  plugin.faults.add({ plane: "azure", match: { method: "PUT" }, action });
  const { id } = await plugin.create(GROUP, GROUP_INPUTS);
  const [first, second] = plugin.requests.entries().filter(({ method }) => method === "PUT");
  expect(Date.parse(second?.startedAt ?? "") - Date.parse(first?.endedAt ?? "")).toBeGreaterThanOrEqual(waitMs - 2);
  expect(plugin.logs).toEqual([
    [
      "WARNING",
      urnOf(GROUP),
      `Azure answered PUT ${id} with 429 TooManyRequests; the request is repeated in ${waitMs / 1_000} s`,
    ],
  ]);
});

test("a Retry-After date in the past causes no wait", async () => {
  const plugin = await Plugin.start();
  const headers = { "retry-after": new Date(Date.now() - 60_000).toUTCString() };
  plugin.faults.add({ plane: "azure", match: { method: "PUT" }, action: { status: 429, headers } });
  await plugin.create(GROUP, GROUP_INPUTS);
  expect([plugin.sent(), plugin.logs]).toEqual([["GET 404", "PUT 429", ...CREATED.slice(1)], []]);
});

test("a Retry-After of more than two minutes ends the retries", async () => {
  const plugin = await Plugin.start();
  const action = { status: 429, headers: { "retry-after": "121" }, body: refusal("TooManyRequests") };
  plugin.faults.add({ plane: "azure", match: { method: "PUT" }, action });
  const { message } = await failureOf(plugin.create(GROUP, GROUP_INPUTS));
  expect(message).toBe('Status=429 Code="TooManyRequests" Message="Later."');
  expect(plugin.sent()).toEqual(["GET 404", "PUT 429"]);
});

test("a creation that exceeds its `customTimeouts` is a partial failure with the resource's id", async () => {
  const plugin = await Plugin.start({ provisioningMs: 3_600_000 });
  const { message, halfMade } = await failureOf(plugin.create(ACCOUNT, accountInputs(), { timeoutSeconds: 0.3 }));
  expect(message).toBe("resource created but read failed operation timed out: operation timed out");
  expect(halfMade).toEqual({ id: ACCOUNT_ID, outputs: {}, inputs: accountInputs(), reasons: [message] });
  expect((await plugin.read(ACCOUNT, ACCOUNT_ID)).outputs.properties.provisioningState).toBe("Creating");
});

test("`customTimeouts` limit a change and a deletion", async () => {
  const clock = new TestClock();
  const slow = await Plugin.start({ provisioningMs: 3_600_000, clock: clock.read });
  await slow.manager.putAccount("acc");
  clock.advance(3_600_000);
  const change = await failureOf(slow.update(ACCOUNT, ACCOUNT_ID, {}, accountInputs(), { timeoutSeconds: 0.2 }));
  expect(change.message).toMatch(/operation timed out$/);
  expect(change.halfMade?.id).toBe(ACCOUNT_ID);
  clock.advance(3_600_000);
  const deletion = await failureOf(slow.delete(ACCOUNT, ACCOUNT_ID, { timeoutSeconds: 0.2 }));
  expect([deletion.message, deletion.halfMade]).toEqual(["operation timed out", undefined]);
});

test("`customTimeouts` limit a wait for Retry-After", async () => {
  const plugin = await Plugin.start();
  const action = { status: 429, headers: { "retry-after": "100" }, body: refusal("TooManyRequests") };
  plugin.faults.add({ plane: "azure", match: { method: "PUT" }, action });
  const { message, halfMade } = await failureOf(plugin.create(GROUP, GROUP_INPUTS, { timeoutSeconds: 0.3 }));
  expect([message, halfMade]).toEqual(["operation timed out", undefined]);
});

test("the engine's Cancel ends every call", async () => {
  const plugin = await Plugin.start({ provisioningMs: 3_600_000 });
  const creation = failureOf(plugin.create(ACCOUNT, accountInputs()));
  while (!plugin.sent().includes("PUT 201")) await new Promise(setImmediate);
  await plugin.cancel();
  expect((await creation).message).toBe("resource created but read failed context canceled: context canceled");
  expect((await failureOf(plugin.create(GROUP, GROUP_INPUTS))).message).toBe("context canceled");
});

test("a creation that fails in Azure is a partial failure with the resource's current state", async () => {
  const plugin = await Plugin.start({ provisioningMs: 50 });
  const action = { status: 200, body: { status: "Failed", error: { code: "Broken", message: "It broke." } } };
  plugin.faults.add({ plane: "azure", match: { method: "GET", path: OPERATIONS }, action });
  const { message, halfMade } = await failureOf(plugin.create(ACCOUNT, accountInputs()));
  expect(message).toBe('Status=200 Code="Broken" Message="It broke."');
  expect(halfMade).toMatchObject({ id: ACCOUNT_ID, inputs: accountInputs(), reasons: [message] });
  expect(halfMade?.outputs).toMatchObject({ name: "acc", azureApiVersion: "2025-06-01" });
});

test("a creation succeeds with a warning if the resource cannot be read afterward", async () => {
  const plugin = await Plugin.start();
  const action = { status: 400, body: refusal("Broken") };
  plugin.faults.add({ plane: "azure", match: { method: "GET" }, after: 1, action });
  const { id, outputs } = await plugin.create(GROUP, GROUP_INPUTS);
  expect(outputs).toMatchObject({ name: "other", location: "eastus2" });
  expect(plugin.logs).toEqual([
    ["WARNING", urnOf(GROUP), "Failed to read resource after Create. Please report this issue."],
  ]);
  expect(id).toMatch(/resourceGroups\/other$/);
});

test("a deletion waits until Azure completes it", async () => {
  const plugin = await Plugin.start({ provisioningMs: 100 });
  await plugin.create(ACCOUNT, accountInputs());
  plugin.requests.clear();
  await plugin.delete(ACCOUNT, ACCOUNT_ID);
  const [first, ...polls] = plugin.sent();
  expect(first).toBe("DELETE 202");
  expect(polls.length).toBeGreaterThan(1);
  expect(new Set(polls)).toEqual(new Set(["GET 200"]));
  expect(await plugin.read(ACCOUNT, ACCOUNT_ID)).toMatchObject({ id: "" });
});

test("a sovereign cloud has its own resource manager", async () => {
  const plugin = await Plugin.start();
  await plugin.configure({ environment: "usgovernment", subscriptionId: "99999999-2222-3333-4444-555555555555" });
  const { id } = await plugin.create(GROUP, { resourceGroupName: "other", location: "usgovvirginia" });
  expect(id).toBe("/subscriptions/99999999-2222-3333-4444-555555555555/resourceGroups/other");
  expect(new Set(plugin.requests.entries().map(({ host }) => host))).toEqual(new Set(["management.usgovcloudapi.net"]));
});
