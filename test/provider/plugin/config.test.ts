/** The provider's own configuration through the plugin's service. test/sdk covers the allowed values. */
import { processSurroundings } from "../../../provider/lifecycle/gatewayAccess";
import { startTestGateway, type TestGateway } from "../../helpers/gateway";
import { PluginClient, type Values } from "../../helpers/plugin/pluginClient";
import { secret, secretPaths, UNKNOWN } from "../../helpers/plugin/wireValues";
import { Managed } from "./stack";

const DEFAULT = "urn:pulumi:dev::shop::pulumi:providers:ngrok-ai::default_0_1_0";
const EXPLICIT = "urn:pulumi:dev::shop::pulumi:providers:ngrok-ai::second-account";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
beforeEach(() => gateway.reset());
afterAll(() => gateway.close());

/** A plugin that connects according to its configuration. */
function pluginIn(environment: NodeJS.ProcessEnv = {}): PluginClient {
  return PluginClient.inProcess(
    processSurroundings(() => undefined),
    environment,
  );
}

const account = () => ({ apiKey: gateway.apiKey, apiUrl: gateway.controlUrl });
const create = async (plugin: PluginClient) => (await new Managed(plugin, "ApiKey", "k").create({})).id;

test("accepts secrets, resources, outputs and previews, and honors autonaming", async () => {
  const plugin = pluginIn();
  expect((await plugin.handshake()).toObject()).toMatchObject({
    acceptSecrets: true,
    acceptResources: true,
    acceptOutputs: true,
    supportsAutonamingConfiguration: true,
  });
  expect((await plugin.configure(account())).toObject()).toEqual({
    acceptsecrets: true,
    acceptresources: true,
    acceptoutputs: true,
    supportspreview: true,
    supportsAutonamingConfiguration: true,
  });
});

test("keeps the API key secret, even if given as plain text", async () => {
  const { inputs, failures } = await pluginIn().checkConfig(EXPLICIT, { apiKey: "planted-key", maxConcurrency: "4" });
  expect(failures).toEqual([]);
  expect(inputs).toEqual({ apiKey: secret("planted-key"), maxConcurrency: "4" });
  expect(secretPaths(inputs)).toEqual(["apiKey"]);
});

test("a RouteCheck beside a local management API fails in check without the gateway's address", async () => {
  const failuresWith = async (more: Values) => {
    const plugin = pluginIn();
    await plugin.configure({ ...account(), ...more });
    const urn = "urn:pulumi:dev::shop::ngrok-ai:index:RouteCheck::route";
    return (await plugin.check(urn, {}, { token: "planted-token-0123456789", model: "gpt-5-mini" })).failures;
  };
  expect(await failuresWith({})).toEqual([
    { property: "", reason: expect.stringMatching(/^ngrok-ai:apiUrl is an address of this machine, /) },
  ]);
  expect(await failuresWith({ gatewayUrl: gateway.gatewayUrl })).toEqual([]);
});

test("accepts numbers, and values that SDKs encode as JSON", async () => {
  const plugin = pluginIn();
  const given: Values = {
    ...account(),
    requestTimeoutSeconds: 5,
    retryBudgetSeconds: "7",
    maxConcurrency: "3",
    ownership: '"off"',
  };
  expect((await plugin.checkConfig(DEFAULT, given)).failures).toEqual([]);
  await plugin.configure(given, DEFAULT);
  expect((await gateway.client.getApiKey(await create(plugin))).metadata).toBeUndefined();
});

test("reads missing configuration from the environment", async () => {
  const plugin = pluginIn({ AI_GATEWAY_API_KEY: gateway.apiKey, AI_GATEWAY_API_URL: gateway.controlUrl });
  expect(await plugin.checkConfig(DEFAULT, { version: "0.1.0" })).toEqual({
    inputs: { version: "0.1.0" },
    failures: [],
  });
  await plugin.configure({ version: "0.1.0" }, DEFAULT);
  expect(await create(plugin)).toMatch(/^ak_/);
});

test("refuses invalid configuration and names the property", async () => {
  expect((await pluginIn().checkConfig(DEFAULT, {})).failures).toEqual([
    {
      property: "",
      reason:
        "No API key for the ngrok AI Gateway. Give one of: an explicit provider (new Provider(name, { apiKey })), " +
        "stack config (pulumi config set --secret ngrok-ai:apiKey), or the environment variable AI_GATEWAY_API_KEY.",
    },
  ]);
  const given = { apiKey: "a-key", apiUrl: "http://example.com", apiURL: "https://example.com", maxConcurrency: 1.5 };
  expect((await pluginIn().checkConfig(DEFAULT, given)).failures).toEqual([
    { property: "apiURL", reason: "ngrok-ai:apiURL is not a setting: did you mean apiUrl?" },
    {
      property: "apiUrl",
      reason:
        "ngrok-ai:apiUrl is http://example.com: http:// is for loopback and *.internal hosts only, as the key would be sent in clear. Use https://",
    },
    { property: "maxConcurrency", reason: "ngrok-ai:maxConcurrency must be a whole number above 0" },
  ]);
});

test("leaves values that are unknown in a preview to the update", async () => {
  const { failures } = await pluginIn().checkConfig(EXPLICIT, { apiKey: UNKNOWN, apiUrl: "http://example.com" });
  expect(failures).toEqual([]);
});

test("an invalid configuration fails the calls that need it, and no check", async () => {
  const plugin = pluginIn();
  await plugin.configure({ apiKey: "a-key", apiUrl: "http://example.com" }, DEFAULT);
  const key = new Managed(plugin, "ApiKey", "k");
  expect(await key.checked({})).toEqual({ name: "k" });
  await expect(key.create({})).rejects.toThrow("ngrok-ai:apiUrl is http://example.com: ");
});

test("an error about a wrong key names the source of the key", async () => {
  const wrong = { apiKey: "wrong-key", apiUrl: gateway.controlUrl };
  const messages = [];
  for (const urn of [DEFAULT, EXPLICIT]) {
    const plugin = pluginIn();
    await plugin.configure(wrong, urn);
    messages.push(await create(plugin).catch((error: Error) => error.message));
  }
  expect(messages[0]).toContain("stack config ngrok-ai:apiKey");
  expect(messages[1]).toContain("the explicit provider's apiKey");
});

test("a changed configuration updates the provider and replaces nothing", async () => {
  const plugin = pluginIn();
  const olds = { apiKey: "one", maxConcurrency: "4" };
  expect(await plugin.diffConfig(EXPLICIT, olds, olds)).toMatchObject({ changes: "none", details: {} });
  expect(await plugin.diffConfig(EXPLICIT, olds, { apiKey: "two", apiUrl: "https://a.example.com" })).toEqual({
    changes: "some",
    replaces: [],
    deleteBeforeReplace: false,
    details: { apiKey: "update", apiUrl: "add", maxConcurrency: "delete" },
  });
});
