/**
 * The time of the next attempt, derived only from headers, attempt and clock. Does not prove that the call waits as decided (see
 * call.test.ts).
 */
import fc from "fast-check";
import { parseHttpDate, planRetry, type RetrySituation, retryAfterMs } from "../../sdk/retryTiming";

const nowMs = Date.UTC(2026, 0, 1, 12, 0, 0);

function situation(changes: Partial<RetrySituation> = {}): RetrySituation {
  return {
    headers: {},
    attempt: 1,
    nowMs,
    deadlineMs: nowMs + 120_000,
    budgetMs: 120_000,
    random: () => 0,
    ...changes,
  };
}

const after = (value: string) => ({ headers: { "retry-after": value } });

test("Retry-After in seconds is used exactly, without jitter", () => {
  expect(planRetry(situation({ ...after("3"), random: () => 0.99 }))).toEqual({ delayMs: 3_000 });
});

test.each([
  ["the current format", "Thu, 01 Jan 2026 12:00:20 GMT"],
  ["the format of RFC 850", "Thursday, 01-Jan-26 12:00:20 GMT"],
  ["the format of asctime", "Thu Jan  1 12:00:20 2026"],
])("Retry-After as a date in %s is used exactly", (_form, date) => {
  expect(planRetry(situation(after(date)))).toEqual({ delayMs: 20_000 });
});

test("a date is compared with the server's own Date if this machine's clock is wrong", () => {
  const headers = { "retry-after": "Fri, 02 Jan 2026 08:00:05 GMT", date: "Fri, 02 Jan 2026 08:00:00 GMT" };
  expect(planRetry(situation({ headers }))).toEqual({ delayMs: 5_000 });
});

test("Retry-After equal to the rest of the budget ends the call: no attempt would fit after it", () => {
  expect(planRetry(situation({ ...after("120") }))).toEqual({
    stopReason: "Retry-After asks for 120 s, the retry budget has 120 s left",
  });
  expect(planRetry(situation({ ...after("119") }))).toEqual({ delayMs: 119_000 });
});

test("no attempt is made before Retry-After has passed", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10_000 }), fc.integer({ min: 0, max: 600_000 }), (askedSeconds, leftMs) => {
      const plan = planRetry(situation({ ...after(String(askedSeconds)), deadlineMs: nowMs + leftMs }));
      return "stopReason" in plan || plan.delayMs === askedSeconds * 1_000;
    }),
  );
});

test.each(["0", "Thu, 01 Jan 2026 11:00:00 GMT"])(
  "Retry-After of %s requests no wait, so the client's own wait is used",
  (value) => {
    expect(planRetry(situation(after(value)))).toEqual({ delayMs: 250 });
  },
);

test.each([
  "",
  "soon",
  "-5",
  "1.5",
  "1e3",
  "Thu, 01 Foo 2026 12:00:20 GMT",
  "Thu, 01 Jan 2026 25:00:00 GMT",
  "Sat, 31 Feb 2026 12:00:20 GMT",
  "Sun, 29 Feb 2026 12:00:20 GMT",
  "Thu, 00 Jan 2026 12:00:20 GMT",
  "2026-01-01T12:00:20Z",
])("Retry-After of %j is invalid and ignored", (value) => {
  expect(retryAfterMs({ "retry-after": value }, nowMs)).toBeUndefined();
  expect(planRetry(situation(after(value)))).toEqual({ delayMs: 250 });
});

test("waits double up to ten seconds, and half of each is random", () => {
  const waits = (random: number) =>
    [1, 2, 3, 4, 5, 6, 7].map((attempt) => planRetry(situation({ attempt, random: () => random })));
  expect(waits(0)).toEqual([250, 500, 1000, 2000, 4000, 5000, 5000].map((delayMs) => ({ delayMs })));
  expect(waits(1)).toEqual([500, 1000, 2000, 4000, 8000, 10000, 10000].map((delayMs) => ({ delayMs })));
});

test("a wait that would not end within the budget is not started", () => {
  expect(planRetry(situation({ attempt: 3, deadlineMs: nowMs + 1_000 }))).toEqual({
    stopReason: "the retry budget of 120 s is used up",
  });
  expect(planRetry(situation({ attempt: 3, deadlineMs: nowMs + 1_001 }))).toEqual({ delayMs: 1_000 });
});

test("a two-digit year is the one that is at most 50 years ahead", () => {
  expect(parseHttpDate("Sunday, 06-Nov-94 08:49:37 GMT", nowMs)).toBe(Date.UTC(1994, 10, 6, 8, 49, 37));
  expect(parseHttpDate("Friday, 06-Nov-76 08:49:37 GMT", nowMs)).toBe(Date.UTC(2076, 10, 6, 8, 49, 37));
});
