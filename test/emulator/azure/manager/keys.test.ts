/**
 * The keys of an account, and access to its data plane. Does not prove that Azure responds the same: codes and texts
 * are those of its documentation and of users' reports.
 */
import { AT_ONCE, ask, closeAzures, Manager, refusal } from "../helpers";

afterEach(closeAzures);

test("an account has two keys, and the old value of a regenerated key is refused immediately", async () => {
  const manager = await Manager.start(AT_ONCE);
  await manager.putAccount("acc");
  await manager.putDeployment("acc", "chat");
  const before = (await manager.send("POST", `${manager.accountId("acc")}/listKeys`)).body;
  expect(Object.keys(before)).toEqual(["key1", "key2"]);
  expect(before.key1).toMatch(/^\w{84}$/);
  const after = await manager.send("POST", `${manager.accountId("acc")}/regenerateKey`, { keyName: "Key1" });
  expect(after.status).toBe(200);
  expect(after.body.key1).not.toBe(before.key1);
  expect(after.body.key2).toBe(before.key2);
  const statusWith = async (key: string) => {
    const url = "https://acc.openai.azure.com/openai/deployments/chat/chat/completions?api-version=2024-10-21";
    const body = { messages: [{ role: "user", content: "Hello" }] };
    return (await ask(manager.azure, url, { headers: { "api-key": key }, body })).status;
  };
  expect(await statusWith(before.key1)).toBe(401);
  expect(await statusWith(after.body.key1)).toBe(200);
  expect(await statusWith(before.key2)).toBe(200);
});

test("an account without local authentication lists no keys and accepts none", async () => {
  const manager = await Manager.start(AT_ONCE);
  await manager.putAccount("acc");
  const { key1 } = (await manager.send("POST", `${manager.accountId("acc")}/listKeys`)).body;
  await manager.putAccount("acc", { properties: { disableLocalAuth: true } });
  const listed = await manager.send("POST", `${manager.accountId("acc")}/listKeys`);
  expect(listed.status).toBe(400);
  expect(listed.body).toEqual(refusal("BadRequest", "Failed to list key. disableLocalAuth is set to be true"));
  const url = "https://acc.openai.azure.com/openai/deployments/chat/chat/completions?api-version=2024-10-21";
  const { status, body } = await ask(manager.azure, url, { headers: { "api-key": key1 }, body: {} });
  expect(status).toBe(403);
  expect(body).toEqual(
    refusal("AuthenticationTypeDisabled", "Key based authentication is disabled for this resource."),
  );
});

test.each([
  [{ publicNetworkAccess: "Disabled" }, "Public access is disabled. Please configure private endpoint."],
  [{ networkAcls: { defaultAction: "Deny" } }, "Access denied due to Virtual Network/Firewall rules."],
])("an account with %j responds with 403", async (properties, message) => {
  const manager = await Manager.start(AT_ONCE);
  await manager.putAccount("acc", { properties: { customSubDomainName: "acc", ...properties } });
  const url = "https://acc.openai.azure.com/openai/v1/chat/completions";
  const { status, body } = await ask(manager.azure, url, { headers: { "api-key": "any" }, body: {} });
  expect(status).toBe(403);
  expect(body).toEqual(refusal("403", message));
});

test("seeded resources can be managed", async () => {
  const manager = await Manager.start({
    ...AT_ONCE,
    seed: {
      azure: [{ resource: "seeded", keys: ["one", "two"], deployments: [{ name: "chat", model: "my-own-model" }] }],
    },
  });
  const seeded = new Manager(manager.azure, "seed", "00000000-0000-0000-0000-000000000000");
  expect((await seeded.send("POST", `${seeded.accountId("seeded")}/listKeys`)).body).toEqual({
    key1: "one",
    key2: "two",
  });
  expect((await seeded.send("GET", seeded.deploymentId("seeded", "chat"))).body.properties.model.name).toBe(
    "my-own-model",
  );
  expect((await seeded.putDeployment("seeded", "more")).status).toBe(201);
});
