/**
 * Refreshes and imports of the stand-in for azure-native: changes in Azure are written into the inputs, and the
 * program's own spelling of a value is kept. Does not prove the behavior of azure-native for service defaults that are
 * not named here.
 */
import { closeAzures } from "../helpers";
import {
  ACCOUNT,
  ACCOUNT_ID,
  accountInputs,
  closePlugins,
  DEPLOYMENT,
  failureOf,
  GROUP_ID,
  type Plain,
  Plugin,
} from "./plugin";

afterEach(async () => {
  closePlugins();
  await closeAzures();
});

/** Inputs of the account after somebody changed it in Azure. */
async function inputsAfter(inputs: Plain, body: Plain): Promise<Plain> {
  const plugin = await Plugin.start();
  const { id, outputs } = await plugin.create(ACCOUNT, inputs);
  const { status } = await plugin.manager.send("PATCH", id, body);
  expect(status).toBe(200);
  const found = await plugin.read(ACCOUNT, id, inputs, outputs);
  expect(found.id).toBe(id);
  return found.inputs;
}

test.each<[string, Plain, Plain, Plain]>([
  ["changed tags", { tags: { a: "1" } }, { tags: { a: "2" } }, { tags: { a: "2" } }],
  ["an added tag", { tags: { a: "1" } }, { tags: { a: "1", b: "2" } }, { tags: { a: "1", b: "2" } }],
  ["the first tags", {}, { tags: { a: "1" } }, { tags: { a: "1" } }],
  ["the removal of a tag", { tags: { a: "1", b: "2" } }, { tags: { b: "2" } }, { tags: { b: "2" } }],
  [
    "a property that the program does not give",
    {},
    { properties: { disableLocalAuth: true } },
    { properties: { customSubDomainName: "acc", disableLocalAuth: true } },
  ],
  [
    "a list that the program does not give",
    {},
    { properties: { allowedFqdnList: ["example.com"] } },
    { properties: { customSubDomainName: "acc", allowedFqdnList: ["example.com"] } },
  ],
])("a refresh writes %s into the inputs", async (_what, given, body, expected) => {
  expect(await inputsAfter(accountInputs(given), body)).toEqual(accountInputs({ ...given, ...expected }));
});

test("a refresh keeps the program's spelling of a region, and adds no defaults of Azure", async () => {
  expect(await inputsAfter(accountInputs({ location: "East US 2" }), { tags: { a: "1" } })).toEqual(
    accountInputs({ location: "East US 2", tags: { a: "1" } }),
  );
});

test("a refresh writes a changed capacity of a deployment into the inputs, so that the next `up` reverts it", async () => {
  const plugin = await Plugin.start();
  await plugin.create(ACCOUNT, accountInputs());
  const inputs = {
    deploymentName: "chat",
    accountName: "acc",
    resourceGroupName: "rg",
    sku: { name: "GlobalStandard", capacity: 10 },
    properties: { model: { format: "OpenAI", name: "gpt-5-mini", version: "2025-08-07" } },
  };
  const { id, outputs } = await plugin.create(DEPLOYMENT, inputs);
  await plugin.manager.send("PATCH", id, { sku: { name: "GlobalStandard", capacity: 25 } });
  const found = await plugin.read(DEPLOYMENT, id, inputs, outputs);
  expect(found.inputs).toEqual({ ...inputs, sku: { name: "GlobalStandard", capacity: 25 } });
  expect((await plugin.diff(DEPLOYMENT, found.inputs, inputs)).changed).toEqual({ "sku.capacity": "UPDATE" });
});

test("an import reads the writable properties without empty values", async () => {
  const plugin = await Plugin.start();
  await plugin.manager.putAccount("acc", { tags: { a: "1", empty: "" } });
  const { id, inputs } = await plugin.read(ACCOUNT, ACCOUNT_ID);
  expect([id, inputs]).toEqual([
    ACCOUNT_ID,
    {
      accountName: "acc",
      resourceGroupName: "rg",
      location: "eastus2",
      kind: "OpenAI",
      sku: { name: "S0" },
      tags: { a: "1" },
      properties: {
        customSubDomainName: "acc",
        networkAcls: { defaultAction: "Allow" },
        publicNetworkAccess: "Enabled",
      },
    },
  ]);
});

test("an import accepts an id in any letter case", async () => {
  const plugin = await Plugin.start();
  await plugin.manager.putAccount("acc");
  const id = ACCOUNT_ID.replace("resourceGroups", "resourcegroups").replace("CognitiveServices", "cognitiveservices");
  const found = await plugin.read(ACCOUNT, id);
  expect([found.id, found.inputs.accountName, found.inputs.resourceGroupName]).toEqual([id, "acc", "rg"]);
});

test.each([
  ["the id of another type", `${GROUP_ID}/providers/Microsoft.Storage/storageAccounts/acc`],
  ["too short", GROUP_ID],
  ["too long", `${ACCOUNT_ID}/deployments/chat`],
  ["only a name", "acc"],
])("an import by an id that is %s is refused before any request to Azure", async (_what, id) => {
  const plugin = await Plugin.start();
  const { message } = await failureOf(plugin.read(ACCOUNT, id));
  expect(message).toMatch(`'${id}' is not an id of ${ACCOUNT}, which is '/subscriptions/{subscriptionId}/`);
  expect(plugin.sent()).toEqual([]);
});

test("an import of a missing resource returns nothing", async () => {
  const plugin = await Plugin.start();
  expect(await plugin.read(ACCOUNT, ACCOUNT_ID)).toEqual({ id: "", inputs: {}, outputs: {} });
});
