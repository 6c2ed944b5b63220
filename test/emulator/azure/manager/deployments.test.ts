/**
 * Model deployments: lifecycle, concurrency of writes, models, types, capacity and quota. Does not prove that Azure
 * responds the same: codes and texts are those of its documentation and of users' reports.
 */
import { AT_ONCE, ask, closeAzures, Manager, refusal, TestClock } from "../helpers";

afterEach(closeAzures);

async function withAccount(options = {}): Promise<Manager> {
  const manager = await Manager.start({ ...AT_ONCE, ...options });
  await manager.putAccount("acc");
  return manager;
}

test("a deployment has the form of Azure's response", async () => {
  const clock = new TestClock();
  const manager = await withAccount({ clock: clock.read });
  const made = await manager.putDeployment("acc", "chat", { tags: { a: "b" } });
  expect(made.status).toBe(201);
  expect(made.body).toEqual({
    id: manager.deploymentId("acc", "chat"),
    name: "chat",
    type: "Microsoft.CognitiveServices/accounts/deployments",
    etag: expect.any(String),
    sku: { name: "GlobalStandard", capacity: 10 },
    tags: { a: "b" },
    systemData: { createdBy: "stand-in@localhost", createdByType: "User", createdAt: "2026-11-24T12:00:00.000Z" },
    properties: {
      model: { format: "OpenAI", name: "gpt-5-mini", version: "2025-08-07" },
      currentCapacity: 10,
      capabilities: { chatCompletion: "true", responses: "true" },
      rateLimits: [
        { key: "request", renewalPeriod: 60, count: 60 },
        { key: "token", renewalPeriod: 60, count: 10_000 },
      ],
      provisioningState: "Succeeded",
    },
  });
  expect((await manager.send("GET", manager.deploymentId("acc", "chat"))).body).toEqual(made.body);
});

test("a second write to an account is refused while the first runs", async () => {
  const clock = new TestClock();
  const manager = await Manager.start({ clock: clock.read, provisioningMs: 1_000 });
  await manager.putAccount("acc");
  clock.advance(1_000);
  expect((await manager.putDeployment("acc", "one")).status).toBe(201);
  const conflict = {
    status: 409,
    body: refusal(
      "RequestConflict",
      `Another operation is being performed on the parent resource '${manager.accountId("acc")}'. Please try again later.`,
    ),
  };
  expect(await manager.putDeployment("acc", "two")).toMatchObject(conflict);
  expect(await manager.putDeployment("acc", "one")).toMatchObject(conflict);
  expect(await manager.putAccount("acc")).toMatchObject(conflict);
  expect(await manager.send("DELETE", manager.deploymentId("acc", "one"))).toMatchObject(conflict);
  expect(await manager.send("DELETE", manager.accountId("acc"))).toMatchObject(conflict);
  clock.advance(1_000);
  expect((await manager.send("DELETE", manager.deploymentId("acc", "one"))).status).toBe(202);
  expect(await manager.putDeployment("acc", "two")).toMatchObject(conflict);
  clock.advance(1_000);
  expect((await manager.putDeployment("acc", "two")).status).toBe(201);
});

test("only one of several concurrent writes is accepted", async () => {
  const clock = new TestClock();
  const manager = await Manager.start({ clock: clock.read, provisioningMs: 1_000 });
  await manager.putAccount("acc");
  clock.advance(1_000);
  const answers = await Promise.all(["a", "b", "c", "d"].map((name) => manager.putDeployment("acc", name)));
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409]);
});

test("writes to two accounts run concurrently", async () => {
  const clock = new TestClock();
  const manager = await Manager.start({ clock: clock.read, provisioningMs: 1_000 });
  await Promise.all(["one", "two"].map((name) => manager.putAccount(name)));
  clock.advance(1_000);
  const answers = await Promise.all(["one", "two"].map((name) => manager.putDeployment(name, "chat")));
  expect(answers.map(({ status }) => status)).toEqual([201, 201]);
});

test("a deployment in an account that is still being created is refused", async () => {
  const manager = await Manager.start({ clock: new TestClock().read, provisioningMs: 1_000 });
  await manager.putAccount("acc");
  const { status, body } = await manager.putDeployment("acc", "chat");
  expect(status).toBe(400);
  expect(body).toEqual(
    refusal(
      "AccountProvisioningStateInvalid",
      `Call to Microsoft.CognitiveServices/accounts failed. Error message: Account ${manager.accountId("acc")} in state Creating`,
    ),
  );
});

test("a deployment of an account that does not exist is refused", async () => {
  const manager = await Manager.start(AT_ONCE);
  const { status, body } = await manager.putDeployment("acc", "chat");
  expect(status).toBe(404);
  expect(body).toEqual(
    refusal(
      "ParentResourceNotFound",
      `Failed to perform 'write' on resource(s) of type 'accounts/deployments', because the parent resource '${manager.accountId("acc")}' could not be found.`,
    ),
  );
});

const HINT = '(Local Azure: if Azure has this model, add it with --azure-models or the option "models" of startAzure.)';
const model = (name: string, version: string) => ({ properties: { model: { format: "OpenAI", name, version } } });

test.each([
  [
    "a model that does not exist",
    model("gpt-99", "1"),
    "DeploymentModelNotSupported",
    `The model 'Format: OpenAI, Name: gpt-99, Version: 1' of account deployment is not supported. ${HINT}`,
  ],
  [
    "an api-version in the place of a model version",
    model("gpt-5-mini", "2024-10-21"),
    "DeploymentModelNotSupported",
    `The model 'Format: OpenAI, Name: gpt-5-mini, Version: 2024-10-21' of account deployment is not supported. ${HINT}`,
  ],
  [
    "a retired model",
    model("gpt-4o", "2024-11-20"),
    "ServiceModelDeprecated",
    "The model 'Format:OpenAI,Name:gpt-4o,Version:2024-11-20' has been deprecated since 10/01/2026 00:00:00.",
  ],
  [
    "a type that the model does not support",
    { sku: { name: "Standard", capacity: 1 } },
    "InvalidResourceProperties",
    "The specified SKU 'Standard' of account deployment is not supported by the model 'gpt-5-mini' version: '2025-08-07'.",
  ],
  [
    "a type that does not exist",
    { sku: { name: "Provisioned-Managed", capacity: 1 } },
    "InvalidResourceProperties",
    "The specified SKU 'Provisioned-Managed' of account deployment is not supported by the model 'gpt-5-mini' version: '2025-08-07'.",
  ],
  [
    "no type, for which the default is Standard,",
    { sku: undefined },
    "InvalidResourceProperties",
    "The specified SKU 'Standard' of account deployment is not supported by the model 'gpt-5-mini' version: '2025-08-07'.",
  ],
  [
    "no capacity",
    { sku: { name: "GlobalStandard", capacity: 0 } },
    "InvalidCapacity",
    "The specified capacity '0' of account deployment should be greater than 0 and no more than 100000.",
  ],
  [
    "more than the quota",
    { sku: { name: "GlobalStandard", capacity: 1_001 } },
    "InsufficientQuota",
    "This operation require 1001 new capacity in quota Tokens Per Minute (thousands) - gpt-5-mini - GlobalStandard, which is bigger than the current available capacity 1000. The current quota usage is 0 and the quota limit is 1000 for quota Tokens Per Minute (thousands) - gpt-5-mini - GlobalStandard.",
  ],
])("a deployment with %s is refused", async (_what, change, code, message) => {
  const manager = await withAccount({ clock: new TestClock().read });
  const { status, body } = await manager.putDeployment("acc", "chat", change);
  expect({ status, body }).toEqual({ status: 400, body: refusal(code, message) });
  expect((await manager.send("GET", manager.deploymentId("acc", "chat"))).status).toBe(404);
});

test("a type that the region does not offer is refused", async () => {
  const manager = await Manager.start({ ...AT_ONCE, clock: new TestClock().read });
  await manager.putAccount("acc", { location: "australiaeast" });
  const { status, body } = await manager.putDeployment("acc", "chat", {
    ...model("gpt-5.1", "2025-11-13"),
    sku: { name: "Standard", capacity: 1 },
  });
  expect(status).toBe(400);
  expect(body).toEqual(
    refusal(
      "InvalidResourceProperties",
      "The specified SKU 'Standard' for model 'gpt-5.1 2025-11-13' is not supported in this region 'australiaeast'.",
    ),
  );
});

test("a model can be deployed until its retirement date, and its deployments remain", async () => {
  const clock = new TestClock();
  clock.nowMs = Date.parse("2026-09-30T23:59:59Z");
  const manager = await withAccount({ clock: clock.read });
  expect((await manager.putDeployment("acc", "chat", model("gpt-4o", "2024-11-20"))).status).toBe(201);
  clock.advance(1_000);
  const late = await manager.putDeployment("acc", "late", model("gpt-4o", "2024-11-20"));
  expect(late.body.error.code).toBe("ServiceModelDeprecated");
  const resized = { ...model("gpt-4o", "2024-11-20"), sku: { name: "GlobalStandard", capacity: 20 } };
  expect((await manager.putDeployment("acc", "chat", resized)).status).toBe(200);
});

test("version and capacity change in place; another model is refused", async () => {
  const clock = new TestClock();
  clock.nowMs = Date.parse("2026-09-01T00:00:00Z");
  const manager = await withAccount({ clock: clock.read });
  await manager.putDeployment("acc", "chat", model("gpt-4o", "2024-08-06"));
  const upgraded = await manager.putDeployment("acc", "chat", model("gpt-4o", "2024-11-20"));
  expect(upgraded).toMatchObject({ status: 200, body: { properties: { model: { version: "2024-11-20" } } } });
  const other = await manager.putDeployment("acc", "chat");
  expect(other).toMatchObject({ status: 400, body: { error: { code: "InvalidResourceProperties" } } });
  const patched = await manager.send("PATCH", manager.deploymentId("acc", "chat"), {
    sku: { name: "GlobalStandard", capacity: 30 },
  });
  expect(patched).toMatchObject({
    status: 200,
    body: { sku: { capacity: 30 }, properties: { model: { name: "gpt-4o" } } },
  });
});

test("quota is checked per subscription, region, model and type, and only for an increase", async () => {
  const manager = await Manager.start({
    ...AT_ONCE,
    capacityLimits: [{ location: "eastus2", model: "gpt-5-mini", limit: 25 }],
  });
  await manager.putAccount("acc");
  await manager.putAccount("west", { location: "westus" });
  expect((await manager.putDeployment("acc", "one")).status).toBe(201);
  expect((await manager.putDeployment("acc", "two")).status).toBe(201);
  const third = await manager.putDeployment("acc", "three");
  expect(third.body.error.message).toContain("bigger than the current available capacity 5.");
  const sku = (name: string, capacity: number) => ({ sku: { name, capacity } });
  expect((await manager.putDeployment("acc", "one", sku("GlobalStandard", 15))).status).toBe(200);
  expect((await manager.putDeployment("acc", "one", sku("GlobalStandard", 16))).status).toBe(400);
  expect((await manager.putDeployment("acc", "zone", sku("DataZoneStandard", 25))).status).toBe(201);
  expect((await manager.putDeployment("west", "one", sku("GlobalStandard", 1_000))).status).toBe(201);
  expect((await manager.putDeployment("acc", "nano", model("gpt-5-nano", "2025-08-07"))).status).toBe(201);
  const elsewhere = new Manager(manager.azure, "rg", "99999999-2222-3333-4444-555555555555");
  await elsewhere.send("PUT", elsewhere.groupId, { location: "eastus2" });
  await elsewhere.putAccount("elsewhere");
  expect((await elsewhere.putDeployment("elsewhere", "one", sku("GlobalStandard", 25))).status).toBe(201);
});

test("an account may have 32 deployments of the Standard types", async () => {
  const manager = await withAccount();
  const sku = { sku: { name: "GlobalStandard", capacity: 1 } };
  for (let count = 0; count < 32; count++) {
    expect((await manager.putDeployment("acc", `d${count}`, sku)).status).toBe(201);
  }
  const refused = await manager.putDeployment("acc", "d32", sku);
  expect(refused).toMatchObject({ status: 400, body: { error: { code: "DeploymentCountLimitReached" } } });
  expect((await manager.putDeployment("acc", "d0", sku)).status).toBe(200);
  const provisioned = { sku: { name: "GlobalProvisionedManaged", capacity: 15 } };
  expect((await manager.putDeployment("acc", "ptu", provisioned)).status).toBe(201);
});

test("the data plane serves a deployment with its capacity from its creation to its deletion", async () => {
  const clock = new TestClock();
  const manager = await Manager.start({ clock: clock.read, provisioningMs: 1_000 });
  await manager.putAccount("acc");
  clock.advance(1_000);
  const { key1 } = (await manager.send("POST", `${manager.accountId("acc")}/listKeys`)).body;
  const url = "https://acc.openai.azure.com/openai/deployments/chat/chat/completions?api-version=2024-10-21";
  const call = { headers: { "api-key": key1 }, body: { messages: [{ role: "user", content: "Hello" }] } };
  expect((await ask(manager.azure, url, call)).body.error.code).toBe("DeploymentNotFound");
  await manager.putDeployment("acc", "chat");
  expect((await ask(manager.azure, url, call)).body.error.code).toBe("DeploymentNotFound");
  clock.advance(1_000);
  const answer = await ask(manager.azure, url, call);
  expect(answer.status).toBe(200);
  expect(answer.headers["x-ratelimit-limit-tokens"]).toBe("10000");
  await manager.send("DELETE", manager.deploymentId("acc", "chat"));
  expect((await ask(manager.azure, url, call)).status).toBe(404);
});
