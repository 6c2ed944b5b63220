/** One line on standard error that shows the progress of a long command, on a terminal only. It is removed at the end. */

/** Standard error, or the stream of a test. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

export interface Progress {
  /** Replaces the line; writes at most ten times a second. */
  update(text: () => string): void;
  /** Removes the line. */
  end(): void;
}

const CLEAR_LINE = "\r\x1b[2K";
const LEAST_INTERVAL_MS = 100;

/** Writes nothing into a pipe, the log of a pipeline, or a terminal that cannot move its cursor. */
export function startProgress(
  stream: ProgressStream = process.stderr,
  now: () => number = () => performance.now(),
): Progress {
  if (stream.isTTY !== true || process.env.TERM === "dumb") return { update: () => undefined, end: () => undefined };
  let writtenAt = Number.NEGATIVE_INFINITY;
  let isShown = false;
  return {
    update(text) {
      if (now() - writtenAt < LEAST_INTERVAL_MS) return;
      writtenAt = now();
      isShown = true;
      stream.write(`${CLEAR_LINE}${text()}`);
    },
    end() {
      if (isShown) stream.write(CLEAR_LINE);
      isShown = false;
    },
  };
}
