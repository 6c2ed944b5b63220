/** `ResourceMonitor`: the gRPC service that a program registers its resources with. */

import { ProviderChooser } from "../program/defaultProviders";
import type { Goal } from "../program/goal";
import {
  answerWire,
  InvalidRequestError,
  packageRequestOf,
  type ResourceRequest,
  readRegistration,
  sourcePositionOf,
  urnOf,
  urnsOf,
  writeRegistration,
} from "../program/requests";
import { Transforms } from "../program/transforms";
import { unary } from "../program/unary";
import { readLater, writeLater } from "../protocol/laterMembers";
import { emptyProto, type Grpc, type monitorGrpc, monitorProto, providerProto } from "../protocol/stubs";
import { fromStruct, toStruct } from "../protocol/wire";
import type { Run } from "../run";
import { isProviderType, packageOf, parseReference, typeOf, type Urn } from "../values/urn";
import { type PropertyMap, withoutOutputValues } from "../values/values";
import type { Registrations } from "./registrations";

/** Absent in older SDKs, which request features by name only. */
const Feature: Partial<typeof monitorProto.ResourceMonitorFeature> = monitorProto.ResourceMonitorFeature ?? {};

/** The features of this engine, by name for older SDKs and by number for newer ones. */
const FEATURES: Readonly<Record<string, monitorProto.ResourceMonitorFeature | undefined>> = {
  secrets: Feature.RESOURCE_MONITOR_FEATURE_SECRETS,
  resourceReferences: Feature.RESOURCE_MONITOR_FEATURE_RESOURCE_REFERENCES,
  outputValues: Feature.RESOURCE_MONITOR_FEATURE_OUTPUT_VALUES,
  aliasSpecs: Feature.RESOURCE_MONITOR_FEATURE_ALIAS_SPECS,
  replacementTrigger: Feature.RESOURCE_MONITOR_FEATURE_REPLACEMENT_TRIGGER,
  deletedWith: Feature.RESOURCE_MONITOR_FEATURE_DELETED_WITH,
  replaceWith: Feature.RESOURCE_MONITOR_FEATURE_REPLACE_WITH,
  transforms: Feature.RESOURCE_MONITOR_FEATURE_TRANSFORMS,
  invokeTransforms: Feature.RESOURCE_MONITOR_FEATURE_INVOKE_TRANSFORMS,
  resourceHooks: Feature.RESOURCE_MONITOR_FEATURE_RESOURCE_HOOKS,
  errorHooks: Feature.RESOURCE_MONITOR_FEATURE_ERROR_HOOKS,
  invokeDependsOn: Feature.RESOURCE_MONITOR_FEATURE_INVOKE_DEPENDS_ON,
};

export class Monitor {
  private readonly transforms: Transforms;
  private readonly componentProviders = new Map<Urn, ReadonlyMap<string, string>>();

  private readonly providers: ProviderChooser;

  /** @param programFinished called when the program is done; resolves when the whole deployment is done */
  constructor(
    private readonly run: Run,
    private readonly registrations: Registrations,
    private readonly programFinished: () => Promise<void>,
  ) {
    this.transforms = new Transforms(run.callbacks);
    this.providers = new ProviderChooser(run.request.config, (goal) => registrations.register(goal));
  }

  handlers(): monitorGrpc.IResourceMonitorServer {
    const empty = () => new emptyProto.Empty();
    return {
      getDeploymentInfo: unary(() => this.deploymentInfo()),
      supportsFeature: unary((request: monitorProto.SupportsFeatureRequest) => {
        const response = new monitorProto.SupportsFeatureResponse();
        response.setHassupport(Object.hasOwn(FEATURES, request.getId()));
        return response;
      }),
      registerResource: unary((request: monitorProto.RegisterResourceRequest, metadata) =>
        this.registerResource(request, metadata),
      ),
      readResource: unary((request: monitorProto.ReadResourceRequest) => this.readResource(request)),
      registerResourceOutputs: unary(async (request: monitorProto.RegisterResourceOutputsRequest) => {
        const outputs = withoutOutputValues(fromStruct(request.getOutputs())) as PropertyMap;
        await this.registrations.registerOutputs(request.getUrn(), outputs);
        return empty();
      }),
      invoke: unary((request: monitorProto.ResourceInvokeRequest) => this.invoke(request)),
      registerStackTransform: unary((request: { getTarget(): string; getToken(): string }) => {
        this.transforms.addStackTransform({ target: request.getTarget(), token: request.getToken() });
        return empty();
      }),
      registerStackInvokeTransform: unary((request: { getTarget(): string; getToken(): string }) => {
        this.transforms.addStackInvokeTransform({ target: request.getTarget(), token: request.getToken() });
        return empty();
      }),
      registerResourceHook: unary((request: monitorProto.RegisterResourceHookRequest) => {
        this.run.hooks.register(request.getName(), {
          callback: callbackOf(request),
          runsInPreview: request.getOnDryRun(),
          ignoresErrors: readLater(request, "getIgnoreErrors", false),
        });
        return empty();
      }),
      registerErrorHook: unary((request: monitorProto.RegisterErrorHookRequest) => {
        this.run.hooks.registerErrorHook(request.getName(), callbackOf(request));
        return empty();
      }),
      registerPackage: unary((request: monitorProto.RegisterPackageRequest) => this.registerPackage(request)),
      signalAndWaitForShutdown: unary(async () => {
        await this.programFinished();
        return empty();
      }),
      call: unary((request: monitorProto.ResourceCallRequest): providerProto.CallResponse => {
        throw new InvalidRequestError(`methods of resources are not supported by this engine: ${request.getTok()}`);
      }),
      existsResource: unary((request: monitorProto.ExistsResourceRequest): monitorProto.ExistsResourceResponse => {
        throw new InvalidRequestError(`existence checks are not supported by this engine: ${request.getType()}`);
      }),
    };
  }

  private deploymentInfo(): monitorProto.DeploymentInfo {
    const { project, stackName, organization, config, options, parallel } = this.run.request;
    const info = new monitorProto.DeploymentInfo();
    info.setProject(project.name);
    info.setStack(stackName);
    info.setOrganization(organization);
    for (const [key, { value }] of Object.entries(config)) info.getConfigMap().set(key, value);
    info.setConfigsecretkeysList(Object.keys(config).filter((key) => config[key]?.secret));
    info.setDryrun(options.isPreview);
    info.setParallel(parallel);
    info.setSupportedfeaturesList(Object.values(FEATURES).filter((feature) => feature !== undefined));
    return info;
  }

  private async registerResource(
    message: monitorProto.RegisterResourceRequest,
    metadata: Grpc.Metadata,
  ): Promise<monitorProto.RegisterResourceResponse> {
    const sent = this.inherit(readRegistration(message, metadata));
    const parentOf = (urn: Urn) => this.run.goals.get(urn)?.parent;
    const request = await this.transforms.apply(sent, parentOf);
    const goal = await this.withProvider(request);
    const registration = await this.registrations.register(goal);
    this.transforms.note(registration.urn, request.transforms);
    if (!goal.custom) this.noteComponentProviders(registration.urn, request);
    return writeRegistration(registration, message);
  }

  /** Fills in options that a resource does not set and inherits from its parent. */
  private inherit(request: ResourceRequest): ResourceRequest {
    const { goal } = request;
    const parent = goal.parent === undefined ? undefined : this.run.goals.get(goal.parent);
    if (parent === undefined) return request;
    const parentProvider = parseReference(parent.provider)?.urn;
    const isSamePackage = parentProvider !== undefined && packageOf(typeOf(parentProvider)) === packageOf(goal.type);
    const takesProvider = !goal.custom || isSamePackage;
    const inherited: Goal = {
      ...goal,
      deletedWith: goal.deletedWith ?? parent.deletedWith,
      protect: goal.protect ?? parent.protect,
      retainOnDelete: goal.retainOnDelete ?? parent.retainOnDelete,
      provider: goal.provider === "" && takesProvider ? parent.provider : goal.provider,
    };
    return { ...request, goal: inherited };
  }

  /** The provider of a custom resource: the one it names, else the one its component has for the package, else the default provider. */
  private async withProvider(request: ResourceRequest): Promise<Goal> {
    const { goal, packageRequest, providers } = request;
    if (isProviderType(goal.type)) {
      return { ...goal, provider: "", properties: this.providers.explicitInputs(goal.properties, packageRequest) };
    }
    if (!goal.custom) return goal;
    const packageName = packageOf(goal.type);
    const ofParent = goal.parent === undefined ? undefined : this.componentProviders.get(goal.parent);
    const chosen = goal.provider || providers.get(packageName) || ofParent?.get(packageName) || "";
    const provider = chosen === "" ? await this.providers.defaultFor(packageName, packageRequest) : chosen;
    return { ...goal, provider };
  }

  private noteComponentProviders(urn: Urn, { goal, providers }: ResourceRequest): void {
    const inherited = goal.parent === undefined ? undefined : this.componentProviders.get(goal.parent);
    const merged = new Map([...(inherited ?? []), ...providers]);
    if (merged.size > 0) this.componentProviders.set(urn, merged);
  }

  private async readResource(message: monitorProto.ReadResourceRequest): Promise<monitorProto.ReadResourceResponse> {
    const type = message.getType();
    const packageName = packageOf(type);
    const provider = message.getProvider() || (await this.providers.defaultFor(packageName, packageRequestOf(message)));
    const { urn, state, result, isUnknown } = await this.registrations.read({
      type,
      name: message.getName(),
      id: message.getId(),
      properties: withoutOutputValues(fromStruct(message.getProperties())) as PropertyMap,
      parent: urnOf(message.getParent()),
      dependencies: urnsOf(message.getDependenciesList()),
      provider,
      additionalSecretOutputs: message.getAdditionalsecretoutputsList(),
      sourcePosition: sourcePositionOf(message),
    });
    const response = new monitorProto.ReadResourceResponse();
    response.setUrn(urn);
    response.setProperties(toStruct(state.outputs, answerWire(message)));
    writeLater(response, "setResult", result === "success" ? 0 : 1);
    writeLater(response, "setUnknown", isUnknown);
    return response;
  }

  private async invoke(message: monitorProto.ResourceInvokeRequest): Promise<monitorProto.ResourceInvokeResponse> {
    const token = message.getTok();
    // Older SDKs expect the provider's own response type.
    const response = new (monitorProto.ResourceInvokeResponse ?? providerProto.InvokeResponse)();
    const given = withoutOutputValues(fromStruct(message.getArgs())) as PropertyMap;
    const packageName = packageOf(token);
    const parent = urnOf(readLater(message, "getParent", ""));
    const ofParent = parent === undefined ? undefined : this.componentProviders.get(parent)?.get(packageName);
    const asked = { ...packageRequestOf(message), provider: message.getProvider() || (ofParent ?? "") };
    const { args, options } = await this.transforms.applyToInvoke(token, given, asked);
    const provider = options.provider || (await this.providers.defaultFor(packageName, options));
    if (this.registrations.isPending(readLater(message, "getDependsonList", []))) {
      writeLater(response, "setUnknown", true);
      return response;
    }
    const { outputs, failures } = await this.registrations.invoke(token, args, provider);
    const keepResources = message.getAcceptresources() || token === "pulumi:pulumi:getResource";
    response.setReturn(toStruct(outputs, { unknowns: "keep", keepSecrets: true, keepResources }));
    response.setFailuresList(
      failures.map(({ property, reason }) => {
        const failure = new providerProto.CheckFailure();
        failure.setProperty(property);
        failure.setReason(reason);
        return failure;
      }),
    );
    return response;
  }

  private registerPackage(request: monitorProto.RegisterPackageRequest): monitorProto.RegisterPackageResponse {
    if (request.hasParameterization() || readLater(request, "hasExtension$", false)) {
      throw new InvalidRequestError(`parameterized packages are not supported by this engine: ${request.getName()}`);
    }
    const response = new monitorProto.RegisterPackageResponse();
    response.setRef(this.providers.registerPackage(request.getVersion(), request.getDownloadUrl()));
    return response;
  }
}

function callbackOf(request: { getCallback(): { getTarget(): string; getToken(): string } | undefined }) {
  const callback = request.getCallback();
  if (callback === undefined || callback.getTarget() === "") throw new InvalidRequestError("target must be specified");
  return { target: callback.getTarget(), token: callback.getToken() };
}
