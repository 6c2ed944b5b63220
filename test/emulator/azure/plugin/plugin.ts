/**
 * The stand-in for azure-native in this process, connected to a local Azure, and called over gRPC like an engine calls
 * it.
 */

import { servePlugin } from "../../../../emulator/azure/plugin/service";
import type { AzureOptions } from "../../../../emulator/azure/startAzure";
import { FaultList } from "../../../../emulator/faults";
import { RequestLog } from "../../../../emulator/requestLog";
import {
  CHANNEL_OPTIONS,
  emptyProto,
  engineGrpc,
  engineProto,
  type Grpc,
  grpc,
  mapEntries,
  providerGrpc,
  providerProto,
  type Struct,
  statusProto,
  structProto,
} from "../../../../engine/protocol/stubs";
import { AT_ONCE, Manager, SUBSCRIPTION } from "../helpers";

// biome-ignore lint/suspicious/noExplicitAny: tests look into outputs of every shape
export type Plain = Record<string, any>;

export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
export const GROUP_ID = `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg`;
export const ACCOUNT_ID = `${GROUP_ID}/providers/Microsoft.CognitiveServices/accounts/acc`;
export const ACCOUNT = "azure-native:cognitiveservices:Account";
export const DEPLOYMENT = "azure-native:cognitiveservices:Deployment";
export const GROUP = "azure-native:resources:ResourceGroup";

export const accountInputs = (change: Plain = {}): Plain => ({
  accountName: "acc",
  resourceGroupName: "rg",
  location: "East US 2",
  kind: "OpenAI",
  sku: { name: "S0" },
  properties: { customSubDomainName: "acc" },
  ...change,
});

/** What the engine gets for a resource that exists and is not as it should be. */
export interface HalfMade {
  readonly id: string;
  readonly outputs: Plain;
  readonly inputs: Plain;
  readonly reasons: readonly string[];
}

export class CallError extends Error {
  constructor(
    message: string,
    readonly halfMade: HalfMade | undefined,
  ) {
    super(message);
  }
}

type Client = providerGrpc.ResourceProviderClient;
type Done<Response> = (error: Grpc.ServiceError | null, response: Response) => void;

const started: { close(): void }[] = [];

export function closePlugins(): void {
  for (const each of started.splice(0)) each.close();
}

/** A plugin whose local Azure has the resource group "rg". */
export class Plugin {
  readonly faults = new FaultList();
  readonly requests = new RequestLog();
  /** What the plugin reported to its engine: the severity, the resource's name and the text. */
  readonly logs: (readonly [severity: string, urn: string, message: string])[] = [];
  private client!: Client;
  manager!: Manager;

  private constructor() {}

  static async start(options: AzureOptions = AT_ONCE, environment: NodeJS.ProcessEnv = {}): Promise<Plugin> {
    const plugin = new Plugin();
    plugin.manager = await Manager.start({ faults: plugin.faults, requestLog: plugin.requests, ...options });
    const engineAddress = await plugin.serveEngine();
    const { port, close } = await servePlugin({
      azureUrl: plugin.manager.azure.azureUrl,
      environment: { ARM_SUBSCRIPTION_ID: SUBSCRIPTION, ...environment },
      engineAddress,
    });
    started.push({ close });
    plugin.client = new providerGrpc.ResourceProviderClient(
      `127.0.0.1:${port}`,
      grpc.credentials.createInsecure(),
      CHANNEL_OPTIONS,
    );
    started.push(plugin.client);
    plugin.requests.clear();
    return plugin;
  }

  async configure(variables: Readonly<Record<string, string>>): Promise<void> {
    const request = new providerProto.ConfigureRequest();
    for (const [name, value] of Object.entries(variables)) {
      request.getVariablesMap().set(`azure-native:config:${name}`, value);
    }
    await called((done) => this.client.configure(request, done));
  }

  async check(
    type: string,
    news: Plain,
    { olds = {}, name = "made", seed = "seed" } = {},
  ): Promise<{ inputs: Plain; failures: readonly (readonly [property: string, reason: string])[] }> {
    const request = new providerProto.CheckRequest();
    request.setType(type);
    request.setName(name);
    request.setNews(struct(news));
    request.setOlds(struct(olds));
    request.setRandomseed(Buffer.from(seed));
    const answer = await called<providerProto.CheckResponse>((done) => this.client.check(request, done));
    const failures = answer.getFailuresList().map((each) => [each.getProperty(), each.getReason()] as const);
    return { inputs: plain(answer.getInputs()), failures };
  }

  /** Paths that differ with their kind, and those that replace. */
  async diff(
    type: string,
    olds: Plain,
    news: Plain,
  ): Promise<{ changed: Plain; replaces: string[]; deleteFirst: boolean }> {
    const request = new providerProto.DiffRequest();
    request.setType(type);
    request.setOldInputs(struct(olds));
    request.setNews(struct(news));
    const answer = await called<providerProto.DiffResponse>((done) => this.client.diff(request, done));
    const kinds = Object.entries(providerProto.PropertyDiff.Kind);
    const nameOf = (kind: number) => kinds.find(([, number]) => number === kind)?.[0];
    const changed = mapEntries(answer.getDetaileddiffMap()).map(([path, detail]) => [path, nameOf(detail.getKind())]);
    return {
      changed: Object.fromEntries(changed),
      replaces: answer.getReplacesList(),
      deleteFirst: answer.getDeletebeforereplace(),
    };
  }

  async create(type: string, inputs: Plain, call: Call = {}): Promise<{ id: string; outputs: Plain }> {
    const request = new providerProto.CreateRequest();
    request.setType(type);
    request.setUrn(urnOf(type));
    request.setProperties(struct(inputs));
    request.setPreview(call.preview ?? false);
    request.setTimeout(call.timeoutSeconds ?? 0);
    const answer = await called<providerProto.CreateResponse>((done) => this.client.create(request, done));
    return { id: answer.getId(), outputs: plain(answer.getProperties()) };
  }

  async update(type: string, id: string, outputs: Plain, news: Plain, call: Call = {}): Promise<Plain> {
    const request = new providerProto.UpdateRequest();
    request.setType(type);
    request.setUrn(urnOf(type));
    request.setId(id);
    request.setOlds(struct(outputs));
    request.setNews(struct(news));
    request.setPreview(call.preview ?? false);
    request.setTimeout(call.timeoutSeconds ?? 0);
    return plain(
      (await called<providerProto.UpdateResponse>((done) => this.client.update(request, done))).getProperties(),
    );
  }

  /** Without inputs and outputs as an import, with them as a refresh. */
  async read(
    type: string,
    id: string,
    inputs: Plain = {},
    outputs: Plain = {},
  ): Promise<{ id: string; inputs: Plain; outputs: Plain }> {
    const request = new providerProto.ReadRequest();
    request.setType(type);
    request.setUrn(urnOf(type));
    request.setId(id);
    request.setInputs(struct(inputs));
    request.setProperties(struct(outputs));
    const answer = await called<providerProto.ReadResponse>((done) => this.client.read(request, done));
    return { id: answer.getId(), inputs: plain(answer.getInputs()), outputs: plain(answer.getProperties()) };
  }

  async delete(type: string, id: string, call: Call = {}): Promise<void> {
    const request = new providerProto.DeleteRequest();
    request.setType(type);
    request.setUrn(urnOf(type));
    request.setId(id);
    request.setTimeout(call.timeoutSeconds ?? 0);
    await called((done) => this.client.delete(request, done));
  }

  async invoke(token: string, args: Plain): Promise<Plain> {
    const request = new providerProto.InvokeRequest();
    request.setTok(token);
    request.setArgs(struct(args));
    return plain((await called<providerProto.InvokeResponse>((done) => this.client.invoke(request, done))).getReturn());
  }

  async cancel(): Promise<void> {
    await called((done) => this.client.cancel(new emptyProto.Empty(), done));
  }

  /** The requests that reached the local Azure, as `PUT 201`, oldest first. */
  sent(): string[] {
    return this.requests.entries().map(({ method, status }) => `${method} ${status}`);
  }

  private async serveEngine(): Promise<string> {
    const server = new grpc.Server(CHANNEL_OPTIONS);
    const log: Grpc.handleUnaryCall<engineProto.LogRequest, unknown> = ({ request }, done) => {
      const severities = Object.entries(engineProto.LogSeverity);
      const severity = severities.find(([, number]) => number === request.getSeverity())?.[0] ?? "";
      this.logs.push([severity, request.getUrn(), request.getMessage()]);
      done(null, new emptyProto.Empty());
    };
    const unserved = Object.fromEntries(Object.keys(engineGrpc.EngineService).map((name) => [name, log]));
    server.addService(engineGrpc.EngineService, { ...unserved, log } as Grpc.UntypedServiceImplementation);
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
        error === null ? resolve(bound) : reject(error),
      );
    });
    started.push({ close: () => server.forceShutdown() });
    return `127.0.0.1:${port}`;
  }
}

export interface Call {
  readonly preview?: boolean;
  /** The resource's `customTimeouts`. */
  readonly timeoutSeconds?: number;
}

/** The error of a call that must fail. */
export async function failureOf(call: Promise<unknown>): Promise<CallError> {
  return call.then(
    () => {
      throw new Error("the call did not fail");
    },
    (error: CallError) => error,
  );
}

export function urnOf(type: string): string {
  return `urn:pulumi:test::project::${type}::made`;
}

function called<Response>(send: (done: Done<Response>) => unknown): Promise<Response> {
  return new Promise((resolve, reject) => {
    send((error, response) =>
      error === null ? resolve(response) : reject(new CallError(error.details, halfMadeOf(error))),
    );
  });
}

function struct(value: Plain): Struct.Struct {
  return structProto.Struct.fromJavaScript(value);
}

function plain(value: Struct.Struct | undefined): Plain {
  return (value?.toJavaScript() ?? {}) as Plain;
}

function halfMadeOf({ metadata }: Grpc.ServiceError): HalfMade | undefined {
  const [bytes] = metadata.get("grpc-status-details-bin");
  if (bytes === undefined) return undefined;
  const [detail] = statusProto.Status.deserializeBinary(bytes as Buffer).getDetailsList();
  if (detail === undefined) return undefined;
  const failed = providerProto.ErrorResourceInitFailed.deserializeBinary(detail.getValue_asU8());
  return {
    id: failed.getId(),
    outputs: plain(failed.getProperties()),
    inputs: plain(failed.getInputs()),
    reasons: failed.getReasonsList(),
  };
}
