/** Stand-ins for what a machine may not have: the hosted gateway, Azure OpenAI, Pulumi's deployment engine. */
export type { AzureSeed, SeedAccount, SeedDeployment } from "./azure/seed";
export { type Azure, type AzureOptions, startAzure } from "./azure/startAzure";
export {
  type ConfigMap,
  type ConfigValue,
  DeploymentFailedError,
  type Diagnostic,
  OfflineStack,
  OfflineStackError,
  type OfflineStackOptions,
  type OperationResult,
  type OutputMap,
  type PluginCommand,
  StackConfigurationError,
  type StackDeployment,
  StackLockedError,
  StateIntegrityError,
  type StepSummary,
} from "./engine";
export { FaultList } from "./faults";
export { type Gateway, type GatewayOptions, startGateway } from "./gateway";
export { RequestLog } from "./requestLog";
