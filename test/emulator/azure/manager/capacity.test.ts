/**
 * Capacity of provisioned deployments, spillover deployments, and models that are not in the list. Does not prove that
 * Azure responds the same: bounds are those of its documentation; where its wording was not found, the message is this
 * package's own.
 */
import type { AzureModel } from "../../../../emulator/azure/models/modelCatalog";
import { AT_ONCE, azureWith, closeAzures, Manager, TestClock } from "../helpers";

afterEach(closeAzures);

const MODEL = { format: "OpenAI", name: "gpt-5-mini", version: "2025-08-07" };

async function withAccount(options = {}): Promise<Manager> {
  const manager = await Manager.start({ ...AT_ONCE, clock: new TestClock().read, ...options });
  await manager.putAccount("acc");
  return manager;
}

const deployment = (sku: string, capacity: number, model: object = MODEL, properties = {}) => ({
  sku: { name: sku, capacity },
  properties: { model, ...properties },
});

const gpt5 = { ...MODEL, name: "gpt-5" };
const o1 = { format: "OpenAI", name: "o1", version: "2024-12-17" };

test.each<[string, object, readonly number[], readonly number[], string]>([
  ["GlobalProvisionedManaged", gpt5, [15, 20, 100], [1, 14, 17, 15.5], "at least 15, in increments of 5"],
  ["DataZoneProvisionedManaged", gpt5, [15, 20], [10, 16], "at least 15, in increments of 5"],
  ["ProvisionedManaged", gpt5, [50, 100, 150], [1, 25, 49, 75], "at least 50, in increments of 50"],
  ["ProvisionedManaged", MODEL, [25, 50, 75], [5, 24, 30], "at least 25, in increments of 25"],
  ["GlobalStandard", gpt5, [1, 7], [0, -1, 2.5, 100_001], "greater than 0"],
])("%s of %j accepts only its valid capacities", async (sku, model, accepted, refused, expected) => {
  const manager = await withAccount({ capacityLimits: [{ limit: 1_000_000 }] });
  for (const capacity of accepted) {
    const { status, body } = await manager.putDeployment("acc", "d", deployment(sku, capacity, model));
    expect([status, body.sku]).toEqual([capacity === accepted[0] ? 201 : 200, { name: sku, capacity }]);
  }
  for (const capacity of refused) {
    const { status, body } = await manager.putDeployment("acc", "d", deployment(sku, capacity, model));
    expect([status, body.error.code]).toEqual([400, "InvalidCapacity"]);
    expect(body.error.message).toContain(
      `The specified capacity '${capacity}' of account deployment should be ${expected}`,
    );
  }
});

test("regional capacity of o1 starts at 25 units and increases in steps of 50", async () => {
  const clock = new TestClock();
  clock.nowMs = Date.parse("2026-09-01T00:00:00Z");
  const manager = await withAccount({ clock: clock.read });
  expect((await manager.putDeployment("acc", "d", deployment("ProvisionedManaged", 25, o1))).status).toBe(201);
  expect((await manager.putDeployment("acc", "d", deployment("ProvisionedManaged", 75, o1))).status).toBe(200);
  expect((await manager.putDeployment("acc", "d", deployment("ProvisionedManaged", 50, o1))).status).toBe(400);
});

test("PATCH of a capacity has the same bounds", async () => {
  const manager = await withAccount();
  await manager.putDeployment("acc", "d", deployment("GlobalProvisionedManaged", 15));
  const patch = (capacity: number) =>
    manager.send("PATCH", manager.deploymentId("acc", "d"), { sku: { name: "GlobalProvisionedManaged", capacity } });
  expect((await patch(17)).body.error.code).toBe("InvalidCapacity");
  expect((await patch(20)).status).toBe(200);
});

test("all models of a provisioned type share one quota", async () => {
  const manager = await withAccount({ capacityLimits: [{ sku: "GlobalProvisionedManaged", limit: 40 }] });
  expect((await manager.putDeployment("acc", "a", deployment("GlobalProvisionedManaged", 15))).status).toBe(201);
  expect((await manager.putDeployment("acc", "b", deployment("GlobalProvisionedManaged", 25, gpt5))).status).toBe(201);
  const { body } = await manager.putDeployment("acc", "c", deployment("GlobalProvisionedManaged", 15));
  expect(body.error.code).toBe("InsufficientQuota");
  expect(body.error.message).toContain("in quota Global Provisioned Throughput Unit, which is bigger");
});

describe("spillover", () => {
  const spilling = (sku: string, capacity: number, model: object = MODEL) =>
    deployment(sku, capacity, model, { spilloverDeploymentName: "standard" });

  test.each([
    ["GlobalProvisionedManaged", 15, "GlobalStandard"],
    ["DataZoneProvisionedManaged", 15, "DataZoneStandard"],
  ])("from %s, with %i units, to %s is accepted", async (sku, capacity, target) => {
    const manager = await withAccount();
    await manager.putDeployment("acc", "standard", deployment(target, 10));
    const { status, body } = await manager.putDeployment("acc", "primary", spilling(sku, capacity));
    expect([status, body.properties.spilloverDeploymentName]).toEqual([201, "standard"]);
  });

  test.each<[string, object, object | undefined, string]>([
    [
      "from a Standard deployment",
      spilling("GlobalStandard", 10),
      deployment("GlobalStandard", 10),
      "The spillover deployment 'standard' can be set only for a provisioned deployment, not for the SKU 'GlobalStandard'.",
    ],
    [
      "to a deployment that does not exist",
      spilling("GlobalProvisionedManaged", 15),
      undefined,
      "The spillover deployment 'standard' does not exist in the account.",
    ],
    [
      "to another level of data processing",
      spilling("GlobalProvisionedManaged", 15),
      deployment("DataZoneStandard", 10),
      "The spillover deployment 'standard' has the SKU 'DataZoneStandard'; requests of the SKU 'GlobalProvisionedManaged' spill over to 'GlobalStandard' only.",
    ],
    [
      "to another model",
      spilling("GlobalProvisionedManaged", 15),
      deployment("GlobalStandard", 10, gpt5),
      "The spillover deployment 'standard' serves 'gpt-5' version '2025-08-07', not 'gpt-5-mini' version '2025-08-07'.",
    ],
  ])("%s is refused", async (_what, primary, target, message) => {
    const manager = await withAccount();
    if (target !== undefined)
      expect((await manager.putDeployment("acc", "standard", target as never)).status).toBe(201);
    const { status, body } = await manager.putDeployment("acc", "primary", primary as never);
    expect([status, body]).toEqual([400, { error: { code: "InvalidResourceProperties", message } }]);
  });
});

describe("models:", () => {
  const put = (manager: Manager, model: object, sku = "GlobalStandard") =>
    manager.putDeployment("acc", "d", deployment(sku, 15, { format: "OpenAI", ...model }));

  test.each([
    ["gpt-5.4", "2026-03-05"],
    ["gpt-5.4-nano", "2026-03-17"],
    ["gpt-5.3-codex", "2026-02-24"],
    ["gpt-5.5", "2026-04-24"],
    ["text-embedding-ada-002", "2"],
  ])("%s %s can be deployed", async (name, version) => {
    expect((await put(await withAccount(), { name, version })).status).toBe(201);
  });

  test("a version later than the list is accepted, another unknown version is refused", async () => {
    const manager = await withAccount();
    expect((await put(manager, { name: "gpt-6", version: "2026-10-30" })).status).toBe(201);
    const older = await put(manager, { name: "gpt-7", version: "2026-08-26" });
    expect([older.status, older.body.error.code]).toEqual([400, "InvalidResourceProperties"]);
    const fresh = await manager.putDeployment(
      "acc",
      "other",
      deployment("GlobalStandard", 1, { format: "OpenAI", name: "gpt-7", version: "2026-08-26" }),
    );
    expect([fresh.status, fresh.body.error.code]).toEqual([400, "DeploymentModelNotSupported"]);
    const foreign = { format: "DeepSeek", name: "DeepSeek-R2", version: "2026-10-30" };
    expect((await put(manager, foreign)).status).toBe(400);
  });

  test("an added model can be deployed within the limits of its entry", async () => {
    const models: AzureModel[] = [
      { name: "gpt-6-mini", version: "2026-08-01", like: "gpt-5-mini", retiresOn: "2026-12-01" },
      { name: "writer", version: "1", format: "Contoso", skus: ["Standard"], surfaces: ["responses"] },
    ];
    const clock = new TestClock();
    const manager = await withAccount({ models, clock: clock.read });
    expect((await put(manager, { name: "gpt-6-mini", version: "2026-08-01" })).status).toBe(201);
    const regional = deployment("ProvisionedManaged", 25, {
      format: "OpenAI",
      name: "gpt-6-mini",
      version: "2026-08-01",
    });
    expect((await manager.putDeployment("acc", "regional", regional)).status).toBe(201);
    const writer = await manager.putDeployment("acc", "writer", {
      sku: { name: "Standard", capacity: 1 },
      properties: { model: { format: "Contoso", name: "writer", version: "1" } },
    });
    expect([writer.status, writer.body.properties.capabilities]).toEqual([201, { responses: "true" }]);
    clock.advance(Date.parse("2026-12-01") - clock.nowMs);
    const late = deployment("GlobalStandard", 1, { format: "OpenAI", name: "gpt-6-mini", version: "2026-08-01" });
    expect((await manager.putDeployment("acc", "late", late)).body.error.code).toBe("ServiceModelDeprecated");
  });

  test("an added entry replaces a listed one", async () => {
    const models = [{ name: "gpt-5-mini", version: "2025-08-07", skus: ["Standard"] }];
    const manager = await withAccount({ models });
    expect((await put(manager, { name: "gpt-5-mini", version: "2025-08-07" }, "Standard")).status).toBe(201);
  });

  test("an added model that is like an unknown one is refused at the start", async () => {
    await expect(azureWith({ models: [{ name: "a", version: "1", like: "b" }] })).rejects.toThrow(
      'the model "a" is like "b", which the local Azure does not list',
    );
  });
});
