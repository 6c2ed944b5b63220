/** The resource classes as a program uses them, on Pulumi's mocks. Runs no provider code. */
import * as pulumi from "@pulumi/pulumi";
import * as ngrok from "../../../provider";

interface Registered {
  type: string;
  name: string;
  inputs: Record<string, unknown>;
}
const registered: Registered[] = [];

beforeAll(() =>
  pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        registered.push({ type, name, inputs });
        return { id: `${name}-id`, state: inputs };
      },
      call: () => ({}),
    },
    "project",
    "dev",
  ),
);

function inputsOf(name: string): Record<string, unknown> {
  const found = registered.find((resource) => resource.name === name);
  if (found === undefined) throw new Error(`${name} was not registered`);
  return found.inputs;
}

const settled = <T>(output: pulumi.Output<T>) => new Promise<T>((resolve) => output.apply(resolve));

beforeAll(async () => {
  const provider = new ngrok.CustomProvider("azure", { providerId: "azure-openai", baseUrl: "https://example.com" });
  const key = new ngrok.ProviderKey("key", { providerId: provider, value: "in clear" });
  const configuration = new ngrok.AccessConfiguration("configuration", {
    access: { providers: { allow: [provider, "openai"] } },
    rules: [{ provider, keys: [key, { id: key }, { id: "aigpk_x" }] }],
  });
  const rule = new ngrok.RoutingRule("rule", { configurationId: configuration, provider, keys: [key] });
  const accessKey = new ngrok.AccessKey("application", { configurationId: configuration });
  const others = [
    new ngrok.ApiKey("pipeline"),
    new ngrok.GatewaySettings("settings"),
    new ngrok.RouteCheck("check", { token: "ng-planted", model: "openai:m" }),
  ];
  await Promise.all([...others, rule, accessKey, key].map((resource) => settled(resource.urn)));
});

test("type tokens and the provider's code in the state never change", () => {
  expect(
    registered
      .filter(({ type }) => type.startsWith("pulumi-nodejs"))
      .map(({ type, inputs }) => [type, inputs.__provider])
      .sort(),
  ).toEqual(
    [
      "AccessConfiguration",
      "AccessKey",
      "ApiKey",
      "CustomProvider",
      "GatewaySettings",
      "ProviderKey",
      "RouteCheck",
      "RoutingRule",
    ].map((kind) => [
      `pulumi-nodejs:dynamic/ngrok-ai:${kind}`,
      `exports.handler=()=>require("pulumi-ngrok-ai/dynamic").provider("${kind}")`,
    ]),
  );
});

test("the name defaults to the Pulumi name", () => {
  expect(inputsOf("azure").name).toBe("azure");
});

test("a custom provider is referenced by its providerId, any other resource by its id", () => {
  expect(inputsOf("key").providerId).toBe("azure-openai");
  expect(inputsOf("configuration")).toMatchObject({
    access: { providers: { allow: ["azure-openai", "openai"] } },
    rules: [{ provider: "azure-openai", keys: ["key-id", { id: "key-id" }, { id: "aigpk_x" }] }],
  });
  expect(inputsOf("rule")).toMatchObject({
    configurationId: "configuration-id",
    provider: "azure-openai",
    keys: ["key-id"],
  });
  expect(inputsOf("application").configurationId).toBe("configuration-id");
});

test("the owner is in the inputs, because Pulumi does not pass it to the provider process", () => {
  expect(inputsOf("azure").__owner).toBe("organization/project/dev::azure");
  expect("__parent" in inputsOf("azure")).toBe(false);
});

test("the ancestors' types are in the inputs, and the resource depends on no ancestor", async () => {
  const team = new pulumi.ComponentResource("my:index:Team", "team");
  const service = new pulumi.ComponentResource("my:index:Service", "service", {}, { parent: team });
  const inTeam = new ngrok.AccessKey("in-team", {}, { parent: team });
  const inService = new ngrok.AccessKey("in-service", {}, { parent: service });
  const inStack = new ngrok.AccessKey("in-stack", {}, { parent: pulumi.rootStackResource });
  await Promise.all([inTeam, inService, inStack].map((resource) => settled(resource.urn)));
  expect(inputsOf("in-team").__parent).toBe("my:index:Team");
  expect(inputsOf("in-service").__parent).toBe("my:index:Team$my:index:Service");
  expect("__parent" in inputsOf("in-stack")).toBe(false);
});

test("the value of a provider key is secret even if given as plain text", async () => {
  const key = new ngrok.ProviderKey("secret", { providerId: "openai", value: "in clear" });
  await expect(pulumi.isSecret(key.value)).resolves.toBe(true);
});

test("import is refused with the reason and an alternative", () => {
  expect(() => new ngrok.AccessKey("imported", {}, { import: "aigk_1" })).toThrow(
    'AccessKey "imported": the import option cannot work here, as Pulumi gives it no way to call this provider. Set adopt: "aigk_1" in the arguments instead and remove import from the options.',
  );
});

test("an explicit provider passes its arguments on as flat texts, the key as a secret", async () => {
  new ngrok.Provider("other", { apiKey: "planted", apiUrl: "https://api.example.com", maxConcurrency: 4 });
  await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setImmediate(resolve));
  expect(inputsOf("other")).toMatchObject({
    "ngrok-ai:explicit": "true",
    "ngrok-ai:apiUrl": "https://api.example.com",
    "ngrok-ai:maxConcurrency": "4",
  });
});
