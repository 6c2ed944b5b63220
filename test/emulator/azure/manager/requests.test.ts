/**
 * Requirements for every request to the resource manager: token, api-version, names, subscription. Does not prove that
 * Azure responds the same: codes and texts are those of its documentation and of users' reports.
 */
import { unknownApiVersionOf } from "../../../../emulator/azure/manager/apiVersions";
import { AT_ONCE, ask, closeAzures, Manager, refusal, SUBSCRIPTION } from "../helpers";

afterEach(closeAzures);

const url = `https://management.azure.com/subscriptions/${SUBSCRIPTION}/resourceGroups/rg`;

test("a request without a token is refused", async () => {
  const { azure } = await Manager.start(AT_ONCE);
  const { status, body } = await ask(azure, `${url}?api-version=2024-03-01`);
  expect(status).toBe(401);
  expect(body).toEqual(
    refusal("AuthenticationFailed", "Authentication failed. The 'Authorization' header is missing."),
  );
});

test("a request without an api-version is refused", async () => {
  const { azure } = await Manager.start(AT_ONCE);
  const { status, body } = await ask(azure, url, { headers: { authorization: "Bearer any" } });
  expect(status).toBe(400);
  expect(body.error.code).toBe("MissingApiVersionParameter");
});

test("an api-version of the data plane is refused", async () => {
  const manager = await Manager.start(AT_ONCE);
  const path = `https://management.azure.com${manager.accountId("a")}?api-version=2024-10-21`;
  const { status, body } = await ask(manager.azure, path, { headers: { authorization: "Bearer any" } });
  expect(status).toBe(400);
  expect(body.error.code).toBe("NoRegisteredProviderFound");
  expect(body.error.message).toContain("API version '2024-10-21' for type 'accounts'");
});

test("names are compared case-insensitively", async () => {
  const manager = await Manager.start(AT_ONCE);
  await manager.putAccount("MyAccount");
  const { status, body } = await manager.send("GET", manager.accountId("myaccount").toUpperCase());
  expect(status).toBe(200);
  expect(body.name).toBe("MyAccount");
});

test("the error for an unsupported resource type names the type", async () => {
  const manager = await Manager.start(AT_ONCE);
  const path = `${manager.groupId}/providers/Microsoft.Storage/storageAccounts/x`;
  const { status, body } = await manager.send("GET", path);
  expect(status).toBe(404);
  expect(body.error).toEqual({ code: "InvalidResourceType", message: expect.stringContaining(`GET ${path}`) });
});

test.each(["GET", "PUT", "DELETE"])("%s in a malformed subscription is refused", async (method) => {
  const manager = await Manager.start(AT_ONCE);
  const { status, body } = await manager.send(method, "/subscriptions/mine/resourceGroups/rg");
  expect(status).toBe(400);
  expect(body.error.code).toBe("InvalidSubscriptionId");
});

test("the type in a very long path is found immediately", () => {
  const startedAt = performance.now();
  const path = `/subscriptions/s/${"x/".repeat(100_000)}providers/Microsoft.Insights/metricAlerts/a`;
  expect(unknownApiVersionOf(path, "2099-01-01")).toMatchObject({ type: "metricAlerts" });
  expect(unknownApiVersionOf("x".repeat(200_000), "none")).toMatchObject({ type: "resourceGroups" });
  expect(performance.now() - startedAt).toBeLessThan(5_000);
});
