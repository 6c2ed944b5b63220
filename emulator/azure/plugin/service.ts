/** The gRPC service of `AzureNative` as a Pulumi provider: converts requests and answers. */
import {
  anyProto,
  CHANNEL_OPTIONS,
  emptyProto,
  engineGrpc,
  engineProto,
  type Grpc,
  grpc,
  mapEntries,
  pluginProto,
  providerGrpc,
  providerProto,
  type Struct,
  statusProto,
  structProto,
} from "../../../engine/protocol/stubs";
import type { Waiting } from "./armClient";
import { AzureNative, HalfMadeError, type Resource } from "./azureNative";
import type { Difference, JsonObject } from "./values";

/** Satisfies any version that a program requests. */
const VERSION = "3.28.0";
const PARTIAL_FAILURE = "pulumirpc.ErrorResourceInitFailed";
/** azure-native's default for a resource without `customTimeouts`. */
const DEFAULT_TIMEOUT_SECONDS = 2 * 60 * 60;

export interface PluginOptions {
  /** Address of the local Azure. */
  readonly azureUrl: string;
  /** Source of the `ARM_…` settings. */
  readonly environment: NodeJS.ProcessEnv;
  /** Receiver of warnings; undefined: none. */
  readonly engineAddress?: string | undefined;
}

/** Serves on a free port of the loopback interface. */
export async function servePlugin(options: PluginOptions): Promise<{ readonly port: number; close(): void }> {
  const server = new grpc.Server(CHANNEL_OPTIONS);
  server.addService(providerGrpc.ResourceProviderService, implementation(options));
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound);
      else reject(error);
    });
  });
  return { port, close: () => server.forceShutdown() };
}

/** Reports to the engine, which shows the message next to the resource. A failed report is ignored. */
class Reporter {
  private readonly engine: engineGrpc.EngineClient | undefined;

  constructor(address: string | undefined) {
    if (address === undefined) return;
    this.engine = new engineGrpc.EngineClient(address, grpc.credentials.createInsecure(), CHANNEL_OPTIONS);
  }

  async warn(urn: string, message: string): Promise<void> {
    const { engine } = this;
    if (engine === undefined) return;
    const request = new engineProto.LogRequest();
    request.setSeverity(engineProto.LogSeverity.WARNING);
    request.setUrn(urn);
    request.setMessage(message);
    await new Promise<void>((resolve) => engine.log(request, () => resolve()));
  }
}

function implementation({ azureUrl, environment, engineAddress }: PluginOptions): Grpc.UntypedServiceImplementation {
  let azure = new AzureNative(azureUrl, configOf(environment, []));
  const reporter = new Reporter(engineAddress);
  const shutdown = new AbortController();
  const done = () => new emptyProto.Empty();
  const waitingFor = (urn: string, timeoutSeconds = 0): Waiting => {
    const seconds = timeoutSeconds > 0 ? timeoutSeconds : DEFAULT_TIMEOUT_SECONDS;
    return {
      signal: AbortSignal.any([shutdown.signal, timeoutSignal(seconds)]),
      report: (message) => reporter.warn(urn, message),
    };
  };
  return {
    ...unimplemented(),
    checkConfig: unary((request: providerProto.CheckRequest) => checked(plain(request.getNews()))),
    diffConfig: unary(() => {
      const response = new providerProto.DiffResponse();
      response.setChanges(providerProto.DiffResponse.DiffChanges.DIFF_NONE);
      return response;
    }),
    configure: unary((request: providerProto.ConfigureRequest) => {
      azure = new AzureNative(azureUrl, configOf(environment, mapEntries(request.getVariablesMap())));
      const response = new providerProto.ConfigureResponse();
      response.setSupportspreview(true);
      return response;
    }),
    getPluginInfo: unary(() => {
      const info = new pluginProto.PluginInfo();
      info.setVersion(VERSION);
      return info;
    }),
    check: unary((request: providerProto.CheckRequest) => {
      const [olds, news] = [plain(request.getOlds()), plain(request.getNews())];
      const result = azure.check(request.getType(), request.getName(), olds, news, request.getRandomseed_asU8());
      return checked(result.inputs, result.failures);
    }),
    diff: unary((request: providerProto.DiffRequest) =>
      toDiff(azure.diff(request.getType(), plain(request.getOldInputs()), plain(request.getNews()))),
    ),
    create: unary(async (request: providerProto.CreateRequest) => {
      const inputs = plain(request.getProperties());
      const response = new providerProto.CreateResponse();
      if (request.getPreview()) {
        response.setProperties(struct(azure.previewOutputs(request.getType(), inputs)));
        return response;
      }
      const waiting = waitingFor(request.getUrn(), request.getTimeout());
      const { id, outputs } = await azure.create(request.getType(), inputs, waiting);
      response.setId(id);
      response.setProperties(struct(outputs));
      return response;
    }),
    update: unary(async (request: providerProto.UpdateRequest) => {
      const [type, inputs] = [request.getType(), plain(request.getNews())];
      const response = new providerProto.UpdateResponse();
      if (request.getPreview()) {
        response.setProperties(struct(azure.previewUpdate(type, inputs, plain(request.getOlds()))));
        return response;
      }
      const waiting = waitingFor(request.getUrn(), request.getTimeout());
      response.setProperties(struct((await azure.update(type, request.getId(), inputs, waiting)).outputs));
      return response;
    }),
    read: unary(async (request: providerProto.ReadRequest) => {
      const response = new providerProto.ReadResponse();
      const [inputs, before] = [plain(request.getInputs()), plain(request.getProperties())];
      const waiting = waitingFor(request.getUrn());
      const found = await azure.read(request.getType(), request.getId(), inputs, before, waiting);
      if (found === undefined) return response;
      response.setId(found.id);
      response.setInputs(struct(found.inputs));
      response.setProperties(struct(found.outputs));
      return response;
    }),
    delete: unary(async (request: providerProto.DeleteRequest) => {
      await azure.delete(request.getType(), request.getId(), waitingFor(request.getUrn(), request.getTimeout()));
      return done();
    }),
    invoke: unary(async (request: providerProto.InvokeRequest) => {
      const response = new providerProto.InvokeResponse();
      const returned = await azure.invoke(request.getTok(), plain(request.getArgs()), waitingFor(""));
      response.setReturn(struct(returned));
      return response;
    }),
    attach: unary(done),
    cancel: unary(() => {
      shutdown.abort(new Error("context canceled"));
      return done();
    }),
  };
}

/** Aborts with azure-native's message. The timer does not keep the process alive. */
function timeoutSignal(seconds: number): AbortSignal {
  const controller = new AbortController();
  setTimeout(() => controller.abort(new Error("operation timed out")), seconds * 1_000).unref();
  return controller.signal;
}

/** A method of the service. A thrown error is the call's error; that of a partial change contains its state. */
function unary<Request, Response>(
  answer: (request: Request) => Promise<Response> | Response,
): Grpc.handleUnaryCall<Request, Response> {
  return (call, callback) => {
    Promise.resolve(call.request)
      .then(answer)
      .then(
        (response) => callback(null, response),
        (error: Error) => {
          const metadata = error instanceof HalfMadeError ? halfMade(error) : undefined;
          callback({ code: grpc.status.UNKNOWN, details: error.message, ...(metadata && { metadata }) });
        },
      );
  };
}

function unimplemented(): Grpc.UntypedServiceImplementation {
  const refuse: Grpc.handleUnaryCall<unknown, unknown> = (_call, callback) =>
    callback({ code: grpc.status.UNIMPLEMENTED, details: "not served by the local stand-in of azure-native" });
  return Object.fromEntries(Object.keys(providerGrpc.ResourceProviderService).map((name) => [name, refuse]));
}

/** Stack config overrides the environment, as in azure-native. */
function configOf(environment: NodeJS.ProcessEnv, variables: readonly [string, string][]): Record<string, string> {
  const { ARM_SUBSCRIPTION_ID, ARM_ENVIRONMENT, ARM_LOCATION } = environment;
  const given = Object.fromEntries(variables.map(([key, value]) => [key.replace(/^azure-native:config:/, ""), value]));
  return {
    ...(ARM_SUBSCRIPTION_ID && { subscriptionId: ARM_SUBSCRIPTION_ID }),
    ...(ARM_ENVIRONMENT && { environment: ARM_ENVIRONMENT }),
    ...(ARM_LOCATION && { location: ARM_LOCATION }),
    ...given,
  };
}

function checked(
  inputs: JsonObject,
  failures: readonly { property: string; reason: string }[] = [],
): providerProto.CheckResponse {
  const response = new providerProto.CheckResponse();
  response.setInputs(struct(inputs));
  for (const { property, reason } of failures) {
    const failure = new providerProto.CheckFailure();
    failure.setProperty(property);
    failure.setReason(reason);
    response.addFailures(failure);
  }
  return response;
}

function toDiff({ all, replaces }: { all: readonly Difference[]; replaces: readonly string[] }) {
  const { DiffChanges } = providerProto.DiffResponse;
  const { Kind } = providerProto.PropertyDiff;
  const response = new providerProto.DiffResponse();
  response.setChanges(all.length > 0 ? DiffChanges.DIFF_SOME : DiffChanges.DIFF_NONE);
  response.setReplacesList([...replaces]);
  response.setDiffsList([...new Set(all.map(({ path }) => path.split(/[.[]/)[0] ?? path))]);
  // A second resource with the same name cannot exist at the same time.
  response.setDeletebeforereplace(replaces.length > 0);
  response.setHasdetaileddiff(true);
  const kinds = {
    add: [Kind.ADD, Kind.ADD_REPLACE],
    delete: [Kind.DELETE, Kind.DELETE_REPLACE],
    update: [Kind.UPDATE, Kind.UPDATE_REPLACE],
  } as const;
  for (const { path, kind } of all) {
    const detail = new providerProto.PropertyDiff();
    detail.setKind(kinds[kind][replaces.includes(path) ? 1 : 0]);
    detail.setInputdiff(true);
    response.getDetaileddiffMap().set(path, detail);
  }
  return response;
}

function halfMade({ resource, inputs, message }: HalfMadeError): Grpc.Metadata {
  const status = new statusProto.Status();
  status.setCode(grpc.status.UNKNOWN);
  status.setMessage(message);
  status.addDetails(packed(resource, inputs, message));
  const metadata = new grpc.Metadata();
  metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  return metadata;
}

function packed({ id, outputs }: Resource, inputs: JsonObject, reason: string) {
  const failure = new providerProto.ErrorResourceInitFailed();
  failure.setId(id);
  failure.setProperties(struct(outputs));
  failure.setInputs(struct(inputs));
  failure.setReasonsList([reason]);
  const any = new anyProto.Any();
  any.pack(failure.serializeBinary(), PARTIAL_FAILURE);
  return any;
}

function plain(value: Struct.Struct | undefined): JsonObject {
  return (value?.toJavaScript() ?? {}) as JsonObject;
}

/** Omits undefined members, which a message cannot contain. */
function struct(value: JsonObject): Struct.Struct {
  return structProto.Struct.fromJavaScript(JSON.parse(JSON.stringify(value)) as Record<string, Struct.JavaScriptValue>);
}
