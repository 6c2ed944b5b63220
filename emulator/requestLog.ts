/** What came in on all planes, for `GET /_emulator/requests`: never a body, a query or a credential. */
import type { Plane } from "./faults";
import { Ring } from "./ring";

export interface RequestLogEntry {
  readonly plane: Plane;
  readonly method: string;
  readonly host: string;
  readonly path: string;
  /** 0 where the connection was dropped without an answer. */
  readonly status: number;
  /** ISO time, delays included. */
  readonly startedAt: string;
  readonly endedAt: string;
}

const MAX_ENTRIES = 100_000;

type Request = Omit<RequestLogEntry, "startedAt" | "endedAt">;
/** In milliseconds since 1970. */
type Times = readonly [startedMs: number, endedMs: number];

export class RequestLog {
  private readonly kept = new Ring<Request, Times>(MAX_ENTRIES, 2);

  record({ plane, method, host, path, status, startedAt, endedAt }: RequestLogEntry): void {
    this.kept.add({ plane, method, host, path, status }, [Date.parse(startedAt), Date.parse(endedAt)]);
  }

  /** The last ones, newest last. */
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
