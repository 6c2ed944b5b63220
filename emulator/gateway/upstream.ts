/** Requests to upstreams: where they really go, and with which header the key. */
import { ReadableStream } from "node:stream/web";
import { type Agent, request } from "undici";

export interface ForwardRequest {
  readonly url: string;
  readonly key: string;
  readonly body: string;
  readonly signal: AbortSignal;
}
export type Forward = (request: ForwardRequest) => Promise<Response>;

export interface Upstreams {
  /** Where requests to Azure's hosts go, with their `Host` kept. */
  readonly azureUrl?: string | undefined;
  /** Host → URL for other upstreams. */
  readonly upstreams?: Readonly<Record<string, string>> | undefined;
}

const AZURE_HOST = /\.(openai\.azure\.(com|us|cn)|services\.ai\.azure\.com|cognitiveservices\.azure\.(com|us|cn))$/;
/** What an upstream says that the client needs: pace, identity of the request, and who answered. */
const PASSED_BACK = /^(content-type|retry-after(-ms)?|x-ratelimit-.*|x-request-id|apim-request-id|x-ms-.*|openai-.*)$/;

/** The surface's path goes behind the base URL's path; its query is kept. */
export function joinPath(baseUrl: string, path: string): string {
  const url = new URL(baseUrl);
  url.pathname = url.pathname.replace(/\/+$/, "") + path;
  return url.toString();
}

/**
 * Sends requests to upstreams. The key goes as a bearer token, and to Azure's hosts as `api-key` too, which is all that
 * Azure's dated routes take; which header the hosted gateway sends there is not documented.
 */
export function makeForward({ azureUrl, upstreams = {} }: Upstreams, agent: () => Agent): Forward {
  return async ({ url, key, body, signal }) => {
    const target = new URL(url);
    const isAzure = AZURE_HOST.test(target.hostname);
    const mapped = upstreams[target.host] ?? (isAzure ? azureUrl : undefined);
    const address = mapped === undefined ? url : new URL(target.pathname + target.search, mapped).toString();
    const credentials: Record<string, string> = isAzure ? { "api-key": key } : { authorization: `Bearer ${key}` };
    const answer = await request(address, {
      method: "POST",
      dispatcher: agent(),
      headers: {
        ...credentials,
        host: target.host,
        "content-type": "application/json",
        accept: "application/json, text/event-stream",
      },
      body,
      signal,
    });
    const headers = new Headers();
    for (const [name, value] of Object.entries(answer.headers)) {
      if (PASSED_BACK.test(name) && value !== undefined) headers.set(name, String(value));
    }
    // Reading ends, and with it the connection, when the client of the gateway goes away.
    const stream = ReadableStream.from<Uint8Array>(answer.body) as globalThis.ReadableStream<Uint8Array>;
    return new Response(stream as never, { status: answer.statusCode, headers });
  };
}
