import type { HttpBindings } from "@hono/node-server";
import type { Store, StoredAccessKey } from "../store/store";
import type { ModelRequest } from "./requestBody";
import type { Surface } from "./surfaces";
import type { Trace } from "./trace";

/** Data that all attempts of one client request share. */
export interface ClientRequest {
  readonly trace: Trace;
  readonly store: Store;
  readonly key: StoredAccessKey;
  readonly surface: Surface;
  readonly body: ModelRequest;
  /** Headers for upstreams. */
  readonly headers: Readonly<Record<string, string>>;
  readonly client: Client;
}

/** Whether the client still waits for its answer. */
export class Client {
  private abort: AbortController | undefined;

  constructor(private readonly outgoing: HttpBindings["outgoing"]) {}

  hasLeft(): boolean {
    return this.outgoing.destroyed && !this.outgoing.writableFinished;
  }

  /** Aborted when the client disconnects before the answer is complete. */
  gone(): AbortSignal {
    if (this.abort === undefined) {
      const abort = new AbortController();
      this.abort = abort;
      const leave = () => {
        if (!this.outgoing.writableFinished) abort.abort(new Error("the client went away"));
      };
      if (this.hasLeft()) leave();
      else this.outgoing.once("close", leave);
    }
    return this.abort.signal;
  }
}
