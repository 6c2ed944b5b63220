/**
 * Each resource of the stand-in for azure-native from creation to deletion: requests, outputs, and no drift in an
 * immediate refresh. Does not prove the behavior of azure-native for inputs that are not named here.
 */
import { ask, closeAzures } from "../helpers";
import {
  ACCOUNT,
  ACCOUNT_ID,
  accountInputs,
  closePlugins,
  DEPLOYMENT,
  failureOf,
  GROUP,
  GROUP_ID,
  type Plain,
  Plugin,
} from "./plugin";

afterEach(async () => {
  closePlugins();
  await closeAzures();
});

const MONITOR = `${GROUP_ID}/providers/Microsoft.Insights`;
const WORKSPACE_ID = `${GROUP_ID}/providers/Microsoft.OperationalInsights/workspaces/logs`;
const MODEL = { format: "OpenAI", name: "gpt-5-mini", version: "2025-08-07" };
const IN_GROUP = { resourceGroupName: "rg" };
const IN_ACCOUNT = { ...IN_GROUP, accountName: "acc" };

interface Row {
  readonly token: string;
  readonly id: string;
  readonly inputs: Plain;
  /** What `up` changes, and what outputs show after it. */
  readonly change: Plain;
  readonly outputs: Plain;
}

/** In the order in which they need each other. */
const ROWS: readonly Row[] = [
  {
    token: GROUP,
    id: GROUP_ID,
    inputs: { ...IN_GROUP, location: "East US 2" },
    change: { tags: { team: "a" } },
    outputs: { name: "rg", location: "eastus2", tags: { team: "a" }, properties: { provisioningState: "Succeeded" } },
  },
  {
    token: ACCOUNT,
    id: ACCOUNT_ID,
    inputs: accountInputs(),
    change: { tags: { team: "a" } },
    outputs: {
      name: "acc",
      location: "eastus2",
      tags: { team: "a" },
      properties: { endpoint: "https://acc.openai.azure.com/", provisioningState: "Succeeded" },
    },
  },
  {
    token: "azure-native:cognitiveservices:RaiPolicy",
    id: `${ACCOUNT_ID}/raiPolicies/Strict`,
    inputs: {
      ...IN_ACCOUNT,
      raiPolicyName: "Strict",
      properties: {
        basePolicyName: "Microsoft.DefaultV2",
        mode: "Blocking",
        contentFilters: [{ name: "Hate", source: "Prompt", enabled: true, blocking: true, severityThreshold: "Low" }],
      },
    },
    change: { properties: { basePolicyName: "Microsoft.Default", mode: "Default" } },
    outputs: {
      name: "Strict",
      type: "Microsoft.CognitiveServices/accounts/raiPolicies",
      properties: { basePolicyName: "Microsoft.Default", mode: "Default", type: "UserManaged" },
    },
  },
  {
    token: DEPLOYMENT,
    id: `${ACCOUNT_ID}/deployments/chat`,
    inputs: {
      ...IN_ACCOUNT,
      deploymentName: "chat",
      sku: { name: "GlobalStandard", capacity: 10 },
      properties: { model: MODEL, raiPolicyName: "Strict" },
    },
    change: { sku: { name: "GlobalStandard", capacity: 20 } },
    outputs: { name: "chat", sku: { capacity: 20 }, properties: { model: MODEL, raiPolicyName: "Strict" } },
  },
  {
    token: "azure-native:operationalinsights:Workspace",
    id: WORKSPACE_ID,
    inputs: { ...IN_GROUP, workspaceName: "logs", location: "eastus2", sku: { name: "PerGB2018" } },
    change: { retentionInDays: 90 },
    outputs: {
      name: "logs",
      retentionInDays: 90,
      customerId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      provisioningState: "Succeeded",
    },
  },
  {
    token: "azure-native:monitor:DiagnosticSetting",
    id: `${ACCOUNT_ID}/providers/Microsoft.Insights/diagnosticSettings/audit`,
    inputs: {
      name: "audit",
      resourceUri: ACCOUNT_ID,
      workspaceId: WORKSPACE_ID,
      logs: [{ categoryGroup: "allLogs", enabled: true }],
    },
    change: { metrics: [{ category: "AllMetrics", enabled: true }] },
    outputs: { name: "audit", workspaceId: WORKSPACE_ID, metrics: [{ category: "AllMetrics", enabled: true }] },
  },
  {
    token: "azure-native:monitor:ActionGroup",
    id: `${MONITOR}/actionGroups/oncall`,
    inputs: {
      ...IN_GROUP,
      actionGroupName: "oncall",
      location: "Global",
      enabled: true,
      groupShortName: "oncall",
      emailReceivers: [{ name: "a", emailAddress: "a@example.com" }],
    },
    change: { enabled: false },
    outputs: { name: "oncall", location: "global", enabled: false, groupShortName: "oncall", smsReceivers: [] },
  },
  {
    token: "azure-native:monitor:MetricAlert",
    id: `${MONITOR}/metricAlerts/throttling`,
    inputs: {
      ...IN_GROUP,
      ruleName: "throttling",
      location: "global",
      scopes: [ACCOUNT_ID],
      severity: 2,
      enabled: true,
      evaluationFrequency: "PT1M",
      windowSize: "PT5M",
      criteria: {
        odataType: "Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria",
        allOf: [
          {
            criterionType: "StaticThresholdCriterion",
            name: "throttled",
            metricName: "AzureOpenAIRequests",
            operator: "GreaterThan",
            threshold: 10,
            timeAggregation: "Total",
          },
        ],
      },
      actions: [{ actionGroupId: `${MONITOR}/actionGroups/oncall` }],
    },
    change: { severity: 0 },
    outputs: {
      name: "throttling",
      severity: 0,
      autoMitigate: true,
      criteria: { odataType: "Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria" },
    },
  },
];

/** Creates the resources that precede a resource in the list. */
async function withAllBefore(token: string): Promise<{ plugin: Plugin; row: Row }> {
  const plugin = await Plugin.start();
  await plugin.delete(GROUP, GROUP_ID);
  const index = ROWS.findIndex((row) => row.token === token);
  for (const { token: type, inputs } of ROWS.slice(0, index)) await plugin.create(type, inputs);
  plugin.requests.clear();
  return { plugin, row: ROWS[index] as Row };
}

test.each(ROWS.map(({ token }) => [token]))(
  "%s is created, changed and deleted, without drift after each step",
  async (token) => {
    const { plugin, row } = await withAllBefore(token);
    const { id, inputs, change, outputs: expected } = row;
    const created = await plugin.create(token, inputs);
    expect(created.id).toBe(id);
    expect(plugin.sent()[0]).toBe("GET 404");
    expect(await plugin.read(token, id, inputs, created.outputs)).toEqual({ id, inputs, outputs: created.outputs });

    const news = { ...inputs, ...change };
    expect((await plugin.diff(token, inputs, news)).replaces).toEqual([]);
    const outputs = await plugin.update(token, id, created.outputs, news);
    expect(outputs).toMatchObject(expected);
    expect(outputs.azureApiVersion).toMatch(/^20\d\d-\d\d-\d\d/);
    expect(outputs).not.toHaveProperty("id");
    expect(await plugin.read(token, id, news, outputs)).toEqual({ id, inputs: news, outputs });

    await plugin.delete(token, id);
    await plugin.delete(token, id);
    expect(await plugin.read(token, id, news, outputs)).toEqual({ id: "", inputs: {}, outputs: {} });
  },
);

test.each(ROWS.map(({ token }) => [token]))("%s is not created if it exists", async (token) => {
  const { plugin, row } = await withAllBefore(token);
  await plugin.create(token, row.inputs);
  plugin.requests.clear();
  const { message } = await failureOf(plugin.create(token, row.inputs));
  expect(message).toBe(`cannot create already existing resource '${row.id}'`);
  expect(plugin.sent()).toEqual(["GET 200"]);
});

test.each(ROWS.map(({ token }) => [token]))("an import of %s returns inputs that a program may give", async (token) => {
  const { plugin, row } = await withAllBefore(token);
  const { outputs } = await plugin.create(token, row.inputs);
  const imported = await plugin.read(token, row.id);
  expect(imported.outputs).toEqual(outputs);
  const { inputs, failures } = await plugin.check(token, imported.inputs);
  expect([inputs, failures]).toEqual([imported.inputs, []]);
  await plugin.update(token, row.id, outputs, inputs);
  expect((await plugin.read(token, row.id, inputs, outputs)).inputs).toEqual(inputs);
});

test.each(ROWS.map(({ token, inputs }) => [token.replace(/:(\w+)$/, ":get$1"), token, inputs]))(
  "%s reads an existing object, and fails for a missing one",
  async (getter, token, inputs) => {
    const { plugin } = await withAllBefore(token);
    const { message } = await failureOf(plugin.invoke(getter, inputs));
    expect(message).toMatch(/^Status=404 Code="ResourceNotFound"/);
    const { id, outputs } = await plugin.create(token, inputs);
    expect(await plugin.invoke(getter, inputs)).toEqual({ id, ...outputs });
  },
);

test("listAccountKeys returns both keys of an account", async () => {
  const plugin = await Plugin.start();
  await plugin.create(ACCOUNT, accountInputs());
  const keys = await plugin.invoke("azure-native:cognitiveservices:listAccountKeys", IN_ACCOUNT);
  expect(Object.keys(keys).sort()).toEqual(["key1", "key2"]);
  const response = await ask(plugin.manager.azure, "https://acc.openai.azure.com/openai/v1/models", {
    headers: { "api-key": keys.key1 },
  });
  expect(response.status).toBe(200);
});

test("diagnostic settings with one name on two resources are distinct", async () => {
  const plugin = await Plugin.start();
  const setting = "azure-native:monitor:DiagnosticSetting";
  const inputs = { name: "audit", resourceUri: ACCOUNT_ID, workspaceId: WORKSPACE_ID };
  const { replaces, deleteFirst } = await plugin.diff(setting, inputs, { ...inputs, resourceUri: GROUP_ID });
  expect([replaces, deleteFirst]).toEqual([["resourceUri"], true]);
});

test("the error for an unsupported type or function names it and lists the supported ones", async () => {
  const plugin = await Plugin.start();
  const type = await failureOf(plugin.create("azure-native:storage:StorageAccount", {}));
  expect(type.message).toBe(
    `the local stand-in of azure-native has ${ROWS.map(({ token }) => token)
      .sort((left, right) => ORDER.indexOf(left) - ORDER.indexOf(right))
      .join(", ")}, not azure-native:storage:StorageAccount`,
  );
  const called = await failureOf(plugin.invoke("azure-native:storage:getStorageAccount", {}));
  expect(called.message).toMatch(
    /has azure-native:cognitiveservices:listAccountKeys, .*, not azure-native:storage:getStorageAccount$/,
  );
});

/** The list of supported types in the error message. */
const ORDER = [
  GROUP,
  ACCOUNT,
  DEPLOYMENT,
  "azure-native:cognitiveservices:RaiPolicy",
  "azure-native:monitor:DiagnosticSetting",
  "azure-native:monitor:MetricAlert",
  "azure-native:monitor:ActionGroup",
  "azure-native:operationalinsights:Workspace",
];
