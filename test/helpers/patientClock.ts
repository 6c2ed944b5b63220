/** A clock whose waits take no time: it is ahead of the machine's by as much as was waited, so that budgets for retries are used up. */
import type { Clock } from "../../sdk";

/** @param aheadMs how far the clock is ahead before any wait */
export function patientClock(aheadMs = () => 0): Clock {
  let waitedMs = 0;
  return {
    nowMs: () => Date.now() + aheadMs() + waitedMs,
    sleep: (delayMs) => {
      waitedMs += delayMs;
      return Promise.resolve();
    },
    random: () => 0.5,
  };
}
