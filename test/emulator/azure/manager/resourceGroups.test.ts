/**
 * Resource groups of the resource manager. Does not prove that Azure responds the same: codes and texts are those of
 * its documentation and of users' reports.
 */
import { AT_ONCE, closeAzures, Manager, refusal, SUBSCRIPTION, TestClock } from "../helpers";

afterEach(closeAzures);

test("a resource group is created, read, changed and deleted", async () => {
  const manager = await Manager.start(AT_ONCE);
  const path = `/subscriptions/${SUBSCRIPTION}/resourceGroups/other`;
  const made = await manager.send("PUT", path, { location: "East US 2", tags: { a: "b" } });
  const view = {
    id: path,
    name: "other",
    type: "Microsoft.Resources/resourceGroups",
    location: "eastus2",
    tags: { a: "b" },
    properties: { provisioningState: "Succeeded" },
  };
  expect(made).toMatchObject({ status: 201, body: view });
  expect(await manager.send("GET", path)).toMatchObject({ status: 200, body: view });
  expect((await manager.send("PUT", path, { location: "eastus2" })).status).toBe(200);
  expect((await manager.send("DELETE", path)).status).toBe(200);
  const gone = await manager.send("GET", path);
  expect(gone.status).toBe(404);
  expect(gone.body).toEqual(refusal("ResourceGroupNotFound", "Resource group 'other' could not be found."));
});

test("the location of a resource group cannot change", async () => {
  const manager = await Manager.start(AT_ONCE);
  const { status, body } = await manager.send("PUT", manager.groupId, { location: "westus" });
  expect(status).toBe(409);
  expect(body).toEqual(
    refusal(
      "InvalidResourceGroupLocation",
      "Invalid resource group location 'westus'. The Resource group already exists in location 'eastus2'.",
    ),
  );
});

test("deleting a resource group soft-deletes its accounts when it completes", async () => {
  const clock = new TestClock();
  const manager = await Manager.start({ clock: clock.read, provisioningMs: 100 });
  await manager.putAccount("acc");
  clock.advance(100);
  const deletion = await manager.send("DELETE", manager.groupId);
  expect(deletion.status).toBe(202);
  const results = new URL(deletion.headers.location ?? "").pathname;
  expect((await manager.send("GET", results)).status).toBe(202);
  expect(await manager.putAccount("late")).toMatchObject({
    status: 409,
    body: { error: { code: "ResourceGroupBeingDeleted" } },
  });
  clock.advance(100);
  expect((await manager.send("GET", results)).status).toBe(200);
  expect((await manager.send("GET", manager.deletedAccountId("acc"))).status).toBe(200);
});
