/**
 * What the policies find in resources in the form in which the engine sends them, in preview and update, and that the lists of the
 * pack equal the package's own. Does not prove that the CLI runs the pack: test/pulumi/policies.test.ts does.
 */

import { readFileSync } from "node:fs";
import path from "node:path";
import { isAzure, upstreamOf } from "../../cli/account/azureHosts";
import { ALL_KINDS } from "../../cli/kinds";
import manifest from "../../package.json";
import manifestOfPack from "../../policies/package.json";
import { policies } from "../../policies/policies";
import { isAzureAddress, kindOf } from "../../policies/resources";
import { SECRET_PROPERTIES } from "../../policies/rules/noSecretsInClearText";
import { pluginTokenOf, typeTokenOf } from "../../provider/lifecycle/typeTokens";
import { definitionOf } from "../../provider/registry";
import { analyze, analyzeStack, type Resource, secret, UNKNOWN } from "./analyzer";
import { cases } from "./cases";

const root = path.resolve(__dirname, "..", "..");
const AZURE_URL = "https://contoso.openai.azure.com/openai/v1";
const azure: Resource = {
  type: "CustomProvider",
  name: "azure",
  props: { providerId: "azure-eastus2", baseUrl: AZURE_URL, models: ["gpt-5-mini"] },
};
const team = (props: Record<string, unknown>): Resource => ({ type: "AccessConfiguration", name: "team", props });
const allowing = (...allow: string[]) => ({ access: { providers: { allow } } });
const userSteps = [{ type: "user", keys: [{ id: UNKNOWN }] }];
const foundBy = async (policy: string, found: Promise<{ policy: string; resource?: string }[]>) =>
  (await found).filter((each) => each.policy === policy).map(({ resource }) => resource);

describe("the pack", () => {
  test("has a case, a level, a severity and described settings for each policy", () => {
    expect(policies.map(({ name }) => name)).toEqual(cases.map(({ policy }) => policy));
    for (const { enforcementLevel, severity, configSchema, description } of policies) {
      expect(["mandatory", "advisory"]).toContain(enforcementLevel);
      expect(severity).toBeDefined();
      expect(description).toMatch(/\.$/);
      const settings = Object.values(configSchema?.properties ?? {});
      expect(settings.length).toBeGreaterThan(0);
      for (const setting of settings) expect(setting.description).toMatch(/\.$/);
    }
  });

  test("is described in the guide: every policy, level, setting and message", () => {
    const guide = readFileSync(path.join(root, "docs/guides/policies.md"), "utf8");
    for (const { name, enforcementLevel, configSchema } of policies) {
      const settings = Object.keys(configSchema?.properties ?? {}).map((setting) => `\`${setting}\``);
      expect(guide).toContain(`| [\`${name}\`](#${name}) | ${enforcementLevel} | ${settings.join(", ")} |`);
    }
    const messages = cases.flatMap(({ refused }) => refused.map(({ message }) => message));
    const shown = messages.filter((message) => guide.includes(message));
    expect(shown.length).toBeGreaterThanOrEqual(policies.length);
    const lines = [...guide.matchAll(/^```text\n(.*?)```/gms)].flatMap(([, text = ""]) => text.trim().split("\n"));
    expect(lines.filter((line) => !messages.some((message) => line.includes(message)))).toEqual([]);
  });

  test("has the package's version and range of @pulumi/pulumi, and the repository's of @pulumi/policy", () => {
    expect(manifestOfPack.version).toBe(manifest.version);
    expect(manifestOfPack.dependencies).toEqual({
      "@pulumi/policy": manifest.devDependencies["@pulumi/policy"],
      "@pulumi/pulumi": manifest.peerDependencies["@pulumi/pulumi"],
    });
  });

  test("recognizes each kind by both of its types, and no other type", () => {
    for (const kind of ALL_KINDS) {
      expect(kindOf(typeTokenOf(kind))).toBe(kind);
      expect(kindOf(pluginTokenOf(kind))).toBe(kind);
    }
    expect(kindOf("ngrok-ai:azure:AzureOpenAIGateway")).toBeUndefined();
    expect(kindOf("pulumi:pulumi:Stack")).toBeUndefined();
  });

  test.each([
    "azure-native:cognitiveservices:Account",
    "azure-native:cognitiveservices/v20241001:Account",
    "azure-native_cognitiveservices_v20241001:cognitiveservices:Account",
  ])("recognizes %s", (type) => expect(kindOf(type)).toBe("AzureAccount"));

  test("excludes exactly the properties that the resources mark as secret", () => {
    for (const kind of ALL_KINDS) {
      const { fields, secretOutputs = [] } = definitionOf(kind)!;
      const secret = [...Object.keys(fields).filter((field) => fields[field]?.secret), ...secretOutputs];
      const excluded = [...Object.keys(fields), ...secretOutputs].filter((name) => SECRET_PROPERTIES.includes(name));
      expect([kind, excluded]).toEqual([kind, secret]);
    }
  });

  test.each([
    AZURE_URL,
    "https://contoso.cognitiveservices.azure.com/openai/v1",
    "https://contoso.services.ai.azure.us/anthropic/v1",
    "https://eastus2.api.cognitive.microsoft.com/openai/v1",
    "https://contoso.openai.azure.com.example.com/v1",
    "https://api.openai.com/v1",
    "no address",
  ])("recognizes Azure in %s as the command check does", (url) => {
    const upstream = upstreamOf(url);
    expect(isAzureAddress(url)).toBe(upstream !== undefined && isAzure(upstream));
  });

  test("finds nothing in resources of other packages", async () => {
    const other = { type: "random:index:RandomPet", name: "pet", props: { prefix: "sk-0123456789abcdefghijklmn" } };
    expect(await analyze(other)).toEqual([]);
    expect(await analyzeStack([other])).toEqual([]);
  });
});

describe("access-key-has-configuration", () => {
  test.each([typeTokenOf("AccessKey"), pluginTokenOf("AccessKey")])("finds a key without one: %s", async (type) => {
    expect(await analyze({ type, name: "app" })).toEqual([
      { policy: "access-key-has-configuration", message: cases[0]?.refused[0].message },
    ]);
  });

  test("accepts one that preview does not know, and a key that is excepted", async () => {
    const key = (props: Record<string, unknown>) => ({ type: "AccessKey", name: "app", props });
    expect(await analyze(key({ configurationId: UNKNOWN }))).toEqual([]);
    expect(await analyze(key({}), { "access-key-has-configuration": { except: ["app"] } })).toEqual([]);
  });
});

describe("own-keys", () => {
  const own = { "own-keys": { providers: ["openai"] } };
  const rule = (props: Record<string, unknown>): Resource => ({
    type: "RoutingRule",
    name: "rule",
    props: { configurationId: UNKNOWN, ...props },
    dependencies: { configurationId: ["team"] },
  });
  const found = (resources: readonly Resource[], config = own) => foundBy("own-keys", analyzeStack(resources, config));

  test("finds a custom provider that no rule gives a key", async () => {
    expect(await found([azure, team(allowing("azure-eastus2"))])).toEqual(["team"]);
    const ofAnother = rule({ provider: "azure-westus3", steps: userSteps });
    expect(await found([azure, team(allowing("azure-eastus2")), ofAnother])).toEqual(["team"]);
  });

  test("accepts a rule of the configuration, and one that only depends on it", async () => {
    const rules = [{ provider: "azure-eastus2", steps: userSteps }];
    expect(await found([azure, team({ ...allowing("azure-eastus2"), rules })])).toEqual([]);
    expect(await found([azure, team(allowing("azure-eastus2")), rule(rules[0] ?? {})])).toEqual([]);
  });

  test("finds a configured provider in a configuration that allows every provider", async () => {
    expect(await found([team({})])).toEqual(["team"]);
    expect(await found([team({})], { "own-keys": { providers: [] } })).toEqual([]);
    expect(await found([team(allowing("anthropic"))])).toEqual([]);
  });

  test("accepts a rule for each allowed model, and finds a model without one", async () => {
    const models = (...allow: string[]) => team({ access: { models: { allow } } });
    const ofModel = rule({ model: "openai:gpt-5-mini", steps: userSteps });
    expect(await found([models("openai:gpt-5-mini"), ofModel])).toEqual([]);
    expect(await found([models("openai:gpt-5-mini", "openai:gpt-5.1"), ofModel])).toEqual(["team"]);
  });

  test("decides nothing while a rule's provider is unknown", async () => {
    expect(await found([team({}), rule({ provider: UNKNOWN, steps: userSteps })])).toEqual([]);
    expect(await found([team({ rules: UNKNOWN })])).toEqual([]);
  });

  test("finds a step that pays with credits, by provider or model, before it is written", async () => {
    const paid = [...userSteps, { type: "ngrok" }];
    for (const selector of [{ provider: "openai" }, { model: "openai:gpt-5-mini" }])
      expect(await foundBy("own-keys", analyze(rule({ ...selector, steps: paid }), own))).toHaveLength(1);
    expect(await foundBy("own-keys", analyze(rule({ provider: "anthropic", steps: paid }), own))).toEqual([]);
  });
});

describe("two-keys-per-azure-provider", () => {
  const key = (name: string, providerId = "azure-eastus2"): Resource => ({
    type: "ProviderKey",
    name,
    props: { providerId, value: secret(`value-of-${name}`) },
    dependencies: providerId === UNKNOWN ? { providerId: ["azure"] } : {},
  });
  const found = (...resources: Resource[]) => foundBy("two-keys-per-azure-provider", analyzeStack(resources));

  test("counts keys by the provider's id, and by the dependency where preview does not know it", async () => {
    expect(await found(azure)).toEqual(["azure"]);
    expect(await found(azure, key("a"), key("b", "openai"))).toEqual(["azure"]);
    expect(await found(azure, key("a"), key("b", UNKNOWN))).toEqual([]);
  });

  test("leaves other providers and excepted ones", async () => {
    const other = { ...azure, props: { ...azure.props, baseUrl: "https://contoso.example.com/v1" } };
    expect(await found(other)).toEqual([]);
    const config = { "two-keys-per-azure-provider": { except: ["azure-eastus2"] } };
    expect(await analyzeStack([azure], config)).toEqual([]);
  });
});

describe("no-secrets-in-clear-text", () => {
  const policy = "no-secrets-in-clear-text";
  const described = (description: string) => team({ description });

  test.each([
    ["a key of OpenAI or Anthropic", "sk-ant-planted-0123456789abcdef"],
    ["a key of Google", `AIza${"planted".repeat(5)}`],
    ["a key of Groq", "gsk_planted0123456789abcdefgh"],
    ["a key of xAI", "xai-planted0123456789abcdefgh"],
    ["a key of Azure", "0123456789abcdef0123456789abcdef"],
    ["a token of the gateway", "ng-411f5917ccb8-g1-planted0123456789abcdefg"],
    ["a bearer token", "authorization: Bearer planted-0123456789"],
    ["a JSON Web Token", "eyJhbGciOiJub25l.eyJzdWIiOiJwbGFudGVk."],
    ["a private key", "-----BEGIN RSA PRIVATE KEY-----"],
    ["a key in its query", "https://contoso.example.com/v1?api-key=planted"],
    ["a password in its address", "https://user:planted@contoso.example.com/v1"],
  ])("finds %s, and does not repeat it", async (noun, text) => {
    const [violation, ...others] = await analyze(described(`see ${text}`));
    expect(others).toEqual([]);
    expect(violation?.message).toContain(`contains ${noun} in description`);
    expect(violation?.message).not.toContain(text);
  });

  test.each([
    "Team A: gpt-5-mini at azure-eastus2, ask #ai-platform",
    '{"managedBy":"pulumi","stack":"organization/shop/dev","resource":"team","create":"a3d9f717d3937327"}',
    "https://contoso.openai.azure.com/openai/deployments/gpt-5-mini?api-version=2024-10-21",
    "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/ai",
    "bearer of good news; sk-short",
  ])("accepts %j", async (text) => expect(await analyze(described(text))).toEqual([]));

  test("inspects nested properties, tags of Azure accounts, and neither a value nor a token", async () => {
    const text = "sk-planted-0123456789abcdefghij";
    const account = {
      type: "azure-native:cognitiveservices:Account",
      name: "account",
      props: { tags: { key: text }, location: UNKNOWN },
    };
    expect((await analyze(account))[0]?.message).toContain("in tags.key,");
    const provider = { ...azure, props: { ...azure.props, models: [{ modelId: "m", providerModelId: text }] } };
    expect((await analyze(provider))[0]?.message).toContain("in models[0].providerModelId,");
    const key = { type: "ProviderKey", name: "key", props: { providerId: "openai", value: secret(text) } };
    expect(await analyze(key)).toEqual([]);
    expect(await analyzeStack([key])).toEqual([]);
  });

  test("finds a value of the stack's own in any form, in another resource", async () => {
    const value = "correct horse battery staple";
    const key = { type: "ProviderKey", name: "key", props: { providerId: "openai", value: secret(value) } };
    const violations = await analyzeStack([key, described(`is ${value}`)]);
    expect(violations).toEqual([
      {
        policy,
        resource: "team",
        message: expect.stringContaining('contains the value of ProviderKey "key" in description'),
      },
    ]);
    expect(JSON.stringify(violations)).not.toContain(value);
  });

  test("finds forms that are configured, and leaves excepted resources", async () => {
    const named = described("acme-12345");
    const config = { [policy]: { patterns: ["acme-\\d+"] } };
    expect(await foundBy(policy, analyze(named, config))).toHaveLength(1);
    expect(await analyze(named, { [policy]: { patterns: ["acme-\\d+"], except: ["team"] } })).toEqual([]);
  });
});

describe("allowed-regions", () => {
  const config = { "allowed-regions": { regions: ["East US 2"], skus: ["Standard"] } };
  const account = (location: string) => ({
    type: "azure-native:cognitiveservices:Account",
    name: "account",
    props: { location },
  });
  const deployment = (name: string) => ({
    type: "azure-native:cognitiveservices:Deployment",
    name: "deployment",
    props: { sku: { name } },
  });

  test("compares a region's names, in both spellings", async () => {
    expect(await analyze(account("eastus2"), config)).toEqual([]);
    expect(await foundBy("allowed-regions", analyze(account("westus3"), config))).toHaveLength(1);
  });

  test("finds a deployment's SKU", async () => {
    expect(await analyze(deployment("Standard"), config)).toEqual([]);
    expect(await foundBy("allowed-regions", analyze(deployment("GlobalStandard"), config))).toHaveLength(1);
  });

  test("finds nothing without configuration, and decides nothing while the region is unknown", async () => {
    expect(await analyze(account("westus3"))).toEqual([]);
    expect(await analyze(deployment("GlobalStandard"))).toEqual([]);
    expect(await analyze(account(UNKNOWN), config)).toEqual([]);
  });
});

describe("allowed-models", () => {
  const policy = "allowed-models";
  const config = { [policy]: { models: ["gpt-5-mini", "anthropic:claude-sonnet"] } };
  const models = (...allow: string[]) => team({ access: { models: { allow } } });
  const found = (resource: Resource) => foundBy(policy, analyze(resource, config));

  test("compares a name with and without its provider or vendor", async () => {
    expect(await found(models("openai:gpt-5-mini", "openai/gpt-5-mini", "gpt-5-mini"))).toEqual([]);
    expect(await found(models("anthropic:claude-sonnet"))).toEqual([]);
    expect(await found(models("other:claude-sonnet", "openai:gpt-5.1"))).toHaveLength(2);
  });

  test("inspects rules, and what a custom provider serves", async () => {
    expect(await found({ type: "RoutingRule", name: "rule", props: { model: "openai:gpt-5.1" } })).toHaveLength(1);
    expect(await found(team({ rules: [{ model: "openai:gpt-5.1" }] }))).toHaveLength(1);
    const entry = { modelId: "gpt-5-mini", providerModelId: "large" };
    const provider = (baseUrl: string) => ({ ...azure, props: { providerId: "p", baseUrl, models: [entry] } });
    expect(await found(provider("https://contoso.example.com/v1"))).toHaveLength(1);
    // At Azure, it is the name of a deployment.
    expect(await found(provider(AZURE_URL))).toEqual([]);
  });

  test("finds a configuration that allows every model of a provider without a list of its own", async () => {
    const inStack = (...resources: Resource[]) => foundBy(policy, analyzeStack(resources, config));
    expect(await inStack(team({}))).toEqual(["team"]);
    expect(await inStack(azure, team(allowing("azure-eastus2", "openai")))).toEqual(["team"]);
    expect(await inStack(azure, team(allowing("azure-eastus2")))).toEqual([]);
    expect(await inStack(models("gpt-5-mini"))).toEqual([]);
  });

  test("finds nothing without configuration", async () => {
    expect(await analyze(models("openai:gpt-5.1"))).toEqual([]);
    expect(await analyzeStack([team({})])).toEqual([]);
  });
});
