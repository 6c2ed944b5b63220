/** One line that tells how far a long command has come: on a terminal only, beside standard output, gone when it ends. */

/** What is written to: standard error, or a test's own. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

export interface Progress {
  /** Replaces the line; often called, seldom written. */
  update(text: string): void;
  /** Removes the line. */
  end(): void;
}

const CLEAR_LINE = "\r\x1b[2K";
const LEAST_INTERVAL_MS = 100;

/** A pipe, a pipeline's log and a terminal that can't move its cursor get nothing. */
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
      stream.write(`${CLEAR_LINE}${text}`);
    },
    end() {
      if (isShown) stream.write(CLEAR_LINE);
      isShown = false;
    },
  };
}
