/** Steps that create or change a resource. */
import { InitFailedError, type ResourceProvider } from "../providers/resourceProvider";
import type { ResourceState } from "../state/resourceState";
import type { Snapshot } from "../state/snapshot";
import type { Urn } from "../values/urn";
import { reasonsOf, Step, type StepContext } from "./step";

export class CreateStep extends Step {
  readonly op: "create" | "create-replacement";
  override readonly isLogical: boolean;

  constructor(
    urn: Urn,
    old: ResourceState | undefined,
    state: ResourceState,
    provider: ResourceProvider | undefined,
    /** Whether the old resource is deleted at the end of the run. */
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
    this.markMade(context);
  }

  private markMade(context: StepContext): void {
    this.resource.created = context.now();
    this.resource.modified = this.resource.created;
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
      this.markMade(context);
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
      Object.assign(state, { outputs: error.outputs, initErrors: reasonsOf(error) });
      throw error;
    }
  }

  record(snapshot: Snapshot): void {
    // After a partial update the state keeps the old inputs, so that the next run finds a difference and tries again.
    if (this.resource.initErrors.length > 0) this.resource.inputs = this.before.inputs;
    snapshot.put(this.resource, this.old);
  }
}

/** The replacement as shown to the user; other steps do the work. */
export class ReplaceStep extends Step {
  readonly op = "replace";

  async apply(): Promise<void> {
    // Only shown and counted.
  }

  record(): void {
    // The create and delete steps record the replacement.
  }
}
