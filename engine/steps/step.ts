/** One operation on a resource, and how the state records it. */
import type { HookRunner } from "../program/hooks";
import type { ProviderRegistry } from "../providers/providerRegistry";
import type { DiffResult, InitFailedError, ResourceProvider } from "../providers/resourceProvider";
import type { OpType, PropertyDifference } from "../results";
import type { PendingOperationType } from "../state/deploymentFormat";
import type { ResourceState } from "../state/resourceState";
import type { Snapshot } from "../state/snapshot";
import type { Urn } from "../values/urn";

export interface StepContext {
  readonly isPreview: boolean;
  readonly registry: ProviderRegistry;
  readonly hooks: HookRunner;
  /** Whether a resource is deleted in this run. */
  isDeleted(urn: Urn): boolean;
  /** The time, as the state records it. */
  now(): string;
}

/** The reasons for a step, shown in the `metadata` of its events. */
export interface StepDiff {
  readonly replaceKeys: readonly string[];
  readonly changedKeys: readonly string[];
  readonly detailedDiff: Readonly<Record<string, PropertyDifference>> | undefined;
}

const NO_STEP_DIFF: StepDiff = { replaceKeys: [], changedKeys: [], detailedDiff: undefined };

export abstract class Step {
  abstract readonly op: OpType;
  diff: StepDiff = NO_STEP_DIFF;
  /** The resource after the step. Undefined when the step removes it; a refresh sets it to its result. */
  new: ResourceState | undefined;
  /** The resource's URN in the old state, if it differs. */
  renamedFrom: Urn | undefined;
  /** Plans further steps that depend on the step's result. */
  continuation: (() => Promise<Step[]>) | undefined;
  /** Whether the step is an operation the user requested; the create and delete steps of a replacement are not. */
  readonly isLogical: boolean = true;

  constructor(
    readonly urn: Urn,
    readonly old: ResourceState | undefined,
    state: ResourceState | undefined,
    /** The resource's provider; undefined for a component. */
    readonly provider: ResourceProvider | undefined,
  ) {
    this.new = state;
  }

  /** The resource after the step, or before it if the step removes it. */
  get resource(): ResourceState {
    const state = this.new ?? this.old;
    if (state === undefined) throw new Error(`step ${this.op} of ${this.urn} has no state`);
    return state;
  }

  /** The operation that was done; differs from `op` only for a refresh. */
  get resultOp(): OpType {
    return this.op;
  }

  /** Whether the step changes the state. */
  get isRecording(): boolean {
    return this.op !== "replace";
  }

  /** The pending operation that the state records during the step. */
  pending(): { type: PendingOperationType; resource: ResourceState } | undefined {
    return undefined;
  }

  /** Carries out the step. @throws InitFailedError when it was done in part; `new` then holds the result. */
  abstract apply(context: StepContext): Promise<void>;

  /** Records the result in the state, also after a partial failure. */
  abstract record(snapshot: Snapshot): void;
}

/** The part of a diff that a step shows. */
export function stepDiffOf(diff: DiffResult): StepDiff {
  return { replaceKeys: diff.replaceKeys, changedKeys: diff.changedKeys, detailedDiff: diff.detailedDiff };
}

/** Why a resource is incomplete. */
export function reasonsOf(error: InitFailedError): readonly string[] {
  return error.reasons.length === 0 ? [error.message] : error.reasons;
}
