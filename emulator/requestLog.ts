/** What came in on all planes, for `GET /_emulator/requests`: never a body, a query or a credential. */
import type { Plane } from "./faults";

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

export class RequestLog {
  private kept: RequestLogEntry[] = [];

  record(entry: RequestLogEntry): void {
    this.kept.push(entry);
    // Cut in large pieces, so that a long run does not copy the list at each request.
    if (this.kept.length >= 2 * MAX_ENTRIES) this.kept = this.kept.slice(-MAX_ENTRIES);
  }

  /** The last ones, newest last. */
  entries(): readonly RequestLogEntry[] {
    return this.kept.slice(-MAX_ENTRIES);
  }

  clear(): void {
    this.kept = [];
  }
}
