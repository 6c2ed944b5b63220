/** Concurrent reads at the local gateway: their number of requests, and that no read returns stale data. */

import type { CallContext } from "../../../provider/lifecycle/definition";
import { forgetReads } from "../../../provider/lifecycle/gatheredReads";
import { definition } from "../../../provider/resources/customProvider";
import { systemClock } from "../../../sdk/clock";
import { startTestGateway, type TestGateway } from "../../helpers/gateway";

const WORKERS = 8;
let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
beforeEach(async () => {
  await gateway.reset();
  forgetReads();
});
afterAll(() => gateway.close());

const context = (): CallContext => ({
  client: gateway.client,
  gatewayUrl: gateway.gatewayUrl,
  clock: systemClock,
  accountId: () => Promise.resolve("acc_one"),
  call: { signal: new AbortController().signal, subject: { kind: "CustomProvider", name: "p", operation: "read" } },
});

async function providers(count: number): Promise<string[]> {
  const ids = [];
  for (let index = 0; index < count; index++) {
    const body = { providerId: `p-${index}`, name: `name-${index}`, baseUrl: "https://example.com" };
    ids.push((await gateway.client.createProvider(body)).id);
  }
  await gateway.requests();
  return ids;
}

/** Reads like an engine: oldest first, a fixed number at a time. */
async function readAll(ids: readonly string[]): Promise<unknown[]> {
  const names: unknown[] = [];
  const waiting = [...ids.entries()];
  const worker = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, id] = next;
      names[index] = (await definition.read(id, {}, context()))?.name;
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, worker));
  return names;
}

test("a thousand reads cost at most twelve requests, and each returns its own object", async () => {
  const ids = await providers(1_000);
  const names = await readAll(ids);
  expect(names).toEqual(ids.map((_id, index) => `name-${index}`));
  expect((await gateway.requests()).length).toBeLessThanOrEqual(12);
});

test("reads of two objects in a large account are sent one by one", async () => {
  const ids = await providers(300);
  expect(await readAll(ids.slice(0, 2))).toEqual(["name-0", "name-1"]);
  expect(await gateway.requests()).toEqual([`GET /providers/${ids[0]}`, `GET /providers/${ids[1]}`]);
});

test("an object missing from the list is fetched by id before it counts as deleted", async () => {
  const ids = await providers(20);
  await gateway.client.deleteProvider(ids[7] ?? "");
  await gateway.requests();
  const names = await readAll(ids);
  expect(names[7]).toBeUndefined();
  expect(names.filter((name) => name === undefined)).toHaveLength(1);
  expect(await gateway.requests()).toEqual(["GET /providers", `GET /providers/${ids[7]}`]);
});

test("an object that was read before a change is read again after it", async () => {
  const ids = await providers(10);
  await readAll(ids);
  await gateway.client.updateProvider(ids[3] ?? "", { name: "changed" });
  forgetReads();
  expect((await readAll(ids))[3]).toBe("changed");
});

test("a failed list fails the waiting reads, and the next reads request it again", async () => {
  const ids = await providers(10);
  await gateway.fault({ match: { method: "GET", path: "/providers" }, times: 1, action: { status: 403 } });
  await expect(readAll(ids)).rejects.toThrow("403");
  forgetReads();
  expect(await readAll(ids)).toHaveLength(10);
});
