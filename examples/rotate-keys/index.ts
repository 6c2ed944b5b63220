/** Both keys of an Azure OpenAI account stand at the gateway, so one can be regenerated while the other answers. */
import { AzureOpenAIGateway } from "pulumi-ngrok-ai/azure";

const gateway = new AzureOpenAIGateway("ai", {
  regions: { eastus2: {} },
  deployments: { "gpt-5-mini": { model: "gpt-5-mini", version: "2025-08-07", sku: "GlobalStandard", capacity: 100 } },
  // The order in which the gateway tries them; the default, written out because this example is about it.
  keySlots: ["key1", "key2"],
});

const region = gateway.regions.eastus2;

/** Which account to regenerate keys of. */
export const resourceGroupName = region?.resourceGroupName;
export const accountName = region?.accountName;
export const requests = gateway.requests;
export const token = gateway.token;
