/**
 * Programs that each policy accepts or refuses, with the message. test/pulumi/policies.test.ts runs them on the Pulumi CLI; the
 * guide shows the messages.
 */

interface Refused {
  /** What the program does, in a test's title. */
  readonly title: string;
  readonly program: string;
  readonly message: string;
}

export interface PolicyCase {
  readonly policy: string;
  /** In the file of `--policy-pack-config`. */
  readonly config?: Readonly<Record<string, unknown>>;
  readonly accepted: string;
  readonly refused: readonly [Refused, ...Refused[]];
}

/** A key that only the tests know, in none of the forms that are recognized. */
export const PLANTED_KEY = "planted-key-of-the-team";
/** In the form of a key, and none. */
export const PLANTED_OPENAI_KEY = "sk-planted-0123456789abcdefghij";

const AZURE_PROVIDER = `
const azure = new ngrok.CustomProvider("azure", {
  providerId: "azure-eastus2",
  baseUrl: "https://contoso.openai.azure.com/openai/v1",
  supportedApiSurfaces: [{ format: "openai", surface: "chat-completions" }],
  models: ["gpt-5-mini"],
});
const key = new ngrok.ProviderKey("key-1", { providerId: azure, value: pulumi.secret("${PLANTED_KEY}-1") });`;
const regions = (location: string, sku = "DataZoneStandard") => `
const { AzureOpenAIRegion } = require("pulumi-ngrok-ai/azure");
new AzureOpenAIRegion("ai", {
  location: "${location}",
  deployments: { "gpt-5-mini": { model: "gpt-5-mini", version: "2025-08-07", sku: "${sku}", capacity: 10 } },
});`;

export const cases: readonly PolicyCase[] = [
  {
    policy: "access-key-has-configuration",
    accepted: `new ngrok.AccessKey("app", { configurationId: new ngrok.AccessConfiguration("team") });`,
    refused: [
      {
        title: "an access key without a configuration",
        program: `new ngrok.AccessKey("app");`,
        message:
          'AccessKey "app" has no configuration, so its token may use every provider, every model and every stored key of the ' +
          "account. Set configurationId to an AccessConfiguration.",
      },
    ],
  },
  {
    policy: "own-keys",
    config: { providers: ["openai"] },
    accepted: `${AZURE_PROVIDER}
const second = new ngrok.ProviderKey("key-2", { providerId: azure, value: pulumi.secret("${PLANTED_KEY}-3") });
const openai = new ngrok.ProviderKey("openai", { providerId: "openai", value: pulumi.secret("${PLANTED_KEY}-2") });
const team = new ngrok.AccessConfiguration("team", { access: { providers: { allow: [azure, "openai"] } } });
new ngrok.RoutingRule("azure", { configurationId: team, provider: azure, keys: [key, second] });
new ngrok.RoutingRule("openai", { configurationId: team, provider: "openai", keys: [openai] });`,
    refused: [
      {
        title: "a custom provider without a rule",
        program: `${AZURE_PROVIDER}
new ngrok.AccessConfiguration("team", { access: { providers: { allow: [azure] } } });`,
        message:
          'AccessConfiguration "team" allows the custom provider "azure-eastus2", but no rule gives it a key, so its requests fail. ' +
          'Add a rule for "azure-eastus2" with its keys, or remove it from access.providers.allow.',
      },
      {
        title: "a configured provider without a rule",
        program: `new ngrok.AccessConfiguration("team", { access: { providers: { allow: ["openai"] } } });`,
        message:
          'AccessConfiguration "team" allows "openai", but no rule gives it a key of your own, so its requests are paid with ngrok ' +
          'credits. Add a rule for "openai" with your keys, or allow other providers only in access.providers.allow.',
      },
      {
        title: "a step that pays with credits",
        program: `
const openai = new ngrok.ProviderKey("openai", { providerId: "openai", value: pulumi.secret("${PLANTED_KEY}-2") });
new ngrok.AccessConfiguration("team", {
  access: { providers: { allow: ["openai"] } },
  rules: [{ provider: "openai", steps: [{ type: "user", keys: [openai] }, { type: "ngrok" }] }],
});`,
        message:
          'AccessConfiguration "team" has a step of type "ngrok" for "openai", so requests are paid with ngrok credits, although only ' +
          "keys of your own are intended there. Remove the step, and leave the steps with your keys.",
      },
    ],
  },
  {
    policy: "two-keys-per-azure-provider",
    config: { enforcementLevel: "mandatory" },
    accepted: `${AZURE_PROVIDER}
new ngrok.ProviderKey("key-2", { providerId: azure, value: pulumi.secret("${PLANTED_KEY}-2") });`,
    refused: [
      {
        title: "an Azure provider with one key",
        program: AZURE_PROVIDER,
        message:
          'CustomProvider "azure" is an Azure provider with one key in this stack. While Azure regenerates an account\'s only key, ' +
          "requests fail. Add a ProviderKey for each of the account's two keys, and list both in the provider's rule.",
      },
    ],
  },
  {
    policy: "no-secrets-in-clear-text",
    accepted: `new ngrok.ProviderKey("openai", { providerId: "openai", value: pulumi.secret("${PLANTED_OPENAI_KEY}") });`,
    refused: [
      {
        title: "a description with a key",
        program: `new ngrok.AccessConfiguration("team", { description: "uses ${PLANTED_OPENAI_KEY}" });`,
        message:
          'AccessConfiguration "team" contains a key of OpenAI or Anthropic in description, which everyone who may read the account ' +
          "sees in clear text. Remove it there, give credentials only as the value of a ProviderKey, and replace the key, because " +
          "others may have read it.",
      },
      {
        title: "metadata with the value of a provider key",
        program: `
new ngrok.ProviderKey("contoso", { providerId: "openai", value: pulumi.secret("${PLANTED_KEY}"), metadata: "is ${PLANTED_KEY}" });`,
        message:
          'ProviderKey "contoso" contains the value of ProviderKey "contoso" in metadata, which everyone who may read the account sees ' +
          "in clear text. Remove it there, give credentials only as the value of a ProviderKey, and replace the key, because others " +
          "may have read it.",
      },
    ],
  },
  {
    policy: "allowed-regions",
    config: { regions: ["eastus2", "swedencentral"], skus: ["Standard", "DataZoneStandard"] },
    accepted: regions("eastus2"),
    refused: [
      {
        title: "an account in another region",
        program: regions("westus3"),
        message:
          'is in the region "westus3", which is not allowed. Allowed are "eastus2", "swedencentral". Move it to one of them, or have ' +
          "the region added to allowed-regions in the policy configuration.",
      },
      {
        title: "a deployment that processes requests anywhere",
        program: regions("eastus2", "GlobalStandard"),
        message:
          'has the SKU "GlobalStandard", which is not allowed because it decides in which regions Azure processes requests. Allowed ' +
          'are "Standard", "DataZoneStandard". Use one of them, or have the SKU added to allowed-regions in the policy configuration.',
      },
    ],
  },
  {
    policy: "allowed-models",
    config: { models: ["gpt-5-mini"] },
    accepted: `${regions("eastus2")}
new ngrok.AccessConfiguration("team", { access: { models: { allow: ["openai:gpt-5-mini"] } } });`,
    refused: [
      {
        title: "a configuration with another model",
        program: `new ngrok.AccessConfiguration("team", { access: { models: { allow: ["openai:gpt-5.1"] } } });`,
        message:
          'AccessConfiguration "team" names the model "openai:gpt-5.1" in access.models.allow[0], which is not allowed. Allowed are ' +
          '"gpt-5-mini". Use one of them, or have the model added to allowed-models in the policy configuration.',
      },
      {
        title: "a configuration without a list of models",
        program: `new ngrok.AccessConfiguration("team", { access: { providers: { allow: ["openai"] } } });`,
        message:
          'AccessConfiguration "team" has no list in access.models.allow, so every model of its providers may be used. List the ' +
          'models there, each as "<providerId>:<model>". Allowed are "gpt-5-mini".',
      },
      {
        title: "a deployment of another model",
        program: `
const { AzureOpenAIRegion } = require("pulumi-ngrok-ai/azure");
new AzureOpenAIRegion("ai", {
  location: "eastus2",
  deployments: { large: { model: "gpt-5.1", version: "2025-11-13", sku: "GlobalStandard", capacity: 10 } },
});`,
        message:
          'names the model "gpt-5.1" in properties.model.name, which is not allowed. Allowed are "gpt-5-mini". Use one of them, or ' +
          "have the model added to allowed-models in the policy configuration.",
      },
    ],
  },
];
