/** Rules for every state: a resource comes after all resources it refers to. */
import { StateIntegrityError } from "../errors";
import { isProviderType, parseReference, type Urn } from "../values/urn";
import type { ResourceState } from "./resourceState";

/** @throws StateIntegrityError naming the first resource that breaks a rule. */
export function checkIntegrity(resources: readonly ResourceState[]): void {
  const all = new Set(resources.map((resource) => resource.urn));
  const seen = new Set<Urn>();
  const seenAlive = new Set<Urn>();
  const seenProviders = new Set<string>();
  for (const resource of resources) {
    const problem =
      problemOfForm(resource) ??
      problemOfProvider(resource, seenProviders) ??
      problemOfReferences(resource, seen, all) ??
      (!resource.delete && seenAlive.has(resource.urn) ? "occurs twice in the state" : undefined);
    if (problem !== undefined)
      throw new StateIntegrityError(`the state is broken: resource ${resource.urn} ${problem}`);
    seen.add(resource.urn);
    if (!resource.delete) seenAlive.add(resource.urn);
    if (isProviderType(resource.type)) seenProviders.add(`${resource.urn}::${resource.id}`);
  }
}

function problemOfForm(resource: ResourceState): string | undefined {
  if (!resource.custom && resource.id !== "") return "is a component but has an id";
  return undefined;
}

function problemOfProvider(resource: ResourceState, seenProviders: ReadonlySet<string>): string | undefined {
  if (resource.provider === "") return undefined;
  const reference = parseReference(resource.provider);
  if (reference === undefined)
    return `refers to the provider "${resource.provider}", which is not a provider reference`;
  if (resource.pendingReplacement || seenProviders.has(`${reference.urn}::${reference.id}`)) return undefined;
  return `refers to the provider ${resource.provider}, which does not come before it`;
}

function problemOfReferences(
  resource: ResourceState,
  seen: ReadonlySet<Urn>,
  all: ReadonlySet<Urn>,
): string | undefined {
  for (const [relation, urn] of referencesOf(resource)) {
    if (!seen.has(urn))
      return `refers to its ${relation} ${urn}, which ${all.has(urn) ? "comes after it" : "is missing"}`;
  }
  return undefined;
}

/** All references of a resource except its provider, with their relation. */
function* referencesOf(resource: ResourceState): Generator<[relation: string, urn: Urn]> {
  if (resource.parent !== undefined) yield ["parent", resource.parent];
  for (const urn of resource.dependencies) yield ["dependency", urn];
  for (const [property, urns] of Object.entries(resource.propertyDependencies)) {
    for (const urn of urns) yield [`dependency of property ${property}`, urn];
  }
  if (resource.deletedWith !== undefined) yield ["deletedWith", resource.deletedWith];
  for (const urn of resource.replaceWith) yield ["replaceWith", urn];
}
