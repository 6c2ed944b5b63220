/**
 * Programs in YAML on the Pulumi CLI: the behavior of Pulumi's own engine with the plugin and its schema, for every
 * kind of resource. Only `npm test -- --engine=cli` runs this folder, because OfflineStack runs only Node programs.
 */
import { startTestGateway, type TestGateway } from "../../helpers/gateway";
import { realChanges } from "../../helpers/stack";
import { YamlProgram } from "../../helpers/yamlProgram";

jest.setTimeout(600_000);

const SECRETS = ["planted-provider-key-0123456789", "another-planted-key-0123456789"];

async function listed<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

describe("a YAML program", () => {
  let gateway: TestGateway;
  let program: YamlProgram;
  beforeAll(async () => {
    gateway = await startTestGateway();
  });
  beforeEach(async () => {
    await gateway.reset();
    const env = {
      AI_GATEWAY_API_KEY: gateway.apiKey,
      AI_GATEWAY_API_URL: gateway.controlUrl,
      AI_GATEWAY_URL: gateway.gatewayUrl,
    };
    program = await YamlProgram.create({ name: "shop", env });
  });
  afterEach(() => program?.dispose());
  afterAll(() => gateway?.close());

  const writes = async () => (await gateway.requests()).filter((request) => !request.startsWith("GET"));

  async function expectNothingToDo(): Promise<void> {
    expect(realChanges((await program.stack.preview()).changeSummary)).toEqual({});
    expect(realChanges((await program.stack.refresh()).summary.resourceChanges)).toEqual({});
  }

  /** A resource of every kind, each referring to others in another way. */
  const everyKind = {
    resources: {
      contoso: {
        type: "ngrok-ai:CustomProvider",
        properties: {
          providerId: "contoso",
          baseUrl: "https://contoso.example.com/v1",
          supportedApiSurfaces: [{ format: "openai", surface: "chat-completions" }],
          models: ["m1", { modelId: "m2", unsupportedParams: ["top_p"] }],
        },
      },
      key: { type: "ngrok-ai:ProviderKey", properties: { providerId: "$" + "{contoso}", value: SECRETS[0] } },
      openai: {
        type: "ngrok-ai:ProviderKey",
        properties: { providerId: "openai", value: SECRETS[1], name: "openai key" },
      },
      team: {
        type: "ngrok-ai:AccessConfiguration",
        properties: {
          description: "of the team",
          access: { providers: { allow: ["$" + "{contoso}", "openai"] } },
          rules: [
            { provider: "$" + "{contoso.providerId}", keys: ["$" + "{key}"] },
            { provider: "openai", steps: [{ type: "user", keys: [{ id: "$" + "{openai.id}" }] }, { type: "ngrok" }] },
          ],
        },
      },
      open: { type: "ngrok-ai:AccessConfiguration", properties: {} },
      rule: {
        type: "ngrok-ai:RoutingRule",
        properties: { configurationId: "$" + "{open}", model: "contoso:m1", keys: ["$" + "{key.id}"] },
      },
      app: { type: "ngrok-ai:AccessKey", properties: { configurationId: "$" + "{team.id}", rotationTrigger: "1" } },
      pipeline: { type: "ngrok-ai:ApiKey", properties: { description: "for CI" } },
      settings: { type: "ngrok-ai:GatewaySettings", properties: { totalTimeout: "90s", maxOutputTokens: 1000 } },
      check: {
        type: "ngrok-ai:RouteCheck",
        properties: {
          token: "$" + "{app.token}",
          model: "openai:gpt-5-mini",
          expectProvider: "openai",
          retryForSeconds: 0,
        },
      },
    },
    outputs: { token: "$" + "{app.token}", provider: "$" + "{contoso.id}", answeredBy: "$" + "{check.answeredBy}" },
  } as const;

  type Resources = Record<string, { type: string; properties: Record<string, unknown>; options?: object }>;

  /** The program with other properties of single resources. */
  function withChanges(changes: Readonly<Record<string, Readonly<Record<string, unknown>>>>): object {
    const resources: Resources = structuredClone(everyKind.resources) as unknown as Resources;
    for (const [name, properties] of Object.entries(changes)) Object.assign(resources[name]!.properties, properties);
    return { ...everyKind, resources };
  }

  test("creates every kind, then preview and refresh show no change, and destroy deletes all objects", async () => {
    program.write(everyKind);
    const preview = await program.stack.preview();
    expect(realChanges(preview.changeSummary)).toEqual({ create: 11 });
    expect(await writes()).toEqual([]);
    const up = await program.stack.up();
    expect(realChanges(up.summary.resourceChanges)).toEqual({ create: 11 });
    expect(up.outputs.answeredBy).toEqual({ value: "openai", secret: false });
    expect(up.outputs.token?.secret).toBe(true);
    await gateway.requests();
    await expectNothingToDo();
    expect(await writes()).toEqual([]);
    for (const secret of [...SECRETS, up.outputs.token?.value as string]) {
      expect(program.storedTexts().filter((text) => text.includes(secret))).toEqual([]);
      expect(up.stdout).not.toContain(secret);
    }
    await program.stack.destroy();
    const left = await listed(gateway.client.listProviders());
    expect(left).toEqual([]);
    expect((await gateway.client.getGatewayConfig()).totalTimeout).toBe("120s");
  });

  test("changes fields of every kind in place, with each property's difference in the preview", async () => {
    program.write(everyKind);
    await program.stack.up();
    program.write(
      withChanges({
        contoso: { baseUrl: "https://other.example.com/v1", models: ["m1"], name: "Contoso" },
        key: { value: "rotated-planted-key-0123456789", description: "new" },
        team: { description: "changed", rules: [{ provider: "openai", steps: [{ type: "ngrok" }] }], access: {} },
        rule: { keys: ["$" + "{openai}"] },
        app: { description: "new" },
        pipeline: { name: "ci" },
        settings: { totalTimeout: "80s", perRequestTimeout: "10s" },
        check: { message: "are you there?" },
      }),
    );
    const { text } = await program.pulumi("preview", "--diff");
    for (const line of [
      /~ baseUrl *: "https:\/\/contoso.example.com\/v1" => "https:\/\/other.example.com\/v1"/,
      /- \[1\]: \{/,
      /~ value *: \[secret\] => \[secret\]/,
      /~ totalTimeout *: "90s" => "80s"/,
      /\+ perRequestTimeout *: "10s"/,
    ]) {
      expect(text).toMatch(line);
    }
    const up = await program.stack.up();
    expect(realChanges(up.summary.resourceChanges)).toEqual({ update: 8 });
    await expectNothingToDo();
    expect(await gateway.client.getGatewayConfig()).toMatchObject({ totalTimeout: "80s", perRequestTimeout: "10s" });
  });

  test("replaces a resource that cannot change in place, with the new object first unless its unique key is the same", async () => {
    program.write(everyKind);
    const before = await program.stack.up();
    program.write(withChanges({ app: { rotationTrigger: "2" } }));
    const { stdout } = await program.stack.preview();
    expect(stdout).toMatch(/ngrok-ai:index:AccessKey +app +replace/);
    const up = await program.stack.up();
    expect(realChanges(up.summary.resourceChanges)).toEqual({ replace: 1, update: 1 }); // the check uses the new token
    expect(up.outputs.token?.value).not.toBe(before.outputs.token?.value);

    // Its providerId is unique, so the old one goes first.
    const alone = (baseUrl: string) => {
      const properties = { providerId: "alone", baseUrl };
      const options = { replaceOnChanges: ["baseUrl"] };
      const resources = { alone: { type: "ngrok-ai:CustomProvider", properties, options } };
      return { resources, outputs: { id: "$" + "{alone.id}" } };
    };
    program.write(alone("https://one.example.com"));
    const first = await program.stack.up();
    program.write(alone("https://two.example.com"));
    const second = await program.stack.up();
    expect(realChanges(second.summary.resourceChanges)).toEqual({ replace: 1 });
    expect(second.outputs.id?.value).not.toBe(first.outputs.id?.value);
    await expectNothingToDo();
  });

  test("detects a change outside Pulumi and reverts it", async () => {
    program.write(everyKind);
    const { outputs } = await program.stack.up();
    await gateway.client.updateProvider(String(outputs.provider?.value), { name: "by hand", models: [] });
    const refreshed = await program.stack.refresh();
    expect(realChanges(refreshed.summary.resourceChanges)).toEqual({ update: 1 });
    expect(realChanges((await program.stack.up()).summary.resourceChanges)).toEqual({ update: 1 });
    await expectNothingToDo();
  });

  test("imports every kind; the program that the CLI generates shows no change, and the first update takes ownership", async () => {
    const { client } = gateway;
    const provider = await client.createProvider({
      providerId: "contoso",
      name: "Contoso",
      baseUrl: "https://contoso.example.com",
    });
    const key = await client.createProviderKey({ providerId: "contoso", name: "key", value: SECRETS[0]! });
    const rules = [{ provider: "contoso", steps: [{ type: "user" as const, keys: [{ id: key.id }] }] }];
    const owned = await client.createAccessKeyConfiguration({ name: "owned", router: { rules } });
    const open = await client.createAccessKeyConfiguration({ name: "open", router: { rules } });
    const access = await client.createAccessKey({ name: "app", accessKeyConfigurationId: owned.id });
    const api = await client.createApiKey({ name: "pipeline", description: "for CI" });
    const { accountId } = await client.getGatewayConfig();
    await gateway.requests();
    const written: string[] = [];
    for (const [kind, name, id] of [
      ["CustomProvider", "contoso", provider.id],
      ["ProviderKey", "key", key.id],
      ["AccessConfiguration", "owned", owned.id],
      ["RoutingRule", "rule", `${open.id}/provider=contoso`],
      ["AccessKey", "app", access.id],
      ["ApiKey", "pipeline", api.id],
      ["GatewaySettings", "settings", accountId],
    ] as const) {
      const token = `ngrok-ai:index:${kind}`;
      const { code, text } = await program.pulumi(
        "import",
        token,
        name,
        id,
        "--yes",
        "--skip-preview",
        "--protect=false",
      );
      expect([code, text]).toEqual([0, expect.stringContaining("resources:\n")]);
      written.push(text.slice(text.lastIndexOf("resources:\n") + "resources:\n".length));
    }
    program.writeResources(written.join(""));
    await expectNothingToDo();
    expect(await writes()).toEqual([]);

    program.writeResources(written.join("").replace("Contoso", "renamed"));
    expect(realChanges((await program.stack.up()).summary.resourceChanges)).toEqual({ update: 1 });
    expect(await client.getProvider(provider.id)).toMatchObject({
      name: "renamed",
      metadata: expect.stringContaining('"shop/dev"'),
    });
    await expectNothingToDo();
  });

  test("refuses to import a route check or a missing object", async () => {
    const refused = await program.pulumi(
      "import",
      "ngrok-ai:index:RouteCheck",
      "check",
      "x",
      "--yes",
      "--skip-preview",
    );
    expect(refused.text).toContain("can't be imported or looked up: the gateway does not store it");
    const missing = await program.pulumi(
      "import",
      "ngrok-ai:index:ApiKey",
      "gone",
      "ak_gone",
      "--yes",
      "--skip-preview",
    );
    expect(missing.text).toContain("resource 'ak_gone' does not exist");
    expect([refused.code, missing.code]).not.toContain(0);
  });

  test("looks up objects by id, and uses several accounts with explicit providers", async () => {
    const provider = await gateway.client.createProvider({
      providerId: "contoso",
      name: "x",
      baseUrl: "https://contoso.example.com",
    });
    program.write({
      resources: {
        second: {
          type: "pulumi:providers:ngrok-ai",
          properties: { apiKey: gateway.apiKey, apiUrl: gateway.controlUrl, ownership: "off", maxConcurrency: 3 },
        },
        contoso: { type: "ngrok-ai:CustomProvider", get: { id: provider.id } },
        key: {
          type: "ngrok-ai:ProviderKey",
          properties: { providerId: "$" + "{contoso}", value: SECRETS[0] },
          options: { provider: "$" + "{second}" },
        },
      },
      outputs: { url: "$" + "{contoso.baseUrl}", keyProvider: "$" + "{key.providerId}" },
    });
    // The provider `second` does not manage it, so only its id can be meant.
    const refused = await program.pulumi("up", "--yes", "--skip-preview");
    expect(refused.text).toContain(
      'is the CustomProvider "contoso", whose providerId is not known here, as another provider manages it',
    );
    const { resources, ...rest } = {
      resources: {
        second: {
          type: "pulumi:providers:ngrok-ai",
          properties: { apiKey: gateway.apiKey, apiUrl: gateway.controlUrl, ownership: "off" },
        },
        contoso: { type: "ngrok-ai:CustomProvider", get: { id: provider.id } },
        key: {
          type: "ngrok-ai:ProviderKey",
          properties: { providerId: "$" + "{contoso.providerId}", value: SECRETS[0] },
          options: { provider: "$" + "{second}" },
        },
      },
      outputs: { url: "$" + "{contoso.baseUrl}", keyProvider: "$" + "{key.providerId}" },
    };
    program.write({ resources, ...rest });
    const { outputs } = await program.stack.up();
    expect([outputs.url?.value, outputs.keyProvider?.value]).toEqual(["https://contoso.example.com", "contoso"]);
    const [key] = await listed(gateway.client.listProviderKeys());
    expect(key?.metadata).toBeUndefined(); // ownership off
    for (const text of program.storedTexts()) expect(text).not.toContain(`"${gateway.apiKey}"`);
    await expectNothingToDo();
  });
});
