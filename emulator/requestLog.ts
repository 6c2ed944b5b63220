/** Received requests of all planes, for `GET /_emulator/requests`: never a body, a query or a credential. */
import type { Plane } from "./faults";
import { Ring } from "./ring";

export interface RequestLogEntry {
  readonly plane: Plane;
  readonly method: string;
  readonly host: string;
  readonly path: string;
  /** 0 if the connection was closed without an answer. */
  readonly status: number;
  /** ISO time, including delays. */
  readonly startedAt: string;
  readonly endedAt: string;
}

const MAX_ENTRIES = 100_000;
/** Longest text of an entry, in characters, because a client may send any path. */
const MAX_TEXT_CHARS = 2_048;

type Request = Omit<RequestLogEntry, "startedAt" | "endedAt">;
type Times = readonly [startedMs: number, endedMs: number];

/** A finished request. Times are milliseconds since 1970. */
export interface EndedRequest extends Request {
  readonly startedMs: number;
  readonly endedMs: number;
}

export class RequestLog {
  private readonly kept = new Ring<Request, Times>({ size: MAX_ENTRIES, wide: 2, narrow: 0 });

  record({ plane, method, host, path, status, startedMs, endedMs }: EndedRequest): void {
    this.kept.add({ plane, method, host: cut(host), path: cut(path), status }, [startedMs, endedMs]);
  }

  /** The newest entries, newest last. */
  entries(): readonly RequestLogEntry[] {
    const newestFirst = Array.from(this.kept.newestFirst(), ({ common: request, numbers: [startedMs, endedMs] }) => ({
      ...request,
      startedAt: new Date(startedMs).toISOString(),
      endedAt: new Date(endedMs).toISOString(),
    }));
    return newestFirst.reverse();
  }

  clear(): void {
    this.kept.clear();
  }
}

function cut(text: string): string {
  return text.length > MAX_TEXT_CHARS ? `${text.slice(0, MAX_TEXT_CHARS)}…` : text;
}
