/** Requests to upstreams: their actual address, and the header with the key. */
import { type Agent, request } from "undici";
import type { ApiFormat } from "./surfaces";
import type { Reported } from "./tokens";

export interface ForwardRequest {
  readonly url: string;
  readonly key: string;
  readonly format: ApiFormat;
  /** Headers of the client's request that an upstream needs to understand it. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly signal: AbortSignal;
}

/** An upstream's answer. Its body is read once, complete or in pieces, or discarded. */
export interface UpstreamAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The report of a complete body, if it is known without reading the body. */
  readonly report?: Reported;
  /** The complete body: bytes, or a text that is sent as UTF-8. */
  body(): string | Promise<Uint8Array<ArrayBuffer>>;
  chunks(): AsyncIterator<Uint8Array>;
  discard(): Promise<void>;
}

export interface Forward {
  (request: ForwardRequest): Promise<UpstreamAnswer>;
  /** Base URL of a built-in provider; `undefined` if the canned model answers for it. */
  builtInUrl(provider: string): string | undefined;
}

export interface Upstreams {
  /** Address for requests to Azure's hosts, which keep their `Host`. */
  readonly azureUrl?: string | undefined;
  /** Host → URL for other upstreams; a built-in provider's id → its base URL. */
  readonly upstreams?: Readonly<Record<string, string>> | undefined;
}

const AZURE_HOST = /\.(openai\.azure\.(com|us|cn)|services\.ai\.azure\.com|cognitiveservices\.azure\.(com|us|cn))$/;
/** Headers of an upstream's answer that the client needs: rate limits, request ids, and the upstream's name. */
const PASSED_BACK =
  /^(content-type|retry-after(-ms)?|x-ratelimit-.*|x-request-id|request-id|apim-request-id|x-ms-.*|openai-.*|anthropic-.*)$/;
/** Headers of a client's request that change how an upstream reads it. */
export const PASSED_ON = ["anthropic-version", "anthropic-beta", "openai-beta"] as const;

/** The surface's path is appended to the base URL's path; its query is kept. */
export function joinPath(baseUrl: string, path: string): string {
  const url = new URL(baseUrl);
  let end = url.pathname.length;
  while (url.pathname[end - 1] === "/") end -= 1;
  url.pathname = url.pathname.slice(0, end) + path;
  return url.toString();
}

/**
 * Sends requests to upstreams. The key is sent as a bearer token; for Azure's hosts as `api-key`, the only header that Azure's dated
 * routes accept; on Anthropic's surface as `x-api-key`. The headers that the hosted gateway sends are not documented.
 */
export function makeForward({ azureUrl, upstreams = {} }: Upstreams, agent: () => Agent): Forward {
  const forward = async ({ url, key, format, headers: passedOn, body, signal }: ForwardRequest) => {
    const target = new URL(url);
    const isAzure = AZURE_HOST.test(target.hostname);
    const mapped = upstreams[target.host] ?? (isAzure ? azureUrl : undefined);
    const address = mapped === undefined ? url : new URL(target.pathname + target.search, mapped).toString();
    const answer = await request(address, {
      method: "POST",
      dispatcher: agent(),
      headers: {
        ...passedOn,
        ...credentials(isAzure, format, key),
        host: target.host,
        "content-type": "application/json",
        accept: "application/json, text/event-stream",
      },
      // The gateway's own timeouts apply instead.
      headersTimeout: 0,
      bodyTimeout: 0,
      body,
      signal,
    });
    const headers: Record<string, string> = {};
    for (const [name, value] of Object.entries(answer.headers)) {
      if (PASSED_BACK.test(name) && value !== undefined) headers[name] = String(value);
    }
    return {
      status: answer.statusCode,
      headers,
      body: async () => new Uint8Array(await answer.body.arrayBuffer()),
      chunks: () => answer.body[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>,
      discard: () => answer.body.dump(),
    };
  };
  // A host has a dot or a port, an id has neither.
  return Object.assign(forward, { builtInUrl: (provider: string) => upstreams[provider] });
}

function credentials(isAzure: boolean, format: ApiFormat, key: string): Record<string, string> {
  if (isAzure) return { "api-key": key };
  return format === "anthropic" ? { "x-api-key": key } : { authorization: `Bearer ${key}` };
}
