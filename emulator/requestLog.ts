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
type Times = readonly [startedMs: number, endedMs: number];

/** A request that has ended. Times are milliseconds since 1970. */
export interface EndedRequest extends Request {
  readonly startedMs: number;
  readonly endedMs: number;
}

export class RequestLog {
  private readonly kept = new Ring<Request, Times>(MAX_ENTRIES, { wide: 2, narrow: 0 });

  record({ startedMs, endedMs, ...request }: EndedRequest): void {
    this.kept.add(request, [startedMs, endedMs]);
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
