/** The planned state of a resource, as the program requests it. */
import type { Goal, ReadGoal } from "../program/goal";
import { newState, type ResourceState } from "../state/resourceState";
import type { Urn } from "../values/urn";

export function stateOfGoal(urn: Urn, goal: Goal): ResourceState {
  return newState({
    urn,
    type: goal.type,
    custom: goal.custom,
    inputs: goal.properties,
    parent: goal.parent,
    protect: goal.protect ?? false,
    dependencies: goal.dependencies,
    propertyDependencies: goal.propertyDependencies,
    provider: goal.provider,
    additionalSecretOutputs: goal.additionalSecretOutputs,
    customTimeouts: goal.customTimeouts,
    retainOnDelete: goal.retainOnDelete ?? false,
    deletedWith: goal.deletedWith,
    replaceWith: goal.replaceWith,
    replacementTrigger: goal.replacementTrigger,
    ignoreChanges: goal.ignoreChanges,
    hideDiff: goal.hideDiff,
    replaceOnChanges: goal.replaceOnChanges,
    resourceHooks: goal.hooks,
    sourcePosition: goal.sourcePosition,
  });
}

export function stateOfRead(urn: Urn, goal: ReadGoal): ResourceState {
  return newState({
    urn,
    type: goal.type,
    custom: true,
    external: true,
    id: goal.id,
    inputs: goal.properties,
    parent: goal.parent,
    dependencies: goal.dependencies,
    provider: goal.provider,
    additionalSecretOutputs: goal.additionalSecretOutputs,
    sourcePosition: goal.sourcePosition,
  });
}
