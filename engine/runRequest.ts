/** The input and the outcome of a run. */
import type { StepListener } from "./display/events";
import type { Targets } from "./planning/targets";
import type { PluginCommand } from "./processes/pluginCommand";
import type { ProgramStarter } from "./processes/programRunner";
import type { Project } from "./project/project";
import type { BuiltinLookups } from "./providers/builtinProvider";
import type { ConfigMap, Diagnostic, EngineEvent, OpMap, StepSummary } from "./results";
import type { StackState } from "./state/deploymentFormat";
import type { PassphraseCrypter } from "./state/secrets";
import type { Urn } from "./values/urn";
import type { PropertyMap } from "./values/values";

export interface RunOptions {
  readonly isPreview: boolean;
  readonly continueOnError: boolean;
  readonly targets: Targets;
  /** Resources to replace even if they did not change. */
  readonly replaceTargets: Targets;
}

export interface RunRequest {
  readonly kind: "update" | "refresh" | "destroy";
  readonly options: RunOptions;
  readonly refreshesFirst: boolean;
  readonly clearsPendingCreates: boolean;
  readonly project: Project;
  readonly stackName: string;
  readonly organization: string;
  readonly config: ConfigMap;
  readonly env: NodeJS.ProcessEnv;
  readonly plugins: Readonly<Record<string, PluginCommand>>;
  readonly startProgram: ProgramStarter;
  readonly parallel: number;
  readonly cancelGraceMs: number;
  readonly state: StackState;
  readonly crypter: PassphraseCrypter;
  /** Undefined in a preview. */
  readonly stateFile: string | undefined;
  readonly lookups: Pick<BuiltinLookups, "stackOutputs" | "stackResources">;
  /** Whether messages of severity `debug` are kept. */
  readonly keepsDebug: boolean;
  readonly onEvent: ((event: EngineEvent) => void) | undefined;
  readonly onStep: StepListener;
  /** Messages from before the run. */
  readonly notices: readonly string[];
  readonly signal: AbortSignal | undefined;
}

export interface RunOutcome {
  readonly result: "succeeded" | "failed" | "canceled";
  readonly changes: OpMap;
  readonly steps: readonly StepSummary[];
  readonly diagnostics: readonly Diagnostic[];
  readonly errorCounts: ReadonlyMap<Urn, number>;
  /** The stack's outputs, with secrets and unknowns. */
  readonly outputs: PropertyMap;
}
