/** Steps that change only the state. */
import { ProviderRegistry } from "../providers/providerRegistry";
import type { ResourceProvider } from "../providers/resourceProvider";
import type { ResourceState } from "../state/resourceState";
import type { Snapshot } from "../state/snapshot";
import { isProviderType, type Urn } from "../values/urn";
import { Step } from "./step";

/** A resource without a change for its provider: takes new inputs and options, keeps id and outputs. */
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

/** A resource that this run does not create: registered by the program, absent from the state. */
export class SkippedCreateStep extends Step {
  readonly op = "same";

  async apply(): Promise<void> {
    // There is nothing to do.
  }

  record(): void {
    // The state does not contain it.
  }
}
