/** Starts the local gateway: a management API and a data plane, each on a port of its own, over one store. */

import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { type HttpBindings, type ServerType, serve } from "@hono/node-server";
import { type Context, Hono, type MiddlewareHandler } from "hono";
import { Agent } from "undici";
import { type FaultAction, FaultList, faultSchema, type Plane } from "../faults";
import { RequestLog } from "../requestLog";
import { ApiError, withErrors } from "./apiError";
import { controlPlane, readBody } from "./controlPlane";
import { dataPlane } from "./dataPlane";
import { Store } from "./store";
import { makeForward } from "./upstream";

export interface GatewayOptions {
  /** @default "127.0.0.1" */
  readonly host?: string;
  /** @default 0: a free one */
  readonly controlPort?: number;
  /** @default 0: a free one */
  readonly gatewayPort?: number;
  /** Key of the management API. @default "local" */
  readonly apiKey?: string;
  /** Where requests to Azure's hosts go, as `startAzure` gives it. @default Azure itself */
  readonly azureUrl?: string;
  /** Where requests to other hosts go instead: host → URL. */
  readonly upstreams?: Readonly<Record<string, string>>;
  /** Shared with the Azure stand-in, so that its faults and requests are asked for at one place. */
  readonly faults?: FaultList;
  readonly requestLog?: RequestLog;
}

export interface Gateway {
  /** Address of the management API. */
  readonly controlUrl: string;
  /** Address of the data plane, without `/v1`. */
  readonly gatewayUrl: string;
  readonly apiKey: string;
  close(): Promise<void>;
}

type Env = { Bindings: HttpBindings };

export async function startGateway(options: GatewayOptions = {}): Promise<Gateway> {
  const { host = "127.0.0.1", apiKey = "local", faults = new FaultList(), requestLog = new RequestLog() } = options;
  let store = new Store();
  const agent = new Agent();
  const addresses = { control: "" };
  const isKey = (token: string) => token === apiKey || store.apiKeys.all().some((key) => key.token === token);
  const forward = makeForward(options, () => agent);

  // Both planes are made anew by a reset, as they hold the store.
  let control = controlPlane(store, isKey, () => addresses.control);
  let data = dataPlane(store, forward);
  const reset = () => {
    store = new Store();
    control = controlPlane(store, isKey, () => addresses.control);
    data = dataPlane(store, forward);
    faults.clear();
    requestLog.clear();
  };

  const controlApp = new Hono<Env>();
  controlApp.route("/_emulator", inspection(faults, requestLog, reset));
  controlApp.use(watched("control", faults, requestLog));
  controlApp.all("*", (context) => control.fetch(context.req.raw, context.env));
  const dataApp = new Hono<Env>();
  dataApp.use(watched("gateway", faults, requestLog));
  dataApp.all("*", (context) => data.fetch(context.req.raw, context.env));

  const controlServer = await listen(controlApp, host, options.controlPort ?? 0);
  const dataServer = await listen(dataApp, host, options.gatewayPort ?? 0);
  addresses.control = controlServer.url;
  return {
    controlUrl: controlServer.url,
    gatewayUrl: dataServer.url,
    apiKey,
    close: async () => {
      await Promise.all([controlServer.close(), dataServer.close(), agent.destroy()]);
    },
  };
}

/** `/_emulator/`: faults and inspection, without a key. */
function inspection(faults: FaultList, requestLog: RequestLog, reset: () => void): Hono {
  const app = new Hono();
  app.post("/faults", async (context) => {
    const parsed = faultSchema.safeParse(await readBody(context.req.raw));
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      throw new ApiError(
        400,
        "ERR_NGROK_27606",
        `The fault is not valid: ${issue?.path.join(".")}: ${issue?.message}.`,
      );
    }
    faults.add(parsed.data);
    return context.body(null, 204);
  });
  app.delete("/faults", (context) => {
    faults.clear();
    return context.body(null, 204);
  });
  app.get("/requests", (context) => context.json(requestLog.entries()));
  app.post("/reset", (context) => {
    reset();
    return context.body(null, 204);
  });
  return withErrors(app);
}

/** Applies faults and keeps the log, around everything a plane does. */
function watched(plane: Plane, faults: FaultList, requestLog: RequestLog): MiddlewareHandler<Env> {
  return async (context, next) => {
    const { method, path } = context.req;
    const host = context.req.header("host") ?? "";
    const startedAt = new Date().toISOString();
    const record = (status: number) =>
      requestLog.record({ plane, method, host, path, status, startedAt, endedAt: new Date().toISOString() });
    const action = faults.take(plane, { method, host, path })?.action;
    const answer = action === undefined ? undefined : await applyBefore(action, context);
    if (answer === "dropped") {
      record(0);
      return new Response(null);
    }
    if (answer !== undefined) {
      record(answer.status);
      return answer;
    }
    await next();
    if (action !== undefined && "drop" in action) {
      record(0);
      return drop(context);
    }
    record(context.res.status);
    return undefined;
  };
}

/** What a fault does in the request's place; `undefined` lets the request go on. */
async function applyBefore(action: FaultAction, context: Context<Env>): Promise<Response | "dropped" | undefined> {
  if ("delayMs" in action) {
    // A request that is held back must not keep the process from ending.
    await sleep(action.delayMs, undefined, { ref: false });
    return undefined;
  }
  if ("drop" in action) {
    if (action.drop === "after") return undefined;
    drop(context);
    return "dropped";
  }
  const { status, headers = {}, body } = action;
  const fallback = new ApiError(status, "ERR_NGROK_27613", "A fault was asked for.").toBody();
  const isText = typeof body === "string";
  return new Response(status === 204 ? null : isText ? body : JSON.stringify(body ?? fallback), {
    status,
    headers: { "content-type": isText ? "text/plain" : "application/json", ...headers },
  });
}

/** Breaks the connection, as a network does. */
function drop(context: Context<Env>): Response {
  context.env.incoming.socket.destroy();
  return new Response(null);
}

async function listen(
  app: Hono<Env>,
  hostname: string,
  port: number,
): Promise<{ url: string; close(): Promise<void> }> {
  withErrors(app);
  const server = await new Promise<ServerType>((resolve, reject) => {
    const started = serve({ fetch: app.fetch, hostname, port }, () => resolve(started));
    started.once("error", reject);
  });
  const { port: bound } = server.address() as AddressInfo;
  return {
    url: `http://${hostname}:${bound}`,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        if ("closeAllConnections" in server) server.closeAllConnections();
      }),
  };
}
