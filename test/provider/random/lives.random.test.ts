/**
 * Random programs, edits, changes by others and faults, on the local gateway. In every case: no object disappears that the
 * program still declares; after a kill, `recover` lists exactly the lost objects; after the faults stop, the next `up` creates
 * exactly the program's objects, each once; `destroy` deletes exactly those; and other owners' objects are unchanged.
 * `RANDOM_RUNS=5000` and `RANDOM_LATER_RUNS=300` run more lives, `RANDOM_SEED=$RANDOM` runs other ones. Does not prove anything about Pulumi's engine and
 * processes, which the tests' mini engine replaces, or about kills without marks.
 */
import fc from "fast-check";
import { GatewayClient } from "../../../sdk";
import { type FutureGateway, startFutureGateway } from "../../helpers/futureGateway";
import { startTestGateway, type TestGateway } from "../../helpers/gateway";
import { DynamicProcess, NotesFolder } from "../../helpers/miniEngine/dynamicProcess";
import { RandomLife, STACK } from "./life";
import { sequences, worlds } from "./programs";

const RUNS = Number(process.env.RANDOM_RUNS ?? 300);
/** Lives at a gateway whose responses have unknown fields and values. */
const LATER_RUNS = Number(process.env.RANDOM_LATER_RUNS ?? 30);
/** The same lives in each run, so that a failure is caused by the current change. */
const SEED = Number(process.env.RANDOM_SEED ?? 1);
/** On an idle machine, a life takes a tenth of a second. */
const MOST_MS_PER_RUN = 2_000;

/** Lives that run in parallel, each lane with its own gateway: most of a life is waiting. */
const LANES = 3;

/** A client whose waits take no time. */
function patientClient(gateway: TestGateway): GatewayClient {
  let nowMs = Date.now();
  const sleep = (delayMs: number) => {
    nowMs += delayMs;
    return Promise.resolve();
  };
  const clock = { nowMs: () => nowMs, sleep, random: () => 0.5 };
  return new GatewayClient({ apiUrl: gateway.controlUrl, apiKey: gateway.apiKey, clock });
}

/** Additions that writes did not send back, at a gateway that adds any. */
type RandomGateway = TestGateway & Partial<Pick<FutureGateway, "lost">>;

test.each<[service: string, runs: number, startGateway: () => Promise<RandomGateway>]>([
  ["the service as it is documented", RUNS, startTestGateway],
  ["a later version of the service", LATER_RUNS, startFutureGateway],
])(
  "random lives at %s end with exactly what the program says (%i)",
  async (_service, runs, startGateway) => {
    const lane = async (_: unknown, number: number) => {
      const gateway = await startGateway();
      try {
        const property = fc.asyncProperty(worlds, sequences, async (world, sequence) => {
          const notes = new NotesFolder();
          const { ownership } = world;
          const start = () => new DynamicProcess({ client: patientClient(gateway), stack: STACK, ownership, notes });
          try {
            await new RandomLife(gateway, world, notes, start).play(sequence);
            expect(gateway.lost?.() ?? []).toEqual([]);
          } finally {
            notes.dispose();
          }
        });
        await fc.assert(property, { numRuns: Math.ceil(runs / LANES), seed: SEED + number });
      } finally {
        await gateway.close();
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
  },
  (RUNS + LATER_RUNS) * MOST_MS_PER_RUN,
);
