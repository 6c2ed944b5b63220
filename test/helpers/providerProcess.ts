/** Pulumi's own provider process for dynamic resources, called over gRPC as an engine calls it. */
import { type ChildProcess, spawn } from "node:child_process";
import { createRequire } from "node:module";
import path from "node:path";
import * as readline from "node:readline";
import type * as grpc from "@grpc/grpc-js";

const root = path.resolve(__dirname, "..", "..");

type Plain = Record<string, unknown>;
/** A protobuf message in the form of the generated code. */
interface Message {
  toObject(): object;
}

export interface InitFailure extends Error {
  id?: string;
  properties?: Plain;
}

/** One process; `cwd` is the program's folder, whose node_modules contain all modules that it loads. */
export class ProviderProcess {
  private constructor(
    private readonly child: ChildProcess,
    private readonly client: grpc.Client,
    private readonly protocol: Protocol,
  ) {}

  static async start(
    cwd: string,
    config: Record<string, string>,
    env: NodeJS.ProcessEnv = {},
  ): Promise<ProviderProcess> {
    const protocol = loadProtocol(cwd);
    const script = createRequire(path.join(cwd, "index.js")).resolve("@pulumi/pulumi/cmd/dynamic-provider");
    const child = spawn(process.execPath, [script, "127.0.0.1:1"], {
      cwd,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stderr = "";
    child.stderr?.on("data", (chunk) => {
      stderr += String(chunk);
    });
    const port = await new Promise<string>((resolve, reject) => {
      readline.createInterface({ input: child.stdout }).once("line", resolve);
      child.once("exit", (code) => reject(new Error(`provider process ended with ${code}: ${stderr}`)));
    });
    const client = new protocol.services.ResourceProviderClient(`127.0.0.1:${port}`, protocol.credentials);
    const started = new ProviderProcess(child, client, protocol);
    await started.call("configure", "ConfigureRequest", { setArgs: config });
    return started;
  }

  async check(olds: Plain, news: Plain): Promise<{ inputs: Plain; failures: { property: string; reason: string }[] }> {
    const answer = await this.call("check", "CheckRequest", { setOlds: olds, setNews: news });
    const { failuresList } = answer.toObject() as { failuresList: { property: string; reason: string }[] };
    return { inputs: toPlain(answer, "getInputs"), failures: failuresList };
  }

  async create(inputs: Plain): Promise<{ id: string; outs: Plain }> {
    const answer = await this.call("create", "CreateRequest", { setProperties: inputs });
    return { id: idOf(answer), outs: toPlain(answer, "getProperties") };
  }

  async diff(id: string, olds: Plain, news: Plain): Promise<{ changes: number; replaces: string[] }> {
    const answer = await this.call("diff", "DiffRequest", { setId: id, setOlds: olds, setNews: news });
    const { changes, replacesList } = answer.toObject() as { changes: number; replacesList: string[] };
    return { changes, replaces: replacesList };
  }

  async read(id: string, props: Plain): Promise<{ id: string; props: Plain; inputs: Plain }> {
    const answer = await this.call("read", "ReadRequest", { setId: id, setProperties: props });
    return {
      id: idOf(answer),
      props: toPlain(answer, "getProperties"),
      inputs: toPlain(answer, "getInputs"),
    };
  }

  async update(id: string, olds: Plain, news: Plain): Promise<Plain> {
    const answer = await this.call("update", "UpdateRequest", { setId: id, setOlds: olds, setNews: news });
    return toPlain(answer, "getProperties");
  }

  async delete(id: string, props: Plain): Promise<void> {
    await this.call("delete", "DeleteRequest", { setId: id, setProperties: props });
  }

  async close(): Promise<void> {
    this.client.close();
    const ended = new Promise<void>((resolve) => this.child.once("exit", () => resolve()));
    this.child.kill("SIGKILL");
    await ended;
  }

  private async call(method: string, request: string, fields: Plain): Promise<Message> {
    const message = new this.protocol.messages[request]!() as Message;
    for (const [setter, value] of Object.entries(fields)) {
      const wire = typeof value === "object" ? this.protocol.Struct.fromJavaScript(value) : value;
      invoke(message, setter, wire);
    }
    return new Promise((resolve, reject) => {
      const send = (
        this.client as unknown as Record<
          string,
          (request: Message, done: (error: grpc.ServiceError | null, answer: Message) => void) => void
        >
      )[method];
      send?.call(this.client, message, (error, answer) =>
        error ? reject(this.toInitFailure(error)) : resolve(answer),
      );
    });
  }

  /** Parses the details of a partial failure, as the engine does. */
  private toInitFailure(error: grpc.ServiceError): InitFailure {
    const [bytes] = error.metadata.get("grpc-status-details-bin");
    if (bytes === undefined) return new Error(error.details);
    const status = this.protocol.Status.deserializeBinary(bytes as Buffer);
    const [detail] = status.getDetailsList();
    const failure = this.protocol.messages.ErrorResourceInitFailed!.deserializeBinary!(detail!.getValue_asU8());
    return Object.assign(new Error(error.details), {
      id: idOf(failure),
      properties: toPlain(failure, "getProperties"),
    });
  }
}

function invoke(message: Message, method: string, ...values: unknown[]): unknown {
  return (Reflect.get(message, method) as (...values: unknown[]) => unknown).apply(message, values);
}

function idOf(message: Message): string {
  return String(invoke(message, "getId"));
}

function toPlain(message: Message, getter: string): Plain {
  const struct = invoke(message, getter) as { toJavaScript(): Plain } | undefined;
  return struct?.toJavaScript() ?? {};
}

interface Protocol {
  credentials: grpc.ChannelCredentials;
  services: { ResourceProviderClient: new (address: string, credentials: grpc.ChannelCredentials) => grpc.Client };
  messages: Record<string, { new (): unknown; deserializeBinary?(bytes: Uint8Array): Message }>;
  Struct: { fromJavaScript(value: unknown): unknown };
  Status: { deserializeBinary(bytes: Uint8Array): { getDetailsList(): { getValue_asU8(): Uint8Array }[] } };
}

/** The SDK's own messages, with the protobuf runtime and the gRPC client that it uses. */
function loadProtocol(cwd: string): Protocol {
  const fromProgram = createRequire(path.join(cwd, "index.js"));
  const fromSdk = createRequire(fromProgram.resolve("@pulumi/pulumi/package.json"));
  const { credentials } = fromSdk("@grpc/grpc-js") as typeof grpc;
  return {
    credentials: credentials.createInsecure(),
    services: fromProgram("@pulumi/pulumi/proto/provider_grpc_pb"),
    messages: fromProgram("@pulumi/pulumi/proto/provider_pb"),
    Struct: fromSdk("google-protobuf/google/protobuf/struct_pb").Struct,
    Status: fromProgram("@pulumi/pulumi/proto/status_pb").Status,
  };
}

export const repositoryRoot = root;
