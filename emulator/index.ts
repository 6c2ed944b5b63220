/** Stand-ins for services and tools: the hosted gateway, Azure OpenAI, Pulumi's deployment engine. */

import "../sdk/nodeVersion";

export {
  type ConfigMap,
  type ConfigValue,
  DeploymentFailedError,
  type DestroyOptions,
  type Diagnostic,
  OfflineStack,
  OfflineStackError,
  type OfflineStackOptions,
  type OperationOptions,
  type OperationResult,
  type OperationSummary,
  type OpMap,
  type OpType,
  type OutputMap,
  type OutputPart,
  type OutputValue,
  type PluginCommand,
  type PreviewOptions,
  type PropertyDifference,
  type RefreshOptions,
  StackConfigurationError,
  type StackDeployment,
  StackLockedError,
  StateIntegrityError,
  type StepSummary,
  type UpOptions,
} from "../engine";
export type { AzureModel } from "./azure/models/modelCatalog";
export type { AzureSeed, SeedAccount, SeedDeployment } from "./azure/seed";
export { type Azure, type AzureOptions, startAzure } from "./azure/startAzure";
export { FaultList } from "./faults";
export { type Gateway, type GatewayOptions, startGateway } from "./gateway";
export { RequestLog } from "./requestLog";
