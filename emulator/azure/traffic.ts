/** Applies faults and the request log to every request. */
import { setTimeout as sleep } from "node:timers/promises";
import type { HttpBindings } from "@hono/node-server";
import type { Fault, FaultList } from "../faults";
import type { RequestLog } from "../requestLog";
import { json } from "./http";

/** The result for a host of no service: the connection is closed. */
export const NO_ANSWER = Symbol("no answer");

export class Traffic {
  constructor(
    private readonly faults: FaultList | undefined,
    private readonly requestLog: RequestLog | undefined,
  ) {}

  async serve(
    request: Request,
    { pathname: path }: URL,
    { incoming }: HttpBindings,
    handle: () => Promise<Response | typeof NO_ANSWER>,
  ): Promise<Response> {
    const { method } = request;
    const host = request.headers.get("host") ?? "";
    const startedMs = Date.now();
    const record = (status: number) => {
      this.requestLog?.record({ plane: "azure", method, host, path, status, startedMs, endedMs: Date.now() });
    };
    const fault = this.faults?.take("azure", { method, host, path });
    const response = await withFault(fault, handle);
    if (response !== NO_ANSWER) return recordedAtEnd(response, record);
    record(0);
    incoming.socket.destroy();
    return new Response();
  }
}

async function withFault(
  fault: Fault | undefined,
  handle: () => Promise<Response | typeof NO_ANSWER>,
): Promise<Response | typeof NO_ANSWER> {
  if (fault === undefined) return handle();
  const { action } = fault;
  if ("status" in action) return json(action.status, action.body ?? {}, action.headers);
  if ("delayMs" in action) {
    // A delayed request must not keep the process alive.
    await sleep(action.delayMs, undefined, { ref: false });
    return handle();
  }
  if (action.drop === "after") await handle();
  return NO_ANSWER;
}

/** Records a request before its last byte is sent, so that a client with the whole answer finds it in the log. */
function recordedAtEnd(response: Response, record: (status: number) => void): Response {
  const isStream = response.headers.get("content-type")?.startsWith("text/event-stream") ?? false;
  if (!isStream || response.body === null) {
    record(response.status);
    return response;
  }
  const recording = new TransformStream<Uint8Array, Uint8Array>({
    flush: () => record(response.status),
    cancel: () => record(response.status),
  });
  return new Response(response.body.pipeThrough(recording), response);
}
