/** Removes references to a resource that no longer exists. */
import type { Urn } from "../values/urn";
import type { ResourceState } from "./resourceState";

/** The state without references to a missing resource: dependencies are dropped, children move to its parent. */
export function withoutReferencesTo(gone: ResourceState, state: ResourceState): ResourceState {
  const isGone = (urn: Urn | undefined) => urn === gone.urn;
  const refers =
    isGone(state.parent) ||
    isGone(state.deletedWith) ||
    state.dependencies.some(isGone) ||
    state.replaceWith.some(isGone) ||
    Object.values(state.propertyDependencies).some((urns) => urns.some(isGone));
  if (!refers) return state;
  const kept = (urns: readonly Urn[]) => urns.filter((urn) => !isGone(urn));
  return {
    ...state,
    parent: isGone(state.parent) ? gone.parent : state.parent,
    deletedWith: isGone(state.deletedWith) ? undefined : state.deletedWith,
    dependencies: kept(state.dependencies),
    replaceWith: kept(state.replaceWith),
    propertyDependencies: Object.fromEntries(
      Object.entries(state.propertyDependencies).map(([key, urns]) => [key, kept(urns)]),
    ),
  };
}
