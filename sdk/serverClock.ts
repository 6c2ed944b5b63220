/**
 * The time at the gateway, as its answers say it. When an object was made is the gateway's time, so it is compared with this one: the
 * machine's own clock may be minutes off.
 */
export class ServerClock {
  private last: { readonly serverMs: number; readonly seenAtMs: number } | undefined;

  /** Takes the `Date` header of an answer. */
  observe(date: string | undefined): void {
    const serverMs = Date.parse(date ?? "");
    if (!Number.isNaN(serverMs)) this.last = { serverMs, seenAtMs: performance.now() };
  }

  /** Milliseconds since the epoch, up to a second early; `undefined` before the first answer that has a date. */
  nowMs(): number | undefined {
    return this.last && this.last.serverMs + (performance.now() - this.last.seenAtMs);
  }
}
