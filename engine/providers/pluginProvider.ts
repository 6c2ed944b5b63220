/** The engine's interface to a provider process: converts values and errors to and from protocol messages. */
import { writeLater } from "../protocol/laterMembers";
import { type Grpc, grpc, mapEntries, providerProto, type Struct, statusProto } from "../protocol/stubs";
import { fromStruct, markSecretsLike, toStruct, type WireOptions } from "../protocol/wire";
import type { PropertyDifference } from "../results";
import { nameOf, typeOf, type Urn } from "../values/urn";
import { containsSecrets, containsUnknowns, mapOf, type PropertyMap, Secret } from "../values/values";
import type { Plugin } from "./plugin";
import { isGrpcError } from "./plugin";
import {
  type CheckFailure,
  type CheckRequest,
  type CheckResult,
  type CreateRequest,
  type DeleteRequest,
  type DiffRequest,
  type DiffResult,
  DiffUnavailableError,
  InitFailedError,
  type InvokeResult,
  NO_DIFF,
  ProviderError,
  type ReadRequest,
  type ReadResult,
  type ResourceProvider,
  type UpdateRequest,
} from "./resourceProvider";

/** Capabilities that a provider reports. */
export interface Capabilities {
  readonly acceptsSecrets: boolean;
  readonly acceptsResources: boolean;
  /** Whether Create and Update may be called in a preview. */
  readonly supportsPreview: boolean;
}

const PARTIAL_FAILURE_DETAIL = "pulumirpc.ErrorResourceInitFailed";

export class PluginProvider implements ResourceProvider {
  constructor(
    private readonly plugin: Plugin,
    /** Resolves when the provider is configured; `unknown` while its configuration holds unknowns. */
    private readonly configured: () => Promise<Capabilities | "unknown">,
  ) {}

  async check(request: CheckRequest): Promise<CheckResult> {
    const capabilities = await this.configured();
    if (capabilities === "unknown") return { inputs: request.news, failures: [] };
    const options = wireOptions(capabilities, request.allowUnknowns);
    const message = new providerProto.CheckRequest();
    describe(message, request.urn);
    message.setOlds(toStruct(request.olds, options));
    message.setNews(toStruct(request.news, options));
    message.setRandomseed(request.randomSeed);
    const response = await this.call<providerProto.CheckResponse>("Check", (client, callback) =>
      client.check(message, callback),
    );
    const inputs = fromStruct(response.getInputs());
    return {
      inputs: capabilities.acceptsSecrets ? inputs : markSecretsLike(inputs, request.news),
      failures: response.getFailuresList().map(toFailure),
    };
  }

  async diff(request: DiffRequest): Promise<DiffResult> {
    const capabilities = await this.configured();
    if (capabilities === "unknown") {
      throw new DiffUnavailableError(
        "The provider for this resource has inputs that are not known during preview.\nThis preview may not correctly represent the changes that will be applied during an update.",
      );
    }
    const options = wireOptions(capabilities, request.allowUnknowns);
    const message = new providerProto.DiffRequest();
    describeChange(message, request, options);
    const response = await this.call<providerProto.DiffResponse>("Diff", (client, callback) =>
      client.diff(message, callback),
    );
    return toDiff(response);
  }

  async create(request: CreateRequest): Promise<{ id: string; outputs: PropertyMap }> {
    const capabilities = await this.configured();
    if (capabilities === "unknown") return { id: "", outputs: {} };
    if (request.isPreview && !capabilities.supportsPreview) return { id: "", outputs: request.inputs };
    const message = new providerProto.CreateRequest();
    describe(message, request.urn);
    message.setProperties(toStruct(request.inputs, wireOptions(capabilities, request.isPreview)));
    message.setTimeout(request.timeoutSeconds);
    message.setPreview(request.isPreview);
    const marked = (outputs: PropertyMap) => markOutputs(outputs, request.inputs, capabilities);
    const response = await this.call<providerProto.CreateResponse>(
      "Create",
      (client, callback) => client.create(message, callback),
      marked,
    );
    if (response.getId() === "" && !request.isPreview) {
      throw new ProviderError(`plugin returned empty resource.ID from create '${request.urn}'`);
    }
    return { id: response.getId(), outputs: marked(fromStruct(response.getProperties())) };
  }

  async update(request: UpdateRequest): Promise<PropertyMap> {
    const capabilities = await this.configured();
    if (capabilities === "unknown") return {};
    if (request.isPreview && !capabilities.supportsPreview) return request.newInputs;
    const options = wireOptions(capabilities, request.isPreview);
    const message = new providerProto.UpdateRequest();
    describeChange(message, request, options);
    message.setTimeout(request.timeoutSeconds);
    message.setPreview(request.isPreview);
    const marked = (outputs: PropertyMap) => markOutputs(outputs, request.newInputs, capabilities);
    const response = await this.call<providerProto.UpdateResponse>(
      "Update",
      (client, callback) => client.update(message, callback),
      marked,
    );
    return marked(fromStruct(response.getProperties()));
  }

  async delete(request: DeleteRequest): Promise<void> {
    const capabilities = await this.configured();
    if (capabilities === "unknown") return;
    const options = wireOptions(capabilities, false);
    const message = new providerProto.DeleteRequest();
    describe(message, request.urn);
    message.setId(request.id);
    message.setProperties(toStruct(request.outputs, options));
    message.setOldInputs(toStruct(request.inputs, options));
    message.setTimeout(request.timeoutSeconds);
    await this.call<unknown>("Delete", (client, callback) => client.delete(message, callback));
  }

  async read(request: ReadRequest): Promise<ReadResult> {
    const capabilities = await this.configured();
    if (capabilities === "unknown") return { id: request.id, inputs: {}, outputs: {}, initErrors: [] };
    const options = wireOptions(capabilities, false);
    const message = new providerProto.ReadRequest();
    describe(message, request.urn);
    message.setId(request.id);
    if (request.inputs !== undefined) message.setInputs(toStruct(request.inputs, options));
    if (request.state !== undefined) message.setProperties(toStruct(request.state, options));
    writeLater(message, "setTimeout", request.timeoutSeconds);
    const result = await this.readOrPartial(message);
    return {
      ...result,
      inputs: result.inputs && markOutputs(result.inputs, request.inputs ?? {}, capabilities),
      outputs: result.outputs && markOutputs(result.outputs, request.state ?? {}, capabilities),
    };
  }

  private async readOrPartial(message: providerProto.ReadRequest): Promise<ReadResult> {
    try {
      const response = await this.call<providerProto.ReadResponse>("Read", (client, callback) =>
        client.read(message, callback),
      );
      return {
        id: response.getId(),
        inputs: response.hasInputs() ? fromStruct(response.getInputs()) : undefined,
        outputs: response.hasProperties() ? fromStruct(response.getProperties()) : undefined,
        initErrors: [],
      };
    } catch (error) {
      if (!(error instanceof InitFailedError)) throw error;
      return { id: error.id, inputs: error.inputs, outputs: error.outputs, initErrors: error.reasons };
    }
  }

  async invoke(token: string, args: PropertyMap, isPreview: boolean): Promise<InvokeResult> {
    const capabilities = await this.configured();
    if (capabilities === "unknown") return { outputs: {}, failures: [] };
    const message = new providerProto.InvokeRequest();
    message.setTok(token);
    message.setArgs(toStruct(args, wireOptions(capabilities, false)));
    message.setPreview(isPreview);
    const response = await this.call<providerProto.InvokeResponse>("Invoke", (client, callback) =>
      client.invoke(message, callback),
    );
    const outputs = fromStruct(response.getReturn());
    const mustMark = !capabilities.acceptsSecrets && containsSecrets(args);
    return {
      outputs: mustMark ? mapOf(Object.entries(outputs).map(([key, value]) => [key, new Secret(value)])) : outputs,
      failures: response.getFailuresList().map(toFailure),
    };
  }

  /** `marked` is applied to the outputs of a partial failure. */
  private async call<Response>(
    operation: string,
    send: Parameters<typeof this.plugin.call<Response>>[1],
    marked: (outputs: PropertyMap) => PropertyMap = (outputs) => outputs,
  ): Promise<Response> {
    try {
      return await this.plugin.call(operation, send);
    } catch (error) {
      throw isGrpcError(error) ? toProviderError(error, marked) : error;
    }
  }
}

/** Sets the three members that identify the resource in every request. */
export function describe(
  message: { setUrn(urn: string): unknown; setName(name: string): unknown; setType(type: string): unknown },
  urn: Urn,
): void {
  message.setUrn(urn);
  message.setName(nameOf(urn));
  message.setType(typeOf(urn));
}

function describeChange(
  message: providerProto.DiffRequest | providerProto.UpdateRequest,
  request: DiffRequest | UpdateRequest,
  options: WireOptions,
): void {
  describe(message, request.urn);
  message.setId(request.id);
  message.setOlds(toStruct(request.oldOutputs, options));
  message.setOldInputs(toStruct(request.oldInputs, options));
  message.setNews(toStruct(request.newInputs, options));
  message.setIgnorechangesList([...request.ignoreChanges]);
}

function wireOptions(capabilities: Capabilities, allowUnknowns: boolean): WireOptions {
  return {
    unknowns: allowUnknowns ? "keep" : "drop",
    keepSecrets: capabilities.acceptsSecrets,
    keepResources: capabilities.acceptsResources,
  };
}

function markOutputs(outputs: PropertyMap, given: PropertyMap, capabilities: Capabilities): PropertyMap {
  return capabilities.acceptsSecrets ? outputs : markSecretsLike(outputs, given);
}

function toFailure(failure: providerProto.CheckFailure): CheckFailure {
  return { property: failure.getProperty(), reason: failure.getReason() };
}

const CHANGES = ["unknown", "none", "some"] as const;
const DIFFERENCE_KINDS = ["add", "add-replace", "delete", "delete-replace", "update", "update-replace"] as const;

export function toDiff(response: providerProto.DiffResponse): DiffResult {
  const detailed: [string, PropertyDifference][] = mapEntries(response.getDetaileddiffMap()).map(
    ([path, difference]) => [
      path,
      { kind: DIFFERENCE_KINDS[difference.getKind()] ?? "update", inputDiff: difference.getInputdiff() },
    ],
  );
  return {
    ...NO_DIFF,
    changes: CHANGES[response.getChanges()] ?? "unknown",
    replaceKeys: response.getReplacesList(),
    changedKeys: response.getDiffsList(),
    detailedDiff: response.getHasdetaileddiff() || detailed.length > 0 ? Object.fromEntries(detailed) : undefined,
    deleteBeforeReplace: response.getDeletebeforereplace(),
  };
}

/** The provider's error message; a partial failure if the error's details say so. */
export function toProviderError(
  error: Grpc.ServiceError,
  marked: (outputs: PropertyMap) => PropertyMap,
): ProviderError {
  const failure = partialFailureOf(error);
  if (failure === undefined) return new ProviderError(error.details || error.message);
  return new InitFailedError(
    failure.getId(),
    marked(fromStruct(failure.getProperties())),
    failure.hasInputs() ? marked(fromStruct(failure.getInputs() as Struct.Struct)) : undefined,
    failure.getReasonsList(),
  );
}

function partialFailureOf(error: Grpc.ServiceError): providerProto.ErrorResourceInitFailed | undefined {
  const [bytes] = error.metadata?.get("grpc-status-details-bin") ?? [];
  if (!(bytes instanceof Uint8Array)) return undefined;
  const status = statusProto.Status.deserializeBinary(new Uint8Array(bytes));
  const detail = status.getDetailsList().find((any) => any.getTypeName() === PARTIAL_FAILURE_DETAIL);
  return detail && providerProto.ErrorResourceInitFailed.deserializeBinary(detail.getValue_asU8());
}

export function isUnimplemented(error: unknown): boolean {
  return isGrpcError(error) && error.code === grpc.status.UNIMPLEMENTED;
}

/** Whether a provider with these inputs can be configured now. */
export function isConfigKnown(inputs: PropertyMap): boolean {
  return !containsUnknowns(inputs);
}
