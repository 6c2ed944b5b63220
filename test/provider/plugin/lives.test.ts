/**
 * The life of a resource through the plugin's service, at the local gateway: messages in, messages out. The suites of
 * test/provider/resources run over both adapters. Does not prove the process, or the order of an engine's calls.
 */
import { toResource } from "../../../provider/lifecycle/properties";
import { startTestGateway, type TestGateway } from "../../helpers/gateway";
import { InitFailure, type PluginClient, plainValues } from "../../helpers/plugin/pluginClient";
import { output, reference, secret, secretPaths, UNKNOWN } from "../../helpers/plugin/wireValues";
import { Managed, startPlugin, urnOf } from "./stack";

const PROVIDER = { providerId: "contoso", baseUrl: "https://contoso.example.com/v1" };
const KEY_VALUE = "planted-value-0123456789";

let gateway: TestGateway;
let plugin: PluginClient;
beforeAll(async () => {
  gateway = await startTestGateway();
});
beforeEach(async () => {
  await gateway.reset();
  plugin = await startPlugin(gateway);
});
afterAll(() => gateway.close());

const managed = (kind: string, name: string, ...parentTypes: string[]) =>
  new Managed(plugin, kind, name, ...parentTypes);
const makeKey = (name = "key") => managed("ProviderKey", name).create({ providerId: "openai", value: KEY_VALUE });
const messageOf = (run: Promise<unknown>) =>
  run.then(
    () => "",
    (error: Error) => error.message,
  );

describe("create", () => {
  test("uses the resource's name, and marks the object with stack and resource of the URN", async () => {
    const provider = await managed("CustomProvider", "contoso").create(PROVIDER);
    const wire = await gateway.client.getProvider(provider.id);
    const { create } = toResource(plainValues(provider.outputs)).memory;
    expect(wire.name).toBe("contoso");
    expect(JSON.parse(wire.metadata ?? "")).toEqual({
      managedBy: "pulumi",
      stack: "shop/dev",
      resource: "contoso",
      create,
    });
  });

  test("in a preview sends no request, and leaves values unknown that only the gateway determines", async () => {
    const key = managed("ProviderKey", "key");
    const inputs = await key.checked({ providerId: output(), value: KEY_VALUE, description: "d" });
    await gateway.requests();
    const planned = await plugin.create({ urn: key.urn }, inputs, true);
    expect(await gateway.requests()).toEqual([]);
    expect(planned.id).toBe("");
    expect(plainValues(planned.outputs)).toEqual({
      providerId: UNKNOWN,
      value: KEY_VALUE,
      name: "key",
      description: "d",
      metadata: UNKNOWN,
      keyRedacted: UNKNOWN,
      lastUsed: UNKNOWN,
      uri: UNKNOWN,
      createdAt: UNKNOWN,
      updatedAt: UNKNOWN,
    });
    expect(secretPaths(planned.outputs)).toEqual(["value"]);
  });

  test("records a partial change in the state, with inputs and outputs", async () => {
    await gateway.fault({ match: { method: "PATCH", path: "/gateway-config" }, times: 50, action: { drop: "after" } });
    const settings = managed("GatewaySettings", "settings");
    const failure = await settings.create({ totalTimeout: "90s" }).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(InitFailure);
    const { id, reasons, message, inputs, outputs } = failure as InitFailure;
    expect(id).toBe((await gateway.client.getGatewayConfig()).accountId);
    expect(reasons).toEqual([message]);
    expect(inputs).toEqual({ totalTimeout: "90s" });
    expect(outputs.__gateway).toMatchObject({ doubtful: { totalTimeout: true } });
    await gateway.clearFaults();
    expect(await settings.diff({ totalTimeout: "90s" })).toMatchObject({ changes: "some" });
  });
});

describe("secrets", () => {
  test("are marked in inputs and outputs, whether given as secrets or as plain text", async () => {
    const key = await makeKey();
    expect(secretPaths(key.inputs)).toEqual(["value"]);
    expect(secretPaths(key.outputs)).toEqual(["value"]);
    const access = await managed("AccessKey", "app").create({});
    expect(secretPaths(access.outputs)).toEqual(["token"]);
  });

  test("remain marked at any depth, even if the provider changes the form of an input", async () => {
    const key = await makeKey();
    const rule = { provider: "openai", keys: [secret(key.id)] };
    const configuration = await managed("AccessConfiguration", "c").create({
      description: secret("a hidden description"),
      rules: [rule],
    });
    const paths = ["description", "rules[0].steps[0].keys[0].id"];
    expect(secretPaths(configuration.inputs).sort()).toEqual(paths);
    expect(secretPaths(configuration.outputs).sort()).toEqual(paths);
    await configuration.refresh();
    expect(secretPaths(configuration.inputs).sort()).toEqual(paths);
    expect(secretPaths(configuration.outputs).sort()).toEqual(paths);
  });

  test("are in no failure and no error", async () => {
    const checked = await plugin.check(urnOf("CustomProvider", "p"), undefined, {
      ...PROVIDER,
      providerId: secret("Planted Secret"),
    });
    expect(checked.failures).toEqual([
      {
        property: "providerId",
        reason:
          '"[secret]" can\'t be addressed as <providerId>:<model>: use lower-case letters, digits, "-", "_" and "." only',
      },
    ]);
    await managed("CustomProvider", "first").create(PROVIDER);
    // The same key in another process: this process would refuse it in its check.
    plugin = await startPlugin(gateway);
    const message = await messageOf(
      managed("CustomProvider", "p").create({ ...PROVIDER, providerId: secret("contoso") }),
    );
    expect(message).toContain('CustomProvider with providerId "[secret]" exists already');
    expect(message).not.toContain("contoso");
  });
});

describe("references", () => {
  const CONTOSO = urnOf("CustomProvider", "contoso");

  test("to a CustomProvider are read as its providerId, known or not, any other as its id", async () => {
    const provider = await managed("CustomProvider", "contoso").create(PROVIDER);
    const key = managed("ProviderKey", "key");
    const inputs = await key.checked({ providerId: reference(provider.urn, provider.id), value: KEY_VALUE });
    expect(inputs.providerId).toBe("contoso");
    await key.create({ providerId: reference(provider.urn, provider.id), value: KEY_VALUE });
    const rule = managed("AccessConfiguration", "c");
    const checked = await rule.checked({
      access: { providers: { allow: [reference(provider.urn, provider.id)] } },
      rules: [{ provider: reference(provider.urn, provider.id), keys: [reference(key.urn, key.id)] }],
    });
    expect(checked).toEqual({
      name: "c",
      access: { providers: { allow: ["contoso"] } },
      rules: [{ provider: "contoso", steps: [{ type: "user", keys: [{ id: key.id }] }] }],
    });
  });

  test("to resources that are being created are known as far as their inputs are", async () => {
    await plugin.check(CONTOSO, undefined, PROVIDER);
    const key = await plugin.check(urnOf("ProviderKey", "key"), undefined, {
      providerId: reference(CONTOSO, ""),
      value: KEY_VALUE,
    });
    expect(key.inputs.providerId).toBe("contoso");
    const access = await plugin.check(urnOf("AccessKey", "a"), undefined, {
      configurationId: reference(urnOf("AccessConfiguration", "c"), ""),
    });
    expect(access).toEqual({ inputs: { name: "a", configurationId: UNKNOWN }, failures: [] });
  });

  test("to a CustomProvider that this run does not check keep their values; a new one requires the providerId", async () => {
    const news = { providerId: reference(CONTOSO, "aigp_1"), value: KEY_VALUE };
    const urn = urnOf("ProviderKey", "key");
    const kept = await plugin.check(urn, { providerId: "contoso", value: KEY_VALUE, name: "key" }, news);
    expect(plainValues(kept.inputs)).toEqual({ providerId: "contoso", value: KEY_VALUE, name: "key" });
    // The engine reads the inputs first, and fails at an unknown one.
    expect(await plugin.check(urn, undefined, news)).toEqual({
      inputs: {},
      failures: [
        {
          property: "providerId",
          reason:
            'is the CustomProvider "contoso", whose providerId is not known here, as another provider manages it: give its providerId instead',
        },
      ],
    });
  });

  test("to a CustomProvider that was only looked up are read as its providerId", async () => {
    const { id } = await gateway.client.createProvider({ ...PROVIDER, name: "by hand" });
    await managed("CustomProvider", "contoso").import(id);
    const key = managed("ProviderKey", "key");
    expect((await key.checked({ providerId: reference(CONTOSO, id), value: KEY_VALUE })).providerId).toBe("contoso");
  });
});

describe("names", () => {
  const urn = urnOf("AccessKey", "app");
  const named = async (mode: 0 | 1 | 2, olds?: Record<string, unknown>, proposedName = "shop-app-1f3a") =>
    plugin.check(urn, olds, {}, { proposedName, mode });

  test("are the stack config's if it proposes or enforces one, and are then kept", async () => {
    const first = await named(1);
    expect(first).toEqual({ inputs: { name: "shop-app-1f3a", __autonamed: true }, failures: [] });
    expect(await named(1, first.inputs, "shop-app-9999")).toEqual(first);
    expect((await named(0)).inputs.name).toBe("shop-app-1f3a");
    const made = await plugin.create({ urn }, first.inputs);
    expect((await gateway.client.getAccessKey(made.id)).name).toBe("shop-app-1f3a");
    const unchanged = await plugin.diff(urn, made.id, made.outputs, first.inputs, first.inputs);
    expect(unchanged).toEqual({ changes: "none", replaces: [], deleteBeforeReplace: false, details: {} });
    const read = await plugin.read({ urn }, made.id, { outputs: made.outputs, inputs: first.inputs });
    expect(read?.inputs).toEqual(first.inputs);
  });

  test("are required if the stack config gives none", async () => {
    expect((await named(2)).failures).toEqual([
      { property: "name", reason: "is required, as the stack config pulumi:autonaming gives no names: give one" },
    ]);
  });

  test("are the program's own if it gives one", async () => {
    const given = await plugin.check(urn, undefined, { name: "mine" }, { proposedName: "x", mode: 1 });
    expect(given).toEqual({ inputs: { name: "mine" }, failures: [] });
  });
});

describe("diff", () => {
  test("reports each property's difference, and which of them replace", async () => {
    const provider = await managed("CustomProvider", "p").create({
      ...PROVIDER,
      models: ["m1", { modelId: "m2", unsupportedParams: ["top_p"] }],
      metadata: "mine",
    });
    const difference = await provider.diff({
      providerId: "other",
      baseUrl: "https://other.example.com",
      models: ["m1", { modelId: "m2", unsupportedParams: ["top_p", "stop"] }, output()],
      supportedApiSurfaces: [{ format: "openai" }],
    });
    expect(difference).toEqual({
      changes: "some",
      replaces: ["providerId"],
      deleteBeforeReplace: false,
      details: {
        providerId: "update-replace",
        baseUrl: "update",
        metadata: "delete",
        "models[1].unsupportedParams[1]": "add",
        "models[2]": "add",
        supportedApiSurfaces: "add",
      },
    });
  });

  test("of an object that was changed outside Pulumi compares the object with the inputs", async () => {
    const key = await makeKey();
    await gateway.client.updateProviderKey(key.id, { metadata: "by hand" });
    await key.refresh();
    expect(await key.diff({ providerId: "openai", value: KEY_VALUE })).toEqual({
      changes: "some",
      replaces: [],
      deleteBeforeReplace: false,
      details: { metadata: "delete (state)" },
    });
  });

  test("is empty for a field that is given for the first time with its stored value", async () => {
    const key = await makeKey();
    await gateway.client.updateProviderKey(key.id, { description: "by hand" });
    await key.refresh();
    const news = { providerId: "openai", value: KEY_VALUE, description: "by hand" };
    expect(await key.diff(news)).toMatchObject({ changes: "none" });
    // The state then has the new inputs, because the engine records them without an update.
    key.inputs = await key.checked(news);
    expect(await key.diff({ providerId: "openai", value: KEY_VALUE })).toMatchObject({
      changes: "some",
      details: { description: "delete" },
    });
  });

  test("requests delete before replace if a new object with the same unique key cannot exist beside the old one", async () => {
    const provider = await managed("CustomProvider", "p").create(PROVIDER);
    const difference = await provider.diff({ ...PROVIDER, baseUrl: "https://other.example.com" });
    expect(difference).toMatchObject({ replaces: [], deleteBeforeReplace: true });
  });
});

describe("update", () => {
  test("in a preview keeps unchanged outputs, and leaves changed ones unknown", async () => {
    const key = await makeKey();
    const { createdAt, uri } = key.outputs;
    await gateway.requests();
    const news = await key.checked({ providerId: "openai", value: "another-value-0123456789", description: "new" });
    const planned = await plugin.update({ urn: key.urn }, key.id, key.outputs, key.inputs, news, true);
    expect(await gateway.requests()).toEqual([]);
    expect(plainValues(planned)).toMatchObject({
      value: "another-value-0123456789",
      description: "new",
      createdAt,
      uri,
      keyRedacted: UNKNOWN,
      updatedAt: UNKNOWN,
    });
    const relabeled = await key.checked({ providerId: "openai", value: KEY_VALUE, description: "new" });
    const next = await plugin.update({ urn: key.urn }, key.id, key.outputs, key.inputs, relabeled, true);
    expect(next).toMatchObject({ keyRedacted: key.outputs.keyRedacted, updatedAt: UNKNOWN });
  });

  test("writes changed fields, and clears fields that the program leaves out", async () => {
    const configuration = await managed("AccessConfiguration", "c").create({ description: "d" });
    await gateway.requests();
    await configuration.update({ access: { models: { allow: ["openai:m"] } } });
    const path = `/access-key-configurations/${configuration.id}`;
    // Access is replaced as a whole, so it is read first.
    expect(await gateway.requests()).toEqual([`GET ${path}`, `PATCH ${path}`]);
    const wire = await gateway.client.getAccessKeyConfiguration(configuration.id);
    expect([wire.description ?? "", wire.access]).toEqual(["", { models: { allow: ["openai:m"] } }]);
    expect(await configuration.diff({ access: { models: { allow: ["openai:m"] } } })).toMatchObject({
      changes: "none",
    });
  });
});

describe("read", () => {
  test("of a deleted object returns no id", async () => {
    const key = await makeKey();
    await gateway.client.deleteProviderKey(key.id);
    expect(await key.refresh()).toBeUndefined();
  });

  test("keeps the program's form, and shows changes outside Pulumi", async () => {
    const key = await makeKey();
    const configuration = await managed("AccessConfiguration", "c").create({
      description: "ours",
      rules: [{ provider: "openai", keys: [key.id] }],
    });
    await gateway.client.updateAccessKeyConfiguration(configuration.id, { description: "by hand" });
    expect(await configuration.refresh()).toEqual({
      name: "c",
      description: "by hand",
      rules: [{ provider: "openai", steps: [{ type: "user", keys: [{ id: key.id }] }] }],
    });
  });
});

describe("resources of one name", () => {
  test("under different parents are different resources", async () => {
    const first = await managed("CustomProvider", "p", "my:index:App").create(PROVIDER);
    const second = managed("CustomProvider", "p", "my:index:Other");
    expect((await plugin.check(second.urn, undefined, PROVIDER)).failures).toEqual([
      {
        property: "providerId",
        reason:
          'there can be one CustomProvider with providerId "contoso" only, and "p" (in my:index:App) declares it already: give one of the two another providerId, or remove one',
      },
    ]);
    expect(first.id).toMatch(/^aigp_/);
  });
});

describe("time and cancellation", () => {
  const slow = { match: { method: "POST" }, times: 50, action: { delayMs: 60_000 } };

  test("customTimeouts end a call, and the error names the limit", async () => {
    await gateway.fault(slow);
    const message = await messageOf(managed("CustomProvider", "p").create(PROVIDER, 0.2));
    expect(message).toContain("the resource option customTimeouts.create of 0.2 s ended the call");
  });

  test("Cancel ends all running calls, and no later one", async () => {
    await gateway.fault(slow);
    const names = ["first", "second"];
    const running = names.map((name) => messageOf(managed("ApiKey", name).create({})));
    while ((await gateway.requests()).length === 0) await new Promise((resolve) => setImmediate(resolve));
    await plugin.cancel();
    for (const message of await Promise.all(running)) expect(message).toContain("the run was canceled");
    await gateway.clearFaults();
    const { id } = await managed("ApiKey", "third").create({});
    expect((await gateway.client.getApiKey(id)).name).toBe("third");
  });
});

test("a type of a later version is an error with advice", async () => {
  await expect(plugin.check(urnOf("VirtualModel", "v"), undefined, {})).rejects.toThrow(
    'This version of pulumi-ngrok-ai has no resource of the type "ngrok-ai:index:VirtualModel": install a later version.',
  );
});
