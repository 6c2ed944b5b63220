/** What a route of the management API gets with each request. */
import type { HttpBindings } from "@hono/node-server";
import type { Store } from "../store/store";

export type ControlEnv = { Bindings: HttpBindings; Variables: { store: Store } };
