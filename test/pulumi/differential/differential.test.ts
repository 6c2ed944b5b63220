/**
 * Random programs with several edits, on `OfflineStack` and on the Pulumi CLI: calls, steps, messages, state and counts are equal
 * after each edit. DIFFERENTIAL_RUNS sets the number of programs, DIFFERENTIAL_SEED the seed of the first; each following program
 * has the next seed. Steps run one at a time, so effects of parallel steps are not compared. Known differences are listed in
 * docs/offline-stack.md.
 */
import fc from "fast-check";
import { closeProgramHost } from "../../engine/programHost";
import { play } from "./play";
import { lives } from "./programs";

const RUNS = Number(process.env.DIFFERENTIAL_RUNS ?? 30);
const SEED = Number(process.env.DIFFERENTIAL_SEED ?? 41);

afterAll(closeProgramHost);

test(
  `${RUNS} random programs have the same lives on both engines`,
  async () => {
    const different: string[] = [];
    let edits = 0;
    for (let seed = SEED; seed < SEED + RUNS; seed++) {
      const [life] = fc.sample(lives, { seed, numRuns: 1 });
      if (life === undefined) throw new Error(`no program for the seed ${seed}`);
      edits += life.length - 1;
      const found = await play(life);
      if (found.length > 0) different.push(`seed ${seed}, ${found.join("\n")}`);
      if (RUNS > 50 && (seed - SEED + 1) % 10 === 0) {
        process.stderr.write(`${seed - SEED + 1} programs compared, ${edits} edits, ${different.length} differ\n`);
      }
    }
    if (different.length > 0) throw new Error(different.join("\n\n"));
  },
  RUNS * 60_000,
);
