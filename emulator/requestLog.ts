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
/** Texts of which one copy is kept for all entries: hosts and paths repeat, except where they hold ids. */
const MAX_SHARED_TEXTS = 1_000;

/** An entry as it is kept, for there are many: times are milliseconds since 1970. */
type Kept = Omit<RequestLogEntry, "startedAt" | "endedAt"> & { readonly startedMs: number; readonly endedMs: number };

export class RequestLog {
  /** The oldest is overwritten once there are enough. */
  private kept: Kept[] = [];
  private oldest = 0;
  private readonly sharedTexts = new Map<string, string>();

  record({ plane, method, host, path, status, startedAt, endedAt }: RequestLogEntry): void {
    const [startedMs, endedMs] = [Date.parse(startedAt), Date.parse(endedAt)];
    const entry = { plane, method, host: this.shared(host), path: this.shared(path), status, startedMs, endedMs };
    if (this.kept.length < MAX_ENTRIES) {
      this.kept.push(entry);
      return;
    }
    this.kept[this.oldest] = entry;
    this.oldest = (this.oldest + 1) % MAX_ENTRIES;
  }

  /** The last ones, newest last. */
  entries(): readonly RequestLogEntry[] {
    return [...this.kept.slice(this.oldest), ...this.kept.slice(0, this.oldest)].map(
      ({ startedMs, endedMs, ...entry }) => ({
        ...entry,
        startedAt: new Date(startedMs).toISOString(),
        endedAt: new Date(endedMs).toISOString(),
      }),
    );
  }

  clear(): void {
    this.kept = [];
    this.oldest = 0;
  }

  private shared(text: string): string {
    const known = this.sharedTexts.get(text);
    if (known !== undefined) return known;
    if (this.sharedTexts.size >= MAX_SHARED_TEXTS) this.sharedTexts.clear();
    this.sharedTexts.set(text, text);
    return text;
  }
}
