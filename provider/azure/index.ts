import "../../sdk/nodeVersion";

export type {
  AccountKeysArgs,
  ApiMode,
  AzureOpenAIDeploymentArgs,
  AzureOpenAIGatewayArgs,
  AzureOpenAIGatewayRegionArgs,
  AzureOpenAIRegionArgs,
  DeploymentSku,
  ExistingAccountArgs,
  NewAccountArgs,
  ResourceGroupArgs,
  Tags,
} from "./args";
export { AzureOpenAIGateway, type AzureOpenAIGatewayRegionOutputs, type FailoverRequest } from "./gateway";
export { type AzureOpenAIDeploymentOutputs, AzureOpenAIRegion, type AzureOpenAIRegionOutputs } from "./region";
