/**
 * The contents of the request log: all of the last 100,000 requests, for any repetition among them. Does not prove its
 * memory use; the benchmark `gatewayTraffic` measures that.
 */
import { type EndedRequest, RequestLog, type RequestLogEntry } from "../../emulator/requestLog";

const KEPT = 100_000;

const ended = (index: number): EndedRequest => ({
  plane: index % 3 === 0 ? "control" : "gateway",
  method: index % 2 === 0 ? "GET" : "POST",
  host: `host-${index % 7}`,
  // Half of the paths repeat, half occur only once.
  path: index % 2 === 0 ? "/api-keys" : `/api-keys/ak_${index}`,
  status: index % 5 === 0 ? 0 : 200 + (index % 300),
  startedMs: 1_790_000_000_000 + index,
  endedMs: 1_790_000_000_000 + 2 * index,
});
const entry = (index: number): RequestLogEntry => {
  const { startedMs, endedMs, ...request } = ended(index);
  return { ...request, startedAt: new Date(startedMs).toISOString(), endedAt: new Date(endedMs).toISOString() };
};

const recorded = (count: number) => {
  const log = new RequestLog();
  for (let index = 0; index < count; index++) log.record(ended(index));
  return log;
};
const entriesFrom = (first: number, end: number) => Array.from({ length: end - first }, (_, at) => entry(first + at));

test("entries are returned unchanged, newest last", () => {
  expect(recorded(500).entries()).toEqual(entriesFrom(0, 500));
});

test("the last 100,000 entries are kept unchanged, after more than twice as many", () => {
  const last = 2 * KEPT + 500;
  const [found, expected] = [recorded(last).entries(), entriesFrom(last - KEPT, last)];
  // As text, as comparing so many objects takes long.
  expect(found.length).toBe(KEPT);
  expect(JSON.stringify(found) === JSON.stringify(expected)).toBe(true);
});

test("the log's total length is limited: long paths are cut, and fewer entries with long paths are kept", () => {
  const log = new RequestLog();
  for (let index = 0; index < 20_000; index++) log.record({ ...ended(index), path: `/${index}/${"x".repeat(15_000)}` });
  const entries = log.entries();
  expect(entries.at(-1)?.path).toMatch(/^\/19999\/x+…$/);
  expect(entries.at(-1)?.path.length).toBe(2_049);
  expect(entries.length).toBeGreaterThan(3_000);
  expect(JSON.stringify(entries).length).toBeLessThan(10 * 1024 * 1024);
  // Short ones follow, and take the place of the long ones.
  for (let index = 0; index < KEPT; index++) log.record(ended(0));
  expect(log.entries().length).toBe(KEPT);
});

test("clear removes all entries, and new entries are recorded", () => {
  const log = recorded(KEPT + 5);
  log.clear();
  expect(log.entries()).toEqual([]);
  log.record(ended(1));
  expect(log.entries()).toEqual([entry(1)]);
});
