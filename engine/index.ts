/**
 * Runs a Pulumi program without the Pulumi CLI.
 *
 * One resource of an `up` takes this path: `processes/` starts the program, `program/` receives the registration, `planning/`
 * chooses the steps, `steps/` carry them out through `providers/`, `state/` stores the result, `display/` shows it.
 * `deployment/` controls the run. `values/` and `protocol/` define the shared types, `project/` reads the user's files.
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
