/**
 * Random programs, random edits, random changes by others and random faults, on the local gateway. Whatever happened: nothing
 * disappears that the program still declares; after a kill, `recover` lists exactly what was lost; once the faults stop the next `up`
 * brings exactly the program's objects, each once; `destroy` removes exactly those; and nobody else's were touched.
 * `RANDOM_RUNS=5000` runs longer, `RANDOM_SEED=$RANDOM` plays other lives. Does not prove anything of Pulumi's engine and processes,
 * which a small engine of the test stands in for, nor of kills where objects carry no mark.
 */
import fc from "fast-check";
import { GatewayClient } from "../../../sdk";
import { startTestGateway, type TestGateway } from "../../helpers/gateway";
import { DynamicProcess, NotesFolder } from "../../helpers/miniEngine/dynamicProcess";
import { RandomLife, STACK } from "./life";
import { sequences, worlds } from "./programs";

const RUNS = Number(process.env.RANDOM_RUNS ?? 300);
/** The same lives each time, so that a change that breaks one is the change at hand. */
const SEED = Number(process.env.RANDOM_SEED ?? 1);
/** On a machine that does nothing else, a life takes a tenth of a second. */
const MOST_MS_PER_RUN = 2_000;

/** Lives that are played side by side, each lane at a gateway of its own: most of a life is waiting. */
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

test(
  `${RUNS} random lives end with exactly what the program says`,
  async () => {
    const lane = async (_: unknown, number: number) => {
      const gateway = await startTestGateway();
      try {
        const property = fc.asyncProperty(worlds, sequences, async (world, sequence) => {
          const notes = new NotesFolder();
          const { ownership } = world;
          const start = () => new DynamicProcess({ client: patientClient(gateway), stack: STACK, ownership, notes });
          try {
            await new RandomLife(gateway, world, notes, start).play(sequence);
          } finally {
            notes.dispose();
          }
        });
        await fc.assert(property, { numRuns: Math.ceil(RUNS / LANES), seed: SEED + number });
      } finally {
        await gateway.close();
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
  },
  RUNS * MOST_MS_PER_RUN,
);
