/**
 * The plugin from the engine's view, with real messages: over gRPC to its process, or in this process on a client of the test.
 * Both sides of a message are serialized to bytes and parsed.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { createRequire } from "node:module";
import path from "node:path";
import readline from "node:readline";
import type * as Grpc from "@grpc/grpc-js";
import type * as pluginProto from "@pulumi/pulumi/proto/plugin_pb";
import * as providerGrpc from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as providerProto from "@pulumi/pulumi/proto/provider_pb";
import * as statusProto from "@pulumi/pulumi/proto/status_pb";
import type * as Struct from "google-protobuf/google/protobuf/struct_pb";
import type { Surroundings } from "../../../provider/lifecycle/gatewayAccess";
import { PluginAdapter } from "../../../provider/plugin/adapter";
import { service } from "../../../provider/plugin/service";
import { repositoryRoot } from "../providerProcess";
import { plain } from "./wireValues";

const fromSdk = createRequire(require.resolve("@pulumi/pulumi/package.json"));
const structProto = fromSdk("google-protobuf/google/protobuf/struct_pb") as typeof Struct;
const emptyProto = fromSdk("google-protobuf/google/protobuf/empty_pb") as {
  Empty: new () => Message;
};
const grpc = fromSdk("@grpc/grpc-js") as typeof Grpc;

export type Values = Record<string, unknown>;

interface Message {
  serializeBinary(): Uint8Array;
}
type MessageClass<M> = { deserializeBinary(bytes: Uint8Array): M };
type Callback = (error: Partial<Grpc.ServiceError> | null, response?: Message) => void;

/** The partial failure of a call. */
export class InitFailure extends Error {
  constructor(
    message: string,
    readonly id: string,
    readonly outputs: Values,
    readonly inputs: Values,
    readonly reasons: readonly string[],
  ) {
    super(message);
  }
}

/** Sends one request. Rejects with the call's gRPC error. */
type Send = (method: string, request: Message) => Promise<Message>;

export interface ResourceCall {
  readonly urn: string;
  readonly timeout?: number;
}

const NO_ENGINE = { engineAddress: undefined, setEngine: () => undefined };

export class PluginClient {
  constructor(private readonly send: Send) {}

  /** A plugin in this process. */
  static inProcess(surroundings: Surroundings, environment: NodeJS.ProcessEnv = {}): PluginClient {
    const implementation = service(new PluginAdapter(surroundings, environment), NO_ENGINE);
    const definitions = providerGrpc.ResourceProviderService as unknown as Record<
      string,
      { requestType: MessageClass<Message>; responseType: MessageClass<Message> }
    >;
    return new PluginClient((method, request) => {
      const { requestType, responseType } = definitions[method]!;
      const handle = implementation[method] as unknown as (call: { request: Message }, callback: Callback) => void;
      const received = requestType.deserializeBinary(request.serializeBinary());
      return new Promise((resolve, reject) =>
        handle({ request: received }, (error, response) =>
          error === null
            ? resolve(responseType.deserializeBinary(response!.serializeBinary()))
            : reject(Object.assign(new Error(error.details), error)),
        ),
      );
    });
  }

  async handshake(): Promise<providerProto.ProviderHandshakeResponse> {
    const request = new providerProto.ProviderHandshakeRequest();
    request.setEngineAddress("127.0.0.1:1");
    return this.call("handshake", request);
  }

  async getSchema(): Promise<string> {
    return (
      await this.call<providerProto.GetSchemaResponse>("getSchema", new providerProto.GetSchemaRequest())
    ).getSchema();
  }

  async getVersion(): Promise<string> {
    return (await this.call<pluginProto.PluginInfo>("getPluginInfo", new emptyProto.Empty())).getVersion();
  }

  async checkConfig(urn: string, news: Values) {
    const request = new providerProto.CheckRequest();
    request.setUrn(urn);
    request.setNews(struct(news));
    return toChecked(await this.call("checkConfig", request));
  }

  async diffConfig(urn: string, oldInputs: Values, news: Values) {
    const request = new providerProto.DiffRequest();
    request.setUrn(urn);
    request.setOlds(struct(oldInputs));
    request.setOldInputs(struct(oldInputs));
    request.setNews(struct(news));
    return toDiff(await this.call("diffConfig", request));
  }

  async configure(args: Values, urn?: string): Promise<providerProto.ConfigureResponse> {
    const request = new providerProto.ConfigureRequest();
    request.setArgs(struct(args));
    if (urn !== undefined) request.setUrn(urn);
    return this.call("configure", request);
  }

  async check(
    urn: string,
    olds: Values | undefined,
    news: Values,
    autonaming?: { readonly proposedName: string; readonly mode: 0 | 1 | 2 },
  ) {
    const request = new providerProto.CheckRequest();
    request.setUrn(urn);
    request.setOlds(struct(olds ?? {}));
    request.setNews(struct(news));
    if (autonaming !== undefined) {
      const options = new providerProto.CheckRequest.AutonamingOptions();
      options.setProposedName(autonaming.proposedName);
      options.setMode(autonaming.mode);
      request.setAutonaming(options);
    }
    return toChecked(await this.call("check", request));
  }

  async diff(urn: string, id: string, olds: Values, oldInputs: Values, news: Values) {
    const request = new providerProto.DiffRequest();
    request.setUrn(urn);
    request.setId(id);
    request.setOlds(struct(olds));
    request.setOldInputs(struct(oldInputs));
    request.setNews(struct(news));
    return toDiff(await this.call("diff", request));
  }

  async create({ urn, timeout = 0 }: ResourceCall, inputs: Values, preview = false) {
    const request = new providerProto.CreateRequest();
    request.setUrn(urn);
    request.setProperties(struct(inputs));
    request.setTimeout(timeout);
    request.setPreview(preview);
    const response = await this.call<providerProto.CreateResponse>("create", request);
    return { id: response.getId(), outputs: values(response.getProperties()) };
  }

  async update(
    { urn, timeout = 0 }: ResourceCall,
    id: string,
    olds: Values,
    oldInputs: Values,
    news: Values,
    preview = false,
  ): Promise<Values> {
    const request = new providerProto.UpdateRequest();
    request.setUrn(urn);
    request.setId(id);
    request.setOlds(struct(olds));
    request.setOldInputs(struct(oldInputs));
    request.setNews(struct(news));
    request.setTimeout(timeout);
    request.setPreview(preview);
    return values((await this.call<providerProto.UpdateResponse>("update", request)).getProperties());
  }

  /** @param stored the resource in the state; without it, the call is that of an import */
  async read({ urn, timeout = 0 }: ResourceCall, id: string, stored?: { outputs: Values; inputs: Values }) {
    const request = new providerProto.ReadRequest();
    request.setUrn(urn);
    request.setId(id);
    request.setTimeout(timeout);
    if (stored !== undefined) {
      request.setProperties(struct(stored.outputs));
      request.setInputs(struct(stored.inputs));
    }
    const response = await this.call<providerProto.ReadResponse>("read", request);
    if (response.getId() === "") return undefined;
    return {
      id: response.getId(),
      outputs: values(response.getProperties()),
      inputs: values(response.getInputs()),
    };
  }

  async delete({ urn, timeout = 0 }: ResourceCall, id: string, outputs: Values, oldInputs: Values): Promise<void> {
    const request = new providerProto.DeleteRequest();
    request.setUrn(urn);
    request.setId(id);
    request.setProperties(struct(outputs));
    request.setOldInputs(struct(oldInputs));
    request.setTimeout(timeout);
    await this.call("delete", request);
  }

  async invoke(token: string, args: Values) {
    const request = new providerProto.InvokeRequest();
    request.setTok(token);
    request.setArgs(struct(args));
    const response = await this.call<providerProto.InvokeResponse>("invoke", request);
    return { result: values(response.getReturn()), failures: toFailures(response.getFailuresList()) };
  }

  async cancel(): Promise<void> {
    await this.call("cancel", new emptyProto.Empty());
  }

  private async call<Response>(method: string, request: Message): Promise<Response> {
    try {
      return (await this.send(method, request)) as Response;
    } catch (error) {
      throw toFailure(error as Grpc.ServiceError);
    }
  }
}

function toChecked(response: providerProto.CheckResponse) {
  return { inputs: values(response.getInputs()), failures: toFailures(response.getFailuresList()) };
}

function toFailures(failures: readonly providerProto.CheckFailure[]) {
  return failures.map((failure) => ({ property: failure.getProperty(), reason: failure.getReason() }));
}

const CHANGES = ["unknown", "none", "some"] as const;
const KINDS = ["add", "add-replace", "delete", "delete-replace", "update", "update-replace"] as const;

function toDiff(response: providerProto.DiffResponse) {
  const details: Record<string, string> = {};
  response.getDetaileddiffMap().forEach((difference, property) => {
    details[property] = `${KINDS[difference.getKind()]}${difference.getInputdiff() ? "" : " (state)"}`;
  });
  return {
    changes: CHANGES[response.getChanges()] ?? "unknown",
    replaces: response.getReplacesList(),
    deleteBeforeReplace: response.getDeletebeforereplace(),
    details,
  };
}

function toFailure(error: Grpc.ServiceError): Error {
  const [bytes] = error.metadata?.get("grpc-status-details-bin") ?? [];
  if (bytes === undefined) return Object.assign(new Error(error.details), { code: error.code });
  const [detail] = statusProto.Status.deserializeBinary(bytes as Buffer).getDetailsList();
  const failure = providerProto.ErrorResourceInitFailed.deserializeBinary(detail!.getValue_asU8());
  return new InitFailure(
    error.details,
    failure.getId(),
    values(failure.getProperties()),
    values(failure.getInputs()),
    failure.getReasonsList(),
  );
}

function struct(object: Values): Struct.Struct {
  const withoutUndefined = JSON.parse(JSON.stringify(object)) as Record<string, Struct.JavaScriptValue>;
  return structProto.Struct.fromJavaScript(withoutUndefined);
}

function values(message: Struct.Struct | undefined): Values {
  return (message?.toJavaScript() ?? {}) as Values;
}

/** The same without wrapped secrets. */
export function plainValues(wire: Values): Values {
  return plain(wire) as Values;
}

/** The plugin's own process, started like Pulumi starts it. */
export class SpawnedPlugin extends PluginClient {
  private constructor(
    send: Send,
    readonly child: ChildProcess,
    private readonly client: providerGrpc.ResourceProviderClient,
  ) {
    super(send);
  }

  static async start(env: NodeJS.ProcessEnv, executable = path.join("plugins", "pulumi-resource-ngrok-ai")) {
    const child = spawn(path.resolve(repositoryRoot, executable), ["127.0.0.1:1"], {
      env: { ...process.env, ...env },
      stdio: ["pipe", "pipe", "pipe"],
    });
    let stderr = "";
    child.stderr.on("data", (chunk) => {
      stderr += String(chunk);
    });
    const port = await new Promise<string>((resolve, reject) => {
      readline.createInterface({ input: child.stdout }).once("line", resolve);
      child.once("exit", (code) => reject(new Error(`the plugin ended with ${code}: ${stderr}`)));
    });
    const client = new providerGrpc.ResourceProviderClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
    const methods = client as unknown as Record<string, (request: Message, callback: Callback) => void>;
    const send: Send = (method, request) =>
      new Promise((resolve, reject) =>
        methods[method]!.call(client, request, (error, response) => (error ? reject(error) : resolve(response!))),
      );
    return new SpawnedPlugin(send, child, client);
  }

  async close(): Promise<void> {
    this.client.close();
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = new Promise<void>((resolve) => this.child.once("exit", () => resolve()));
    this.child.kill("SIGKILL");
    await ended;
  }
}
