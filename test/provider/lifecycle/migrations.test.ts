/** States of earlier versions in the current form. No kind has a migration yet, so the test defines its own kind. */
import { z } from "zod";
import { defineResource, nameKey } from "../../../provider/lifecycle/definition";
import { KnownObjects } from "../../../provider/lifecycle/knownObjects";
import * as lifecycle from "../../../provider/lifecycle/lifecycle";
import { migrated, schemaOf } from "../../../provider/lifecycle/memory";

interface Inputs {
  name: string;
}
interface State extends Inputs {
  size: number;
}

const thing = defineResource<Inputs, State>({
  kind: "Thing",
  schema: () => z.strictObject({ name: z.string() }),
  fields: { name: { change: "patch" } },
  outputs: ["size"],
  isMarkable: false,
  migrations: [
    { to: 2, migrate: ({ title, ...rest }) => ({ ...rest, name: title }) },
    { to: 3, migrate: (state) => ({ name: String(state.name), size: Number(state.width) }) },
  ],
  identify: nameKey,
  create: () => Promise.reject(new Error("not here")),
  read: (_id, previous) => Promise.resolve(previous as State),
  update: ({ olds, news }) => Promise.resolve({ ...olds, ...news }),
  delete: () => Promise.resolve(),
  list: () => {
    throw new Error("not here");
  },
});
const options: lifecycle.LifecycleOptions = { ownership: "off", owner: undefined, known: new KnownObjects() };
const context = {} as Parameters<typeof lifecycle.update>[4];
const stored = (schema: number, state: Record<string, unknown>) => ({ state, memory: { schema, managed: ["name"] } });

test.each([
  [1, { title: "a", width: "3" }],
  [2, { name: "a", width: "3" }],
  [3, { name: "a", size: 3 }],
])("a state of schema %d runs the remaining migrations, in order", (schema, state) => {
  expect(schemaOf(thing)).toBe(3);
  expect(migrated(thing, stored(schema, state)).state).toEqual({ name: "a", size: 3 });
});

test("a state of an earlier version is updated even if nothing changed, and written in the current form", async () => {
  const old = stored(1, { title: "a", width: "3" });
  expect(lifecycle.diff(thing, "t", old, { name: "a" }, options)).toEqual({ changes: true, replaces: [] });
  const updated = await lifecycle.update(thing, "t", old, { name: "a" }, context, options);
  expect(updated).toEqual({ state: { name: "a", size: 3 }, memory: { schema: 3, managed: ["name"] } });
  expect(lifecycle.diff(thing, "t", updated, { name: "a" }, options)).toEqual({ changes: false, replaces: [] });
});
