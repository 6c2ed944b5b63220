/** A Pulumi program without the Pulumi CLI. */
export {
  DeploymentFailedError,
  OfflineStackError,
  StackConfigurationError,
  StackLockedError,
  StateIntegrityError,
} from "./errors";
export { OfflineStack, type OfflineStackOptions } from "./offlineStack";
export type { PluginCommand } from "./processes/pluginCommand";
export type { ProgramOptions, ProgramStarter, RunningProgram } from "./processes/programRunner";
export type {
  ConfigMap,
  ConfigValue,
  DestroyOptions,
  Diagnostic,
  OperationOptions,
  OperationResult,
  OperationSummary,
  OpMap,
  OpType,
  OutputMap,
  OutputValue,
  PreviewOptions,
  PropertyDifference,
  RefreshOptions,
  StackDeployment,
  StepSummary,
  UpOptions,
} from "./results";
