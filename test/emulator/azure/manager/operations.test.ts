/**
 * Asynchronous operations of the resource manager: the response to a change, and both URLs for polling it. Does not
 * prove that Azure responds the same: the shapes are those of its REST specification and its guide to polling.
 */
import { request } from "undici";
import { type Answer, ask, closeAzures, Manager, refusal, SUBSCRIPTION, TestClock } from "../helpers";

afterEach(closeAzures);

const TAKES_MS = 5_000;
const OPERATIONS = `https://management.azure.com/subscriptions/${SUBSCRIPTION}/providers/Microsoft.CognitiveServices/locations/eastus2`;

/** An account "acc" with a deployment "chat", at the end of their creation. */
async function withAccount(): Promise<{ manager: Manager; clock: TestClock }> {
  const clock = new TestClock();
  const manager = await Manager.start({ clock: clock.read, provisioningMs: TAKES_MS });
  await manager.putAccount("acc");
  clock.advance(TAKES_MS);
  await manager.putDeployment("acc", "chat");
  clock.advance(TAKES_MS);
  return { manager, clock };
}

const poll = ({ azure }: Manager, { headers }: Answer, header: "azure-asyncoperation" | "location") =>
  ask(azure, headers[header] ?? "", { headers: { authorization: "Bearer any" } });

test.each<[string, (manager: Manager) => Promise<Answer>]>([
  ["account", (manager) => manager.send("DELETE", manager.accountId("acc"))],
  ["deployment", (manager) => manager.send("DELETE", manager.deploymentId("acc", "chat"))],
])("deleting the %s returns 202 with two polling URLs", async (_what, remove) => {
  const { manager, clock } = await withAccount();
  const deletion = await remove(manager);
  expect([deletion.status, deletion.text]).toEqual([202, ""]);
  expect(deletion.headers["azure-asyncoperation"]).toMatch(`${OPERATIONS}/operations/`);
  expect(deletion.headers.location).toMatch(`${OPERATIONS}/operationResults/`);
  const path = new URL(deletion.headers["azure-asyncoperation"] ?? "").pathname;
  const operation = { id: path, name: path.split("/").at(-1), startTime: new Date(clock.nowMs).toISOString() };

  clock.advance(TAKES_MS - 1);
  const running = await poll(manager, deletion, "azure-asyncoperation");
  expect([running.status, running.body]).toEqual([200, { ...operation, status: "InProgress" }]);
  const waiting = await poll(manager, deletion, "location");
  expect([waiting.status, waiting.headers.location]).toEqual([202, deletion.headers.location]);

  clock.advance(1);
  const endTime = new Date(clock.nowMs).toISOString();
  const ended = await poll(manager, deletion, "azure-asyncoperation");
  expect([ended.status, ended.body]).toEqual([200, { ...operation, status: "Succeeded", endTime }]);
  const result = await poll(manager, deletion, "location");
  expect([result.status, result.text]).toEqual([200, ""]);
});

test.each<[string, (manager: Manager) => Promise<Answer>, (manager: Manager) => string]>([
  [
    "account",
    (manager) => manager.send("PATCH", manager.accountId("acc"), { tags: { team: "a" } }),
    (manager) => manager.accountId("acc"),
  ],
  [
    "deployment",
    (manager) =>
      manager.send("PATCH", manager.deploymentId("acc", "chat"), { sku: { name: "GlobalStandard", capacity: 20 } }),
    (manager) => manager.deploymentId("acc", "chat"),
  ],
])("PATCH of the %s returns 202, and its location finally returns the resource", async (_what, patch, idOf) => {
  const { manager, clock } = await withAccount();
  const patched = await patch(manager);
  expect([patched.status, patched.body.properties.provisioningState]).toEqual([202, "Accepted"]);
  expect((await poll(manager, patched, "location")).status).toBe(202);
  clock.advance(TAKES_MS);
  const result = await poll(manager, patched, "location");
  expect(result.status).toBe(200);
  expect(result.body).toEqual((await manager.send("GET", idOf(manager))).body);
  expect(result.body.properties.provisioningState).toBe("Succeeded");
});

test("PUT immediately returns the resource and the polling URLs of its creation", async () => {
  const clock = new TestClock();
  const manager = await Manager.start({ clock: clock.read, provisioningMs: TAKES_MS });
  const created = await manager.putAccount("acc");
  expect([created.status, created.body.properties.provisioningState]).toEqual([201, "Creating"]);
  expect((await poll(manager, created, "azure-asyncoperation")).body.status).toBe("InProgress");
  clock.advance(TAKES_MS);
  expect((await poll(manager, created, "azure-asyncoperation")).body.status).toBe("Succeeded");
  expect((await poll(manager, created, "location")).body.name).toBe("acc");
});

test("a synchronous change returns 200 without polling URLs", async () => {
  const manager = await Manager.start({ provisioningMs: 0 });
  await manager.putAccount("acc");
  const patched = await manager.send("PATCH", manager.accountId("acc"), { tags: { team: "a" } });
  expect([patched.status, patched.headers.location, patched.headers["azure-asyncoperation"]]).toEqual([
    200,
    undefined,
    undefined,
  ]);
});

test("a purge is asynchronous, cannot be undone, and frees the name when it completes", async () => {
  const { manager, clock } = await withAccount();
  await manager.send("DELETE", manager.accountId("acc"));
  clock.advance(TAKES_MS);
  const purge = await manager.send("DELETE", manager.deletedAccountId("acc"));
  expect(purge.status).toBe(202);
  expect((await manager.send("GET", manager.deletedAccountId("acc"))).body.properties.provisioningState).toBe(
    "Purging",
  );
  const restored = await manager.putAccount("acc", { properties: { customSubDomainName: "acc", restore: true } });
  expect(restored).toMatchObject({ status: 409, body: { error: { code: "RequestConflict" } } });
  clock.advance(TAKES_MS);
  expect((await poll(manager, purge, "azure-asyncoperation")).body.status).toBe("Succeeded");
  expect((await manager.send("GET", manager.deletedAccountId("acc"))).status).toBe(404);
  expect((await manager.putAccount("acc")).status).toBe(201);
});

test("an operation is removed one hour after its end", async () => {
  const { manager, clock } = await withAccount();
  const deletion = await manager.send("DELETE", manager.deploymentId("acc", "chat"));
  clock.advance(TAKES_MS + 3_600_000 - 1);
  expect((await poll(manager, deletion, "location")).status).toBe(200);
  clock.advance(1);
  const id = deletion.headers.location?.split("/").at(-1)?.split("?")[0];
  for (const header of ["location", "azure-asyncoperation"] as const) {
    const { status, body } = await poll(manager, deletion, header);
    expect({ status, body }).toEqual({
      status: 404,
      body: refusal("NotFound", `The operation '${id}' was not found.`),
    });
  }
});

test("the server's own address also serves the resource manager and its operations", async () => {
  const { manager } = await withAccount();
  const { azureUrl } = manager.azure;
  const send = async (method: "GET" | "DELETE", url: string) => {
    const { statusCode, headers, body } = await request(url, { method, headers: { authorization: "Bearer any" } });
    return { statusCode, location: String(headers.location), text: await body.text() };
  };
  const account = `${azureUrl}${manager.accountId("acc")}?api-version=2025-06-01`;
  expect(JSON.parse((await send("GET", account)).text).properties.endpoint).toBe("https://acc.openai.azure.com/");
  const { statusCode, location } = await send("DELETE", account);
  expect([statusCode, new URL(location).origin]).toEqual([202, azureUrl]);
  expect((await send("GET", location)).statusCode).toBe(202);
});
