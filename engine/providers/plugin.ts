/** A provider process: starts it, sends calls to it and ends it. */
import { messageOf, OfflineStackError } from "../errors";
import { ManagedProcess } from "../processes/managedProcess";
import { findPlugin, type PluginHost } from "../processes/pluginCommand";
import { CHANNEL_OPTIONS, emptyProto, type Grpc, grpc, pluginProto, providerGrpc } from "../protocol/stubs";
import { ProviderError } from "./resourceProvider";

/** Time to wait for the end of a process after its connection broke. */
const DEATH_GRACE_MS = 2_000;

/** Time for a provider to acknowledge Cancel before it is ended. */
const CANCEL_LIMIT_MS = 5_000;

/** Time for a provider to print its port. */
const START_LIMIT_MS = 60_000;

/**
 * Node's HTTP/2 error for a response whose headers, which contain the error message, exceed its limit of 64 KiB. gRPC has no
 * option to raise this limit.
 */
const OVERSIZED_HEADERS = /RST_STREAM .* internal client error: Protocol error/;

/** Sends one request over a client. */
export type UnaryCall<Response> = (
  client: providerGrpc.ResourceProviderClient,
  callback: (error: Grpc.ServiceError | null, response: Response) => void,
) => Grpc.ClientUnaryCall;

/** A running provider. If the provider dies, its calls fail with its last lines of standard error. */
export class Plugin {
  private stopping: Promise<void> | undefined;
  /** Functions that reject running calls, each with its operation's name. */
  private readonly waiting = new Map<(error: Error) => void, string>();

  private constructor(
    readonly packageName: string,
    /** Undefined for a provider that the engine did not start. */
    private readonly child: ManagedProcess | undefined,
    private readonly client: providerGrpc.ResourceProviderClient,
  ) {
    void child?.ended.then(() => {
      for (const [reject, operation] of this.waiting) reject(this.deathDuring(operation));
    });
  }

  /** Starts the package's provider, or connects to the running one that `PULUMI_DEBUG_PROVIDERS` names. */
  static async open(packageName: string, host: PluginHost, extraEnv: NodeJS.ProcessEnv): Promise<Plugin> {
    const port = debuggedPort(packageName, host.env.PULUMI_DEBUG_PROVIDERS ?? "");
    if (port === undefined) return Plugin.start(packageName, host, extraEnv);
    const plugin = new Plugin(packageName, undefined, clientOf(port));
    const attachment = new pluginProto.PluginAttach();
    attachment.setAddress(host.engineAddress);
    await plugin.call("Attach", (client, callback) => client.attach(attachment, callback));
    return plugin;
  }

  private static async start(packageName: string, host: PluginHost, extraEnv: NodeJS.ProcessEnv): Promise<Plugin> {
    const { command, args = [], env = {} } = findPlugin(packageName, host);
    const firstLine = Promise.withResolvers<string>();
    let hasPort = false;
    const child = new ManagedProcess({
      command,
      args: [...args, host.engineAddress],
      cwd: host.project.programFolder,
      env: { ...host.env, ...extraEnv, ...env },
      onLine: (stream, line) => {
        if (hasPort || stream === "stderr") return host.onLine(stream, line);
        hasPort = true;
        firstLine.resolve(line);
      },
    });
    const port = await portOf(packageName, child, firstLine.promise);
    return new Plugin(packageName, child, clientOf(port));
  }

  /** @throws the call's gRPC error, or ProviderError when the process died. */
  async call<Response>(operation: string, send: UnaryCall<Response>): Promise<Response> {
    const answer = Promise.withResolvers<Response>();
    this.waiting.set(answer.reject, operation);
    const call = send(this.client, (error, response) => {
      if (error === null) answer.resolve(response as Response);
      else void this.explained(operation, error).then(answer.reject);
    });
    try {
      return await answer.promise;
    } finally {
      this.waiting.delete(answer.reject);
      call.cancel();
    }
  }

  /** Asks the provider to cancel its operations, then ends it. */
  stop(): Promise<void> {
    this.stopping ??= this.stopNow();
    return this.stopping;
  }

  /** Asks the provider to cancel its operations. Errors are ignored: the provider may not support it, or may have ended. */
  async cancel(): Promise<void> {
    const deadline = { deadline: Date.now() + CANCEL_LIMIT_MS };
    const request = new emptyProto.Empty();
    await this.call("Cancel", (client, callback) =>
      client.cancel(request, new grpc.Metadata(), deadline, callback),
    ).catch((error: unknown) => {
      if (!isGrpcError(error) && !(error instanceof ProviderError)) throw error;
    });
  }

  private async stopNow(): Promise<void> {
    await this.cancel();
    this.client.close();
    await this.child?.stop();
    // A provider that the engine did not start keeps running, so its calls are ended here.
    for (const [reject, operation] of this.waiting) reject(this.deathDuring(operation));
  }

  /** A broken connection is reported as the end of the process, if the process ends shortly before or after. */
  private async explained(operation: string, error: Grpc.ServiceError): Promise<Error> {
    if (OVERSIZED_HEADERS.test(error.message)) {
      return new ProviderError(
        `the provider of package "${this.packageName}" refused ${operation} with a message of more than 64 KiB, the largest that can be received`,
      );
    }
    if (error.code !== grpc.status.UNAVAILABLE || this.child === undefined) return error;
    const grace = Promise.withResolvers<Error>();
    const timer = setTimeout(() => grace.resolve(error), DEATH_GRACE_MS);
    const death = this.child.ended.then(() => this.deathDuring(operation));
    return Promise.race([death, grace.promise]).finally(() => clearTimeout(timer));
  }

  private deathDuring(operation: string): ProviderError {
    return new ProviderError(
      `the provider process of package "${this.packageName}" ended during ${operation}. It wrote:\n${this.child?.quotedErrorOutput ?? "(it is not the engine's own process)"}`,
    );
  }
}

function clientOf(port: number): providerGrpc.ResourceProviderClient {
  const credentials = grpc.credentials.createInsecure();
  return new providerGrpc.ResourceProviderClient(`127.0.0.1:${port}`, credentials, CHANNEL_OPTIONS);
}

/** The port of a provider under a debugger: `PULUMI_DEBUG_PROVIDERS=<package>:<port>,…`, as for Pulumi's own engine. */
function debuggedPort(packageName: string, list: string): number | undefined {
  const entry = list.split(",").find((each) => each.split(":")[0] === packageName);
  return entry === undefined ? undefined : Number(entry.split(":")[1]);
}

async function portOf(packageName: string, child: ManagedProcess, firstLine: Promise<string>): Promise<number> {
  const limit = Promise.withResolvers<string>();
  const timer = setTimeout(
    () => limit.reject(new OfflineStackError(`it did not print its port within ${START_LIMIT_MS / 1000} s`)),
    START_LIMIT_MS,
  );
  const death = child.ended.then((end): string => {
    throw new OfflineStackError(
      end.startError ?? `it ended before it printed its port. It wrote:\n${child.quotedErrorOutput}`,
    );
  });
  try {
    const line = await Promise.race([firstLine, death, limit.promise]);
    const port = Number(line.trim());
    if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
    throw new OfflineStackError(`its first line is not a port number: ${JSON.stringify(line)}`);
  } catch (error) {
    await child.stop();
    throw new OfflineStackError(`the provider of package "${packageName}" did not start: ${messageOf(error)}`);
  } finally {
    clearTimeout(timer);
    // A later end of the process must not cause an unhandled rejection.
    death.catch(() => undefined);
  }
}

export function isGrpcError(error: unknown): error is Grpc.ServiceError {
  return error instanceof Error && typeof (error as Partial<Grpc.ServiceError>).code === "number";
}
