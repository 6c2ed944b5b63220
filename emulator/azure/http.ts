/** Shared by both planes: case-insensitive routes, JSON answers and refusals. */

export type Headers = Readonly<Record<string, string>>;

/** An answer that can be thrown anywhere and ends the handling of a request. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly body: unknown,
    readonly headers: Headers = {},
  ) {
    super(`refused with status ${status}`);
  }
}

export function json(status: number, body: unknown, headers: Headers = {}): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { "content-type": "application/json; charset=utf-8", ...headers },
  });
}

export function empty(status: number, headers: Headers = {}): Response {
  return new Response(null, { status, headers: { ...headers } });
}

/** Runs a handler; a thrown refusal becomes the answer. */
export async function answer(handle: () => Response | Promise<Response>): Promise<Response> {
  try {
    return await handle();
  } catch (error) {
    if (error instanceof Refusal) return json(error.status, error.body, error.headers);
    throw error;
  }
}

export type Parameters = Readonly<Record<string, string>>;

/**
 * One path with `{parameters}`, matched as in Azure: fixed parts without regard to case, each parameter one
 * segment, no double slash.
 */
export class PathPattern {
  private readonly segments: readonly string[];

  constructor(pattern: string) {
    this.segments = pattern.split("/");
  }

  match(path: string): Parameters | undefined {
    const parts = path.split("/");
    if (parts.length !== this.segments.length) return undefined;
    const found: Record<string, string> = {};
    for (const [index, segment] of this.segments.entries()) {
      const part = parts[index] ?? "";
      const name = /^\{(.+)\}$/.exec(segment)?.[1];
      if (name === undefined) {
        if (segment.toLowerCase() !== part.toLowerCase()) return undefined;
      } else {
        const value = decode(part);
        if (!value) return undefined;
        found[name] = value;
      }
    }
    return found;
  }
}

export interface Route<Handler> {
  readonly method: string;
  readonly path: PathPattern;
  readonly handle: Handler;
}

export function route<Handler>(method: string, path: string, handle: Handler): Route<Handler> {
  return { method, path: new PathPattern(path), handle };
}

export function findRoute<Handler>(
  routes: readonly Route<Handler>[],
  method: string,
  path: string,
): { readonly handle: Handler; readonly parameters: Parameters } | undefined {
  for (const candidate of routes) {
    if (candidate.method !== method) continue;
    const parameters = candidate.path.match(path);
    if (parameters !== undefined) return { handle: candidate.handle, parameters };
  }
  return undefined;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value if it is a non-empty text. */
export function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function decode(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    // No name has an invalid escape, so the path matches nothing.
    return undefined;
  }
}
