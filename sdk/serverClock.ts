import { parseHttpDate } from "./retryTiming";

/**
 * The gateway's time according to its responses. Creation times are in the gateway's time, so they are compared with this clock:
 * the machine's own clock may differ by minutes.
 */
export class ServerClock {
  private last: { readonly serverMs: number; readonly seenAtMs: number } | undefined;

  /** Reads the `Date` header of a response. */
  observe(date: string | undefined): void {
    const serverMs = parseHttpDate(date ?? "", Date.now());
    if (serverMs !== undefined) this.last = { serverMs, seenAtMs: performance.now() };
  }

  /** Milliseconds since the epoch, up to a second early; `undefined` before the first response that has a date. */
  nowMs(): number | undefined {
    return this.last && this.last.serverMs + (performance.now() - this.last.seenAtMs);
  }
}
