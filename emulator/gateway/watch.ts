/** What stands around everything that a plane does: faults that were asked for, and the log of requests. */
import { setTimeout as sleep } from "node:timers/promises";
import type { HttpBindings } from "@hono/node-server";
import type { Context, MiddlewareHandler } from "hono";
import type { FaultAction, FaultList, Plane } from "../faults";
import type { RequestLog } from "../requestLog";
import { ApiError } from "./apiError";
import { errorBody } from "./data/dataPlaneErrors";

type Env = { Bindings: HttpBindings };

/** Applies faults and keeps the log, around everything a plane does. */
export function watched(plane: Plane, faults: FaultList, requestLog: RequestLog): MiddlewareHandler<Env> {
  return async (context, next) => {
    const { method, path } = context.req;
    const host = context.req.header("host") ?? "";
    const startedMs = Date.now();
    const record = (status: number) =>
      requestLog.record({ plane, method, host, path, status, startedMs, endedMs: Date.now() });
    const action = faults.take(plane, { method, host, path })?.action;
    const answer = action === undefined ? undefined : await applyBefore(plane, action, context);
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
async function applyBefore(
  plane: Plane,
  action: FaultAction,
  context: Context<Env>,
): Promise<Response | "dropped" | undefined> {
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
  const fallback = fallbackBody(plane, status, context.req.path);
  const isText = typeof body === "string";
  return new Response(status === 204 ? null : isText ? body : JSON.stringify(body ?? fallback), {
    status,
    headers: { "content-type": isText ? "text/plain" : "application/json", ...headers },
  });
}

/** The data plane's own codes for what an upstream did to a request. */
const DATA_PLANE_CODES: Readonly<Record<number, string>> = {
  400: "ERR_NGROK_27210",
  401: "ERR_NGROK_27211",
  403: "ERR_NGROK_27212",
  404: "ERR_NGROK_27213",
  408: "ERR_NGROK_27214",
  413: "ERR_NGROK_27215",
  422: "ERR_NGROK_27216",
  429: "ERR_NGROK_27217",
  500: "ERR_NGROK_27218",
  502: "ERR_NGROK_27219",
  503: "ERR_NGROK_27220",
  504: "ERR_NGROK_27221",
};

/** What a fault says where it was given no body. */
function fallbackBody(plane: Plane, status: number, path: string): object {
  const code = (plane === "gateway" ? DATA_PLANE_CODES[status] : undefined) ?? "ERR_NGROK_27613";
  const error = new ApiError(status, code, "A fault was asked for.");
  if (plane !== "gateway") return error.toBody();
  return errorBody(error, path.startsWith("/v1/messages") ? "anthropic" : "openai");
}

/** Breaks the connection, as a network does. */
function drop(context: Context<Env>): Response {
  context.env.incoming.socket.destroy();
  return new Response(null);
}
