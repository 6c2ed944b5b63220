/**
 * Random programs, edits, changes by others, kills and faults over both adapters, on the local gateway. In every case: no object disappears that the
 * program still declares; after a kill, `recover` lists exactly the lost objects; after the faults stop, the next `up` creates
 * exactly the program's objects, each once; `destroy` deletes exactly those; and other owners' objects are unchanged.
 * `RANDOM_RUNS=5000` and `RANDOM_LATER_RUNS=300` run more lives over each adapter, `RANDOM_SEED=$RANDOM` runs other ones. Does not
 * prove anything about Pulumi's engine and processes, which the tests' mini engine replaces, or about kills without marks.
 */
import fc from "fast-check";
import { GatewayClient } from "../../../sdk";
import { type FutureGateway, startFutureGateway } from "../../helpers/futureGateway";
import { startTestGateway, type TestGateway } from "../../helpers/gateway";
import type { AdapterName } from "../../helpers/miniEngine/adapters";
import { MortalProcess, NotesFolder } from "../../helpers/miniEngine/mortalProcess";
import { patientClock } from "../../helpers/patientClock";
import { RandomLife, STACK } from "./life";
import { sequences, worlds } from "./programs";

const runsOr = (count: number) => Number(process.env.RANDOM_RUNS ?? count);
const laterRunsOr = (count: number) => Number(process.env.RANDOM_LATER_RUNS ?? count);
/** The same lives in each run, so that a failure is caused by the current change. */
const SEED = Number(process.env.RANDOM_SEED ?? 1);
/** On an idle machine, a life takes a few tenths of a second. */
const MOST_MS_PER_RUN = 2_000;

/** Lives that run in parallel, each lane with its own gateway: most of a life is waiting. */
const LANES = 3;

function patientClient({ controlUrl: apiUrl, apiKey }: TestGateway): GatewayClient {
  return new GatewayClient({ apiUrl, apiKey, clock: patientClock() });
}

/** Additions that writes did not send back, at a gateway that adds any. */
type RandomGateway = TestGateway & Partial<Pick<FutureGateway, "lost">>;

const SERVICES = {
  "the service as it is documented": startTestGateway,
  "a later version of the service": startFutureGateway,
} as const;

test.each<[adapter: AdapterName, service: keyof typeof SERVICES, runs: number]>([
  ["dynamic", "the service as it is documented", runsOr(300)],
  ["dynamic", "a later version of the service", laterRunsOr(30)],
  ["plugin", "the service as it is documented", runsOr(120)],
  ["plugin", "a later version of the service", laterRunsOr(12)],
])(
  "random lives over the %s adapter at %s end with exactly the program's objects (%i)",
  async (adapter, service, runs) => {
    const lane = async (_: unknown, number: number) => {
      const gateway: RandomGateway = await SERVICES[service]();
      try {
        const property = fc.asyncProperty(worlds, sequences, async (world, sequence) => {
          const notes = new NotesFolder();
          const { ownership } = world;
          const client = () => patientClient(gateway);
          const start = () => new MortalProcess(adapter, { client: client(), stack: STACK, ownership, notes });
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
  (runsOr(300) + laterRunsOr(30)) * MOST_MS_PER_RUN,
);
