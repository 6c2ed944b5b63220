/** Transforms: functions of the program that change a registration, or a call, before the engine processes it. */
import { writeLater } from "../protocol/laterMembers";
import { aliasProto, mapEntries, monitorProto } from "../protocol/stubs";
import { fromStruct, fromWireValue, toStruct, toWireValue } from "../protocol/wire";
import type { Urn } from "../values/urn";
import { mapOf, outputDependencies, type PropertyMap, withDependencies, withoutOutputValues } from "../values/values";
import type { CallbackReference, Callbacks } from "./callbacks";
import type { Goal } from "./goal";
import { hooksOf, type PackageRequest, type ResourceRequest, timeoutsOf, urnOf, urnsOf } from "./requests";

/** Transforms receive values of every kind. */
const TRANSFORM_WIRE = { unknowns: "keep", keepSecrets: true, keepResources: true, keepOutputs: true } as const;

export class Transforms {
  private readonly stackTransforms: CallbackReference[] = [];
  private readonly stackInvokeTransforms: CallbackReference[] = [];
  /** The transforms of each resource; they also apply to its descendants. */
  private readonly ofResource = new Map<Urn, readonly CallbackReference[]>();

  constructor(private readonly callbacks: Callbacks) {}

  addStackTransform(callback: CallbackReference): void {
    this.stackTransforms.push(callback);
  }

  addStackInvokeTransform(callback: CallbackReference): void {
    this.stackInvokeTransforms.push(callback);
  }

  note(urn: Urn, transforms: readonly CallbackReference[]): void {
    if (transforms.length > 0) this.ofResource.set(urn, transforms);
  }

  /** Applies the resource's own transforms, then its ancestors' from the nearest on, then the stack's. */
  async apply(request: ResourceRequest, parentOf: (urn: Urn) => Urn | undefined): Promise<ResourceRequest> {
    const callbacks = [...request.transforms];
    for (let urn = request.goal.parent; urn !== undefined; urn = parentOf(urn)) {
      callbacks.push(...(this.ofResource.get(urn) ?? []));
    }
    callbacks.push(...this.stackTransforms);
    const hasOwn = request.transforms.length > 0;
    let current = hasOwn ? withOutputDependencies(request) : request;
    for (const callback of callbacks) current = await this.applyOne(callback, current);
    return { ...current, goal: settledGoal(current.goal, hasOwn) };
  }

  private async applyOne(callback: CallbackReference, request: ResourceRequest): Promise<ResourceRequest> {
    const { goal } = request;
    const message = new monitorProto.TransformRequest();
    message.setType(goal.type);
    message.setName(goal.name);
    message.setCustom(goal.custom);
    message.setParent(goal.parent ?? "");
    message.setProperties(toStruct(goal.properties, TRANSFORM_WIRE));
    message.setOptions(writeOptions(request));
    const response = await this.callbacks.invoke(callback, message, (bytes) =>
      monitorProto.TransformResponse.deserializeBinary(bytes),
    );
    const struct = response.getProperties();
    const properties = struct === undefined ? goal.properties : fromStruct(struct);
    const options = response.getOptions();
    const changed = { ...request, goal: { ...goal, properties } };
    return options === undefined ? changed : withOptions(changed, options);
  }

  /** Arguments and options of a call after the stack's invoke transforms. */
  async applyToInvoke(
    token: string,
    args: PropertyMap,
    options: InvokeOptions,
  ): Promise<{ args: PropertyMap; options: InvokeOptions }> {
    let current = { args, options };
    for (const callback of this.stackInvokeTransforms) current = await this.applyOneToInvoke(callback, token, current);
    return current;
  }

  private async applyOneToInvoke(
    callback: CallbackReference,
    token: string,
    call: { args: PropertyMap; options: InvokeOptions },
  ): Promise<{ args: PropertyMap; options: InvokeOptions }> {
    const message = new monitorProto.TransformInvokeRequest();
    message.setToken(token);
    message.setArgs(toStruct(call.args, TRANSFORM_WIRE));
    const options = new monitorProto.TransformInvokeOptions();
    options.setProvider(call.options.provider);
    options.setVersion(call.options.version);
    options.setPluginDownloadUrl(call.options.pluginDownloadUrl);
    message.setOptions(options);
    const response = await this.callbacks.invoke(callback, message, (bytes) =>
      monitorProto.TransformInvokeResponse.deserializeBinary(bytes),
    );
    const args = response.getArgs();
    const changed = response.getOptions();
    return {
      args: args === undefined ? call.args : fromStruct(args),
      options:
        changed === undefined
          ? call.options
          : {
              ...call.options,
              provider: changed.getProvider(),
              version: changed.getVersion(),
              pluginDownloadUrl: changed.getPluginDownloadUrl(),
            },
    };
  }
}

/** Tells a resource's own transforms the dependencies of each property, by means of output values. */
function withOutputDependencies(request: ResourceRequest): ResourceRequest {
  const { goal } = request;
  const entries = Object.entries(goal.properties).map(([key, value]) => {
    const missing = (goal.propertyDependencies[key] ?? []).filter((urn) => !outputDependencies(value).has(urn));
    return [key, missing.length === 0 ? value : withDependencies(value, missing)] as const;
  });
  return { ...request, goal: { ...goal, properties: mapOf(entries) } };
}

/**
 * The goal after all transforms: output values are replaced by their values, and their dependencies are added to those of their
 * properties. With transforms of the resource's own, the requested property dependencies are dropped.
 */
function settledGoal(goal: Goal, hasOwnTransforms: boolean): Goal {
  const entries = Object.entries(goal.properties).map(([key, value]) => {
    const requested = hasOwnTransforms ? [] : (goal.propertyDependencies[key] ?? []);
    return [key, [...new Set([...requested, ...outputDependencies(value)])]] as const;
  });
  const others = hasOwnTransforms ? {} : goal.propertyDependencies;
  return {
    ...goal,
    properties: withoutOutputValues(goal.properties) as PropertyMap,
    propertyDependencies: { ...others, ...Object.fromEntries(entries) },
  };
}

export interface InvokeOptions extends PackageRequest {
  readonly provider: string;
}

function writeOptions(request: ResourceRequest): monitorProto.TransformResourceOptions {
  const { goal, packageRequest } = request;
  const options = new monitorProto.TransformResourceOptions();
  options.setDependsOnList([...goal.dependencies]);
  if (goal.protect !== undefined) options.setProtect(goal.protect);
  options.setIgnoreChangesList([...goal.ignoreChanges]);
  options.setReplaceOnChangesList([...goal.replaceOnChanges]);
  options.setVersion(packageRequest.version);
  options.setPluginDownloadUrl(packageRequest.pluginDownloadUrl);
  options.setAliasesList(goal.aliases.map(writeAlias));
  options.setProvider(goal.provider);
  options.setCustomTimeouts(writeTimeouts(goal));
  if (goal.retainOnDelete !== undefined) options.setRetainOnDelete(goal.retainOnDelete);
  options.setDeletedWith(goal.deletedWith ?? "");
  options.setReplaceWithList([...goal.replaceWith]);
  if (goal.deleteBeforeReplace !== undefined) options.setDeleteBeforeReplace(goal.deleteBeforeReplace);
  options.setAdditionalSecretOutputsList([...goal.additionalSecretOutputs]);
  for (const [packageName, reference] of request.providers) options.getProvidersMap().set(packageName, reference);
  options.setHooks(writeHooks(goal));
  options.setImport(goal.importId);
  options.setHideDiffList([...goal.hideDiff]);
  if (goal.replacementTrigger !== null) {
    options.setReplacementTrigger(toWireValue(goal.replacementTrigger, TRANSFORM_WIRE));
  }
  return options;
}

function writeAlias(alias: Goal["aliases"][number]): aliasProto.Alias {
  const message = new aliasProto.Alias();
  if ("urn" in alias) {
    message.setUrn(alias.urn);
    return message;
  }
  const spec = new aliasProto.Alias.Spec();
  spec.setName(alias.name);
  spec.setType(alias.type);
  spec.setStack(alias.stack);
  spec.setProject(alias.project);
  if (alias.hasNoParent) spec.setNoparent(true);
  else if (alias.parentUrn !== "") spec.setParenturn(alias.parentUrn);
  message.setSpec(spec);
  return message;
}

function writeTimeouts(goal: Goal): monitorProto.RegisterResourceRequest.CustomTimeouts {
  const seconds = (value: number | undefined) => (value === undefined ? "" : `${value}s`);
  const message = new monitorProto.RegisterResourceRequest.CustomTimeouts();
  message.setCreate(seconds(goal.customTimeouts.create));
  message.setUpdate(seconds(goal.customTimeouts.update));
  message.setDelete(seconds(goal.customTimeouts.delete));
  writeLater(message, "setRead", seconds(goal.customTimeouts.read));
  return message;
}

function writeHooks(goal: Goal): monitorProto.RegisterResourceRequest.ResourceHooksBinding {
  const message = new monitorProto.RegisterResourceRequest.ResourceHooksBinding();
  const { hooks } = goal;
  message.setBeforeCreateList([...(hooks.BeforeCreate ?? [])]);
  message.setAfterCreateList([...(hooks.AfterCreate ?? [])]);
  message.setBeforeUpdateList([...(hooks.BeforeUpdate ?? [])]);
  message.setAfterUpdateList([...(hooks.AfterUpdate ?? [])]);
  message.setBeforeDeleteList([...(hooks.BeforeDelete ?? [])]);
  message.setAfterDeleteList([...(hooks.AfterDelete ?? [])]);
  writeLater(message, "setOnErrorList", [...(hooks.OnError ?? [])]);
  return message;
}

/** A transform's options replace all previous options. */
function withOptions(request: ResourceRequest, options: monitorProto.TransformResourceOptions): ResourceRequest {
  const trigger = options.getReplacementTrigger();
  const goal: Goal = {
    ...request.goal,
    // Pulumi uses a transform's dependencies only when the resource has transforms of its own.
    dependencies: request.transforms.length > 0 ? urnsOf(options.getDependsOnList()) : request.goal.dependencies,
    protect: options.hasProtect() ? options.getProtect() : undefined,
    ignoreChanges: options.getIgnoreChangesList(),
    replaceOnChanges: options.getReplaceOnChangesList(),
    aliases: options.getAliasesList().map(readAlias),
    provider: options.getProvider(),
    customTimeouts: timeoutsOf(options.getCustomTimeouts()),
    retainOnDelete: options.hasRetainOnDelete() ? options.getRetainOnDelete() : undefined,
    deletedWith: urnOf(options.getDeletedWith()),
    replaceWith: urnsOf(options.getReplaceWithList()),
    deleteBeforeReplace: options.hasDeleteBeforeReplace() ? options.getDeleteBeforeReplace() : undefined,
    additionalSecretOutputs: options.getAdditionalSecretOutputsList(),
    hooks: hooksOf(options.getHooks()),
    importId: options.getImport(),
    hideDiff: options.getHideDiffList(),
    replacementTrigger: trigger === undefined ? null : withoutOutputValues(fromWireValue(trigger)),
  };
  const providers = new Map(mapEntries(options.getProvidersMap()));
  const packageRequest = {
    ...request.packageRequest,
    version: options.getVersion(),
    pluginDownloadUrl: options.getPluginDownloadUrl(),
  };
  return { ...request, goal, providers, packageRequest };
}

function readAlias(alias: aliasProto.Alias): Goal["aliases"][number] {
  const spec = alias.getSpec();
  if (spec === undefined) return { urn: alias.getUrn() };
  return {
    name: spec.getName(),
    type: spec.getType(),
    stack: spec.getStack(),
    project: spec.getProject(),
    parentUrn: spec.getParenturn(),
    hasNoParent: spec.getNoparent(),
  };
}
