/** What is done to one resource: each step calls its provider at most once, then says what the state records. */

import type { HookRunner } from "../program/hooks";
import { ProviderRegistry } from "../providers/providerRegistry";
import { type DiffResult, InitFailedError, ProviderError, type ResourceProvider } from "../providers/resourceProvider";
import type { OpType, PropertyDifference } from "../results";
import type { PendingOperationType } from "../state/deploymentFormat";
import type { ResourceState } from "../state/resourceState";
import type { Snapshot } from "../state/snapshot";
import { isProviderType, type Urn } from "../values/urn";
import { UNKNOWN_STRING } from "../values/values";

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

/** Nothing about the resource changed that its provider cares for: new inputs and options, old id and outputs. */
export class SameStep extends Step {
  readonly op = "same";

  constructor(urn: Urn, old: ResourceState, state: ResourceState, provider: ResourceProvider | undefined) {
    super(urn, old, state, provider);
  }

  async apply(): Promise<void> {
    const { old, new: state } = this;
    if (old === undefined || state === undefined || old === state) return;
    state.id = old.id;
    state.outputs = old.outputs;
    state.created = old.created;
    state.modified = old.modified;
    state.importId = old.importId;
    if (isProviderType(state.type) && this.provider instanceof ProviderRegistry)
      await this.provider.same(old, this.urn);
  }

  record(snapshot: Snapshot): void {
    if (this.old !== undefined) snapshot.put(this.resource, this.old);
  }
}

/** A resource that is not to be created in this run: known to the program, absent from the state. */
export class SkippedCreateStep extends Step {
  readonly op = "same";

  async apply(): Promise<void> {
    // Nothing exists and nothing is done.
  }

  record(): void {
    // The state does not know it.
  }
}

export class CreateStep extends Step {
  readonly op: "create" | "create-replacement";
  override readonly isLogical: boolean;

  constructor(
    urn: Urn,
    old: ResourceState | undefined,
    state: ResourceState,
    provider: ResourceProvider | undefined,
    /** The old resource is deleted when everything else is done. */
    private readonly deletesOldLater: boolean,
  ) {
    super(urn, old, state, provider);
    this.op = old === undefined ? "create" : "create-replacement";
    this.isLogical = old === undefined;
  }

  override pending() {
    return { type: "creating" as const, resource: this.resource };
  }

  async apply(context: StepContext): Promise<void> {
    const state = this.resource;
    await context.hooks.before("create", state, undefined, context.isPreview);
    if (this.provider !== undefined) await this.create(this.provider, state, context);
    state.created = context.now();
    state.modified = state.created;
    if (this.deletesOldLater && this.old !== undefined) this.old.delete = true;
  }

  private async create(provider: ResourceProvider, state: ResourceState, context: StepContext): Promise<void> {
    const request = {
      urn: this.urn,
      inputs: state.inputs,
      timeoutSeconds: state.customTimeouts.create ?? 0,
      isPreview: context.isPreview,
    };
    try {
      const { id, outputs } = await context.hooks.retrying("create", state, this.old, () => provider.create(request));
      state.id = id;
      state.outputs = outputs;
    } catch (error) {
      if (!(error instanceof InitFailedError)) throw error;
      Object.assign(state, { id: error.id, outputs: error.outputs, initErrors: reasonsOf(error) });
      state.created = context.now();
      state.modified = state.created;
      if (this.deletesOldLater && this.old !== undefined) this.old.delete = true;
      throw error;
    }
  }

  record(snapshot: Snapshot): void {
    const { old } = this;
    if (old?.pendingReplacement) snapshot.remove(old);
    else if (old !== undefined && this.deletesOldLater) snapshot.touch(old);
    snapshot.put(this.resource);
  }
}

export class UpdateStep extends Step {
  readonly op = "update";

  constructor(
    urn: Urn,
    private readonly before: ResourceState,
    state: ResourceState,
    provider: ResourceProvider | undefined,
    private readonly ignoreChanges: readonly string[],
  ) {
    super(urn, before, state, provider);
  }

  override pending() {
    return { type: "updating" as const, resource: this.resource };
  }

  async apply(context: StepContext): Promise<void> {
    const { before: old } = this;
    const state = this.resource;
    state.id = old.id;
    state.created = old.created;
    state.importId = old.importId;
    state.modified = context.now();
    await context.hooks.before("update", state, old, context.isPreview);
    if (this.provider !== undefined) await this.update(this.provider, old, state, context);
  }

  private async update(
    provider: ResourceProvider,
    old: ResourceState,
    state: ResourceState,
    context: StepContext,
  ): Promise<void> {
    const request = {
      urn: this.urn,
      id: old.id,
      oldInputs: old.inputs,
      oldOutputs: old.outputs,
      newInputs: state.inputs,
      ignoreChanges: this.ignoreChanges,
      timeoutSeconds: state.customTimeouts.update ?? 0,
      isPreview: context.isPreview,
    };
    try {
      state.outputs = await context.hooks.retrying("update", state, old, () => provider.update(request));
    } catch (error) {
      if (!(error instanceof InitFailedError)) throw error;
      // The old inputs stay, so that the next run sees a difference and tries again.
      Object.assign(state, { inputs: old.inputs, outputs: error.outputs, initErrors: reasonsOf(error) });
      throw error;
    }
  }

  record(snapshot: Snapshot): void {
    snapshot.put(this.resource, this.old);
  }
}

/** A replacement as the user sees it; the work is done by its other steps. */
export class ReplaceStep extends Step {
  readonly op = "replace";

  async apply(): Promise<void> {
    // Shown and counted, nothing more.
  }

  record(): void {
    // Its create and delete steps record what they do.
  }
}

export class DeleteStep extends Step {
  readonly op: "delete" | "delete-replaced" | "discard" | "discard-replaced";
  override readonly isLogical: boolean;

  constructor(
    private readonly state: ResourceState,
    provider: ResourceProvider | undefined,
    readonly isReplacing: boolean,
    /** Deleted before its replacement exists: the state remembers that. */
    private readonly awaitsReplacement: boolean,
  ) {
    super(state.urn, state, undefined, provider);
    this.op = isReplacing
      ? state.external
        ? "discard-replaced"
        : "delete-replaced"
      : state.external
        ? "discard"
        : "delete";
    this.isLogical = !isReplacing;
  }

  override pending() {
    return { type: "deleting" as const, resource: this.state };
  }

  async apply(context: StepContext): Promise<void> {
    const { state } = this;
    await context.hooks.before("delete", undefined, state, context.isPreview);
    if (state.protect && !this.isReplacing) throw new ProtectedError(state.urn);
    if (!context.isPreview && this.provider !== undefined && this.mustCallProvider(context)) {
      const request = {
        urn: state.urn,
        id: state.id,
        inputs: state.inputs,
        outputs: state.outputs,
        timeoutSeconds: state.customTimeouts.delete ?? 0,
      };
      const { provider } = this;
      await context.hooks.retrying("delete", undefined, state, () => provider.delete(request));
    }
    if (this.awaitsReplacement) state.pendingReplacement = true;
  }

  private mustCallProvider(context: StepContext): boolean {
    const { state } = this;
    if (!state.custom || state.external || state.retainOnDelete) return false;
    return state.deletedWith === undefined || !context.isDeleted(state.deletedWith);
  }

  record(snapshot: Snapshot): void {
    if (this.awaitsReplacement) snapshot.touch(this.state);
    else snapshot.remove(this.state);
  }
}

/** Forgets a resource that was deleted for a replacement which the program no longer wants. */
export class RemovePendingReplaceStep extends Step {
  readonly op = "remove-pending-replace";

  constructor(old: ResourceState) {
    super(old.urn, old, undefined, undefined);
  }

  async apply(): Promise<void> {
    // It was deleted by an earlier run, or earlier in this one.
  }

  record(snapshot: Snapshot): void {
    snapshot.remove(this.old);
  }
}

/** Reads a resource that somebody else owns. */
export class ReadStep extends Step {
  readonly op: "read" | "read-replacement";
  override readonly isLogical: boolean;

  constructor(
    urn: Urn,
    old: ResourceState | undefined,
    state: ResourceState,
    provider: ResourceProvider | undefined,
    private readonly replacesOwned: boolean,
  ) {
    super(urn, old, state, provider);
    this.op = replacesOwned ? "read-replacement" : "read";
    this.isLogical = !replacesOwned;
  }

  override pending() {
    return { type: "reading" as const, resource: this.resource };
  }

  async apply(context: StepContext): Promise<void> {
    const state = this.resource;
    if (state.id === UNKNOWN_STRING) {
      state.outputs = {};
    } else if (this.provider !== undefined) {
      await this.read(this.provider, state);
    }
    state.created = this.old?.created ?? context.now();
    state.modified = context.now();
    if (this.replacesOwned && this.old !== undefined) this.old.delete = true;
  }

  private async read(provider: ResourceProvider, state: ResourceState): Promise<void> {
    const result = await provider.read({
      urn: this.urn,
      id: state.id,
      inputs: state.inputs,
      state: state.inputs,
      timeoutSeconds: state.customTimeouts.read ?? 0,
    });
    if (result.outputs === undefined) throw new ProviderError(`resource '${state.id}' does not exist`);
    state.outputs = result.outputs;
    if (result.id !== "") state.id = result.id;
    state.initErrors = result.initErrors;
    if (result.initErrors.length > 0) throw new InitFailedError(state.id, state.outputs, undefined, result.initErrors);
  }

  record(snapshot: Snapshot): void {
    snapshot.put(this.resource, this.old);
  }
}

/** Takes an existing resource into the state under the id the program gave. */
export class ImportStep extends Step {
  readonly op: "import" | "import-replacement";
  override readonly isLogical: boolean;

  constructor(
    urn: Urn,
    old: ResourceState | undefined,
    state: ResourceState,
    provider: ResourceProvider | undefined,
    private readonly packageName: string,
  ) {
    super(urn, old, state, provider);
    this.op = old === undefined ? "import" : "import-replacement";
    this.isLogical = old === undefined;
  }

  override pending() {
    return { type: "importing" as const, resource: this.resource };
  }

  async apply(context: StepContext): Promise<void> {
    const state = this.resource;
    if (this.provider === undefined) throw new ProviderError("a component cannot be imported");
    const result = await this.provider.read({
      urn: this.urn,
      id: state.importId,
      inputs: undefined,
      state: undefined,
      timeoutSeconds: state.customTimeouts.read ?? 0,
    });
    if (result.outputs === undefined || result.id === "") {
      throw new ProviderError(`resource '${state.importId}' does not exist`);
    }
    if (result.inputs === undefined) {
      throw new ProviderError(
        `provider does not support importing resources; please try updating the '${this.packageName}' plugin`,
      );
    }
    Object.assign(state, {
      id: result.id,
      inputs: result.inputs,
      outputs: result.outputs,
      initErrors: result.initErrors,
    });
    state.created = context.now();
    state.modified = state.created;
    if (this.old !== undefined) this.old.delete = true;
  }

  record(snapshot: Snapshot): void {
    if (this.old !== undefined) snapshot.touch(this.old);
    snapshot.put(this.resource);
  }
}

/** A resource that must not be deleted. Other deletes go on. */
export class ProtectedError extends ProviderError {
  constructor(urn: Urn) {
    super(
      `resource "${urn}" cannot be deleted\nbecause it is protected. To unprotect the resource, either remove the \`protect\` flag from the resource in your Pulumi program and run \`up\`, or set \`protect\` to false in its state`,
    );
  }
}

function reasonsOf(error: InitFailedError): readonly string[] {
  return error.reasons.length === 0 ? [error.message] : error.reasons;
}

/** The part of a diff that a step shows. */
export function stepDiffOf(diff: DiffResult): StepDiff {
  return { replaceKeys: diff.replaceKeys, changedKeys: diff.changedKeys, detailedDiff: diff.detailedDiff };
}
