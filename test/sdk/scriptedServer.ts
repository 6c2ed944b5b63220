import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Clock } from "../../sdk/clock";

/** One request as the server received it. */
export interface SeenRequest {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** The server's reaction to one request: a response, no response, or a connection that is cut before or during the response. */
export type Scripted =
  | { status: number; headers?: Record<string, string>; json?: unknown; text?: string }
  | "hang"
  | "cut"
  | "cut-in-body";

export interface ScriptedServer {
  readonly url: string;
  readonly requests: SeenRequest[];
  /** Resolves when the server has received this total number of requests. */
  seen(count: number): Promise<void>;
  close(): Promise<void>;
}

type Script = Scripted[] | ((request: SeenRequest, index: number) => Scripted);

/** A local server that follows its script, one entry per request, and repeats the last entry at the end. */
export async function startScriptedServer(script: Script, port = 0): Promise<ScriptedServer> {
  const requests: SeenRequest[] = [];
  const waiting: { count: number; resolve: () => void }[] = [];
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      const { method = "", url: target = "", headers } = incoming;
      const request = { method, target, headers, body: Buffer.concat(chunks).toString("utf8") };
      requests.push(request);
      const index = requests.length - 1;
      play(
        response,
        Array.isArray(script) ? (script[Math.min(index, script.length - 1)] ?? "cut") : script(request, index),
      );
      for (const waiter of waiting.filter(({ count }) => requests.length >= count)) waiter.resolve();
    });
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    seen: (count) =>
      requests.length >= count ? Promise.resolve() : new Promise((resolve) => waiting.push({ count, resolve })),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function play(response: ServerResponse, scripted: Scripted): void {
  if (scripted === "hang") return;
  if (scripted === "cut") {
    response.socket?.destroy();
    return;
  }
  response.sendDate = false; // the client uses the server's Date; tests set their own
  if (scripted === "cut-in-body") {
    response.writeHead(200, { "content-type": "application/json", "content-length": "100" });
    response.write('{"id":', () => response.socket?.destroy());
    return;
  }
  const text = scripted.text ?? (scripted.json === undefined ? "" : JSON.stringify(scripted.json));
  const contentType: Record<string, string> = scripted.json === undefined ? {} : { "content-type": "application/json" };
  response.writeHead(scripted.status, { ...contentType, ...scripted.headers });
  response.end(text);
}

/** A clock that advances only by the waits, which it records without waiting. */
export function steppedClock(startMs = Date.UTC(2026, 0, 1)): Clock & { readonly sleepsMs: number[] } {
  let nowMs = startMs;
  const sleepsMs: number[] = [];
  return {
    sleepsMs,
    nowMs: () => nowMs,
    sleep: async (delayMs) => {
      sleepsMs.push(delayMs);
      nowMs += delayMs;
    },
    random: () => 0.5,
  };
}

/** The body of an error response. */
export function errorBody(statusCode: number, errorCode: string, msg: string, details: Record<string, string> = {}) {
  return { statusCode, errorCode, msg, details };
}

const stored = {
  uri: "https://api.ngrok.ai/x",
  createdAt: "2026-01-01T00:00:00Z",
  updatedAt: "2026-01-01T00:00:00Z",
  createdBy: { id: "usr_1", uri: "https://api.ngrok.ai/users/usr_1" },
  lastUpdatedBy: { id: "usr_1", uri: "https://api.ngrok.ai/users/usr_1" },
};

export function storedProvider(id: string) {
  return { ...stored, id, providerId: `azure-${id}`, name: id, baseUrl: "https://example.com/v1" };
}

export function storedAccessKey(id: string) {
  return { ...stored, id, name: id, keyRedacted: "ng-0123456***wxyz", accessKeyConfiguration: null };
}

export function storedProviderKey(id: string) {
  return { ...stored, id, providerId: "openai", name: id, keyRedacted: "sk-proj-ab***wxyz" };
}
