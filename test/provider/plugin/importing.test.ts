/**
 * `pulumi import` of existing objects: nothing is written, the following preview is empty, and the first update takes ownership.
 * On the plugin's service and the local gateway; test/programs runs the commands of the real CLI.
 */
import { startTestGateway, type TestGateway } from "../../helpers/gateway";
import { type PluginClient, plainValues, type Values } from "../../helpers/plugin/pluginClient";
import { type Prepared, prepare, SETTINGS_BEFORE, subjects } from "../resources/subjects";
import { Managed, startPlugin, urnOf } from "./stack";

const NAMES: Prepared = { keys: ["aigpk_1", "aigpk_2"], configurations: ["aigac_1", "aigac_2"] };
const KINDS = Object.keys(subjects(NAMES));
const MARKABLE = ["CustomProvider", "ProviderKey", "AccessConfiguration", "AccessKey", "ApiKey"];
/** Inputs that the gateway never returns. */
const WRITE_ONLY = ["value", "rotationTrigger"];

let gateway: TestGateway;
let plugin: PluginClient;
let prepared: Prepared;
beforeAll(async () => {
  gateway = await startTestGateway();
});
beforeEach(async () => {
  await gateway.reset();
  prepared = await prepare(gateway.client);
  plugin = await startPlugin(gateway);
});
afterAll(() => gateway.close());

const inputsOf = (kind: string): Values => subjects(prepared)[kind]!.inputs;
const without = (inputs: Values, ...names: string[]): Values =>
  Object.fromEntries(Object.entries(inputs).filter(([name]) => !names.includes(name)));
const writes = async () => (await gateway.requests()).filter((request) => !request.startsWith("GET"));

/** An object with these inputs, created by another stack without marks. */
async function madeElsewhere(kind: string, inputs: Values): Promise<string> {
  const elsewhere = await startPlugin(gateway, { ownership: "off" });
  return (await new Managed(elsewhere, kind, "one").create(inputs)).id;
}

/** An object of another stack, which carries that stack's mark. */
async function ofOtherStack(kind: string, lines: string[]): Promise<Managed> {
  const process = await startPlugin(gateway, {}, { report: (line) => lines.push(line) });
  const other = new Managed(process, kind, "theirs");
  Object.assign(other, { urn: other.urn.replace("::shop::", "::other::") });
  return other.create(without(inputsOf(kind), "metadata"));
}

async function metadataOf(kind: string, id: string): Promise<string | undefined> {
  const read = await new Managed(await startPlugin(gateway, { ownership: "off" }), kind, "x").import(id);
  return read.outputs.metadata as string | undefined;
}

describe.each(KINDS)("%s", (kind) => {
  test("is imported with all its inputs, without a write and without a difference", async () => {
    const inputs = inputsOf(kind);
    const id = await madeElsewhere(kind, inputs);
    await gateway.requests();
    const one = await new Managed(plugin, kind, "one").import(id);
    const known = without(inputs, ...WRITE_ONLY);
    expect(plainValues(one.inputs)).toEqual(known);
    // The engine checks the imported inputs, without a value that only the program has.
    const checked = await plugin.check(one.urn, one.inputs, one.inputs);
    expect(checked).toEqual({ inputs: one.inputs, failures: [] });
    const none = { changes: "none", replaces: [], details: {} };
    expect(await plugin.diff(one.urn, id, one.outputs, one.inputs, one.inputs)).toMatchObject(none);
    expect(await one.diff(inputs)).toMatchObject(none);
    expect(await one.refresh()).toEqual(known);
    expect(await writes()).toEqual([]);
  });

  test("is looked up for a program in the same way", async () => {
    const id = await madeElsewhere(kind, inputsOf(kind));
    const first = await new Managed(plugin, kind, "one").import(id);
    await first.refresh();
    expect(first.id).toBe(id);
  });
});

test.each(MARKABLE)("%s of another stack becomes this stack's with the first update, and not before", async (kind) => {
  const lines: string[] = [];
  const theirs = await ofOtherStack(kind, lines);
  const mark = await metadataOf(kind, theirs.id);
  expect(JSON.parse(mark ?? "")).toMatchObject({ stack: "other/dev", resource: "theirs" });
  const inputs = without(inputsOf(kind), "metadata");
  const one = await new Managed(plugin, kind, "one").import(theirs.id);
  expect(one.inputs).not.toHaveProperty("metadata");
  expect(await one.diff(inputs)).toMatchObject({ changes: "none" });
  await one.refresh();
  expect(await one.diff(inputs)).toMatchObject({ changes: "none" });
  expect(await metadataOf(kind, one.id)).toBe(mark);

  await one.update({ ...inputs, name: "renamed" });
  const ours = JSON.parse((await metadataOf(kind, one.id)) ?? "") as { create: string };
  expect(ours).toMatchObject({ stack: "shop/dev", resource: "one" });
  expect(ours.create).not.toBe((JSON.parse(mark ?? "") as { create: string }).create);
  expect(await one.diff({ ...inputs, name: "renamed" })).toMatchObject({ changes: "none" });
  // The other stack now keeps the object.
  await theirs.delete();
  expect(lines).toEqual([
    `${kind} ${one.id} of "theirs" was left at the gateway: its mark says that it belongs to "one" of the stack shop/dev.`,
  ]);
  expect(await one.refresh()).toMatchObject({ name: "renamed" });
  await one.delete();
  expect(await one.refresh()).toBeUndefined();
});

test.each(MARKABLE)("%s that this resource created keeps its mark", async (kind) => {
  const inputs = without(inputsOf(kind), "metadata");
  const made = await new Managed(await startPlugin(gateway), kind, "one").create(inputs);
  const mark = await metadataOf(kind, made.id);
  const again = await new Managed(plugin, kind, "one").import(made.id);
  await again.update({ ...inputs, name: "renamed" });
  expect(await metadataOf(kind, made.id)).toBe(mark);
});

test("a mark of this stack with its organization is not written again", async () => {
  const inputs = { name: "one" };
  const metadata = JSON.stringify({ managedBy: "pulumi", stack: "acme/shop/dev", resource: "one", create: "0123" });
  const { id } = await gateway.client.createApiKey({ ...inputs, metadata });
  const one = await new Managed(plugin, "ApiKey", "one").import(id);
  await one.update({ ...inputs, description: "new" });
  expect((await gateway.client.getApiKey(id)).metadata).toBe(metadata);
  expect(await one.diff({ ...inputs, description: "new" })).toMatchObject({ changes: "none" });
});

test("a provider key is managed without its value, and a value that does not fit the redacted one is rotated in", async () => {
  const id = await madeElsewhere("ProviderKey", inputsOf("ProviderKey"));
  const inputs = without(inputsOf("ProviderKey"), "value");
  const one = await new Managed(plugin, "ProviderKey", "one").import(id);
  // The value that `pulumi import` writes into the program.
  expect(await one.diff({ ...inputs, value: "" })).toMatchObject({ changes: "none" });
  await one.update({ ...inputs, description: "new" });
  expect(await gateway.client.getProviderKey(id)).toMatchObject({
    description: "new",
    keyRedacted: "planted-va***6789",
  });
  const news = { ...inputs, description: "new", value: "another-value-0123456789" };
  expect(await one.diff(news)).toMatchObject({ changes: "some", replaces: [], details: { value: "add" } });
  await one.update(news);
  expect((await gateway.client.getProviderKey(id)).keyRedacted).toBe("another-va***6789");
});

test.each(["AccessKey", "ApiKey"])(
  "%s is not replaced by the first rotationTrigger, but by the next one",
  async (kind) => {
    const id = await madeElsewhere(kind, inputsOf(kind));
    const one = await new Managed(plugin, kind, "one").import(id);
    const first = inputsOf(kind);
    expect(await one.diff(first)).toMatchObject({ changes: "none" });
    one.inputs = await one.checked(first); // like the engine, which records them without an update
    expect(await one.diff(first)).toMatchObject({ changes: "none" });
    expect(await one.diff({ ...first, rotationTrigger: "next" })).toMatchObject({
      replaces: ["rotationTrigger"],
      details: { rotationTrigger: "update-replace" },
    });
  },
);

test("a new provider key still requires its value", async () => {
  const { failures } = await plugin.check(urnOf("ProviderKey", "one"), undefined, { providerId: "openai" });
  expect(failures).toEqual([{ property: "value", reason: "is required: give a string" }]);
});

test("deleting imported settings keeps their values at the import", async () => {
  const { accountId } = await gateway.client.getGatewayConfig();
  const settings = await new Managed(plugin, "GatewaySettings", "settings").import(accountId);
  await settings.update({ ...SETTINGS_BEFORE, maxInputTokens: 5 });
  await settings.delete();
  expect(await gateway.client.getGatewayConfig()).toMatchObject(SETTINGS_BEFORE);
});

test("a configuration without rules is imported without rules, so that RoutingRule resources may manage them", async () => {
  const [id] = prepared.configurations;
  const configuration = await new Managed(plugin, "AccessConfiguration", "c").import(id);
  expect(configuration.inputs).toEqual({ name: "team" });
  await gateway.client.updateAccessKeyConfiguration(id, {
    router: { rules: [{ provider: "openai", steps: [{ type: "ngrok" }] }] },
  });
  expect(await configuration.refresh()).toEqual({ name: "team" });
});

describe("import is refused for", () => {
  const importing = (kind: string, id: string) => new Managed(plugin, kind, "x").import(id);

  test.each(KINDS.filter((kind) => kind !== "GatewaySettings" && kind !== "RoutingRule"))(
    "%s that does not exist",
    async (kind) => {
      await expect(importing(kind, "gone")).rejects.toThrow("gone does not exist");
    },
  );

  test("a rule that does not exist, and an id that is not a rule's", async () => {
    const [id] = prepared.configurations;
    await expect(importing("RoutingRule", `${id}/provider=openai`)).rejects.toThrow("does not exist");
    await expect(importing("RoutingRule", "gone/provider=openai")).rejects.toThrow("does not exist");
    await expect(importing("RoutingRule", id)).rejects.toThrow(
      `"${id}" is no routing rule's id: write it as <configurationId>/provider=<providerId>`,
    );
  });

  test("settings of another account", async () => {
    const { accountId } = await gateway.client.getGatewayConfig();
    await expect(importing("GatewaySettings", "acc_other")).rejects.toThrow(
      `GatewaySettings has the id of its account, which is "${accountId}" for the API key in use, not "acc_other".`,
    );
  });

  test("a route check", async () => {
    await expect(importing("RouteCheck", "route-check-1")).rejects.toThrow(
      'RouteCheck "route-check-1" can\'t be imported or looked up: the gateway does not store it. Declare it without import.',
    );
  });
});
