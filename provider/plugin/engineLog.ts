/** Lines for the person who runs Pulumi, shown beside the resource that they are about. */
import type { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { CHANNEL_OPTIONS, grpc } from "./protocol/stubs";

export class EngineLog {
  private address: string | undefined;
  private client: EngineClient | undefined;

  /** `undefined` while no engine has given its address. */
  get engineAddress(): string | undefined {
    return this.address;
  }

  setEngine(address: string): void {
    if (address === "" || address === this.address) return;
    this.address = address;
    this.client?.close();
    this.client = undefined;
  }

  /** Never fails: a line that the engine does not take goes to standard error. */
  warn(message: string, urn = ""): void {
    if (this.address === undefined) {
      console.error(message);
      return;
    }
    const { LogRequest, LogSeverity } =
      require("@pulumi/pulumi/proto/engine_pb") as typeof import("@pulumi/pulumi/proto/engine_pb");
    const request = new LogRequest();
    request.setSeverity(LogSeverity.WARNING);
    request.setMessage(message);
    request.setUrn(urn);
    this.client ??= connect(this.address);
    this.client.log(request, (error) => {
      if (error !== null) console.error(message);
    });
  }
}

function connect(address: string): EngineClient {
  const { EngineClient: Client } =
    require("@pulumi/pulumi/proto/engine_grpc_pb") as typeof import("@pulumi/pulumi/proto/engine_grpc_pb");
  return new Client(address, grpc.credentials.createInsecure(), CHANNEL_OPTIONS);
}
