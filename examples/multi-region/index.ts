/** Azure OpenAI in several regions behind the ngrok AI Gateway: regions and deployments are data, the rest follows. */
import * as pulumi from "@pulumi/pulumi";
import { AzureOpenAIGateway, type AzureOpenAIGatewayArgs } from "pulumi-ngrok-ai/azure";

const config = new pulumi.Config();

// Requests go to the first region that answers: lower priorities first, then in this order.
const regions = config.getObject<AzureOpenAIGatewayArgs["regions"]>("regions") ?? {
  eastus2: {},
  swedencentral: {},
  westus3: { priority: 2 },
};

const gateway = new AzureOpenAIGateway("ai", {
  regions,
  deployments: {
    "gpt-5-mini": { model: "gpt-5-mini", version: "2025-08-07", sku: "GlobalStandard", capacity: 50 },
    "gpt-5.1": { model: "gpt-5.1", version: "2025-11-13", sku: "GlobalStandard", capacity: 20 },
  },
  accessKey: { name: "team-a" },
  // Asks each model in each region a question once everything is there; the `up` fails where one does not answer.
  verify: config.getBoolean("verify") ?? true,
  tags: { stack: pulumi.getStack() },
});

/** `<provider>:<model>` for each model, in failover order. */
export const models = gateway.models;
/** What to spread into an OpenAI call: `client.chat.completions.create({ ...requests["gpt-5-mini"], messages })`. */
export const requests = gateway.requests;
export const token = gateway.token;
/** Where each region's account is. */
export const endpoints = Object.fromEntries(
  Object.entries(gateway.regions).map(([region, { endpoint }]) => [region, endpoint]),
);
