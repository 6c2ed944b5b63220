/** Calls functions of the program: transforms and hooks. */
import { CHANNEL_OPTIONS, callbackGrpc, callbackProto, grpc } from "../protocol/stubs";

export interface CallbackReference {
  /** Address of the program's callback server. */
  readonly target: string;
  readonly token: string;
}

interface Message {
  serializeBinary(): Uint8Array;
}

export class Callbacks {
  private readonly clients = new Map<string, callbackGrpc.CallbacksClient>();

  /** Calls one of the program's functions. @throws the gRPC error with the function's own message. */
  async invoke<Response>(
    callback: CallbackReference,
    request: Message,
    deserialize: (bytes: Uint8Array) => Response,
  ): Promise<Response> {
    const message = new callbackProto.CallbackInvokeRequest();
    message.setToken(callback.token);
    message.setRequest(request.serializeBinary());
    const response = await new Promise<callbackProto.CallbackInvokeResponse>((resolve, reject) => {
      this.clientOf(callback.target).invoke(message, (error, answer) => {
        if (error === null) resolve(answer);
        else reject(new Error(error.details || error.message));
      });
    });
    return deserialize(response.getResponse_asU8());
  }

  close(): void {
    for (const client of this.clients.values()) client.close();
  }

  private clientOf(target: string): callbackGrpc.CallbacksClient {
    const known = this.clients.get(target);
    if (known !== undefined) return known;
    const client = new callbackGrpc.CallbacksClient(target, grpc.credentials.createInsecure(), CHANNEL_OPTIONS);
    this.clients.set(target, client);
    return client;
  }
}
