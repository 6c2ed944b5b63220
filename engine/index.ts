/**
 * A Pulumi program without the Pulumi CLI.
 *
 * The way of one resource through an `up`: `processes/` starts the program, `program/` takes its registration, `planning/`
 * decides what is to be done, `steps/` do it, `providers/` are asked on the way, `state/` writes it down, `display/` tells.
 * `deployment/` holds one run together. `values/` and `protocol/` are the words all of them use, `project/` the user's files.
 */
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
  OutputPart,
  OutputValue,
  PreviewOptions,
  PropertyDifference,
  RefreshOptions,
  StackDeployment,
  StepSummary,
  UpOptions,
} from "./results";
