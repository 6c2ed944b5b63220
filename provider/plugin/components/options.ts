/** A component's resource options from a message. */

import type * as pulumi from "@pulumi/pulumi";
import type * as providerProto from "@pulumi/pulumi/proto/provider_pb";
import { DependencyProviderResource, DependencyResource, rootStackResource } from "@pulumi/pulumi/resource";
import * as rpc from "@pulumi/pulumi/runtime/rpc";
import { hookBindingFromProto } from "./sdkRuntime";

export function readOptions(request: providerProto.ConstructRequest): pulumi.ComponentResourceOptions {
  const [timeouts, deletedWith] = [request.getCustomtimeouts()?.toObject(), request.getDeletedwith()];
  const hooks = hookBindingFromProto(request.getResourceHooks());
  // The oldest supported SDK has none of the two.
  const replaceWith = request.getReplaceWithList?.() ?? [];
  const trigger = request.getReplacementTrigger?.();
  return {
    aliases: request.getAliasesList().flatMap(toAlias),
    dependsOn: request.getDependenciesList().map((urn) => new DependencyResource(urn)),
    providers: request
      .getProvidersMap()
      .getEntryList()
      .map(([, reference]) => providerOf(reference)),
    ...(request.getParent() !== "" && { parent: new DependencyResource(request.getParent()) }),
    ignoreChanges: request.getIgnorechangesList(),
    replaceOnChanges: request.getReplaceonchangesList(),
    ...(timeouts !== undefined && { customTimeouts: timeouts }),
    ...given("protect", request.getProtect()),
    ...given("retainOnDelete", request.getRetainondelete()),
    ...(hooks !== undefined && { hooks }),
    ...(deletedWith !== "" && { deletedWith: new DependencyResource(deletedWith) }),
    ...(replaceWith.length > 0 && { replaceWith: replaceWith.map((urn) => new DependencyResource(urn)) }),
    ...(trigger !== undefined && { replacementTrigger: rpc.deserializeProperty(trigger.toJavaScript(), true) }),
  };
}

function given<Name extends string>(name: Name, flag: boolean | undefined): { [key in Name]?: boolean } {
  return (flag === undefined ? {} : { [name]: flag }) as { [key in Name]?: boolean };
}

/** By reference, so that components that use one explicit provider see that it is one. */
const providers = new Map<string, pulumi.ProviderResource>();

function providerOf(reference: string): pulumi.ProviderResource {
  const known = providers.get(reference) ?? new DependencyProviderResource(reference);
  providers.set(reference, known);
  return known;
}

function toAlias(
  alias: ReturnType<providerProto.ConstructRequest["getAliasesList"]>[number],
): (string | pulumi.Alias)[] {
  if (alias.hasUrn()) return [alias.getUrn()];
  const spec = alias.getSpec();
  if (spec === undefined) return [];
  const named = { name: spec.getName(), type: spec.getType(), project: spec.getProject(), stack: spec.getStack() };
  const given = Object.fromEntries(Object.entries(named).filter(([, value]) => value !== ""));
  if (spec.hasParenturn()) return [{ ...given, parent: spec.getParenturn() }];
  return [spec.hasNoparent() && spec.getNoparent() ? { ...given, parent: rootStackResource } : given];
}
