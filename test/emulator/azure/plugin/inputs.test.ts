/**
 * Checks and diffs of the stand-in for azure-native: generated names, inputs that it refuses before any request to
 * Azure, and changes that replace. Does not prove azure-native's wording.
 */
import { closeAzures } from "../helpers";
import { ACCOUNT, accountInputs, closePlugins, DEPLOYMENT, GROUP, Plugin, UNKNOWN } from "./plugin";

afterEach(async () => {
  closePlugins();
  await closeAzures();
});

test("a name is generated from the resource's name and the engine's seed, and kept", async () => {
  const plugin = await Plugin.start();
  const first = await plugin.check(GROUP, { location: "eastus2" }, { name: "models", seed: "a" });
  const again = await plugin.check(GROUP, { location: "eastus2" }, { name: "models", seed: "a" });
  const other = await plugin.check(GROUP, { location: "eastus2" }, { name: "models", seed: "b" });
  expect(first).toEqual({ failures: [], inputs: { location: "eastus2", resourceGroupName: expect.any(String) } });
  expect(first.inputs.resourceGroupName).toMatch(/^models[0-9a-f]{8}$/);
  expect(again).toEqual(first);
  expect(other.inputs.resourceGroupName).not.toBe(first.inputs.resourceGroupName);
  const next = await plugin.check(GROUP, {}, { name: "models", seed: "b", olds: first.inputs });
  expect(next.inputs).toEqual(first.inputs);
});

test("a missing location is read from stack config, for types with a location only", async () => {
  const plugin = await Plugin.start(undefined, { ARM_LOCATION: "westus" });
  expect((await plugin.check(GROUP, { resourceGroupName: "a" })).inputs.location).toBe("westus");
  await plugin.configure({ location: "swedencentral" });
  expect((await plugin.check(GROUP, { resourceGroupName: "a" })).inputs.location).toBe("swedencentral");
  const given = await plugin.check(GROUP, { resourceGroupName: "a", location: "eastus" });
  expect(given.inputs.location).toBe("eastus");
  const { inputs } = await plugin.check(DEPLOYMENT, {
    resourceGroupName: "a",
    accountName: "acc",
    deploymentName: "d",
  });
  expect(inputs).toEqual({ resourceGroupName: "a", accountName: "acc", deploymentName: "d" });
});

test.each<[object, [string, string][]]>([
  [{ resourceGroupName: undefined }, [["resourceGroupName", "missing required property 'resourceGroupName'"]]],
  [{ accountName: "a" }, [["accountName", "'accountName' is too short (1): at least 2 characters required"]]],
  [{ accountName: "a".repeat(65) }, [["accountName", "'accountName' is too long (65): at most 64 characters allowed"]]],
  [
    { accountName: "-acc" },
    [["accountName", "'accountName' does not match expression '^[a-zA-Z0-9][a-zA-Z0-9_.-]*$'"]],
  ],
  [
    { resourceGroupName: "r/g" },
    [["resourceGroupName", "'resourceGroupName' does not match expression '^[-\\w._()]+$'"]],
  ],
  [{ accountName: 12 }, [["accountName", "'accountName' should be of type 'string'"]]],
  [{ accountName: UNKNOWN, resourceGroupName: UNKNOWN }, []],
])("an account with %j has the failures %j", async (change, failures) => {
  const plugin = await Plugin.start();
  const news = JSON.parse(JSON.stringify(accountInputs(change)));
  expect((await plugin.check(ACCOUNT, news)).failures).toEqual(failures);
});

test("an unknown environment is refused with the list of known ones", async () => {
  const plugin = await Plugin.start();
  await expect(plugin.configure({ environment: "german" })).rejects.toThrow(
    'environment "german" is not one of public, usgovernment, china',
  );
});

test("the same region in another spelling is no difference", async () => {
  const plugin = await Plugin.start();
  const { changed } = await plugin.diff(ACCOUNT, accountInputs(), accountInputs({ location: "eastus2" }));
  expect(changed).toEqual({});
});

test.each<[string, string, object, object, object, string[]]>([
  [
    "another group",
    ACCOUNT,
    {},
    { resourceGroupName: "other" },
    { resourceGroupName: "UPDATE_REPLACE" },
    ["resourceGroupName"],
  ],
  ["another kind", ACCOUNT, {}, { kind: "AIServices" }, { kind: "UPDATE" }, []],
  ["added tags", ACCOUNT, {}, { tags: { a: "b" } }, { tags: "ADD" }, []],
  ["removed tags", ACCOUNT, { tags: { a: "b", c: "d" } }, { tags: { c: "d" } }, { "tags.a": "DELETE" }, []],
  [
    "an added network rule",
    ACCOUNT,
    { properties: { networkAcls: { ipRules: [{ value: "1.2.3.4" }] } } },
    { properties: { networkAcls: { ipRules: [{ value: "1.2.3.4" }, { value: "5.6.7.8" }] } } },
    { "properties.networkAcls.ipRules[1]": "ADD" },
    [],
  ],
])(
  "a diff with %s reports the changed properties and the replacing ones",
  async (_what, type, olds, news, changed, replaces) => {
    const plugin = await Plugin.start();
    const answer = await plugin.diff(type, accountInputs(olds), accountInputs(news));
    expect(answer).toEqual({ changed, replaces, deleteFirst: replaces.length > 0 });
  },
);

// Azure's specification marks these locations as set once; an account's it does not.
test.each([
  [GROUP],
  ["azure-native:monitor:ActionGroup"],
  ["azure-native:monitor:MetricAlert"],
  ["azure-native:operationalinsights:Workspace"],
])("a changed location replaces the %s", async (type) => {
  const plugin = await Plugin.start();
  expect(await plugin.diff(type, { location: "eastus2" }, { location: "westus" })).toEqual({
    changed: { location: "UPDATE_REPLACE" },
    replaces: ["location"],
    deleteFirst: true,
  });
});
