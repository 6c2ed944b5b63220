/** The context of each request in a route of the management API. */
import type { HttpBindings } from "@hono/node-server";
import type { Store } from "../store/store";

export type ControlEnv = { Bindings: HttpBindings; Variables: { store: Store } };
