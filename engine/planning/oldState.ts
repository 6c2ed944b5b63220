import { DependencyGraph } from "../state/dependencyGraph";
import type { ResourceState } from "../state/resourceState";
import type { Urn } from "../values/urn";

/** The old state as a deployment looks at it. */
export class OldState {
  readonly graph: DependencyGraph;
  private readonly live = new Map<Urn, ResourceState>();

  constructor(readonly resources: readonly ResourceState[]) {
    this.graph = new DependencyGraph(resources);
    for (const state of resources) if (!state.delete) this.live.set(state.urn, state);
  }

  /** The resource of that URN that is not just waiting to be deleted. */
  get(urn: Urn): ResourceState | undefined {
    return this.live.get(urn);
  }
}
