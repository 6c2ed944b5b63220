import type { Store, StoredAccessKey } from "../store/store";
import type { ModelRequest } from "./requestBody";
import type { Surface } from "./surfaces";
import type { Trace } from "./trace";

/** What all attempts of one client request share. */
export interface ClientRequest {
  readonly trace: Trace;
  readonly store: Store;
  readonly key: StoredAccessKey;
  readonly surface: Surface;
  readonly body: ModelRequest;
  /** For upstreams. */
  readonly headers: Readonly<Record<string, string>>;
  /** Aborted when the client goes away. */
  readonly gone: AbortSignal;
}
