/**
 * Preview results of the stand-in for azure-native: inputs are known, and all properties that Azure determines are
 * unknown. Does not prove that azure-native returns the same for other resources.
 */
import { closeAzures } from "../helpers";
import { ACCOUNT, accountInputs, closePlugins, DEPLOYMENT, GROUP, type Plain, Plugin, UNKNOWN } from "./plugin";

afterEach(async () => {
  closePlugins();
  await closeAzures();
});

const deploymentInputs = (change: Plain = {}): Plain => ({
  deploymentName: "chat",
  accountName: "acc",
  resourceGroupName: "rg",
  sku: { name: "GlobalStandard", capacity: 10 },
  properties: { model: { format: "OpenAI", name: "gpt-5-mini", version: "2025-08-07" } },
  ...change,
});

test("the preview of a creation contains the inputs, and every other output is unknown", async () => {
  const plugin = await Plugin.start();
  const { id, outputs } = await plugin.create(ACCOUNT, accountInputs(), { preview: true });
  expect(id).toBe("");
  const { properties, ...rest } = outputs;
  expect(rest).toEqual({
    azureApiVersion: UNKNOWN,
    etag: UNKNOWN,
    identity: UNKNOWN,
    kind: "OpenAI",
    location: "East US 2",
    name: UNKNOWN,
    sku: { name: "S0" },
    systemData: UNKNOWN,
    tags: UNKNOWN,
    type: UNKNOWN,
  });
  expect(properties).toMatchObject({ customSubDomainName: "acc", endpoint: UNKNOWN, disableLocalAuth: UNKNOWN });
  expect(plugin.sent()).toEqual([]);
});

test("a preview omits `restore`, which Azure never returns", async () => {
  const plugin = await Plugin.start();
  const inputs = accountInputs({ properties: { customSubDomainName: "acc", restore: true } });
  const { outputs } = await plugin.create(ACCOUNT, inputs, { preview: true });
  expect(outputs.properties).not.toHaveProperty("restore");
});

test.each<[string, string, Plain, Plain]>([
  [
    "resource group",
    GROUP,
    { resourceGroupName: "other", location: "eastus2" },
    { name: "other", location: "eastus2" },
  ],
  ["account", ACCOUNT, accountInputs(), { name: "acc", location: "eastus2" }],
])("the preview of a change to the %s keeps its name and location", async (_what, type, inputs, stable) => {
  const plugin = await Plugin.start();
  const { id, outputs } = await plugin.create(type, inputs);
  plugin.requests.clear();
  const changed = { ...inputs, tags: { team: "a" } };
  const preview = await plugin.update(type, id, outputs, changed, { preview: true });
  expect(preview).toMatchObject({ ...stable, tags: { team: "a" }, type: UNKNOWN, azureApiVersion: UNKNOWN });
  expect(plugin.sent()).toEqual([]);
});

test("the preview of a change to a deployment keeps its name, so dependent resources are not replaced", async () => {
  const plugin = await Plugin.start();
  await plugin.create(ACCOUNT, accountInputs());
  const { id, outputs } = await plugin.create(DEPLOYMENT, deploymentInputs());
  const larger = deploymentInputs({ sku: { name: "GlobalStandard", capacity: 20 } });
  const preview = await plugin.update(DEPLOYMENT, id, outputs, larger, { preview: true });
  expect(preview).toMatchObject({ name: "chat", sku: { capacity: 20 }, etag: UNKNOWN });
  expect(preview).not.toHaveProperty("location");
  expect(preview.properties).toMatchObject({ provisioningState: UNKNOWN, rateLimits: UNKNOWN });
  const kept = await plugin.diff(DEPLOYMENT, deploymentInputs(), deploymentInputs({ deploymentName: preview.name }));
  expect(kept).toEqual({ changed: {}, replaces: [], deleteFirst: false });
});

test("a name that becomes unknown replaces the resource", async () => {
  const plugin = await Plugin.start();
  const { changed, replaces } = await plugin.diff(
    DEPLOYMENT,
    deploymentInputs(),
    deploymentInputs({ accountName: UNKNOWN }),
  );
  expect([changed, replaces]).toEqual([{ accountName: "UPDATE_REPLACE" }, ["accountName"]]);
});
