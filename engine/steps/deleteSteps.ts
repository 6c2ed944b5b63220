/** Steps that remove a resource. */
import { ProviderError, type ResourceProvider } from "../providers/resourceProvider";
import type { ResourceState } from "../state/resourceState";
import type { Snapshot } from "../state/snapshot";
import type { Urn } from "../values/urn";
import { Step, type StepContext } from "./step";

export class DeleteStep extends Step {
  readonly op: "delete" | "delete-replaced" | "discard" | "discard-replaced";
  override readonly isLogical: boolean;

  constructor(
    private readonly state: ResourceState,
    provider: ResourceProvider | undefined,
    readonly isReplacing: boolean,
    /** Whether it is deleted before its replacement exists; the state records that. */
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

/** Removes from the state a resource that was deleted for a replacement which the program no longer requests. */
export class RemovePendingReplaceStep extends Step {
  readonly op = "remove-pending-replace";
  override readonly isLogical = false;

  constructor(old: ResourceState) {
    super(old.urn, old, undefined, undefined);
  }

  async apply(): Promise<void> {
    // An earlier run, or an earlier step of this one, deleted it.
  }

  record(snapshot: Snapshot): void {
    snapshot.remove(this.old);
  }
}

/** A protected resource is not deleted. Other deletes continue. */
export class ProtectedError extends ProviderError {
  constructor(urn: Urn) {
    super(
      `resource "${urn}" cannot be deleted\nbecause it is protected. To unprotect the resource, either remove the \`protect\` flag from the resource in your Pulumi program and run \`up\`, or set \`protect\` to false in its state`,
    );
  }
}
