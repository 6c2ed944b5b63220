/** What the parts of one deployment share. */
import type { Diagnostics } from "../diagnostics";
import type { ProviderRegistry } from "../providers/providerRegistry";
import type { ResourceProvider } from "../providers/resourceProvider";
import { DependencyGraph } from "../state/dependencyGraph";
import type { ResourceState } from "../state/resourceState";
import { isProviderType, type Urn } from "../values/urn";
import type { Targets } from "./targets";

export interface RunOptions {
  readonly isPreview: boolean;
  readonly continueOnError: boolean;
  readonly targets: Targets;
  /** Resources replaced even if nothing about them changed. */
  readonly replaceTargets: Targets;
}

/** An error that was reported already, or needs no words: the run stops. */
export class BailError extends Error {
  override readonly name = "BailError";
}

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

export interface Run {
  readonly stack: string;
  readonly project: string;
  readonly options: RunOptions;
  readonly olds: OldState;
  readonly registry: ProviderRegistry;
  readonly diagnostics: Diagnostics;
}

/** Who serves a resource of the old state; undefined for a component. */
export async function providerOfOld(run: Run, state: ResourceState): Promise<ResourceProvider | undefined> {
  if (!state.custom) return undefined;
  if (isProviderType(state.type)) return run.registry;
  return run.registry.ensure(state.provider, run.olds.resources);
}
