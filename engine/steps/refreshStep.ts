/** Reads a resource again and replaces its recorded state by the result. */
import { providerDiff } from "../providers/resourceDiff";
import type { ResourceProvider } from "../providers/resourceProvider";
import type { OpType } from "../results";
import type { ResourceState } from "../state/resourceState";
import type { Snapshot } from "../state/snapshot";
import { diffMaps, invert } from "../values/mapDifference";
import { isProviderType } from "../values/urn";
import { mapWithoutWrappers, valuesEqual } from "../values/values";
import { Step, type StepContext } from "./step";

export class RefreshStep extends Step {
  readonly op = "refresh";
  override readonly isLogical = false;
  private outcome: OpType = "same";

  constructor(
    private readonly before: ResourceState,
    provider: ResourceProvider | undefined,
    private readonly warn: (message: string) => void,
  ) {
    super(before.urn, before, before, provider);
  }

  /** The result of the refresh: `same`, `update`, or `delete` for a resource that no longer exists. */
  override get resultOp(): OpType {
    return this.outcome;
  }

  async apply(context: StepContext): Promise<void> {
    const { before, provider } = this;
    if (provider === undefined || !isRefreshed(before)) return;
    const found = await provider.read({
      urn: before.urn,
      id: before.id,
      inputs: before.inputs,
      state: before.outputs,
      timeoutSeconds: before.customTimeouts.read ?? 0,
    });
    if (found.id === "" || found.outputs === undefined) {
      this.outcome = "delete";
      this.new = undefined;
      return;
    }
    if (found.initErrors.length > 0) {
      this.warn(
        `Refreshed resource is in an unhealthy state:\n${found.initErrors.map((reason) => `* ${reason}`).join("\n")}`,
      );
    }
    const { id, outputs, inputs = before.inputs, initErrors } = found;
    const state: ResourceState = { ...before, id, outputs, inputs, initErrors };
    if (!valuesEqual(before.outputs, outputs) || !valuesEqual(before.inputs, inputs)) state.modified = context.now();
    this.new = state;
    await this.compare(provider, state);
  }

  /** Shows the difference as the program would see it: the fresh state as the old side, the old inputs as the new side. */
  private async compare(provider: ResourceProvider, found: ResourceState): Promise<void> {
    const { before } = this;
    if (before.external) {
      const difference = diffMaps(mapWithoutWrappers(before.outputs), mapWithoutWrappers(found.outputs), {
        inputDiff: false,
      });
      if (difference === undefined) return;
      this.outcome = "update";
      this.diff = { replaceKeys: [], ...difference };
      return;
    }
    const { ignoreChanges } = before;
    const diff = await providerDiff(found, before.inputs, provider, { ignoreChanges, allowUnknowns: false });
    if (diff.changes === "none") return;
    this.outcome = "update";
    const { changedKeys, detailedDiff } = diff;
    this.diff = { replaceKeys: [], changedKeys, detailedDiff: detailedDiff && invert(detailedDiff) };
  }

  record(snapshot: Snapshot): void {
    const { new: state, before } = this;
    if (state === undefined) snapshot.removeAndPrune(before);
    else if (state !== before) snapshot.replaceInPlace(before, state);
  }
}

/** Whether a refresh reads the resource: components, providers and resources awaiting their replacement are not read. */
export function isRefreshed(state: ResourceState): boolean {
  return state.custom && !isProviderType(state.type) && !state.pendingReplacement;
}
