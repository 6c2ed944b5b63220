/**
 * Diagnostic settings, metric alerts, action groups and Log Analytics workspaces, with the api-versions of
 * `@pulumi/azure-native` 3.28. Does not prove that logs are sent or alerts fire, because the local Azure does neither,
 * or the wording of Azure's refusals.
 */
import { AT_ONCE, closeAzures, Manager, SUBSCRIPTION } from "../helpers";

afterEach(closeAzures);

const ids = (manager: Manager) => ({
  workspace: (name: string) => `${manager.groupId}/providers/Microsoft.OperationalInsights/workspaces/${name}`,
  actionGroup: (name: string) => `${manager.groupId}/providers/Microsoft.Insights/actionGroups/${name}`,
  alert: (name: string) => `${manager.groupId}/providers/Microsoft.Insights/metricAlerts/${name}`,
  setting: (name: string) => `${manager.accountId("acc")}/providers/Microsoft.Insights/diagnosticSettings/${name}`,
});

/** An account "acc", a workspace "logs" and an action group "oncall". */
async function governed() {
  const manager = await Manager.start(AT_ONCE);
  await manager.putAccount("acc");
  const paths = ids(manager);
  const workspace = await manager.send("PUT", paths.workspace("logs"), { location: "eastus2", properties: {} });
  const group = await manager.send("PUT", paths.actionGroup("oncall"), ACTION_GROUP);
  expect([workspace.status, group.status]).toEqual([201, 201]);
  return { manager, paths };
}

const ACTION_GROUP = {
  location: "Global",
  properties: { groupShortName: "oncall", emailReceivers: [{ name: "a", emailAddress: "a@example.com" }] },
};

const alertBody = (manager: Manager, change: object = {}) => ({
  location: "global",
  properties: {
    severity: 2,
    scopes: [manager.accountId("acc")],
    evaluationFrequency: "PT1M",
    windowSize: "PT5M",
    criteria: {
      "odata.type": "Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria",
      allOf: [
        {
          criterionType: "StaticThresholdCriterion",
          name: "throttled",
          metricName: "AzureOpenAIRequests",
          dimensions: [{ name: "StatusCode", operator: "Include", values: ["429"] }],
          operator: "GreaterThan",
          threshold: 10,
          timeAggregation: "Total",
        },
      ],
    },
    actions: [{ actionGroupId: ids(manager).actionGroup("oncall") }],
    ...change,
  },
});

const settingBody = (manager: Manager, change: object = {}) => ({
  properties: {
    workspaceId: ids(manager).workspace("logs"),
    logs: [{ categoryGroup: "allLogs", enabled: true }],
    metrics: [{ category: "AllMetrics", enabled: true }],
    ...change,
  },
});

test("a workspace is created with Azure's defaults, shown, changed and deleted", async () => {
  const { manager, paths } = await governed();
  const shown = await manager.send("GET", paths.workspace("LOGS"));
  expect(shown.body).toEqual({
    id: paths.workspace("logs"),
    name: "logs",
    type: "Microsoft.OperationalInsights/workspaces",
    location: "eastus2",
    etag: expect.any(String),
    properties: {
      sku: { name: "PerGB2018" },
      retentionInDays: 30,
      publicNetworkAccessForIngestion: "Enabled",
      publicNetworkAccessForQuery: "Enabled",
      customerId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      provisioningState: "Succeeded",
    },
  });
  const changed = await manager.send("PATCH", paths.workspace("logs"), { properties: { retentionInDays: 90 } });
  expect([changed.status, changed.body.properties.retentionInDays, changed.body.properties.customerId]).toEqual([
    200,
    90,
    shown.body.properties.customerId,
  ]);
  expect((await manager.send("DELETE", paths.workspace("logs"))).status).toBe(200);
  expect((await manager.send("DELETE", paths.workspace("logs"))).status).toBe(204);
  expect((await manager.send("GET", paths.workspace("logs"))).status).toBe(404);
});

test("a diagnostic setting is created, shown, listed, changed and deleted", async () => {
  const { manager, paths } = await governed();
  const created = await manager.send("PUT", paths.setting("audit"), settingBody(manager));
  expect([created.status, created.body]).toEqual([
    200,
    {
      id: paths.setting("audit"),
      name: "audit",
      type: "Microsoft.Insights/diagnosticSettings",
      ...settingBody(manager),
    },
  ]);
  expect((await manager.send("GET", paths.setting("audit"))).body).toEqual(created.body);
  const { body: list } = await manager.send("GET", paths.setting("audit").replace(/\/audit$/, ""));
  expect(list.value).toEqual([created.body]);
  const changed = await manager.send("PUT", paths.setting("audit"), settingBody(manager, { metrics: [] }));
  expect([changed.status, changed.body.properties.metrics]).toEqual([200, []]);
  expect((await manager.send("DELETE", paths.setting("audit"))).status).toBe(200);
  expect((await manager.send("GET", paths.setting("audit"))).status).toBe(404);
});

test.each<[object, string]>([
  [{ workspaceId: undefined }, "At least one data sink needs to be specified"],
  [{ workspaceId: "logs" }, "'logs' is not the id of a Log Analytics workspace."],
  [{ logs: [], metrics: [] }, "At least one log or metric category needs to be specified."],
  [{ logs: [{ category: "Everything", enabled: true }] }, "Category 'Everything' is not supported."],
  [{ logs: [{ categoryGroup: "all", enabled: true }] }, "Category group 'all' is not supported."],
  [{ logs: [{ category: "Audit", categoryGroup: "audit" }] }, "either a category or a categoryGroup, not both"],
  [{ metrics: [{ category: "Requests" }] }, "Metric category 'Requests' is not supported."],
])("a diagnostic setting with %j is refused", async (change, message) => {
  const { manager, paths } = await governed();
  const { status, body } = await manager.send("PUT", paths.setting("x"), settingBody(manager, change));
  expect([status, body.error.code]).toEqual([400, "BadRequest"]);
  expect(body.error.message).toContain(message);
});

test("a diagnostic setting needs its account and its workspace", async () => {
  const { manager, paths } = await governed();
  const gone = ids(manager).workspace("gone");
  const { status, body } = await manager.send("PUT", paths.setting("x"), settingBody(manager, { workspaceId: gone }));
  expect([status, body.error]).toEqual([
    404,
    { code: "ResourceNotFound", message: `The resource '${gone}' could not be found.` },
  ]);
  const elsewhere = gone.replace(SUBSCRIPTION, "99999999-2222-3333-4444-555555555555");
  expect((await manager.send("PUT", paths.setting("x"), settingBody(manager, { workspaceId: elsewhere }))).status).toBe(
    200,
  );
  await manager.send("DELETE", manager.accountId("acc"));
  expect((await manager.send("PUT", paths.setting("y"), settingBody(manager))).status).toBe(404);
});

test("an action group is created, shown, changed and deleted", async () => {
  const { manager, paths } = await governed();
  const { body } = await manager.send("GET", paths.actionGroup("oncall"));
  expect(body).toMatchObject({
    id: paths.actionGroup("oncall"),
    type: "Microsoft.Insights/actionGroups",
    location: "global",
    properties: { ...ACTION_GROUP.properties, enabled: true, smsReceivers: [], webhookReceivers: [] },
  });
  const changed = await manager.send("PATCH", paths.actionGroup("oncall"), { properties: { enabled: false } });
  expect([changed.status, changed.body.properties.enabled]).toEqual([200, false]);
  expect((await manager.send("DELETE", paths.actionGroup("oncall"))).status).toBe(200);
});

test.each<[object, string]>([
  [{ groupShortName: undefined }, "'groupShortName' is required."],
  [{ groupShortName: "much too long" }, "'groupShortName' has 13 characters; it takes at most 12."],
  [{ emailReceivers: [{ name: "a" }] }, "'emailReceivers[0].emailAddress' is required."],
  [{ webhookReceivers: [{ serviceUri: "https://example.com" }] }, "'webhookReceivers[0].name' is required."],
])("an action group with %j is refused", async (change, message) => {
  const { manager, paths } = await governed();
  const properties = { ...ACTION_GROUP.properties, ...change };
  const { status, body } = await manager.send("PUT", paths.actionGroup("x"), { ...ACTION_GROUP, properties });
  expect([status, body.error]).toEqual([400, { code: "BadRequest", message }]);
});

test("a metric alert is created, shown, changed and deleted", async () => {
  const { manager, paths } = await governed();
  const created = await manager.send("PUT", paths.alert("throttling"), alertBody(manager));
  expect([created.status, created.body]).toEqual([
    200,
    {
      id: paths.alert("throttling"),
      name: "throttling",
      type: "Microsoft.Insights/metricAlerts",
      location: "global",
      properties: { enabled: true, autoMitigate: true, ...alertBody(manager).properties },
    },
  ]);
  expect((await manager.send("GET", paths.alert("throttling"))).body).toEqual(created.body);
  const changed = await manager.send("PATCH", paths.alert("throttling"), { properties: { severity: 0 } });
  expect([changed.status, changed.body.properties.severity, changed.body.properties.windowSize]).toEqual([
    200,
    0,
    "PT5M",
  ]);
  expect((await manager.send("DELETE", paths.alert("throttling"))).status).toBe(200);
  expect((await manager.send("GET", paths.alert("throttling"))).status).toBe(404);
});

const condition = (manager: Manager, change: object) => ({
  criteria: {
    ...alertBody(manager).properties.criteria,
    allOf: [{ ...alertBody(manager).properties.criteria.allOf[0], ...change }],
  },
});

test.each<[string, (manager: Manager) => object, string]>([
  ["severity", () => ({ severity: 7 }), "'severity' is '7'; it takes one of 0, 1, 2, 3, 4."],
  ["frequency", () => ({ evaluationFrequency: "PT2M" }), "'evaluationFrequency' is 'PT2M'"],
  ["window", () => ({ windowSize: "PT1M", evaluationFrequency: "PT5M" }), "'windowSize' must not be shorter"],
  ["scope", () => ({ scopes: [] }), "'scopes' must name at least one resource."],
  ["criteria", () => ({ criteria: {} }), "'criteria' needs an 'odata.type'"],
  ["metric", (manager) => condition(manager, { metricName: "Throttles" }), "Couldn't find a metric named Throttles."],
  ["operator", (manager) => condition(manager, { operator: ">" }), "'criteria.allOf[0].operator' is '>'"],
  [
    "threshold",
    (manager) => condition(manager, { threshold: "10" }),
    "'criteria.allOf[0].threshold' must be a number.",
  ],
  ["action", () => ({ actions: [{}] }), "'actions' needs an 'actionGroupId'"],
])("a metric alert with a wrong %s is refused", async (_what, change, message) => {
  const { manager, paths } = await governed();
  const { status, body } = await manager.send("PUT", paths.alert("x"), alertBody(manager, change(manager)));
  expect([status, body.error.code]).toEqual([400, "BadRequest"]);
  expect(body.error.message).toContain(message);
});

test("an unknown metric is accepted with skipMetricValidation", async () => {
  const { manager, paths } = await governed();
  const change = condition(manager, { metricName: "MetricOfTomorrow", skipMetricValidation: true });
  expect((await manager.send("PUT", paths.alert("x"), alertBody(manager, change))).status).toBe(200);
});

test("a metric alert needs its account and its action group, and keeps its scopes", async () => {
  const { manager, paths } = await governed();
  const missing = [manager.accountId("gone")];
  expect((await manager.send("PUT", paths.alert("x"), alertBody(manager, { scopes: missing }))).status).toBe(404);
  const actions = [{ actionGroupId: paths.actionGroup("gone") }];
  expect((await manager.send("PUT", paths.alert("x"), alertBody(manager, { actions }))).status).toBe(404);
  await manager.send("PUT", paths.alert("x"), alertBody(manager));
  await manager.putAccount("other");
  const moved = await manager.send(
    "PUT",
    paths.alert("x"),
    alertBody(manager, { scopes: [manager.accountId("other")] }),
  );
  expect([moved.status, moved.body.error.message]).toEqual([400, "'scopes' of a metric alert cannot change."]);
  const here = await manager.send("PUT", paths.alert("y"), { ...alertBody(manager), location: "eastus2" });
  expect(here.body.error.message).toBe("The location of a metric alert is 'global', not 'eastus2'.");
});

test("a diagnostic setting remains after its account is deleted, and applies to a new account with the same name", async () => {
  const { manager, paths } = await governed();
  await manager.send("PUT", paths.setting("audit"), settingBody(manager));
  await manager.send("DELETE", manager.accountId("acc"));
  await manager.send("DELETE", manager.deletedAccountId("acc"));
  await manager.putAccount("acc");
  expect((await manager.send("GET", paths.setting("audit"))).status).toBe(200);
});

test("deleting the resource group deletes everything in it", async () => {
  const { manager, paths } = await governed();
  await manager.send("PUT", paths.setting("audit"), settingBody(manager));
  await manager.send("DELETE", manager.groupId);
  await manager.send("PUT", manager.groupId, { location: "eastus2" });
  for (const path of [paths.workspace("logs"), paths.actionGroup("oncall"), paths.setting("audit")]) {
    expect([path, (await manager.send("GET", path)).status]).toEqual([path, 404]);
  }
});

test.each(["2099-01-01", "2025-06-01"])("the api-version %s of another type is refused", async (apiVersion) => {
  const { manager, paths } = await governed();
  const { status, body } = await manager.send("GET", paths.alert("x"), undefined, apiVersion);
  expect([status, body.error.code]).toEqual([400, "NoRegisteredProviderFound"]);
  expect(body.error.message).toContain("for type 'metricAlerts'");
});
