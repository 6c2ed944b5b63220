/** One thing that is done to a resource, and how it is recorded. */
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

/** Why a step is done: what `metadata` of its events shows. */
export interface StepDiff {
  readonly replaceKeys: readonly string[];
  readonly changedKeys: readonly string[];
  readonly detailedDiff: Readonly<Record<string, PropertyDifference>> | undefined;
}

const NO_STEP_DIFF: StepDiff = { replaceKeys: [], changedKeys: [], detailedDiff: undefined };

export abstract class Step {
  abstract readonly op: OpType;
  diff: StepDiff = NO_STEP_DIFF;
  /** The resource after the step. Undefined where nothing remains; a refresh sets it when it has looked. */
  new: ResourceState | undefined;
  /** The URN under which the old state knew the resource, where that was another one. */
  renamedFrom: Urn | undefined;
  /** Plans what follows from the step's result. */
  continuation: (() => Promise<Step[]>) | undefined;
  /** A logical step is what the user asked for; the two halves of a replacement are not. */
  readonly isLogical: boolean = true;

  constructor(
    readonly urn: Urn,
    readonly old: ResourceState | undefined,
    state: ResourceState | undefined,
    /** Who serves the resource; undefined for a component. */
    readonly provider: ResourceProvider | undefined,
  ) {
    this.new = state;
  }

  /** The resource after the step, or before it where nothing remains. */
  get resource(): ResourceState {
    const state = this.new ?? this.old;
    if (state === undefined) throw new Error(`step ${this.op} of ${this.urn} has no state`);
    return state;
  }

  /** What the step came to; differs from `op` for a refresh alone. */
  get resultOp(): OpType {
    return this.op;
  }

  /** Whether the step leaves anything in the state. */
  get isRecording(): boolean {
    return this.op !== "replace";
  }

  /** What the state says is under way while the step runs. */
  pending(): { type: PendingOperationType; resource: ResourceState } | undefined {
    return undefined;
  }

  /** Does it. @throws InitFailedError when it was done half way and `new` says how far. */
  abstract apply(context: StepContext): Promise<void>;

  /** Puts the result into the state; also after a half-way failure. */
  abstract record(snapshot: Snapshot): void;
}

/** The part of a diff that a step shows. */
export function stepDiffOf(diff: DiffResult): StepDiff {
  return { replaceKeys: diff.replaceKeys, changedKeys: diff.changedKeys, detailedDiff: diff.detailedDiff };
}

/** Why a resource is not complete. */
export function reasonsOf(error: InitFailedError): readonly string[] {
  return error.reasons.length === 0 ? [error.message] : error.reasons;
}
