/** Serves the provider on a free port of this machine. */
import { processSurroundings } from "../lifecycle/gatewayAccess";
import { PluginAdapter } from "./adapter";
import { EngineLog } from "./engineLog";
import { CHANNEL_OPTIONS, grpc, providerGrpc } from "./protocol/stubs";
import { service } from "./service";

/** @returns The port. */
export function serve(engineAddress: string | undefined): Promise<number> {
  const log = new EngineLog();
  if (engineAddress !== undefined) log.setEngine(engineAddress);
  const surroundings = processSurroundings((line, urn) => log.warn(line, urn));
  const adapter = new PluginAdapter(surroundings, process.env);
  const server = new grpc.Server(CHANNEL_OPTIONS);
  const implementation = service(adapter, log);
  server.addService(providerGrpc.ResourceProviderService, implementation);
  return new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
      if (error === null) resolve(port);
      else reject(error);
    });
  });
}
