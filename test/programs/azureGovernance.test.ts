/**
 * The full lives of content filters, logs and alerts of the Azure components on the local Azure. Does not prove that Azure sends
 * logs or raises alerts: the local one collects no metrics.
 */
import OpenAI from "openai";
import { startAzure, startGateway } from "../../emulator";
import { ask } from "../emulator/azure/helpers";
import { gatewayConfig } from "../helpers/gateway";
import { type InlineProgram, inlineProgram } from "../helpers/inlineProgram";
import { createTestStack, realChanges, type StackUnderTest } from "../helpers/stack";

type Started<F extends (...args: never[]) => Promise<unknown>> = Awaited<ReturnType<F>>;
const SUBSCRIPTION = "/subscriptions/00000000-0000-0000-0000-000000000000";
let azure: Started<typeof startAzure>;
let gateway: Started<typeof startGateway>;
let program: InlineProgram;
let underTest: StackUnderTest;

const filters = (severityThreshold: string) => ({
  strict: { rules: [{ name: "Hate", severityThreshold }, { name: "Jailbreak" }] },
});

const programOf = (args: object, deployment: object) => `
const { resources, operationalinsights, monitor } = require("@pulumi/azure-native");
const { AzureOpenAIGateway } = require("pulumi-ngrok-ai/azure");
const group = new resources.ResourceGroup("watch", { resourceGroupName: "watch", location: "eastus2" });
const workspace = new operationalinsights.Workspace("logs", { resourceGroupName: group.name, workspaceName: "logs", location: "eastus2" });
const oncall = new monitor.ActionGroup("oncall", {
  resourceGroupName: group.name, actionGroupName: "oncall", groupShortName: "oncall", enabled: true, location: "Global",
});
const gateway = new AzureOpenAIGateway("ai", {
  regions: ["eastus2", "swedencentral"],
  deployments: {
    "gpt-5-mini": { model: "gpt-5-mini", version: "2025-08-07", capacity: 10, ...${JSON.stringify(deployment)} },
    "gpt-5.1": { model: "gpt-5.1", version: "2025-11-13", capacity: 10 },
  },
  diagnostics: { workspaceId: workspace.id },
  alerts: { actionGroupIds: [oncall.id] },
  ...${JSON.stringify(args)},
});
exports.token = gateway.token;
`;

beforeAll(async () => {
  azure = await startAzure();
  gateway = await startGateway({ azureUrl: azure.azureUrl });
  program = inlineProgram("governance", programOf({ contentFilters: filters("Low") }, { raiPolicyName: "strict" }));
  underTest = await createTestStack({
    workDir: program.folder,
    env: { AZURE_EMULATOR_URL: azure.azureUrl },
    config: gatewayConfig(gateway),
  });
});

afterAll(async () => {
  underTest?.dispose();
  program?.dispose();
  await gateway?.close();
  await azure?.close();
});

async function listed(below: string, apiVersion: string): Promise<Record<string, unknown>[]> {
  const url = `https://management.azure.com${below}?api-version=${apiVersion}`;
  return (await ask(azure, url, { headers: { authorization: "Bearer somebody" } })).body.value;
}

const accountIds = async () =>
  (await listed(`${SUBSCRIPTION}/providers/Microsoft.CognitiveServices/accounts`, "2025-06-01")).map(({ id }) =>
    String(id),
  );

const ownFilters = async (account: string) =>
  (await listed(`${account}/raiPolicies`, "2025-06-01"))
    .map(({ name }) => String(name))
    .filter((name) => !name.startsWith("Microsoft."));

test("up creates filters, logs and alerts in each region, and a second up changes nothing", async () => {
  await underTest.stack.up();
  const accounts = await accountIds();
  expect(accounts).toHaveLength(2);
  for (const account of accounts) {
    expect(await ownFilters(account)).toEqual(["strict"]);
    const settings = await listed(`${account}/providers/Microsoft.Insights/diagnosticSettings`, "2021-05-01-preview");
    expect(settings.map(({ name }) => name)).toEqual(["pulumi-ngrok-ai"]);
  }
  const [group] = String(accounts[0]).split("/providers/");
  const alerts = await listed(`${group}/providers/Microsoft.Insights/metricAlerts`, "2018-03-01");
  expect(alerts.map(({ name }) => String(name).split("-").at(-1)).sort()).toEqual([
    "slow",
    "slow",
    "throttled",
    "throttled",
  ]);
  expect(realChanges((await underTest.stack.preview()).changeSummary)).toEqual({});
  expect(realChanges((await underTest.stack.refresh()).summary.resourceChanges)).toEqual({});
  expect(realChanges((await underTest.stack.up()).summary.resourceChanges)).toEqual({});
});

test("a filter is updated in place, and deleted only after no deployment uses it", async () => {
  program.write(programOf({ contentFilters: filters("High") }, { raiPolicyName: "strict" }));
  expect(realChanges((await underTest.stack.up()).summary.resourceChanges)).toEqual({ update: 2 });
  program.write(programOf({}, {}));
  // The deployments of both regions no longer use the filters, which are then deleted.
  expect(realChanges((await underTest.stack.up()).summary.resourceChanges)).toEqual({ update: 2, delete: 2 });
  for (const account of await accountIds()) expect(await ownFilters(account)).toEqual([]);
  expect(realChanges((await underTest.stack.preview()).changeSummary)).toEqual({});
});

test("the gateway receives answers through the monitored accounts", async () => {
  const { token } = await underTest.stack.outputs();
  const client = new OpenAI({ apiKey: String(token?.value), baseURL: `${gateway.gatewayUrl}/v1`, maxRetries: 0 });
  const { choices } = await client.chat.completions.create({
    model: "azure-eastus2:gpt-5-mini",
    messages: [{ role: "user", content: "Who are you?" }],
  });
  expect(choices[0]?.message.content).toContain("eastus2");
});

test("destroy deletes filters, logs and alerts without a conflict", async () => {
  const { summary } = await underTest.stack.destroy();
  expect(summary.result).toBe("succeeded");
  expect(await accountIds()).toEqual([]);
});
