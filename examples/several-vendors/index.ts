/** Azure OpenAI, OpenAI, Anthropic, Google and a server of your own behind one endpoint, with your keys, in one failover order. */
import * as pulumi from "@pulumi/pulumi";
import * as ngrok from "pulumi-ngrok-ai";

const config = new pulumi.Config();

// 1. The upstreams that are not built in, as providers of the gateway.
const azure = new ngrok.CustomProvider("azure", {
  providerId: "azure",
  baseUrl: `${config.require("azureEndpoint").replace(/\/+$/, "")}/openai/v1`,
  supportedApiSurfaces: [{ format: "openai", surface: "chat-completions" }],
  models: ["gpt-5-mini"],
});

const inHouse = new ngrok.CustomProvider("in-house", {
  providerId: "in-house",
  baseUrl: config.require("inHouseUrl"),
  supportedApiSurfaces: [{ format: "openai", surface: "chat-completions" }],
  models: ["llama-3.3-70b"],
});

// 2. All vendors in failover order, each with the names of its keys in the configuration.
const vendors = [
  { id: "azure", provider: azure, model: "gpt-5-mini", keys: ["azureKey", "azureSecondKey"] },
  { id: "openai", provider: "openai", model: "gpt-5-mini", keys: ["openaiKey"] },
  { id: "anthropic", provider: "anthropic", model: "claude-haiku-4-5", keys: ["anthropicKey"] },
  { id: "google", provider: "google", model: "gemini-2.5-flash", keys: ["googleKey"] },
  { id: "in-house", provider: inHouse, model: "llama-3.3-70b", keys: ["inHouseKey"] },
];
const models = vendors.map(({ id, model }) => `${id}:${model}`);

// 3. What applications may use, and with which keys: none of the gateway's credits.
const configuration = new ngrok.AccessConfiguration("application", {
  access: { providers: { allow: vendors.map(({ provider }) => provider) }, models: { allow: models } },
  rules: vendors.map(({ provider, keys }) => ({
    provider,
    keys: keys.map((key) => new ngrok.ProviderKey(key, { providerId: provider, value: config.requireSecret(key) })),
  })),
});

// 4. The key that an application sends.
const accessKey = new ngrok.AccessKey("application", { configurationId: configuration });

/** What to spread into an OpenAI call: the first model, and all of them in failover order. */
export const request = { model: models[0], models };
export const token = accessKey.token;
