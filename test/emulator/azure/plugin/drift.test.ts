/**
 * Refreshes and imports of the stand-in of azure-native: what changed in Azure is written into the inputs, and what a program
 * gives stays as the program writes it. Does not prove what azure-native does where a service sends defaults that are not named here.
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
  ["tags that the program gives", { tags: { a: "1" } }, { tags: { a: "2" } }, { tags: { a: "2" } }],
  ["a tag that it does not give", { tags: { a: "1" } }, { tags: { a: "1", b: "2" } }, { tags: { a: "1", b: "2" } }],
  ["the first tags", {}, { tags: { a: "1" } }, { tags: { a: "1" } }],
  ["a tag that is gone", { tags: { a: "1", b: "2" } }, { tags: { b: "2" } }, { tags: { b: "2" } }],
  [
    "a property that it does not give",
    {},
    { properties: { disableLocalAuth: true } },
    { properties: { customSubDomainName: "acc", disableLocalAuth: true } },
  ],
  [
    "a list that it does not give",
    {},
    { properties: { allowedFqdnList: ["example.com"] } },
    { properties: { customSubDomainName: "acc", allowedFqdnList: ["example.com"] } },
  ],
])("a refresh writes %s into the inputs", async (_what, given, body, expected) => {
  expect(await inputsAfter(accountInputs(given), body)).toEqual(accountInputs({ ...given, ...expected }));
});

test("a refresh keeps the program's way to write a region, and takes no default of Azure", async () => {
  expect(await inputsAfter(accountInputs({ location: "East US 2" }), { tags: { a: "1" } })).toEqual(
    accountInputs({ location: "East US 2", tags: { a: "1" } }),
  );
});

test("a refresh writes another capacity of a deployment into the inputs, so that the next `up` changes it back", async () => {
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

test("an import takes what can be written, without empty values", async () => {
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

test("an import finds an id in any case", async () => {
  const plugin = await Plugin.start();
  await plugin.manager.putAccount("acc");
  const id = ACCOUNT_ID.replace("resourceGroups", "resourcegroups").replace("CognitiveServices", "cognitiveservices");
  const found = await plugin.read(ACCOUNT, id);
  expect([found.id, found.inputs.accountName, found.inputs.resourceGroupName]).toEqual([id, "acc", "rg"]);
});

test.each([
  ["another type's", `${GROUP_ID}/providers/Microsoft.Storage/storageAccounts/acc`],
  ["a shorter one", GROUP_ID],
  ["a longer one", `${ACCOUNT_ID}/deployments/chat`],
  ["a name", "acc"],
])("an import by an id that is %s is refused before Azure is asked", async (_what, id) => {
  const plugin = await Plugin.start();
  const { message } = await failureOf(plugin.read(ACCOUNT, id));
  expect(message).toMatch(`'${id}' is not an id of ${ACCOUNT}, which is '/subscriptions/{subscriptionId}/`);
  expect(plugin.sent()).toEqual([]);
});

test("an import of what does not exist finds nothing", async () => {
  const plugin = await Plugin.start();
  expect(await plugin.read(ACCOUNT, ACCOUNT_ID)).toEqual({ id: "", inputs: {}, outputs: {} });
});
