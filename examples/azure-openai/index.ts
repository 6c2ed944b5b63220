/** An existing Azure OpenAI deployment behind the ngrok AI Gateway. */
import * as pulumi from "@pulumi/pulumi";
import * as ngrok from "pulumi-ngrok-ai";

const config = new pulumi.Config();
const endpoint = config.require("endpoint").replace(/\/+$/, "");
const deployment = config.require("deployment");
const apiVersion = config.require("apiVersion");
const model = config.require("model");

// 1. The Azure deployment, as a provider of the gateway's.
const azure = new ngrok.CustomProvider("azure-openai", {
  providerId: config.get("providerId") ?? "azure-openai",
  name: config.get("providerName") ?? "Azure OpenAI",
  baseUrl: `${endpoint}/openai/deployments/${encodeURIComponent(deployment)}?api-version=${apiVersion}`,
  supportedApiSurfaces: [{ format: "openai", surface: "chat-completions" }],
  models: [model, ...(config.getObject<string[]>("moreModels") ?? [])],
});

// 2. Azure's key, stored at the gateway.
const azureKey = new ngrok.ProviderKey("azure-openai-key", {
  providerId: azure,
  value: config.requireSecret("apiKey"),
});

// 3. What applications may use, and with which credentials.
const configuration = new ngrok.AccessConfiguration("azure-openai", {
  description: "Azure OpenAI only, with our own key",
  access: { providers: { allow: [azure] } },
});

const rule = new ngrok.RoutingRule("azure-openai", {
  configurationId: configuration,
  provider: azure,
  keys: [azureKey],
});

// 4. The key that an application sends.
const accessKey = new ngrok.AccessKey(
  "application",
  { configurationId: configuration },
  // A key that is given out should work at once.
  { dependsOn: [rule] },
);

export const gatewayModel = pulumi.interpolate`${azure.providerId}:${model}`;
export const providerKeyId = azureKey.id;
export const token = accessKey.token;
