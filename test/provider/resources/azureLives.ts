/** A custom provider for Azure OpenAI and its key, which most tests of this folder start with. */
import { definition as customProvider } from "../../../provider/resources/customProvider";
import { definition as providerKey } from "../../../provider/resources/providerKey";
import { Life, type LifeGateway } from "./life";

export const AZURE_URL = "https://contoso.openai.azure.com/openai/deployments/gpt-5-mini?api-version=2024-10-21";
export const KEY_VALUE = "planted-azure-key-0123456789abcdef";

export const providerInputs = {
  providerId: "azure-openai",
  baseUrl: AZURE_URL,
  name: "Azure",
  models: ["gpt-5-mini", "gpt-5"],
};

export function makeAzureProvider(gateway: LifeGateway) {
  return new Life(gateway, customProvider, "azure").create(providerInputs);
}

/** The key with its provider. */
export async function makeAzureKey(gateway: LifeGateway) {
  await makeAzureProvider(gateway);
  return new Life(gateway, providerKey, "key").create({ providerId: "azure-openai", value: KEY_VALUE, name: "key" });
}
