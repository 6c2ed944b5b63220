/**
 * Many resources while a twentieth of all requests fails: created, changed and destroyed, each repeated until it succeeds.
 * Nothing is lost or duplicated, and destroy ends. `MANY_RESOURCES=2000` sets their number, `RANDOM_SEED=$RANDOM` selects other
 * faults. Does not prove the duration of the waits: the test controls time.
 */

import { readInventory } from "../../../cli/account/inventory";
import { type FaultAction, FaultList } from "../../../emulator/faults";
import { GatewayClient } from "../../../sdk";
import { startTestGateway } from "../../helpers/gateway";
import { ADAPTERS } from "../../helpers/miniEngine/adapters";
import { type Declared, MiniEngine } from "../../helpers/miniEngine/miniEngine";
import { MortalProcess, NotesFolder } from "../../helpers/miniEngine/mortalProcess";
import { patientClock } from "../../helpers/patientClock";

const COUNT = Number(process.env.MANY_RESOURCES ?? 200);
const SEED = Number(process.env.RANDOM_SEED ?? 1);
const DISTURBED = 0.05;
/** If more runs are needed, the operation counts as endless. */
const MOST_RUNS = 20;
const MOST_MS = 60_000 + COUNT * 200;

const HTML = { status: 200, headers: { "content-type": "text/html" }, body: "<html>a proxy's page</html>" };
const ACTIONS: readonly FaultAction[] = [
  { drop: "before" },
  { drop: "after" },
  { status: 500 },
  { status: 503 },
  { status: 429, headers: { "retry-after": "1" } },
  HTML,
  { status: 400 },
];

/** Makes random requests fail, the same ones for the same seed and order. */
class RandomFaults extends FaultList {
  isOn = true;
  disturbed = 0;
  private state: number;

  constructor(seed: number) {
    super();
    this.state = seed;
  }

  override take(...asked: Parameters<FaultList["take"]>): ReturnType<FaultList["take"]> {
    const [plane] = asked;
    if (!this.isOn || plane !== "control" || this.next() >= DISTURBED) return super.take(...asked);
    this.disturbed++;
    const action = ACTIONS[Math.floor(this.next() * ACTIONS.length)] ?? { status: 500 };
    return { plane, match: {}, times: 1, after: 0, action };
  }

  /** A number from 0 (inclusive) to 1 (exclusive), by mulberry32. */
  private next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
}

/** A quarter of each kind, with references between them. */
function program(count: number, label: string): Declared[] {
  return Array.from({ length: Math.ceil(count / 4) }, (_, index): Declared[] => [
    {
      kind: "CustomProvider",
      name: `provider-${index}`,
      inputs: () => ({ providerId: `p-${index}`, name: label, baseUrl: "https://example.com/v1" }),
    },
    {
      kind: "ProviderKey",
      name: `key-${index}`,
      inputs: () => ({ providerId: `p-${index}`, name: `key-${index}`, value: `planted-value-${index}-0123456789` }),
    },
    {
      kind: "AccessConfiguration",
      name: `configuration-${index}`,
      inputs: (idOf) => ({
        name: `configuration-${index}`,
        description: label,
        rules: [{ provider: `p-${index}`, steps: [{ type: "user", keys: [{ id: idOf(`key-${index}`) }] }] }],
      }),
    },
    {
      kind: "AccessKey",
      name: `access-${index}`,
      inputs: (idOf) => ({
        name: `access-${index}`,
        rotationTrigger: label,
        configurationId: idOf(`configuration-${index}`),
      }),
    },
  ]).flat();
}

test.each(ADAPTERS)(
  `${COUNT} resources over the %s adapter are created, changed and destroyed with a twentieth of the requests disturbed`,
  async (adapter) => {
    const faults = new RandomFaults(SEED);
    const gateway = await startTestGateway({ faults });
    const notes = new NotesFolder();
    const { controlUrl: apiUrl, apiKey } = gateway;
    const client = new GatewayClient({ apiUrl, apiKey, clock: patientClock() });
    const engine = new MiniEngine(() => new MortalProcess(adapter, { client, stack: "acme/shop/dev", notes }));
    const untilItSucceeds = async (run: () => Promise<void>) => {
      for (let runs = 1; ; runs++) {
        try {
          await run();
          return;
        } catch (error) {
          if (runs >= MOST_RUNS) throw error;
        }
      }
    };
    const objects = async () => {
      faults.isOn = false;
      const { settings: _, ...kinds } = await readInventory(client);
      faults.isOn = true;
      return Object.values(kinds)
        .flatMap((list) => list.map(({ id }) => id))
        .toSorted();
    };
    try {
      for (const label of ["first", "second"]) {
        await untilItSucceeds(() => engine.up(program(COUNT, label)));
        expect(engine.condemned).toEqual([]);
        expect(engine.state.size).toBe(COUNT);
        expect(await objects()).toEqual([...engine.state.values()].map(({ id }) => id).toSorted());
      }
      await untilItSucceeds(() => engine.destroy());
      expect([engine.state.size, engine.condemned, await objects()]).toEqual([0, [], []]);
      expect(faults.disturbed).toBeGreaterThan(COUNT * DISTURBED);
    } finally {
      notes.dispose();
      await gateway.close();
    }
  },
  MOST_MS,
);
