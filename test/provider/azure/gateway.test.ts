/**
 * The component `AzureOpenAIGateway` on Pulumi's mocks: the resources that it registers, with their inputs, options and order.
 * Does not prove that Azure or the gateway accept them, or how the engine applies the options.
 */

import * as pulumi from "@pulumi/pulumi";
import { Provider } from "../../../provider";
import { AzureOpenAIGateway, type AzureOpenAIGatewayArgs } from "../../../provider/azure";
import { keyOf, mostAtOnce, plainInputs, run, settled, TYPES } from "./mocks";

const GPT_5_MINI = { model: "gpt-5-mini", version: "2025-08-07", sku: "GlobalStandard", capacity: 50 } as const;

function twoRegions(args: Partial<AzureOpenAIGatewayArgs> = {}): AzureOpenAIGateway {
  return new AzureOpenAIGateway("ai", {
    regions: { eastus2: {}, swedencentral: { priority: 2 } },
    deployments: { "gpt-5-mini": GPT_5_MINI },
    failover: { append: ["openai:gpt-5-mini"] },
    accessKey: { name: "team-a" },
    ...args,
  });
}

test("registers one group, and per region an account, its deployments, a provider and two keys", async () => {
  const { registered } = await run(() => twoRegions());
  const names = registered.map(({ type, name }) => `${type.split(":").at(-1)} ${name}`).sort();
  expect(names).toEqual([
    "AccessConfiguration ai",
    "AccessKey ai",
    "Account ai-eastus2-account",
    "Account ai-swedencentral-account",
    "AzureOpenAIGateway ai",
    "AzureOpenAIRegion ai-eastus2",
    "AzureOpenAIRegion ai-swedencentral",
    "CustomProvider ai-eastus2",
    "CustomProvider ai-swedencentral",
    "Deployment ai-eastus2-deploy-gpt-5-mini",
    "Deployment ai-swedencentral-deploy-gpt-5-mini",
    "ProviderKey ai-eastus2-key1",
    "ProviderKey ai-eastus2-key2",
    "ProviderKey ai-swedencentral-key1",
    "ProviderKey ai-swedencentral-key2",
    "ResourceGroup ai-rg",
  ]);
});

test("deployments of one account are created one after the other, accounts in parallel", async () => {
  const deployments = { a: { model: "gpt-5-mini" }, b: { model: "gpt-5-nano" }, c: { model: "gpt-5.1" } };
  const { of } = await run(() => twoRegions({ deployments }), {
    delayMs: (type) => (type === TYPES.deployment || type === TYPES.account ? 30 : 0),
  });
  expect(mostAtOnce(of(TYPES.account))).toBe(2);
  for (const region of ["eastus2", "swedencentral"]) {
    const own = of(TYPES.deployment).filter(({ name }) => name.includes(region));
    expect([own.length, mostAtOnce(own)]).toEqual([3, 1]);
  }
});

test("a property that Azure cannot change in place replaces, and a deployment is deleted before its replacement is created", async () => {
  const { named } = await run(() => twoRegions());
  expect(named(TYPES.account, "ai-eastus2-account").options).toMatchObject({
    replaceonchangesList: ["location", "kind", "properties.customSubDomainName"],
    deletebeforereplace: false,
  });
  expect(named(TYPES.deployment, "ai-eastus2-deploy-gpt-5-mini").options).toMatchObject({
    replaceonchangesList: ["properties.model.format", "properties.model.name"],
    deletebeforereplace: true,
  });
});

test("both keys are stored as secrets, in the configured order", async () => {
  const { named } = await run(() => twoRegions({ keySlots: ["key2", "key1"] }));
  const value = (slot: string) => plainInputs(named(TYPES.key, `ai-eastus2-${slot}`).inputs).value;
  const account = String(named(TYPES.account, "ai-eastus2-account").inputs.accountName);
  expect([value("key1"), value("key2")]).toEqual([
    { secret: keyOf(account, "key1") },
    { secret: keyOf(account, "key2") },
  ]);
  const { rules } = plainInputs(named(TYPES.configuration, "ai").inputs) as { rules: { keys: unknown[] }[] };
  expect(rules[0]?.keys).toEqual(["ai-eastus2-key2-id", "ai-eastus2-key1-id"]);
});

test("access allows the regions' providers and the appended failover providers, each with a rule", async () => {
  const { named } = await run(() => twoRegions());
  const { access, rules } = plainInputs(named(TYPES.configuration, "ai").inputs) as {
    access: object;
    rules: { provider: string }[];
  };
  expect(access).toEqual({ providers: { allow: ["azure-eastus2", "azure-swedencentral", "openai"] } });
  expect(rules.map(({ provider }) => provider)).toEqual(["azure-eastus2", "azure-swedencentral", "openai"]);
  expect(rules[2]).toEqual({ provider: "openai", steps: [{ type: "ngrok" }] });
});

test("tags, protection and explicit providers apply to all resources that they are for", async () => {
  const { of, registered } = await run(() => {
    const gateway = new Provider("other-account", { apiKey: "planted" });
    class AzureNativeProvider extends pulumi.ProviderResource {}
    const azure = new AzureNativeProvider("azure-native", "other-subscription");
    new AzureOpenAIGateway(
      "ai",
      {
        regions: ["eastus2"],
        deployments: { "gpt-5-mini": GPT_5_MINI },
        tags: { team: "a" },
        protect: true,
        verify: true,
      },
      { providers: [gateway, azure] },
    );
  });
  for (const type of [TYPES.group, TYPES.account, TYPES.deployment]) {
    expect([type, of(type).map(({ inputs }) => inputs.tags)]).toEqual([type, [{ team: "a" }]]);
  }
  expect([TYPES.group, TYPES.account].map((type) => of(type)[0]?.options.protect)).toEqual([true, true]);
  const providersOf = (prefix: string) =>
    new Set(
      registered.filter(({ type }) => type.startsWith(prefix)).map(({ provider }) => provider.split("::").at(-2)),
    );
  expect([...providersOf("azure-native:")]).toEqual(["other-subscription"]);
  expect([...providersOf("pulumi-nodejs:")]).toEqual(["other-account"]);
});

test("an existing account is queried for its address and keys, and no Azure resource is registered", async () => {
  const { registered, calls } = await run(
    () =>
      new AzureOpenAIGateway("ai", {
        regions: { main: { account: { existing: { resourceGroupName: "g", name: "a" } }, existingDeployments: ["m"] } },
      }),
    {
      answer: (token) =>
        token.endsWith(":getAccount")
          ? { id: "/a", location: "eastus2", properties: { endpoint: "https://a.openai.azure.com/", endpoints: {} } }
          : undefined,
    },
  );
  expect(registered.filter(({ type }) => type.startsWith("azure-native:"))).toEqual([]);
  expect(calls.map(({ token, inputs }) => [token.split(":").at(-1), inputs.accountName])).toEqual([
    ["getAccount", "a"],
    ["listAccountKeys", "a"],
  ]);
  const [provider] = registered.filter(({ type }) => type === TYPES.provider);
  expect(provider?.inputs).toMatchObject({
    providerId: "azure-main",
    baseUrl: "https://a.openai.azure.com/openai/v1",
  });
});

test("names, models and requests are known at preview", async () => {
  const { result } = await run(() => twoRegions(), { preview: true });
  const list = ["azure-eastus2:gpt-5-mini", "azure-swedencentral:gpt-5-mini", "openai:gpt-5-mini"];
  expect(result.models).toEqual({ "gpt-5-mini": list });
  expect(result.requests).toEqual({ "gpt-5-mini": { model: list[0], models: list } });
  expect(await settled(result.regions.eastus2!.endpoint)).toMatch(
    /^https:\/\/ai-eastus2-[0-9a-f]{6}\.openai\.azure\.com$/,
  );
});

test("the token is a secret output", async () => {
  const { result } = await run(() => twoRegions());
  expect(await pulumi.isSecret(result.token)).toBe(true);
  expect(await settled(result.token)).toBe("ng-ai-g1-planted");
});

test("verify requests each model of each region, after its keys are stored, and again when one changes", async () => {
  const { of, named } = await run(() => twoRegions({ verify: true }));
  expect(of(TYPES.check).map(({ name }) => name)).toEqual(["ai-eastus2-gpt-5-mini", "ai-swedencentral-gpt-5-mini"]);
  const check = named(TYPES.check, "ai-eastus2-gpt-5-mini");
  expect(plainInputs(check.inputs)).toMatchObject({
    token: { secret: "ng-ai-g1-planted" },
    model: "azure-eastus2:gpt-5-mini",
    expectProvider: "azure-eastus2",
  });
  expect(check.dependencies).toEqual(
    expect.arrayContaining(["ai", "ai-eastus2", "ai-eastus2-key1", "ai-eastus2-key2"]),
  );
});

test("wrong arguments are one error that lists all of them, before any registration", async () => {
  const error = await run(() =>
    twoRegions({ providerIdPrefix: "Azure", apiMode: "deployment", apiVersion: "latest" }),
  ).then(
    () => "",
    (reason: Error) => reason.message,
  );
  expect(error).toMatch(/^AzureOpenAIGateway "ai" has 2 problems in its arguments; nothing of it was created:\n/);
  expect(error).toContain("- ai.apiVersion");
  expect(error).toContain("- ai.providerIdPrefix");
});

test("a model whose deployment has another name is stored with both names, and so are embedding models", async () => {
  const deployments = {
    "gpt-5-mini": GPT_5_MINI,
    fast: { ...GPT_5_MINI, name: "gpt-5-mini-for-team-a" },
    "text-embedding-3-large": { model: "text-embedding-3-large" },
  };
  const { of } = await run(() => new AzureOpenAIGateway("ai", { regions: ["eastus2"], deployments }));
  expect(of(TYPES.provider).map(({ inputs }) => [inputs.models, inputs.supportedApiSurfaces])).toEqual([
    [
      ["gpt-5-mini", { modelId: "fast", providerModelId: "gpt-5-mini-for-team-a" }, "text-embedding-3-large"],
      [
        { format: "openai", surface: "chat-completions" },
        { format: "openai", surface: "responses" },
      ],
    ],
  ]);
});

test("apiMode deployment has a provider per deployment, with its dated URL and two keys", async () => {
  const deployments = {
    "gpt-5-mini": GPT_5_MINI,
    "text-embedding-3-large": { model: "text-embedding-3-large", name: "e3" },
  };
  const { of } = await run(
    () => new AzureOpenAIGateway("ai", { regions: ["eastus2"], deployments, apiMode: "deployment" }),
  );
  // In any order of registration.
  const providers = of(TYPES.provider).toSorted((left, right) => (left.name < right.name ? -1 : 1));
  const account = String(of(TYPES.account)[0]?.inputs.accountName);
  const urlOf = (name: string) =>
    `https://${account}.openai.azure.com/openai/deployments/${name}?api-version=2024-10-21`;
  expect(providers.map(({ name, inputs }) => [name, inputs.providerId, inputs.baseUrl, inputs.models])).toEqual([
    ["ai-eastus2-gpt-5-mini", "azure-eastus2-gpt-5-mini", urlOf("gpt-5-mini"), ["gpt-5-mini"]],
    [
      "ai-eastus2-text-embedding-3-large",
      "azure-eastus2-text-embedding-3-large",
      urlOf("e3"),
      ["text-embedding-3-large"],
    ],
  ]);
  expect(providers.map(({ inputs }) => inputs.supportedApiSurfaces)).toEqual([
    [{ format: "openai", surface: "chat-completions" }],
    [{ format: "openai" }],
  ]);
  expect(of(TYPES.key)).toHaveLength(4);
});

test("an external token verifies a gateway that creates none", async () => {
  const { of, result } = await run(() =>
    twoRegions({ accessKey: false, verify: { token: pulumi.secret("ng-elsewhere-g1-planted") } }),
  );
  expect(of(TYPES.accessKey)).toEqual([]);
  expect(result.accessKey).toBeUndefined();
  expect(of(TYPES.check).map(({ inputs }) => plainInputs(inputs).token)).toEqual([
    { secret: "ng-elsewhere-g1-planted" },
    { secret: "ng-elsewhere-g1-planted" },
  ]);
});

describe("two gateways in one program", () => {
  const ids = (component: AzureOpenAIGateway) => Object.keys(component.providers);
  const another = (args: Partial<AzureOpenAIGatewayArgs> = {}, opts?: pulumi.ComponentResourceOptions) =>
    new AzureOpenAIGateway("other", { regions: ["eastus2"], deployments: { "gpt-5-mini": GPT_5_MINI }, ...args }, opts);

  test("with the default prefix are refused, and the error names the argument", async () => {
    const failure = await run(() => [twoRegions(), another()]).catch((error: Error) => error.message);
    expect(failure).toBe(
      'AzureOpenAIGateway "other" has a problem in its arguments; nothing of it was created:\n' +
        '  - other.providerIdPrefix is left out, and the default "azure" leads to the provider id "azure-eastus2", ' +
        'as in AzureOpenAIGateway "ai": give each gateway a prefix of its own',
    );
  });

  test("with different prefixes or other regions are both created", async () => {
    const { result } = await run(() => [
      twoRegions(),
      another({ providerIdPrefix: "other" }),
      new AzureOpenAIGateway("third", { regions: ["japaneast"], deployments: { "gpt-5-mini": GPT_5_MINI } }),
    ]);
    expect(result.map(ids)).toEqual([["azure-eastus2", "azure-swedencentral"], ["other-eastus2"], ["azure-japaneast"]]);
  });

  test("of two accounts may have one prefix, in every form of the provider option", async () => {
    class Team extends pulumi.ComponentResource {
      constructor(provider: pulumi.ProviderResource) {
        super("test:Team", "team", {}, { providers: [provider] });
        another({}, { parent: this });
      }
    }
    const { of } = await run(() => {
      const [one, two] = ["one", "two"].map((name) => new Provider(name, { apiKey: "planted" }));
      new AzureOpenAIGateway("ai", { regions: ["eastus2"], deployments: { m: GPT_5_MINI } }, { provider: one! });
      new Team(two!);
    });
    expect(of(TYPES.provider).map(({ inputs }) => inputs.providerId)).toEqual(["azure-eastus2", "azure-eastus2"]);
    const again = run(() => {
      const account = new Provider("one", { apiKey: "planted" });
      const args = { regions: ["eastus2"], deployments: { m: GPT_5_MINI } };
      new AzureOpenAIGateway("ai", args, { providers: { "pulumi-nodejs": account } });
      another({}, { providers: [account] });
    });
    await expect(again).rejects.toThrow("other.providerIdPrefix is left out");
  });

  test("in two runs of one process do not affect each other", async () => {
    await run(() => twoRegions());
    const { result } = await run(() => twoRegions());
    expect(ids(result)).toEqual(["azure-eastus2", "azure-swedencentral"]);
  });
});
