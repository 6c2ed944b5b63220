/**
 * Random programs through several edits, on `OfflineStack` and on the Pulumi CLI: calls, steps, messages, state and counts are
 * equal after each. DIFFERENTIAL_RUNS sets how many programs, DIFFERENTIAL_SEED which. Steps run one at a time: what parallel
 * steps do to each other is not compared. What is known to differ is in docs/offline-stack.md.
 */
import fc from "fast-check";
import { closeProgramHost } from "../../engine/programHost";
import { play } from "./play";
import { lives } from "./programs";

const RUNS = Number(process.env.DIFFERENTIAL_RUNS ?? 10);
const SEED = Number(process.env.DIFFERENTIAL_SEED ?? 41);

afterAll(closeProgramHost);

test(
  `${RUNS} random programs have the same lives on both engines`,
  async () => {
    await fc.assert(
      fc.asyncProperty(lives, async (life) => {
        const found = await play(life);
        if (found.length > 0) throw new Error(found.join("\n"));
      }),
      { numRuns: RUNS, seed: SEED, endOnFailure: process.env.DIFFERENTIAL_SHRINK === undefined },
    );
  },
  RUNS * 60_000,
);
