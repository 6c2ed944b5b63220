import "../../sdk/nodeVersion";

export type {
  AccountKeysArgs,
  AlertsArgs,
  ApiMode,
  AzureOpenAIDeploymentArgs,
  AzureOpenAIGatewayArgs,
  AzureOpenAIGatewayRegionArgs,
  AzureOpenAIRegionArgs,
  ContentFilterArgs,
  ContentFilterRuleArgs,
  DeploymentSku,
  DiagnosticsArgs,
  ExistingAccountArgs,
  NewAccountArgs,
  ResourceGroupArgs,
  Tags,
} from "./args";
export { AzureOpenAIGateway, type AzureOpenAIGatewayRegionOutputs, type FailoverRequest } from "./gateway";
export { type AzureOpenAIDeploymentOutputs, AzureOpenAIRegion, type AzureOpenAIRegionOutputs } from "./region";
