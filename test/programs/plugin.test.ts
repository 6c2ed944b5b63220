/**
 * A Node program whose resources the plugin serves, on both engines: a complete lifecycle with import, references and
 * secrets. The plugin's component runs only on the CLI, because OfflineStack has no remote components. yaml/ tests
 * programs in YAML.
 */
import { startAzure, startGateway } from "../../emulator";
import { gatewayConfig, startTestGateway, type TestGateway } from "../helpers/gateway";
import { type InlineProgram, inlineProgram } from "../helpers/inlineProgram";
import {
  createTestStack,
  PLUGIN_FOLDER,
  realChanges,
  type StackUnderTest,
  storedTexts,
  usesCli,
} from "../helpers/stack";

/** Each run starts several processes. */
jest.setTimeout(240_000);

const VALUE = "planted-value-0123456789abcdef";
const ROTATED = "rotated-value-0123456789abcdef";
const PLUGINS = { plugins: { providers: [{ name: "ngrok-ai", path: PLUGIN_FOLDER }] } };

/** Makes a class of a kind, as a generated SDK does. `outputs` are those that no argument gives. */
const CLASSES = `
const kindOf = (kind, ...outputs) =>
  class extends pulumi.CustomResource {
    constructor(name, args, options) {
      const members = Object.fromEntries(outputs.map((output) => [output, undefined]));
      super("ngrok-ai:index:" + kind, name, { ...members, ...args }, options);
    }
  };
const CustomProvider = kindOf("CustomProvider", "name");
const ProviderKey = kindOf("ProviderKey", "keyRedacted");
const AccessConfiguration = kindOf("AccessConfiguration", "accessKeyCount");
const AccessKey = kindOf("AccessKey", "token");
`;

interface Given {
  readonly description?: string;
  readonly value?: string;
  readonly rotationTrigger?: string;
  /** Id of an access key to import. */
  readonly imported?: string;
}

const programOf = ({ description = "first", value = VALUE, rotationTrigger = "1", imported }: Given = {}) => `${CLASSES}
const provider = new CustomProvider("contoso", { providerId: "contoso", baseUrl: "https://contoso.example.com/v1" });
const key = new ProviderKey("key", { providerId: provider, value: pulumi.secret(${JSON.stringify(value)}) });
const team = new AccessConfiguration("team", {
  description: ${JSON.stringify(description)},
  rules: [{ provider, keys: [key] }],
});
const app = new AccessKey("app", { configurationId: team, rotationTrigger: ${JSON.stringify(rotationTrigger)} });
${imported === undefined ? "" : `new AccessKey("imported", { name: "by hand" }, { import: ${JSON.stringify(imported)} });`}
exports.name = provider.name;
exports.keyRedacted = key.keyRedacted;
exports.token = app.token;
exports.found = pulumi.runtime.invoke("ngrok-ai:index:getCustomProvider", { providerId: "by-hand" }).then(({ name }) => name);
`;

describe("a Node program with resources of the plugin", () => {
  let gateway: TestGateway;
  let program: InlineProgram;
  let underTest: StackUnderTest;
  let printed = "";

  beforeAll(async () => {
    gateway = await startTestGateway();
    await gateway.client.createProvider({ providerId: "by-hand", name: "By hand", baseUrl: "https://example.com" });
    program = inlineProgram("plugin", programOf(), PLUGINS);
    underTest = await createTestStack({
      workDir: program.folder,
      config: gatewayConfig(gateway),
    });
  });

  afterAll(async () => {
    underTest?.dispose();
    program?.dispose();
    await gateway?.close();
  });

  const writes = async () => (await gateway.requests()).filter((request) => !request.startsWith("GET"));

  async function up() {
    const result = await underTest.stack.up();
    printed += result.stdout;
    return { ...result, changes: realChanges(result.summary.resourceChanges) };
  }

  async function expectNothingToDo(): Promise<void> {
    await gateway.requests();
    const preview = await underTest.stack.preview();
    const refresh = await underTest.stack.refresh();
    printed += preview.stdout + refresh.stdout;
    expect(realChanges(preview.changeSummary)).toEqual({});
    expect(realChanges(refresh.summary.resourceChanges)).toEqual({});
    expect(await writes()).toEqual([]);
  }

  test("is created with names, references and secrets; preview and refresh show no change", async () => {
    const preview = await underTest.stack.preview();
    expect(realChanges(preview.changeSummary)).toEqual({ create: 5 });
    expect(await writes()).toHaveLength(1); // that of the test
    const { changes, outputs } = await up();
    expect(changes).toEqual({ create: 5 });
    expect(outputs).toMatchObject({
      name: { value: "contoso", secret: false },
      keyRedacted: { value: "planted-va***cdef" },
      token: { value: expect.stringMatching(/^ng-/), secret: true },
      found: { value: "By hand" },
    });
    await expectNothingToDo();
  });

  test("is changed in place, with one request per object", async () => {
    program.write(programOf({ description: "second", value: ROTATED }));
    const before = (await underTest.stack.outputs()).token?.value;
    await gateway.requests();
    const { changes, outputs } = await up();
    expect(changes).toEqual({ update: 2 });
    expect((await writes()).map((request) => request.replace(/aig\w+/, "ID")).toSorted()).toEqual([
      "PATCH /access-key-configurations/ID",
      "POST /provider-keys/ID/rotate",
    ]);
    expect(outputs).toMatchObject({ keyRedacted: { value: "rotated-va***cdef" }, token: { value: before } });
    await expectNothingToDo();
  });

  test("is replaced if a field cannot change in place: the new object is created before the old one is deleted", async () => {
    program.write(programOf({ description: "second", value: ROTATED, rotationTrigger: "2" }));
    const before = (await underTest.stack.outputs()).token?.value;
    await gateway.requests();
    const { changes, outputs } = await up();
    expect(changes).toEqual({ replace: 1 });
    expect((await writes()).map((request) => request.split(" ")[0])).toEqual(["POST", "DELETE"]);
    expect(outputs.token?.value).not.toBe(before);
    await expectNothingToDo();
  });

  test("imports an object without a write, and then shows no change", async () => {
    const { id } = await gateway.client.createAccessKey({ name: "by hand" });
    program.write(programOf({ description: "second", value: ROTATED, rotationTrigger: "2", imported: id }));
    await gateway.requests();
    expect((await up()).changes).toEqual({ import: 1 });
    expect(await writes()).toEqual([]);
    await expectNothingToDo();
  });

  test("has no plain-text secret in its state or output", async () => {
    const { token } = await underTest.stack.outputs();
    for (const secret of [VALUE, ROTATED, String(token?.value)]) {
      expect(secret.length).toBeGreaterThan(10);
      expect(storedTexts(underTest.stateFolder).filter((text) => text.includes(secret))).toEqual([]);
      expect(printed).not.toContain(secret);
    }
  });

  test("is destroyed, and other owners' objects remain", async () => {
    const { summary } = await underTest.stack.destroy();
    expect(realChanges(summary.resourceChanges)).toEqual({ delete: 6 });
    const providers = [];
    for await (const { providerId } of gateway.client.listProviders()) providers.push(providerId);
    expect(providers).toEqual(["by-hand"]);
    for await (const key of gateway.client.listAccessKeys()) expect(key).toBeUndefined();
  });
});

const COMPONENT = `
class AzureOpenAIGateway extends pulumi.ComponentResource {
  constructor(name, args) {
    super("ngrok-ai:azure:AzureOpenAIGateway", name, { ...args, token: undefined, requests: undefined }, {}, true);
  }
}
const ai = new AzureOpenAIGateway("ai", {
  regions: { eastus2: {}, swedencentral: { priority: 2 } },
  deployments: { "gpt-5-mini": { model: "gpt-5-mini", version: "2025-08-07", sku: "GlobalStandard", capacity: 50 } },
});
exports.token = ai.token;
exports.requests = ai.requests;
`;

describe("a Node program with the plugin's component", () => {
  let azure: Awaited<ReturnType<typeof startAzure>>;
  let gateway: Awaited<ReturnType<typeof startGateway>>;
  let program: InlineProgram;
  let underTest: StackUnderTest;

  beforeAll(async () => {
    azure = await startAzure({});
    gateway = await startGateway({ azureUrl: azure.azureUrl });
    program = inlineProgram("plugin-component", COMPONENT, PLUGINS);
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

  if (usesCli) {
    test("creates its children, then shows no change, and destroys them", async () => {
      const { outputs } = await underTest.stack.up();
      expect(outputs.token).toMatchObject({ value: expect.stringMatching(/^ng-/), secret: true });
      expect(outputs.requests?.value).toEqual({
        "gpt-5-mini": {
          model: "azure-eastus2:gpt-5-mini",
          models: ["azure-eastus2:gpt-5-mini", "azure-swedencentral:gpt-5-mini"],
        },
      });
      expect(realChanges((await underTest.stack.preview()).changeSummary)).toEqual({});
      expect(realChanges((await underTest.stack.refresh()).summary.resourceChanges)).toEqual({});
      const { deployment } = (await underTest.stack.exportStack()) as { deployment: { resources: unknown[] } };
      await underTest.stack.destroy();
      expect(deployment.resources.length).toBeGreaterThan(15);
      expect((await underTest.stack.exportStack()).deployment).not.toHaveProperty("resources");
    });
  } else {
    test("is refused by OfflineStack with the reason, before anything is created", async () => {
      await expect(underTest.stack.up()).rejects.toThrow(
        'remote components are not supported by this engine: "ai" of type ngrok-ai:azure:AzureOpenAIGateway is built inside a provider',
      );
    });
  }
});
