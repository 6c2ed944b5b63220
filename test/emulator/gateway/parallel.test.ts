/**
 * 200 concurrent writers and readers: no change is lost, no id is used twice, and listings contain each object once.
 * `PARALLEL_SECONDS=60` runs for that time instead of a fixed number of rounds. Does not prove several server
 * processes, because the emulator is always one.
 */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { GatewayClient } from "../../../sdk";
import { startTestGateway, type TestGateway } from "../../helpers/gateway";

const WORKERS = 200;
const ROUNDS = 6;
const SHARED = 10;
const SECONDS = Number(process.env.PARALLEL_SECONDS ?? 0);
const FIELDS = ["name", "description", "metadata"] as const;

let gateway: TestGateway;
let client: GatewayClient;
let folder: string;
beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "gateway-parallel-"));
  gateway = await startTestGateway({ dataFile: path.join(folder, "data") });
  client = new GatewayClient({ apiUrl: gateway.controlUrl, apiKey: gateway.apiKey, maxConcurrency: WORKERS });
});
afterAll(async () => {
  await gateway.close();
  fs.rmSync(folder, { recursive: true, force: true });
});

test(
  `${WORKERS} concurrent writers and readers lose and duplicate nothing`,
  async () => {
    const shared = await Promise.all(
      Array.from({ length: SHARED }, async () => (await client.createApiKey({ name: "shared" })).id),
    );
    /** Ids that certainly exist, and ids whose deletion was requested. */
    const existing = new Set<string>(shared);
    const removing = new Set<string>();
    const everMade = new Set<string>(shared);
    /** By shared object and field, the value that its only writer last received. */
    const lastWritten = new Map<string, string>();
    const count = { writes: 0, listings: 0, listed: 0 };

    const writeShared = async (worker: number, round: number) => {
      const [id = "", field = "name"] = [shared[worker % SHARED], FIELDS[Math.floor(worker / SHARED)]];
      const { [field]: stored } = await client.updateApiKey(id, { [field]: `${worker}-${round}` });
      expect(stored).toBe(`${worker}-${round}`);
      lastWritten.set(`${id} ${field}`, `${worker}-${round}`);
      count.writes++;
    };
    const writeOwn = async (worker: number, round: number) => {
      const { id } = await client.createApiKey({ name: `${worker}-${round}` });
      expect(everMade.has(id)).toBe(false);
      everMade.add(id);
      existing.add(id);
      count.writes++;
      if (round % 2 === 0) return;
      removing.add(id);
      existing.delete(id);
      await client.deleteApiKey(id);
      count.writes++;
    };
    const read = async () => {
      const before = new Set(existing);
      const ids: string[] = [];
      for await (const { id } of client.listApiKeys()) ids.push(id);
      expect(new Set(ids).size).toBe(ids.length);
      expect(ids).toEqual(ids.toSorted().reverse());
      const listed = new Set(ids);
      expect([...before].filter((id) => !listed.has(id) && !removing.has(id))).toEqual([]);
      count.listings++;
      count.listed += ids.length;
    };

    const sharedWriters = SHARED * FIELDS.length;
    const endsAtMs = performance.now() + SECONDS * 1000;
    const goesOn = (round: number) => (SECONDS > 0 ? performance.now() < endsAtMs : round < ROUNDS);
    const work = async (worker: number) => {
      for (let round = 0; goesOn(round); round++) {
        if (worker < sharedWriters) await writeShared(worker, round);
        else if (worker % 4 === 0) await read();
        else await writeOwn(worker, round);
      }
    };
    await Promise.all(Array.from({ length: WORKERS }, (_, worker) => work(worker)));

    const stored = new Map<string, string | undefined>();
    for await (const key of client.listApiKeys()) {
      stored.set(key.id, key.name);
      for (const field of FIELDS) {
        const expected = lastWritten.get(`${key.id} ${field}`);
        if (expected !== undefined) expect([key.id, field, key[field]]).toEqual([key.id, field, expected]);
      }
    }
    expect([...stored.keys()].toSorted()).toEqual([...existing].toSorted());
    expect(lastWritten.size).toBe(sharedWriters);
    if (SECONDS > 0) console.log(`${SECONDS} s: ${JSON.stringify(count)}`);
  },
  60_000 + SECONDS * 3_000,
);
