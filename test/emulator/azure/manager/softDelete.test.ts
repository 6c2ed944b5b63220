/**
 * Soft-deleted accounts: locked names, restore and purge. Does not prove that Azure responds the same: codes and texts
 * are those of its documentation and of users' reports.
 */
import { AT_ONCE, closeAzures, Manager, refusal, SUBSCRIPTION, TestClock } from "../helpers";

afterEach(closeAzures);

const mustBeRestored = (id: string) =>
  refusal(
    "FlagMustBeSetForRestore",
    `An existing resource with ID '${id}' has been soft-deleted. To restore the resource, you must specify 'restore' to be 'true' in the property. If you don't want to restore existing resource, please purge it first.`,
  );

async function deletedAccount(clock = new TestClock()): Promise<Manager> {
  const manager = await Manager.start({ ...AT_ONCE, clock: clock.read });
  await manager.putAccount("acc");
  await manager.putDeployment("acc", "chat");
  expect((await manager.send("DELETE", manager.accountId("acc"))).status).toBe(200);
  expect((await manager.send("GET", manager.accountId("acc"))).status).toBe(404);
  return manager;
}

test("a deleted account's name is locked for 48 hours", async () => {
  const clock = new TestClock();
  const manager = await deletedAccount(clock);
  clock.advance(48 * 3_600_000 - 1);
  const { status, body } = await manager.putAccount("acc");
  expect(status).toBe(409);
  expect(body).toEqual(mustBeRestored(manager.accountId("acc")));
  clock.advance(1);
  expect((await manager.putAccount("acc")).status).toBe(201);
});

test("a deleted account's subdomain is locked for every account", async () => {
  const manager = await deletedAccount();
  const { status, body } = await manager.putAccount("other", { properties: { customSubDomainName: "acc" } });
  expect(status).toBe(409);
  expect(body).toEqual(
    refusal(
      "CustomDomainInUse",
      `Please pick a different name. The subdomain name 'acc' is not available as it's already used by a resource. If the resource using the name was deleted in the last 48 hours, you may need to purge the deleted resource. Learn more at "https://go.microsoft.com/fwlink/?linkid=2215493"`,
    ),
  );
});

test("the subdomain of an existing account is refused with the same message, in every subscription", async () => {
  const manager = await Manager.start(AT_ONCE);
  await manager.putAccount("acc");
  const elsewhere = new Manager(manager.azure, "rg", "99999999-2222-3333-4444-555555555555");
  await elsewhere.send("PUT", elsewhere.groupId, { location: "westus" });
  const refused = await elsewhere.putAccount("acc");
  expect(refused).toMatchObject({ status: 409, body: { error: { code: "CustomDomainInUse" } } });
});

test("restoring an account restores its keys and deployments", async () => {
  const manager = await Manager.start(AT_ONCE);
  await manager.putAccount("acc");
  await manager.putDeployment("acc", "chat");
  const before = (await manager.send("POST", `${manager.accountId("acc")}/listKeys`)).body;
  await manager.send("DELETE", manager.accountId("acc"));
  const restored = await manager.putAccount("acc", { properties: { customSubDomainName: "acc", restore: true } });
  expect(restored.status).toBe(201);
  expect(restored.body.properties).not.toHaveProperty("restore");
  expect((await manager.send("POST", `${manager.accountId("acc")}/listKeys`)).body).toEqual(before);
  expect((await manager.send("GET", manager.deploymentId("acc", "chat"))).status).toBe(200);
});

test("restoring fails if no account was deleted", async () => {
  const manager = await Manager.start(AT_ONCE);
  const { status, body } = await manager.putAccount("acc", { properties: { restore: true } });
  expect(status).toBe(409);
  expect(body).toEqual(
    refusal(
      "CanNotRestoreANonExistingResource",
      `Could not locate a resource to restore. The resource with ID '${manager.accountId("acc")}' doesn't exist or it is already purged.`,
    ),
  );
});

test("a deleted account is listed with its dates, and purging it frees the name", async () => {
  const manager = await deletedAccount();
  const listed = await manager.send(
    "GET",
    `/subscriptions/${SUBSCRIPTION}/providers/Microsoft.CognitiveServices/deletedAccounts`,
  );
  expect(listed.body.value).toMatchObject([
    {
      id: manager.deletedAccountId("acc"),
      name: "acc",
      properties: { deletionDate: "2026-11-24T12:00:00.000Z", scheduledPurgeDate: "2026-11-26T12:00:00.000Z" },
    },
  ]);
  expect((await manager.send("DELETE", manager.deletedAccountId("acc"))).status).toBe(200);
  expect((await manager.send("DELETE", manager.deletedAccountId("acc"))).status).toBe(204);
  expect((await manager.send("GET", manager.deletedAccountId("acc"))).status).toBe(404);
  expect((await manager.putAccount("acc")).status).toBe(201);
  expect((await manager.send("GET", manager.deploymentId("acc", "chat"))).status).toBe(404);
});

test("a deleted account keeps its quota until it is purged", async () => {
  const manager = await Manager.start({ ...AT_ONCE, capacityLimits: [{ limit: 10 }] });
  await manager.putAccount("acc");
  await manager.putDeployment("acc", "chat");
  await manager.send("DELETE", manager.accountId("acc"));
  await manager.putAccount("other");
  expect((await manager.putDeployment("other", "chat")).body.error.code).toBe("InsufficientQuota");
  await manager.send("DELETE", manager.deletedAccountId("acc"));
  expect((await manager.putDeployment("other", "chat")).status).toBe(201);
});
