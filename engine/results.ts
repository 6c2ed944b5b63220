/** What callers of `OfflineStack` give and get. Names and shapes are those of Pulumi's Automation API. */
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

/** How many resources each operation concerned; a replacement counts once, default providers not at all. */
export type OpMap = Partial<Record<OpType, number>>;

/** Keys are `<namespace>:<name>`; one without namespace belongs to the project. */
export interface ConfigValue {
  /** The text; objects and lists as JSON. */
  readonly value: string;
  /** Encrypted at rest and secret in the program. @default false */
  readonly secret?: boolean;
}
export type ConfigMap = Record<string, ConfigValue>;

export interface OutputValue {
  /** The plain value, decrypted where it is secret. */
  // biome-ignore lint/suspicious/noExplicitAny: the Automation API's own shape, so that a test can take either.
  readonly value: any;
  /** Whether the output as a whole is secret. */
  readonly secret: boolean;
}
export type OutputMap = Record<string, OutputValue>;

/** A deployment as `pulumi stack export` writes it. */
export interface StackDeployment {
  readonly version: number;
  // biome-ignore lint/suspicious/noExplicitAny: the Automation API's own shape, so that a test can take either.
  readonly deployment: any;
  readonly features?: readonly string[];
}

/** Something the engine, the program or a provider said. */
export interface Diagnostic {
  /** How grave it is; an operation with an `error` fails. */
  readonly severity: "debug" | "info" | "info#err" | "warning" | "error";
  /** Without colours; secrets of the configuration are masked. */
  readonly message: string;
  /** The resource it is about. Absent: the stack. */
  readonly urn?: string;
}

/** How one property differs. */
export interface PropertyDifference {
  /** What becomes of the property, and whether that replaces the resource. */
  readonly kind: "add" | "add-replace" | "delete" | "delete-replace" | "update" | "update-replace";
  /** True when old and new *inputs* were compared, false when old outputs with new inputs. */
  readonly inputDiff: boolean;
}

/** One step as Pulumi's `preview --json` shows it. Secrets are the text `[secret]`. */
export interface StepSummary {
  /** What is done. */
  readonly op: OpType;
  /** The resource it is done to. */
  readonly urn: string;
  /** Its type token. */
  readonly type: string;
  /** Its name in the program. */
  readonly name: string;
  /** Reference of its provider: URN and id. */
  readonly provider?: string;
  /** The resource as the state had it. Absent at a create. */
  readonly oldState?: JsonObject;
  /** The resource as it will be, or is. Absent at a delete. */
  readonly newState?: JsonObject;
  /** Top-level properties that differ. */
  readonly diffReasons?: readonly string[];
  /** Properties that force a replacement. */
  readonly replaceReasons?: readonly string[];
  /** Path of each property that differs. */
  readonly detailedDiff: Readonly<Record<string, PropertyDifference>> | null;
}

export type OperationKind = "update" | "preview" | "refresh" | "destroy";

/** How an operation went. */
export interface OperationSummary {
  /** Which operation it was. */
  readonly kind: OperationKind;
  /** When it began. */
  readonly startTime: Date;
  /** When it ended. */
  readonly endTime: Date;
  /** The note that was given. */
  readonly message: string;
  /** How it ended. */
  readonly result: "succeeded" | "failed" | "canceled";
  /** How many resources each kind of step concerned. */
  readonly resourceChanges: OpMap;
}

/** What every operation returns. */
export interface OperationResult {
  /** The display, without colours and with secrets masked. */
  readonly stdout: string;
  /** Errors alone, one block each. */
  readonly stderr: string;
  /** The stack's outputs after the operation; in a preview those that are known. */
  readonly outputs: OutputMap;
  /** The same as they are shown: every secret, at any depth, is the text `[secret]`. */
  readonly maskedOutputs: Readonly<Record<string, Json>>;
  /** How it went. */
  readonly summary: OperationSummary;
  /** The same as `summary.resourceChanges`. */
  readonly changeSummary: OpMap;
  /** Every step in the order in which it was begun, `same` included, default providers left out. */
  readonly steps: readonly StepSummary[];
  /** What the engine, the program and the providers said. */
  readonly diagnostics: readonly Diagnostic[];
}

/** A part of the display: its first line, a line per resource, the properties below it, and all that follows the resources. */
export type OutputPart = "heading" | "step" | "properties" | "summary";

/** What every operation takes. */
export interface OperationOptions {
  /** Steps that run at once. @default four per processor */
  readonly parallel?: number;
  /** A note that is returned in the summary. */
  readonly message?: string;
  /** URNs (`*` and `**` as in Pulumi) that are operated on; everything else stays as it is. */
  readonly target?: readonly string[];
  /** Includes what depends on a target. @default false */
  readonly targetDependents?: boolean;
  /** Fails when anything but `same` would be, or was, done. @default false */
  readonly expectNoChanges?: boolean;
  /** Called with each engine event. */
  readonly onEvent?: (event: EngineEvent) => void;
  /** Called with each line of the display and the part that it belongs to. */
  readonly onOutput?: (text: string, part: OutputPart) => void;
  /** Called with each error's text. */
  readonly onError?: (text: string) => void;
  /** Cancels: running steps finish, nothing new begins, the operation fails with result `canceled`. */
  readonly signal?: AbortSignal;
  /** `always` colors what `onOutput` gets. @default "never" */
  readonly color?: "always" | "never" | "raw" | "auto";
  /** Shows the properties of each step below its line. @default false */
  readonly diff?: boolean;
  /** Shows debug messages of the program and its SDK. @default false */
  readonly debug?: boolean;
}

/** What `up` and `preview` take besides. */
export interface UpOptions extends OperationOptions {
  /** Refreshes the state before anything else. @default false */
  readonly refresh?: boolean;
  /** URNs that are replaced even if nothing about them changed. */
  readonly replace?: readonly string[];
  /** Goes on with what does not depend on a resource that failed; the operation fails all the same. @default false */
  readonly continueOnError?: boolean;
}

export type PreviewOptions = UpOptions;

/** What `refresh` takes besides. */
export interface RefreshOptions extends OperationOptions {
  /** Shows what would change and writes nothing. @default false */
  readonly previewOnly?: boolean;
  /** Forgets creations that an interrupted run left pending. @default false */
  readonly clearPendingCreates?: boolean;
}

/** What `destroy` takes besides. */
export interface DestroyOptions extends OperationOptions {
  /** Shows what would be deleted and deletes nothing. @default false */
  readonly previewOnly?: boolean;
  /** Refreshes the state before anything else. @default false */
  readonly refresh?: boolean;
  /** Goes on with what does not depend on a resource that failed; the operation fails all the same. @default false */
  readonly continueOnError?: boolean;
}

export type { Json, JsonObject };
