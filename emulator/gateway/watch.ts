/** Applies faults and keeps the request log, around all handlers of a plane. */
import { setTimeout as sleep } from "node:timers/promises";
import type { HttpBindings } from "@hono/node-server";
import type { Context, MiddlewareHandler } from "hono";
import { type ErrorCode, errorCodes } from "../../sdk/contract/errorCodes";
import type { FaultAction, FaultList, Plane } from "../faults";
import type { RequestLog } from "../requestLog";
import { ApiError } from "./apiError";
import { errorBody } from "./data/dataPlaneErrors";

interface WatchedEnv {
  Bindings: HttpBindings;
}

/**
 * Applies faults and keeps the log, around all handlers of a plane.
 * @param headersOf headers that every answer of the plane has, including those of faults
 */
export function watched<Env extends WatchedEnv>(
  plane: Plane,
  faults: FaultList,
  requestLog: RequestLog,
  headersOf: (context: Context<Env>) => Record<string, string> = () => ({}),
): MiddlewareHandler<Env> {
  return async (context, next) => {
    const { method, path } = context.req;
    const host = context.req.header("host") ?? "";
    const startedMs = Date.now();
    const record = (status: number) =>
      requestLog.record({ plane, method, host, path, status, startedMs, endedMs: Date.now() });
    const action = faults.take(plane, { method, host, path })?.action;
    const answer = action === undefined ? undefined : await applyBefore(plane, action, context, headersOf(context));
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

/** The effect of a fault instead of the plane's answer; `undefined`: the plane serves the request. */
async function applyBefore<Env extends WatchedEnv>(
  plane: Plane,
  action: FaultAction,
  context: Context<Env>,
  planeHeaders: Record<string, string>,
): Promise<Response | "dropped" | undefined> {
  if ("delayMs" in action) {
    // A delayed request must not keep the process alive.
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
    headers: { "content-type": isText ? "text/plain" : "application/json", ...planeHeaders, ...headers },
  });
}

/** The data plane's own codes for failures of an upstream. */
const DATA_PLANE_ERRORS: ReadonlyMap<number, ErrorCode> = new Map(
  [
    errorCodes.upstreamBadRequest,
    errorCodes.upstreamUnauthorized,
    errorCodes.upstreamForbidden,
    errorCodes.upstreamNotFound,
    errorCodes.upstreamRequestTimeout,
    errorCodes.upstreamPayloadTooLarge,
    errorCodes.upstreamUnprocessable,
    errorCodes.upstreamRateLimited,
    errorCodes.upstreamInternalError,
    errorCodes.upstreamBadGateway,
    errorCodes.upstreamUnavailable,
    errorCodes.upstreamGatewayTimeout,
  ].map((error) => [error.status, error]),
);

/** The answer of a fault without a body. */
function fallbackBody(plane: Plane, status: number, path: string): object {
  const known = (plane === "gateway" ? DATA_PLANE_ERRORS.get(status) : undefined) ?? errorCodes.serviceError;
  const error = new ApiError(known, "A fault was asked for.", { status });
  if (plane !== "gateway") return error.toBody();
  return errorBody(error, path.startsWith("/v1/messages") ? "anthropic" : "openai");
}

/** Closes the connection, like a network failure. */
function drop<Env extends WatchedEnv>(context: Context<Env>): Response {
  context.env.incoming.socket.destroy();
  return new Response(null);
}
