/**
 * Content filter configurations of an account. Does not prove that Azure responds the same: the shapes are those of its
 * REST specification, the wording of refusals is this package's own. openai/contentFilter.test.ts proves the effect of
 * a filter on prompts.
 */
import { AT_ONCE, closeAzures, deploymentBody, Manager, SUBSCRIPTION, TestClock } from "../helpers";

afterEach(closeAzures);

const PROPERTIES = {
  basePolicyName: "Microsoft.DefaultV2",
  mode: "Blocking",
  contentFilters: [
    { name: "Hate", source: "Prompt", enabled: true, blocking: true, severityThreshold: "Low" },
    { name: "Jailbreak", source: "Prompt", enabled: true, blocking: true },
    { name: "A filter of tomorrow", source: "Completion", enabled: true, blocking: false },
  ],
};

async function withAccount(options = {}): Promise<Manager> {
  const manager = await Manager.start({ ...AT_ONCE, ...options });
  await manager.putAccount("acc");
  return manager;
}

const put = (manager: Manager, name: string, properties: object = PROPERTIES, rest: object = {}) =>
  manager.send("PUT", manager.raiPolicyId("acc", name), { properties, ...rest });

test("a policy is created, read, listed, changed and deleted", async () => {
  const manager = await withAccount({ clock: new TestClock().read });
  const created = await put(manager, "Strict", PROPERTIES, { tags: { a: "b" } });
  expect(created.status).toBe(201);
  expect(created.body).toEqual({
    id: `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.CognitiveServices/accounts/acc/raiPolicies/Strict`,
    name: "Strict",
    type: "Microsoft.CognitiveServices/accounts/raiPolicies",
    etag: expect.any(String),
    tags: { a: "b" },
    systemData: { createdBy: "stand-in@localhost", createdByType: "User", createdAt: "2026-11-24T12:00:00.000Z" },
    properties: { ...PROPERTIES, type: "UserManaged" },
  });
  expect((await manager.send("GET", manager.raiPolicyId("acc", "strict"))).body).toEqual(created.body);
  const { body: list } = await manager.send("GET", `${manager.accountId("acc")}/raiPolicies`);
  expect(list.value.map(({ name }: { name: string }) => name)).toEqual([
    "Microsoft.Default",
    "Microsoft.DefaultV2",
    "Microsoft.Nil",
    "Strict",
  ]);
  const changed = await put(manager, "Strict", { basePolicyName: "Microsoft.Default" });
  expect([changed.status, changed.body.properties.basePolicyName]).toEqual([200, "Microsoft.Default"]);
  expect((await manager.send("DELETE", manager.raiPolicyId("acc", "Strict"))).status).toBe(200);
  expect((await manager.send("DELETE", manager.raiPolicyId("acc", "Strict"))).status).toBe(204);
  expect((await manager.send("GET", manager.raiPolicyId("acc", "Strict"))).status).toBe(404);
});

test.each<[string, object, string]>([
  [
    "a content filter without a name",
    { contentFilters: [{ source: "Prompt" }] },
    "'contentFilters[0].name' is required.",
  ],
  [
    "an unknown source of a content filter",
    { contentFilters: [{ name: "Hate", source: "Answer" }] },
    "The value 'Answer' of 'contentFilters[0].source' is not one of Prompt, Completion.",
  ],
  [
    "an unknown severity of a content filter",
    { contentFilters: [{ name: "Hate", source: "Prompt", severityThreshold: "Severe" }] },
    "The value 'Severe' of 'contentFilters[0].severityThreshold' is not one of Low, Medium, High.",
  ],
  [
    "an unknown mode",
    { mode: "Off" },
    "The value 'Off' of 'mode' is not one of Default, Deferred, Blocking, Asynchronous_filter.",
  ],
  ["an unknown base policy", { basePolicyName: "Nobody" }, "The base policy 'Nobody' does not exist."],
])("a policy with %s is refused", async (_what, properties, message) => {
  const manager = await withAccount();
  const { status, body } = await put(manager, "x", properties);
  expect([status, body]).toEqual([400, { error: { code: "InvalidRaiPolicy", message } }]);
});

test("the system policies are readable and cannot be changed", async () => {
  const manager = await withAccount();
  const { body } = await manager.send("GET", manager.raiPolicyId("acc", "microsoft.defaultv2"));
  expect([body.name, body.properties.type]).toEqual(["Microsoft.DefaultV2", "SystemManaged"]);
  expect((await put(manager, "Microsoft.Default")).status).toBe(400);
});

const filtered = (raiPolicyName: string) => ({
  properties: { ...(deploymentBody().properties as object), raiPolicyName },
});

test("a deployment requires an existing policy, which cannot be deleted while it is used", async () => {
  const manager = await withAccount();
  const missing = await manager.putDeployment("acc", "chat", filtered("Strict"));
  expect([missing.status, missing.body.error.message]).toEqual([
    400,
    "The RAI policy 'Strict' does not exist in the account.",
  ]);
  await put(manager, "Strict");
  expect((await manager.putDeployment("acc", "chat", filtered("strict"))).body.properties.raiPolicyName).toBe("strict");
  expect(await manager.send("DELETE", manager.raiPolicyId("acc", "Strict"))).toMatchObject({
    status: 409,
    body: { error: { code: "RaiPolicyInUse" } },
  });
  expect((await manager.putDeployment("acc", "chat", filtered("Microsoft.Nil"))).status).toBe(200);
  expect((await manager.send("DELETE", manager.raiPolicyId("acc", "Strict"))).status).toBe(200);
});

test("a write to a policy is refused while another write to the account runs", async () => {
  const clock = new TestClock();
  const manager = await withAccount({ provisioningMs: 1_000, clock: clock.read });
  expect((await put(manager, "Strict")).body.error.code).toBe("AccountProvisioningStateInvalid");
  clock.advance(1_000);
  await manager.putDeployment("acc", "chat");
  expect((await put(manager, "Strict")).body.error.code).toBe("RequestConflict");
  clock.advance(1_000);
  expect((await put(manager, "Strict")).status).toBe(201);
});

test("a policy in a missing account is refused", async () => {
  const manager = await Manager.start(AT_ONCE);
  expect((await put(manager, "Strict")).body.error.code).toBe("ParentResourceNotFound");
});

test("restoring an account restores its policies", async () => {
  const manager = await withAccount();
  await put(manager, "Strict");
  await manager.send("DELETE", manager.accountId("acc"));
  await manager.putAccount("acc", { properties: { customSubDomainName: "acc", restore: true } });
  expect((await manager.send("GET", manager.raiPolicyId("acc", "Strict"))).status).toBe(200);
});
