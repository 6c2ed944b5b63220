/** The start of a period, as `--since` accepts it. */
import { InvalidArgumentError } from "commander";

export const DEFAULT_SINCE = "7d";

const UNITS_MS: Readonly<Record<string, number>> = {
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};
const AGE = /^(\d{1,6})([mhdw])$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;

/** @throws InvalidArgumentError. A day begins at 00:00 UTC. */
export function toStartTime(since: string, nowMs: number): string {
  const [, count, unit = ""] = AGE.exec(since) ?? [];
  const startMs =
    count !== undefined
      ? nowMs - Number(count) * (UNITS_MS[unit] ?? Number.NaN)
      : DAY.test(since) || TIME.test(since)
        ? Date.parse(since)
        : Number.NaN;
  if (Number.isFinite(startMs) && startMs < nowMs) return new Date(startMs).toISOString();
  throw new InvalidArgumentError(
    Number.isFinite(startMs)
      ? "It must be in the past."
      : "Give an age, as 90m, 24h, 7d or 4w, or a day or time in the past, as 2026-01-31 or 2026-01-31T08:00:00Z.",
  );
}

/** For an option: validates the text and returns it. */
export function parseSince(since: string): string {
  toStartTime(since, Date.now());
  return since;
}
