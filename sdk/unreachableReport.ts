/** Reports an API that does not answer, before the retries end. */
import type { UnreachableNotice } from "./call";

/**
 * Reports at most one line for all calls that wait at the same time.
 * @param report takes the line
 * @param setting of the API's URL, in the user's notation: `ngrok-ai:apiUrl`, `--api-url`
 */
export function onceAtATime(report: (line: string) => void, setting: string): (notice: UnreachableNotice) => void {
  let reportedUntilMs = 0;
  return ({ apiOrigin, problem, untilMs }) => {
    if (Date.now() < reportedUntilMs) return;
    reportedUntilMs = untilMs;
    const until = new Date(untilMs).toLocaleTimeString("en-GB");
    report(`${apiOrigin} gives no answer: ${problem}. Retrying until ${until}; check ${setting}.`);
  };
}
