/** Options and results of `OfflineStack`. Names and shapes are those of Pulumi's Automation API. */
import type { EngineEvent } from "@pulumi/pulumi/automation/events";
import type { Json, JsonObject } from "./values/values";

export type { EngineEvent };

/** What a step does to a resource. */
export type OpType =
  | "same"
  | "create"
  | "update"
  | "delete"
  | "replace"
  | "create-replacement"
  | "delete-replaced"
  | "read"
  | "read-replacement"
  | "refresh"
  | "discard"
  | "discard-replaced"
  | "remove-pending-replace"
  | "import"
  | "import-replacement";

/** Number of resources per operation; a replacement counts once, default providers do not count. */
export type OpMap = Partial<Record<OpType, number>>;

/** A configuration value. Keys are `<namespace>:<name>`; a key without namespace belongs to the project. */
export interface ConfigValue {
  /** The value as text; objects and lists as JSON. */
  readonly value: string;
  /** Whether the value is stored encrypted and secret in the program. @default false */
  readonly secret?: boolean;
}
export type ConfigMap = Record<string, ConfigValue>;

export interface OutputValue {
  /** The plain value, decrypted if it is secret. */
  // biome-ignore lint/suspicious/noExplicitAny: the Automation API's own shape, so that a test can use either.
  readonly value: any;
  /** Whether the output as a whole is secret. */
  readonly secret: boolean;
}
export type OutputMap = Record<string, OutputValue>;

/** A deployment as `pulumi stack export` writes it. */
export interface StackDeployment {
  readonly version: number;
  // biome-ignore lint/suspicious/noExplicitAny: the Automation API's own shape, so that a test can use either.
  readonly deployment: any;
  readonly features?: readonly string[];
}

/** A message of the engine, the program or a provider. */
export interface Diagnostic {
  /** An operation with an `error` fails. */
  readonly severity: "debug" | "info" | "info#err" | "warning" | "error";
  /** Without colors; secrets of the configuration are masked. */
  readonly message: string;
  /** The resource concerned. Absent: the stack. */
  readonly urn?: string;
}

/** How one property differs. */
export interface PropertyDifference {
  /** How the property changes, and whether that replaces the resource. */
  readonly kind: "add" | "add-replace" | "delete" | "delete-replace" | "update" | "update-replace";
  /** True when old and new *inputs* were compared, false when old outputs were compared with new inputs. */
  readonly inputDiff: boolean;
}

/** One step as Pulumi's `preview --json` shows it. Secrets are the text `[secret]`. */
export interface StepSummary {
  /** The operation. */
  readonly op: OpType;
  /** The resource the step acts on. */
  readonly urn: string;
  /** Its type token. */
  readonly type: string;
  /** Its name in the program. */
  readonly name: string;
  /** Reference to its provider: URN and id. */
  readonly provider?: string;
  /** The resource as the old state recorded it. Absent in a create. */
  readonly oldState?: JsonObject;
  /** The resource after the step, planned or actual. Absent in a delete. */
  readonly newState?: JsonObject;
  /** Top-level properties that differ. */
  readonly diffReasons?: readonly string[];
  /** Properties that force a replacement. */
  readonly replaceReasons?: readonly string[];
  /** Path of each property that differs. */
  readonly detailedDiff: Readonly<Record<string, PropertyDifference>> | null;
}

export type OperationKind = "update" | "preview" | "refresh" | "destroy";

/** Summary of an operation. */
export interface OperationSummary {
  /** Which operation it was. */
  readonly kind: OperationKind;
  /** When it began. */
  readonly startTime: Date;
  /** When it ended. */
  readonly endTime: Date;
  /** The note passed in `message`. */
  readonly message: string;
  /** Result of the operation. */
  readonly result: "succeeded" | "failed" | "canceled";
  /** Number of resources per kind of step. */
  readonly resourceChanges: OpMap;
}

/** What every operation returns. */
export interface OperationResult {
  /** The display, without colors and with secrets masked. */
  readonly stdout: string;
  /** Only the errors, one block each. */
  readonly stderr: string;
  /** The stack's outputs after the operation; in a preview, those already known. */
  readonly outputs: OutputMap;
  /** The outputs for display: every secret, at any depth, is the text `[secret]`. */
  readonly maskedOutputs: Readonly<Record<string, Json>>;
  /** Summary of the operation. */
  readonly summary: OperationSummary;
  /** Equal to `summary.resourceChanges`. */
  readonly changeSummary: OpMap;
  /** Every step in the order in which it began, including `same`, without default providers. */
  readonly steps: readonly StepSummary[];
  /** Messages of the engine, the program and the providers. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Parts of the display: its first line, a line per resource, the properties below such a line, and everything after the resources. */
export type OutputPart = "heading" | "step" | "properties" | "summary";

/** Options of every operation. */
export interface OperationOptions {
  /** Largest number of steps that run at once. @default four per processor */
  readonly parallel?: number;
  /** A note, returned in the summary. */
  readonly message?: string;
  /** URNs (`*` and `**` as in Pulumi) to operate on; all other resources stay as they are. */
  readonly target?: readonly string[];
  /** Includes the dependents of targets. @default false */
  readonly targetDependents?: boolean;
  /** Fails when any operation other than `same` is planned or was done. @default false */
  readonly expectNoChanges?: boolean;
  /** Called with each engine event. */
  readonly onEvent?: (event: EngineEvent) => void;
  /** Called with each line of the display and its part. */
  readonly onOutput?: (text: string, part: OutputPart) => void;
  /** Called with each error's text. */
  readonly onError?: (text: string) => void;
  /** Cancels: running steps finish, no new step begins, the operation fails with result `canceled`. */
  readonly signal?: AbortSignal;
  /** `always` colors the text passed to `onOutput`. @default "never" */
  readonly color?: "always" | "never" | "raw" | "auto";
  /** Shows the properties of each step below its line. @default false */
  readonly diff?: boolean;
  /** Shows debug messages of the program and its SDK. @default false */
  readonly debug?: boolean;
}

/** Further options of `up` and `preview`. */
export interface UpOptions extends OperationOptions {
  /** Refreshes the state before anything else. @default false */
  readonly refresh?: boolean;
  /** URNs to replace even if they did not change. */
  readonly replace?: readonly string[];
  /** After a failure, continues with resources that do not depend on the failed one; the operation still fails. @default false */
  readonly continueOnError?: boolean;
}

export type PreviewOptions = UpOptions;

/** Further options of `refresh`. */
export interface RefreshOptions extends OperationOptions {
  /** Shows what would change and writes nothing. @default false */
  readonly previewOnly?: boolean;
  /** Removes creations that an interrupted run left pending. @default false */
  readonly clearPendingCreates?: boolean;
}

/** Further options of `destroy`. */
export interface DestroyOptions extends OperationOptions {
  /** Shows what would be deleted and deletes nothing. @default false */
  readonly previewOnly?: boolean;
  /** Refreshes the state before anything else. @default false */
  readonly refresh?: boolean;
  /** After a failure, continues with resources that do not depend on the failed one; the operation still fails. @default false */
  readonly continueOnError?: boolean;
}

export type { Json, JsonObject };
