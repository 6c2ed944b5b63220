import { DependencyGraph } from "../state/dependencyGraph";
import type { ResourceState } from "../state/resourceState";
import type { Urn } from "../values/urn";

/** Access to the old state for a deployment. */
export class OldState {
  readonly graph: DependencyGraph;
  private readonly live = new Map<Urn, ResourceState>();

  constructor(readonly resources: readonly ResourceState[]) {
    this.graph = new DependencyGraph(resources);
    for (const state of resources) if (!state.delete) this.live.set(state.urn, state);
  }

  /** The resource with that URN, unless it only waits for its deletion. */
  get(urn: Urn): ResourceState | undefined {
    return this.live.get(urn);
  }
}
