/** Longest wait before the second attempt if the server requests none, in milliseconds; it doubles with each attempt. */
const FIRST_BACKOFF_MS = 500;
/** Longest wait between two attempts if the server requests none, in milliseconds. */
const MAX_BACKOFF_MS = 10_000;

/** All inputs of a retry decision. Nothing is read from the machine, so every decision can be tested. */
export interface RetrySituation {
  /** Headers of the response, names in lower case; empty if there was no response. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Number of attempts so far, starting at 1. */
  readonly attempt: number;
  /** Current time, in milliseconds since the epoch. */
  readonly nowMs: number;
  /** End of the retry budget, in milliseconds since the epoch. */
  readonly deadlineMs: number;
  /** The whole retry budget, in milliseconds; used only in the message. */
  readonly budgetMs: number;
  /** A number from 0 (inclusive) to 1 (exclusive). */
  readonly random: () => number;
}

/** Wait and try again, or stop with a reason. */
export type RetryPlan = { readonly delayMs: number } | { readonly stopReason: string };

/**
 * Decides when to retry. Waits for the whole time of `Retry-After`; if that ends after the budget, there is no further attempt.
 * Without the header, the waits double and are partly random, so that programs that failed together do not retry together.
 */
export function planRetry(situation: RetrySituation): RetryPlan {
  const leftMs = Math.max(0, situation.deadlineMs - situation.nowMs);
  const requestedMs = retryAfterMs(situation.headers, situation.nowMs) ?? 0;
  if (requestedMs >= leftMs && requestedMs > 0) {
    return { stopReason: `Retry-After asks for ${seconds(requestedMs)}, the retry budget has ${seconds(leftMs)} left` };
  }
  // A Retry-After of zero or in the past requests no wait: our own wait keeps attempts apart.
  const delayMs = requestedMs > 0 ? requestedMs : backoffMs(situation.attempt, situation.random);
  return delayMs < leftMs
    ? { delayMs }
    : { stopReason: `the retry budget of ${seconds(situation.budgetMs)} is used up` };
}

/** Half of the wait is fixed, the other half random. */
function backoffMs(attempt: number, random: () => number): number {
  const ceilingMs = Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (attempt - 1));
  return ceilingMs / 2 + (random() * ceilingMs) / 2;
}

/**
 * The wait that `Retry-After` requests, in milliseconds, or `undefined` if the header is missing or not valid. A date is compared
 * with the server's own `Date` if present, because this machine's clock may be wrong.
 */
export function retryAfterMs(headers: RetrySituation["headers"], nowMs: number): number | undefined {
  const text = headers["retry-after"]?.trim();
  if (text === undefined || text === "") {
    return undefined;
  }
  if (/^\d+$/.test(text)) {
    return Number(text) * 1_000;
  }
  const untilMs = parseHttpDate(text, nowMs);
  const sinceMs = parseHttpDate(headers.date?.trim() ?? "", nowMs) ?? nowMs;
  return untilMs === undefined ? undefined : Math.max(0, untilMs - sinceMs);
}

// RFC 9110, section 5.6.7: the current form, and two obsolete ones that recipients must accept.
const IMF_FIXDATE = /^\w{3}, (?<day>\d{2}) (?<month>\w{3}) (?<year>\d{4}) (?<time>\d{2}:\d{2}:\d{2}) GMT$/;
const RFC_850_DATE = /^\w{6,9}, (?<day>\d{2})-(?<month>\w{3})-(?<year>\d{2}) (?<time>\d{2}:\d{2}:\d{2}) GMT$/;
const ASCTIME_DATE = /^\w{3} (?<month>\w{3}) (?<day>[ \d]\d) (?<time>\d{2}:\d{2}:\d{2}) (?<year>\d{4})$/;

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** Converts an HTTP date to milliseconds since the epoch; `undefined` if the text is no HTTP date. */
export function parseHttpDate(text: string, nowMs: number): number | undefined {
  const groups = (IMF_FIXDATE.exec(text) ?? RFC_850_DATE.exec(text) ?? ASCTIME_DATE.exec(text))?.groups;
  const month = MONTHS.indexOf(groups?.month ?? "");
  if (groups === undefined || month < 0) {
    return undefined;
  }
  const year = fullYear(groups.year ?? "", nowMs);
  const [hours = 0, minutes = 0, secondsOfMinute = 0] = (groups.time ?? "").split(":").map(Number);
  const day = Number(groups.day);
  const isInRange = hours < 24 && minutes < 60 && secondsOfMinute <= 60 && day >= 1 && day <= daysIn(year, month);
  return isInRange ? Date.UTC(year, month, day, hours, minutes, secondsOfMinute) : undefined;
}

/** Day 0 of a month is the last day of the previous month. */
function daysIn(year: number, month: number): number {
  return new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
}

/** A two-digit year that would be more than 50 years ahead is one of the previous century (same section). */
function fullYear(digits: string, nowMs: number): number {
  if (digits.length === 4) {
    return Number(digits);
  }
  const thisYear = new Date(nowMs).getUTCFullYear();
  const year = Math.floor(thisYear / 100) * 100 + Number(digits);
  return year > thisYear + 50 ? year - 100 : year;
}

function seconds(milliseconds: number): string {
  return `${Math.round(milliseconds / 100) / 10} s`;
}
