/** The lock between requests that create objects and look-ups by content. Does not prove anything across processes. */
import { SharedLock } from "../../../provider/lifecycle/sharedLock";

function deferred() {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

test("shared holders run together; an exclusive one waits for them, and later requests wait for it", async () => {
  const lock = new SharedLock();
  const events: string[] = [];
  const [first, second, alone] = [deferred(), deferred(), deferred()];
  const act = (name: string, until: Promise<void>) => async () => {
    events.push(`${name} begins`);
    await until;
    events.push(`${name} ends`);
  };
  const runs = [
    lock.shared(act("first", first.promise)),
    lock.shared(act("second", second.promise)),
    lock.exclusive(act("alone", alone.promise)),
    lock.shared(act("later", Promise.resolve())),
  ];
  await Promise.resolve();
  expect(events).toEqual(["first begins", "second begins"]);
  first.resolve();
  second.resolve();
  await Promise.all(runs.slice(0, 2));
  alone.resolve();
  await Promise.all(runs);
  expect(events).toEqual([
    "first begins",
    "second begins",
    "first ends",
    "second ends",
    "alone begins",
    "alone ends",
    "later begins",
    "later ends",
  ]);
});

test("a failure affects only its own caller", async () => {
  const lock = new SharedLock();
  const fail = () => Promise.reject(new Error("no"));
  await expect(lock.exclusive(fail)).rejects.toThrow("no");
  await expect(lock.shared(fail)).rejects.toThrow("no");
  await expect(lock.exclusive(() => Promise.resolve(1))).resolves.toBe(1);
  await expect(lock.shared(() => Promise.resolve(2))).resolves.toBe(2);
});
