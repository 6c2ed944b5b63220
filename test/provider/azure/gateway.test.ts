/**
 * The component `AzureOpenAIGateway` on Pulumi's mocks: what it registers, with which inputs, options and order. Does not prove
 * that Azure or the gateway accept it, nor what the engine makes of the options.
 */
import { AzureOpenAIGateway, type AzureOpenAIGatewayArgs } from "../../../provider/azure";
import { run } from "./mocks";

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
    "CustomProvider ai-eastus2-gpt-5-mini",
    "CustomProvider ai-swedencentral-gpt-5-mini",
    "Deployment ai-eastus2-deploy-gpt-5-mini",
    "Deployment ai-swedencentral-deploy-gpt-5-mini",
    "ProviderKey ai-eastus2-gpt-5-mini-key1",
    "ProviderKey ai-eastus2-gpt-5-mini-key2",
    "ProviderKey ai-swedencentral-gpt-5-mini-key1",
    "ProviderKey ai-swedencentral-gpt-5-mini-key2",
    "ResourceGroup ai-rg",
  ]);
});
