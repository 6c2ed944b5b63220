/** The gRPC service of the provider: messages to calls of the adapter, answers and errors back to messages. */
import type { Failure } from "../lifecycle/definition";
import { type DiffAnswer, InitFailedError, type PluginAdapter, type Sent } from "./adapter";
import type { Autonaming } from "./autonaming";
import type { PropertyDifference } from "./detailedDiff";
import { InvalidPropertiesError } from "./invalidPropertiesError";
import { packageVersion, readSchema } from "./packageFiles";
import {
  detailProtos,
  emptyProto,
  type Grpc,
  grpc,
  pluginProto,
  providerGrpc,
  providerProto,
  type Struct,
} from "./protocol/stubs";
import { fromStruct, toStruct } from "./protocol/wire";

const PARTIAL_FAILURE = "pulumirpc.ErrorResourceInitFailed";
const INVALID_PROPERTIES = "pulumirpc.InputPropertiesError";

/** Calls and their answers: a promise, or the answer itself. */
type Handler<Request, Response> = (request: Request) => Promise<Response> | Response;

/** The engine that started the provider, or that attached to it. */
export interface Engine {
  readonly engineAddress: string | undefined;
  setEngine(address: string): void;
}

export function service(adapter: PluginAdapter, engine: Engine): Grpc.UntypedServiceImplementation {
  return {
    ...unimplemented(),
    handshake: unary((request: providerProto.ProviderHandshakeRequest) => {
      engine.setEngine(request.getEngineAddress());
      const response = new providerProto.ProviderHandshakeResponse();
      response.setAcceptSecrets(true);
      response.setAcceptResources(true);
      response.setAcceptOutputs(true);
      response.setSupportsAutonamingConfiguration(true);
      return response;
    }),
    attach: unary((request: pluginProto.PluginAttach) => {
      engine.setEngine(request.getAddress());
      return new emptyProto.Empty();
    }),
    getPluginInfo: unary(() => {
      const info = new pluginProto.PluginInfo();
      info.setVersion(packageVersion());
      return info;
    }),
    getSchema: unary(() => {
      const response = new providerProto.GetSchemaResponse();
      response.setSchema(readSchema());
      return response;
    }),
    getMapping: unary(() => new providerProto.GetMappingResponse()),
    getMappings: unary(() => new providerProto.GetMappingsResponse()),

    checkConfig: unary((request: providerProto.CheckRequest) => {
      const { inputs, failures } = adapter.checkConfig(request.getUrn(), fromStruct(request.getNews()));
      return checked(inputs, failures);
    }),
    diffConfig: unary((request: providerProto.DiffRequest) => configDifference(request)),
    configure: unary((request: providerProto.ConfigureRequest) => {
      adapter.configure(fromStruct(request.getArgs()).values, request.getUrn?.() || undefined);
      const response = new providerProto.ConfigureResponse();
      response.setAcceptsecrets(true);
      response.setAcceptresources(true);
      response.setAcceptoutputs(true);
      response.setSupportspreview(true);
      response.setSupportsAutonamingConfiguration(true);
      return response;
    }),

    check: unary((request: providerProto.CheckRequest) => {
      const { inputs, failures } = adapter.check(
        request.getUrn(),
        fromStruct(request.getOlds()),
        (dereference) => fromStruct(request.getNews(), dereference),
        toAutonaming(request.getAutonaming()),
      );
      return checked(inputs, failures);
    }),
    diff: unary((request: providerProto.DiffRequest) => {
      const [olds, oldInputs] = [fromStruct(request.getOlds()), fromStruct(request.getOldInputs())];
      return toDiff(adapter.diff(request.getUrn(), request.getId(), olds, oldInputs, fromStruct(request.getNews())));
    }),
    create: unary(async (request: providerProto.CreateRequest) => {
      const made = await adapter.create(toCall(request), fromStruct(request.getProperties()), request.getPreview());
      const response = new providerProto.CreateResponse();
      response.setId(made.id);
      response.setProperties(toMessage(made.outputs));
      return response;
    }),
    update: unary(async (request: providerProto.UpdateRequest) => {
      const outputs = await adapter.update(
        toCall(request),
        request.getId(),
        fromStruct(request.getOlds()),
        fromStruct(request.getOldInputs()),
        fromStruct(request.getNews()),
        request.getPreview(),
      );
      const response = new providerProto.UpdateResponse();
      response.setProperties(toMessage(outputs));
      return response;
    }),
    read: unary(async (request: providerProto.ReadRequest) => {
      const found = await adapter.read(
        toCall(request),
        request.getId(),
        fromStruct(request.getProperties()),
        fromStruct(request.getInputs()),
      );
      const response = new providerProto.ReadResponse();
      if (found === undefined) return response; // without an id, the engine takes the object for deleted
      response.setId(found.id);
      response.setInputs(toMessage(found.inputs));
      response.setProperties(toMessage(found.outputs));
      return response;
    }),
    delete: unary(async (request: providerProto.DeleteRequest) => {
      const [properties, oldInputs] = [fromStruct(request.getProperties()), fromStruct(request.getOldInputs())];
      await adapter.delete(toCall(request), request.getId(), properties, oldInputs);
      return new emptyProto.Empty();
    }),
    invoke: unary(async (request: providerProto.InvokeRequest) => {
      const { result, failures } = await adapter.invoke(request.getTok(), fromStruct(request.getArgs()));
      const response = new providerProto.InvokeResponse();
      response.setReturn(toMessage(result));
      response.setFailuresList(failures.map(toCheckFailure));
      return response;
    }),
    construct: unary(async (request: providerProto.ConstructRequest) => {
      const { construct } = require("./components/construct") as typeof import("./components/construct");
      const { urn, outputs, dependencies } = await construct(request, engine.engineAddress ?? "");
      const response = new providerProto.ConstructResponse();
      response.setUrn(urn);
      response.setState(toStruct(outputs));
      for (const [name, urns] of dependencies) {
        const ofOutput = new providerProto.ConstructResponse.PropertyDependencies();
        ofOutput.setUrnsList([...urns]);
        response.getStatedependenciesMap().set(name, ofOutput);
      }
      return response;
    }),
    cancel: unary(() => {
      adapter.cancel();
      return new emptyProto.Empty();
    }),
  };
}

/** A method of the service. What it throws is the error of the call: its message, and nothing else of it. */
function unary<Request, Response>(answer: Handler<Request, Response>): Grpc.handleUnaryCall<Request, Response> {
  return (call, callback) => {
    Promise.resolve(call.request)
      .then(answer)
      .then(
        (response) => callback(null, response),
        (error: unknown) => callback(toServiceError(error)),
      );
  };
}

function unimplemented(): Grpc.UntypedServiceImplementation {
  const refuse: Grpc.handleUnaryCall<unknown, unknown> = (_call, callback) =>
    callback({ code: grpc.status.UNIMPLEMENTED, details: "not implemented by the provider ngrok-ai" });
  return Object.fromEntries(Object.keys(providerGrpc.ResourceProviderService).map((name) => [name, refuse]));
}

function toCall(request: { getUrn(): string; getTimeout?(): number }): { urn: string; timeoutSeconds: number } {
  // The oldest supported SDK has no timeout for reads.
  return { urn: request.getUrn(), timeoutSeconds: request.getTimeout?.() ?? 0 };
}

function toMessage({ values, secrets, secretNames }: Sent): Struct.Struct {
  return toStruct(values, secrets, secretNames);
}

function checked(inputs: Sent, failures: readonly Failure[]): providerProto.CheckResponse {
  const response = new providerProto.CheckResponse();
  response.setInputs(toMessage(inputs));
  response.setFailuresList(failures.map(toCheckFailure));
  return response;
}

function toCheckFailure({ property, reason }: Failure): providerProto.CheckFailure {
  const failure = new providerProto.CheckFailure();
  failure.setProperty(property);
  failure.setReason(reason);
  return failure;
}

const AUTONAMING_MODES = ["propose", "enforce", "disable"] as const;

function toAutonaming(options: providerProto.CheckRequest.AutonamingOptions | undefined): Autonaming | undefined {
  if (options === undefined) return undefined;
  return { proposedName: options.getProposedName(), mode: AUTONAMING_MODES[options.getMode()] ?? "propose" };
}

/** A changed configuration updates the provider in place: it replaces neither the provider nor its resources. */
function configDifference(request: providerProto.DiffRequest): providerProto.DiffResponse {
  const [olds, news] = [fromStruct(request.getOldInputs()).values, fromStruct(request.getNews()).values];
  const names = [...new Set([...Object.keys(olds), ...Object.keys(news)])];
  const changed = names.filter((name) => JSON.stringify(olds[name]) !== JSON.stringify(news[name]));
  const details = new Map<string, PropertyDifference>();
  for (const name of changed) {
    const kind = olds[name] === undefined ? "add" : news[name] === undefined ? "delete" : "update";
    details.set(name, { kind, isReplacing: false, isOfInputs: true });
  }
  return toDiff({ hasChanges: changed.length > 0, changed, replaces: [], deleteBeforeReplace: false, details });
}

function toDiff(answer: DiffAnswer): providerProto.DiffResponse {
  const { DiffChanges } = providerProto.DiffResponse;
  const { Kind } = providerProto.PropertyDiff;
  const kinds = {
    add: [Kind.ADD, Kind.ADD_REPLACE],
    delete: [Kind.DELETE, Kind.DELETE_REPLACE],
    update: [Kind.UPDATE, Kind.UPDATE_REPLACE],
  } as const;
  const response = new providerProto.DiffResponse();
  response.setChanges(answer.hasChanges ? DiffChanges.DIFF_SOME : DiffChanges.DIFF_NONE);
  response.setDiffsList([...answer.changed]);
  response.setReplacesList([...answer.replaces]);
  response.setDeletebeforereplace(answer.deleteBeforeReplace);
  response.setHasdetaileddiff(answer.details.size > 0);
  for (const [property, { kind, isReplacing, isOfInputs }] of answer.details) {
    const difference = new providerProto.PropertyDiff();
    difference.setKind(kinds[kind][isReplacing ? 1 : 0]);
    difference.setInputdiff(isOfInputs);
    response.getDetaileddiffMap().set(property, difference);
  }
  return response;
}

function toServiceError(error: unknown): Partial<Grpc.ServiceError> {
  if (process.env.PULUMI_NGROK_AI_DEBUG && error instanceof Error) console.error(error.stack);
  const details = error instanceof Error ? error.message : String(error);
  const code = grpc.status.UNKNOWN;
  if (error instanceof InvalidPropertiesError) {
    const { INVALID_ARGUMENT } = grpc.status;
    const metadata = withDetail(INVALID_ARGUMENT, details, INVALID_PROPERTIES, toInvalidProperties(error));
    return { code: INVALID_ARGUMENT, details, metadata };
  }
  if (!(error instanceof InitFailedError)) return { code, details };
  const failure = new providerProto.ErrorResourceInitFailed();
  failure.setId(error.id);
  failure.setProperties(toMessage(error.outputs));
  failure.setInputs(toMessage(error.inputs));
  failure.setReasonsList([details]);
  return { code, details, metadata: withDetail(code, details, PARTIAL_FAILURE, failure.serializeBinary()) };
}

function toInvalidProperties({ problems }: InvalidPropertiesError): Uint8Array {
  const { errorsProto } = detailProtos();
  const detail = new errorsProto.InputPropertiesError();
  for (const { property, reason } of problems) {
    const problem = new errorsProto.InputPropertiesError.PropertyError();
    problem.setPropertyPath(property);
    problem.setReason(reason);
    detail.addErrors(problem);
  }
  return detail.serializeBinary();
}

/** Metadata in which gRPC carries a message about an error. */
function withDetail(code: Grpc.status, message: string, type: string, detail: Uint8Array): Grpc.Metadata {
  const { anyProto, statusProto } = detailProtos();
  const any = new anyProto.Any();
  any.pack(detail, type);
  const status = new statusProto.Status();
  status.setCode(code);
  status.setMessage(message);
  status.addDetails(any);
  const metadata = new grpc.Metadata();
  metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  return metadata;
}
