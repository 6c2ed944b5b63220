/** The gRPC server for a program and its providers: log messages (`Engine`) and the program's resources (`ResourceMonitor`). */
import type { Diagnostics } from "../diagnostics";
import { unary } from "../program/unary";
import { CHANNEL_OPTIONS, emptyProto, engineGrpc, engineProto, grpc, monitorGrpc } from "../protocol/stubs";
import type { Urn } from "../values/urn";
import type { Monitor } from "./monitor";

/** A server for one program and its providers. */
export class EngineServer {
  private readonly server = new grpc.Server(CHANNEL_OPTIONS);
  private rootResource: Urn = "";
  address = "";

  private constructor() {}

  /** Listens on a free port of the loopback interface. */
  static async listen(): Promise<EngineServer> {
    const server = new EngineServer();
    await server.bind();
    return server;
  }

  private bind(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
        if (error !== null) return reject(error);
        this.address = `127.0.0.1:${port}`;
        resolve();
      });
    });
  }

  /** Serves the log messages of programs and providers. */
  serveEngine(diagnostics: Diagnostics): void {
    this.server.addService(engineGrpc.EngineService, this.engineHandlers(diagnostics));
  }

  /** Serves a program's resources. */
  serveMonitor(monitor: Monitor): void {
    this.server.addService(monitorGrpc.ResourceMonitorService, monitor.handlers());
  }

  /** Ends every call at once. */
  close(): void {
    this.server.forceShutdown();
  }

  private engineHandlers(diagnostics: Diagnostics): engineGrpc.IEngineServer {
    return {
      log: unary((request: engineProto.LogRequest) => {
        const severity = (["debug", "info", "warning", "error"] as const)[request.getSeverity()] ?? "info";
        diagnostics.report(severity, request.getMessage(), request.getUrn(), request.getEphemeral());
        return new emptyProto.Empty();
      }),
      getRootResource: unary(() => {
        const response = new engineProto.GetRootResourceResponse();
        response.setUrn(this.rootResource);
        return response;
      }),
      setRootResource: unary((request: engineProto.SetRootResourceRequest) => {
        this.rootResource = request.getUrn();
        return new engineProto.SetRootResourceResponse();
      }),
      startDebugging: unary(() => new emptyProto.Empty()),
      requirePulumiVersion: unary(() => new engineProto.RequirePulumiVersionResponse()),
      // The type's name in SDKs up to 3.2xx, whose stubs do not have the name above.
      checkPulumiVersion: unary(() => new (Reflect.get(engineProto, "CheckPulumiVersionResponse"))()),
    } as engineGrpc.IEngineServer;
  }
}
