/** Dependencies in the old state, whose list has every resource after its dependencies. */
import { parseReference, type Urn } from "../values/urn";
import type { ResourceState } from "./resourceState";

/** All dependencies of a resource except its provider. */
export function* dependenciesOf(resource: {
  readonly parent?: Urn | undefined;
  readonly dependencies: readonly Urn[];
  readonly propertyDependencies?: Readonly<Record<string, readonly Urn[]>>;
  readonly deletedWith?: Urn | undefined;
  readonly replaceWith?: readonly Urn[];
}): Generator<Urn> {
  if (resource.parent !== undefined) yield resource.parent;
  yield* resource.dependencies;
  for (const urns of Object.values(resource.propertyDependencies ?? {})) yield* urns;
  if (resource.deletedWith !== undefined) yield resource.deletedWith;
  yield* resource.replaceWith ?? [];
}

export class DependencyGraph {
  private readonly index = new Map<ResourceState, number>();
  private readonly byUrn = new Map<Urn, ResourceState[]>();
  private readonly children = new Map<Urn, ResourceState[]>();

  constructor(readonly resources: readonly ResourceState[]) {
    for (const [position, state] of resources.entries()) {
      this.index.set(state, position);
      append(this.byUrn, state.urn, state);
      if (state.parent !== undefined) append(this.children, state.parent, state);
    }
  }

  /** Direct dependencies of a resource; a dependency on a component includes everything inside it. */
  dependencies(state: ResourceState): Set<ResourceState> {
    const position = this.index.get(state) ?? -1;
    const result = new Set<ResourceState>();
    for (const urn of allDependencies(state)) {
      for (const candidate of this.byUrn.get(urn) ?? []) {
        if ((this.index.get(candidate) ?? 0) >= position) continue;
        result.add(candidate);
        // A child does not depend on the other children of its parent.
        if (!candidate.custom && urn !== state.parent) this.addDescendants(candidate, position, result);
      }
    }
    return result;
  }

  private addDescendants(component: ResourceState, before: number, result: Set<ResourceState>): void {
    for (const child of this.children.get(component.urn) ?? []) {
      if ((this.index.get(child) ?? 0) >= before || result.has(child)) continue;
      result.add(child);
      this.addDescendants(child, before, result);
    }
  }

  /** Direct and indirect dependencies; a dependency on a component does not include what is inside it. */
  transitiveDependencies(state: ResourceState): Set<ResourceState> {
    const result = new Set<ResourceState>();
    const visit = (each: ResourceState) => {
      for (const urn of allDependencies(each)) {
        for (const dependency of this.meant(urn, each)) {
          if (result.has(dependency)) continue;
          result.add(dependency);
          visit(dependency);
        }
      }
    };
    visit(state);
    return result;
  }

  /** What `urn` means to `state`: current resources, or those marked for deletion if `state` is marked too or no current one precedes it. */
  private meant(urn: Urn, state: ResourceState): ResourceState[] {
    const position = this.index.get(state) ?? -1;
    const before = (this.byUrn.get(urn) ?? []).filter((each) => (this.index.get(each) ?? 0) < position);
    const old = before.filter((each) => each.delete);
    const current = before.filter((each) => !each.delete);
    return old.length > 0 && (state.delete || current.length === 0) ? old : current;
  }

  /** Direct and indirect dependents of a resource, in the state's order. */
  dependents(
    root: ResourceState,
    options: { readonly ignored?: ReadonlySet<Urn>; readonly withChildren?: boolean } = {},
  ): ResourceState[] {
    const urns = new Set<Urn>([root.urn]);
    const result: ResourceState[] = [];
    for (const state of this.resources.slice((this.index.get(root) ?? -1) + 1)) {
      if (options.ignored?.has(state.urn)) continue;
      const isChild = options.withChildren === true && state.parent !== undefined && urns.has(state.parent);
      if (!isChild && !dependsOnAny(state, urns)) continue;
      urns.add(state.urn);
      result.push(state);
    }
    return result;
  }
}

function append<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

function providerUrn(state: ResourceState): Urn | undefined {
  return state.provider === "" ? undefined : parseReference(state.provider)?.urn;
}

function allDependencies(state: ResourceState): Set<Urn> {
  const urns = new Set(dependenciesOf(state));
  const provider = providerUrn(state);
  if (provider !== undefined) urns.add(provider);
  return urns;
}

function dependsOnAny(state: ResourceState, urns: ReadonlySet<Urn>): boolean {
  for (const urn of allDependencies({ ...state, parent: undefined })) if (urns.has(urn)) return true;
  return false;
}
