/**
 * Adopting never destroys: each way in which a resource adopts an object that another resource of the state, or itself, has already.
 * On the adapter and the local gateway, by a small engine of the tests. Does not prove the order of calls of Pulumi's engine;
 * test/programs/adopting.test.ts runs the main cases on a real one.
 */
import type { PlainObject } from "../../../provider/lifecycle/values";
import { startTestGateway, type TestGateway } from "../../helpers/gateway";
import { DynamicProcess, NotesFolder } from "../../helpers/miniEngine/dynamicProcess";
import { type Declared, MiniEngine, type UpOptions } from "../../helpers/miniEngine/miniEngine";
import { type Prepared, prepare, SETTINGS_BEFORE, type Subject, subjects } from "../resources/subjects";

const NAMES: Prepared = { keys: ["aigpk_1", "aigpk_2"], configurations: ["aigac_1", "aigac_2"] };
const ALL = Object.keys(subjects(NAMES)).filter((kind) => kind !== "GatewaySettings");
/** Of which the gateway, or the provider, allows one with the same key only. */
const UNIQUE = ["CustomProvider", "RoutingRule"];
const REPEATABLE = ALL.filter((kind) => !UNIQUE.includes(kind));
const MODES = ["ifExists", "required", "by id"] as const;
type Mode = (typeof MODES)[number];
const OWNERSHIP = ["on", "off"] as const;
const matrix = (kinds: readonly string[]) =>
  kinds.flatMap((kind) => MODES.flatMap((mode) => OWNERSHIP.map((ownership) => [kind, mode, ownership] as const)));

const notes = new NotesFolder();
let gateway: TestGateway;
let current: Record<string, Subject>;
beforeAll(async () => {
  gateway = await startTestGateway();
});
beforeEach(async () => {
  await gateway.reset();
  current = subjects(await prepare(gateway.client));
});
afterAll(async () => {
  notes.dispose();
  await gateway.close();
});

const STACK = "org/project/dev";
const engineOf = (ownership: "on" | "off") =>
  new MiniEngine(() => new DynamicProcess({ client: gateway.client, stack: STACK, ownership, notes }));

function subjectOf(kind: string): Subject {
  const subject = current[kind];
  if (subject === undefined) throw new Error(`no subject ${kind}`);
  return subject;
}

/** The subject without metadata of its own, so that it carries a mark where it can. */
function declared(kind: string, name: string, more: Partial<Declared> & { adopt?: string } = {}): Declared {
  const { metadata: _, ...inputs } = subjectOf(kind).inputs;
  const { adopt, ...options } = more;
  return { kind, name, ...options, inputs: () => ({ ...inputs, ...(adopt && { adopt }) }) };
}

const adoptOf = (mode: Mode, id: string) => (mode === "by id" ? id : mode);

/** Ids of all objects of the kind. */
async function idsOf(kind: string): Promise<string[]> {
  const { client } = gateway;
  const found: string[] = [];
  if (kind === "RoutingRule") {
    for await (const { id, router } of client.listAccessKeyConfigurations())
      for (const { provider, model } of router?.rules ?? []) found.push(`${id}/provider=${provider},model=${model}`);
    return found;
  }
  const lists: Record<string, () => AsyncIterable<{ id: string; name?: string | undefined }>> = {
    CustomProvider: () => client.listProviders(),
    ProviderKey: () => client.listProviderKeys(),
    AccessConfiguration: () => client.listAccessKeyConfigurations(),
    AccessKey: () => client.listAccessKeys(),
    ApiKey: () => client.listApiKeys(),
  };
  // What the subjects refer to has other names.
  for await (const { id, name } of lists[kind]?.() ?? []) if (name === "one") found.push(id);
  return found;
}

const messageOf = (run: Promise<unknown>) =>
  run.then(
    () => "",
    (error: Error) => error.message,
  );

/** The object of the kind that somebody made by hand, adopted by the resource "one". */
async function adoptedBy(engine: MiniEngine, kind: string, mode: Mode, options: Partial<Declared> = {}) {
  const id = await subjectOf(kind).makeElsewhere(gateway.client);
  const adopt = adoptOf(mode, id);
  if (kind !== "RoutingRule") await rename(kind, id);
  await engine.up([declared(kind, "one", { ...options, adopt })]);
  expect(stateIds(engine)).toEqual([id]);
  return { id, adopt };
}

/** Made by hand under the name by which it is adopted. */
async function rename(kind: string, id: string): Promise<void> {
  if (kind === "CustomProvider") await gateway.client.updateProvider(id, { name: "one" });
}

const stateIds = (engine: MiniEngine) => [...engine.state.values()].map(({ id }) => id);

/** The state says what is there, and nothing is left to do. */
async function expectSettled(engine: MiniEngine, program: readonly Declared[], ids: readonly string[]): Promise<void> {
  expect(stateIds(engine)).toEqual(ids);
  expect(engine.condemned).toEqual([]);
  expect(await engine.preview(program)).toEqual([]);
  expect(await engine.refresh()).toEqual([]);
}

/** `destroy` removes the object as any managed one. */
async function expectDestroyed(engine: MiniEngine, kind: string): Promise<void> {
  await engine.destroy();
  expect(await idsOf(kind)).toEqual([]);
}

describe("a resource that adopts is renamed without alias", () => {
  test.each(matrix(ALL))(
    "%s, %s, ownership %s: the object stays, under the new name",
    async (kind, mode, ownership) => {
      const engine = engineOf(ownership);
      const { id, adopt } = await adoptedBy(engine, kind, mode);
      const program = [declared(kind, "renamed", { adopt })];
      await engine.up(program);
      expect(await idsOf(kind)).toEqual([id]);
      await expectSettled(engine, program, [id]);
      await expectDestroyed(engine, kind);
    },
  );

  test.each(matrix(ALL))(
    "%s, %s, ownership %s: and again where each up refreshes first",
    async (kind, mode, ownership) => {
      const engine = engineOf(ownership);
      const { id, adopt } = await adoptedBy(engine, kind, mode);
      for (const name of ["renamed", "one", "again"]) {
        const program = [declared(kind, name, { adopt })];
        await engine.up(program, { refresh: true });
        expect(await idsOf(kind)).toEqual([id]);
        await expectSettled(engine, program, [id]);
      }
    },
  );

  test.each(matrix(ALL))(
    "%s, %s, ownership %s: the run killed after the adoption, the next one goes on",
    async (kind, mode, ownership) => {
      const engine = engineOf(ownership);
      const { id, adopt } = await adoptedBy(engine, kind, mode);
      const program = [declared(kind, "renamed", { adopt })];
      const { condemned, state } = engine;
      const killed = engineOf(ownership);
      for (const [key, entry] of state) killed.state.set(key, entry);
      // As an engine that ends between the last create and the first delete.
      jest
        .spyOn(killed as unknown as { removeAll(): Promise<void> }, "removeAll")
        .mockRejectedValueOnce(new Error("killed"));
      expect(await messageOf(killed.up(program))).toBe("killed");
      expect(stateIds(killed)).toEqual([id, id]);
      expect(condemned).toEqual([]);
      await killed.up(program);
      expect(await idsOf(kind)).toEqual([id]);
      await expectSettled(killed, program, [id]);
      await expectDestroyed(killed, kind);
    },
  );

  test.each(ALL.flatMap((kind) => MODES.map((mode) => [kind, mode] as const)))(
    "%s, %s: killed after the adoption, and the name taken back",
    async (kind, mode) => {
      const engine = engineOf("on");
      const { id, adopt } = await adoptedBy(engine, kind, mode);
      jest
        .spyOn(engine as unknown as { removeAll(): Promise<void> }, "removeAll")
        .mockRejectedValueOnce(new Error("killed"));
      await messageOf(engine.up([declared(kind, "renamed", { adopt })]));
      const program = [declared(kind, "one", { adopt })];
      await engine.up(program, { refresh: true });
      expect(await idsOf(kind)).toEqual([id]);
      await expectSettled(engine, program, [id]);
      await expectDestroyed(engine, kind);
    },
  );

  test.each(ALL.filter((kind) => kind !== "RoutingRule"))(
    "%s: to an explicit provider, whose process is another one: the mark decides",
    async (kind) => {
      const engine = engineOf("on");
      const { id, adopt } = await adoptedBy(engine, kind, "by id");
      const program = [declared(kind, "renamed", { adopt, provider: "explicit" })];
      await engine.up(program);
      expect(await idsOf(kind)).toEqual([id]);
      expect(engine.lines).toEqual([
        `${kind} ${id} of "one" was left at the gateway: its mark says that it belongs to "renamed" of the stack ${STACK} by now.`,
      ]);
      await expectSettled(engine, program, [id]);
      await expectDestroyed(engine, kind);
    },
  );

  test.each(ALL)("%s: to an explicit provider, without a mark: a note on disk decides", async (kind) => {
    const engine = engineOf("off");
    const { id, adopt } = await adoptedBy(engine, kind, "by id");
    for (const [name, provider] of [
      ["renamed", "explicit"],
      ["again", "default"],
    ] as const) {
      const program = [declared(kind, name, { adopt, provider })];
      await engine.up(program);
      expect(await idsOf(kind)).toEqual([id]);
      expect(engine.lines).toEqual([expect.stringMatching(/ was left at the gateway: another resource adopted it\.$/)]);
      await expectSettled(engine, program, [id]);
    }
    await expectDestroyed(engine, kind);
  });
});

describe("a resource that adopts moves under a component", () => {
  test.each(matrix(ALL))("%s, %s, ownership %s: without alias the object stays", async (kind, mode, ownership) => {
    const engine = engineOf(ownership);
    const { id, adopt } = await adoptedBy(engine, kind, mode);
    const program = [declared(kind, "one", { adopt, parent: "my:index:Team" })];
    await engine.up(program);
    expect(await idsOf(kind)).toEqual([id]);
    await expectSettled(engine, program, [id]);
    await expectDestroyed(engine, kind);
  });

  test.each(matrix(ALL))("%s, %s, ownership %s: with an alias nothing is written", async (kind, mode, ownership) => {
    const engine = engineOf(ownership);
    const { id, adopt } = await adoptedBy(engine, kind, mode);
    await gateway.requests();
    const program = [declared(kind, "one", { adopt, parent: "my:index:Team", aliases: [{ parent: undefined }] })];
    await engine.up(program);
    expect(await gateway.requests()).toEqual([]);
    await expectSettled(engine, program, [id]);
    await expectDestroyed(engine, kind);
  });
});

describe("a resource whose adopt option is left in is replaced", () => {
  const replacements: readonly [how: string, of: (declared: Declared) => Declared, options: UpOptions][] = [
    ["--replace", (one) => one, { replace: ["one"] }],
    ["--replace after a refresh", (one) => one, { replace: ["one"], refresh: true }],
    ["a trigger", (one) => ({ ...one, trigger: "2" }), {}],
  ];

  test.each(matrix(REPEATABLE))(
    "%s, %s, ownership %s: by a trigger, a new object is made and the old one goes",
    async (kind, mode, ownership) => {
      const engine = engineOf(ownership);
      const { id, adopt } = await adoptedBy(engine, kind, mode);
      const program = [declared(kind, "one", { adopt, trigger: "2" })];
      await engine.up(program);
      const [now, ...others] = await idsOf(kind);
      expect(now).not.toBe(id);
      expect(others).toEqual([]);
      await expectSettled(engine, program, [now ?? ""]);
    },
  );

  test.each(matrix(UNIQUE))(
    "%s, %s, ownership %s: by a trigger, is an error that says how, and keeps the object",
    async (kind, mode, ownership) => {
      const engine = engineOf(ownership);
      const { id, adopt } = await adoptedBy(engine, kind, mode);
      const message = await messageOf(engine.up([declared(kind, "one", { adopt, trigger: "2" })]));
      expect(message).toMatch(
        /was not replaced: it can't exist twice, .* Set the resource option deleteBeforeReplace: true on "one" to replace it, or change its arguments to update it in place\./,
      );
      expect(message).not.toMatch(/ifExists|recover/);
      expect(await idsOf(kind)).toEqual([id]);
      const program = [declared(kind, "one", { adopt })];
      await engine.up(program);
      await expectSettled(engine, program, [id]);
    },
  );

  test.each(matrix(ALL))(
    "%s, %s, ownership %s: by --replace, fails once with the reason and keeps the object",
    async (kind, mode, ownership) => {
      const engine = engineOf(ownership);
      const { id, adopt } = await adoptedBy(engine, kind, mode);
      const program = [declared(kind, "one", { adopt })];
      expect(await messageOf(engine.up(program, { replace: ["one"] }))).toBe(
        `${kind} ${id} was not replaced: its adopt option adopted its own object again, so there is no other one. The object was kept and nothing was ` +
          'deleted; the next up goes on from there. To replace it, remove adopt, or set the resource option deleteBeforeReplace: true on "one".',
      );
      expect(await idsOf(kind)).toEqual([id]);
      await engine.up(program);
      expect(await idsOf(kind)).toEqual([id]);
      await expectSettled(engine, program, [id]);
      await expectDestroyed(engine, kind);
    },
  );

  test.each(matrix(ALL))(
    "%s, %s, ownership %s: by --replace, then destroyed at once",
    async (kind, mode, ownership) => {
      const engine = engineOf(ownership);
      const { adopt } = await adoptedBy(engine, kind, mode);
      await messageOf(engine.up([declared(kind, "one", { adopt })], { replace: ["one"] }));
      await expectDestroyed(engine, kind);
      expect([engine.state.size, engine.condemned]).toEqual([0, []]);
    },
  );

  test.each(matrix(REPEATABLE))(
    "%s, %s, ownership %s: by --replace after a refresh, is replaced for real",
    async (kind, mode, ownership) => {
      const engine = engineOf(ownership);
      const { id, adopt } = await adoptedBy(engine, kind, mode);
      const program = [declared(kind, "one", { adopt })];
      await engine.up(program, { replace: ["one"], refresh: true });
      const [now, ...others] = await idsOf(kind);
      expect(now).not.toBe(id);
      expect(others).toEqual([]);
      await expectSettled(engine, program, [now ?? ""]);
    },
  );

  test.each(
    replacements.flatMap(([how, of, options]) =>
      ALL.flatMap((kind) => MODES.map((mode) => [how, kind, mode, of, options] as const)),
    ),
  )(
    "by %s with deleteBeforeReplace: %s, %s: the old object goes, a new one is made",
    async (_how, kind, mode, of, options) => {
      const engine = engineOf("on");
      const { id, adopt } = await adoptedBy(engine, kind, mode);
      await gateway.requests();
      const program = [of(declared(kind, "one", { adopt, deleteBeforeReplace: true }))];
      await engine.up(program, options);
      const now = await idsOf(kind);
      expect(now).toHaveLength(1);
      if (kind !== "RoutingRule") expect(now).not.toEqual([id]);
      else expect((await gateway.requests()).filter((request) => request.startsWith("PATCH"))).toHaveLength(2);
      await expectSettled(engine, program, now);
    },
  );

  test("a key that is rotated and rotated again is each time a new one", async () => {
    const engine = engineOf("on");
    const { client } = gateway;
    const { id } = await client.createAccessKey({ name: "prod app" });
    const key = (rotationTrigger: string): Declared => ({
      kind: "AccessKey",
      name: "prod-app",
      inputs: () => ({ name: "prod app", adopt: id, rotationTrigger }),
    });
    await engine.up([key("1")]);
    expect(stateIds(engine)).toEqual([id]);
    const seen = [id];
    for (const trigger of ["2", "3"]) {
      await engine.up([key(trigger)]);
      const [now = "", ...others] = stateIds(engine);
      expect(others).toEqual([]);
      expect(seen).not.toContain(now);
      expect([...engine.state.values()][0]?.outs.token).toMatch(/^ng-/);
      seen.push(now);
    }
    const keys = [];
    for await (const each of client.listAccessKeys()) keys.push(each.id);
    expect(keys).toEqual([seen.at(-1)]);
  });

  test("a key that the stack made, with ifExists, is rotated and not adopted", async () => {
    const engine = engineOf("on");
    const key = (rotationTrigger: string): Declared => ({
      kind: "AccessKey",
      name: "app",
      inputs: () => ({ name: "app", adopt: "ifExists", rotationTrigger }),
    });
    await engine.up([key("1")]);
    const [first] = stateIds(engine);
    await engine.up([key("2")]);
    const [second, ...others] = stateIds(engine);
    expect([second === first, others, engine.condemned]).toEqual([false, [], []]);
    const keys = [];
    for await (const { id } of gateway.client.listAccessKeys()) keys.push(id);
    expect(keys).toEqual([second]);
  });

  test("by another unique key, it adopts the object that has that one", async () => {
    const engine = engineOf("on");
    const provider = (providerId: string): Declared => ({
      kind: "CustomProvider",
      name: "p",
      inputs: () => ({ providerId, name: "p", baseUrl: "https://example.com", adopt: "ifExists" }),
    });
    await engine.up([provider("p-old")]);
    const { id } = await gateway.client.createProvider({
      providerId: "p-new",
      name: "x",
      baseUrl: "https://example.com",
    });
    await engine.up([provider("p-new")]);
    expect(stateIds(engine)).toEqual([id]);
    const left = [];
    for await (const { providerId } of gateway.client.listProviders()) left.push(providerId);
    expect(left).toEqual(["p-new"]);
  });

  test("retainOnDelete keeps the old object of a replacement, which the next one does not adopt", async () => {
    const engine = engineOf("on");
    const { id } = await gateway.client.createAccessKey({ name: "app" });
    const key = (rotationTrigger: string): Declared => ({
      kind: "AccessKey",
      name: "app",
      retainOnDelete: true,
      inputs: () => ({ name: "app", adopt: id, rotationTrigger }),
    });
    for (const trigger of ["1", "2", "3"]) await engine.up([key(trigger)]);
    const keys = [];
    for await (const each of gateway.client.listAccessKeys()) keys.push(each.id);
    expect(keys).toHaveLength(3);
    expect(stateIds(engine)).toEqual([keys[0]]);
  });
});

describe("CustomProvider without adopt", () => {
  test("by --replace, the conflict says that the id can't exist twice", async () => {
    const engine = engineOf("on");
    await engine.up([declared("CustomProvider", "one")]);
    const [id] = stateIds(engine);
    expect(await messageOf(engine.up([declared("CustomProvider", "one")], { replace: ["one"] }))).toMatch(
      /exists already as aigp_\w+\. It carries this very resource's mark\. In a replacement \(--replace, a trigger\), it can't exist twice, .* deleteBeforeReplace: true on "one"/,
    );
    expect(await idsOf("CustomProvider")).toEqual([id]);
  });
});

describe("two resources of one program", () => {
  test.each([["CustomProvider"], ["RoutingRule"], ["GatewaySettings"]])(
    "that declare one unique %s are refused at preview, naming both",
    async (kind) => {
      const engine = engineOf("on");
      const program = [declared(kind, "first"), declared(kind, "second", { adopt: "ifExists" })];
      await gateway.requests();
      expect(await messageOf(engine.preview(program))).toMatch(
        /^second: .*there can be one \w+ .* only, and "first" declares it already: /,
      );
      expect(await messageOf(engine.up(program, { refresh: true }))).toMatch(/"first" declares it already/);
      expect(engine.state.size).toBeLessThanOrEqual(1);
    },
  );

  test("may swap what is not known to be one: equal names below different parents are two resources", async () => {
    const engine = engineOf("on");
    const under = (parent: string, providerId: string): Declared => ({
      kind: "CustomProvider",
      name: "p",
      parent,
      inputs: () => ({ providerId, name: "p", baseUrl: "https://example.com" }),
    });
    await engine.up([under("my:index:A", "p-a"), under("my:index:B", "p-b")]);
    expect(new Set(stateIds(engine)).size).toBe(2);
    expect(await messageOf(engine.preview([under("my:index:A", "p-a"), under("my:index:B", "p-a")]))).toContain(
      '"p" (in my:index:A) declares it already: give one of the two another providerId, or remove one',
    );
  });

  test("one renamed without alias, the other given its key: the old one is released", async () => {
    const engine = engineOf("on");
    const provider = (name: string, providerId: string): Declared => ({
      kind: "CustomProvider",
      name,
      inputs: () => ({ providerId, name, baseUrl: "https://example.com", adopt: "ifExists" }),
    });
    await engine.up([provider("a", "p-1")]);
    const [id] = stateIds(engine);
    await engine.up([provider("b", "p-1")]);
    expect(stateIds(engine)).toEqual([id]);
  });

  test.each(REPEATABLE)("with one %s by id: the second is refused, naming both", async (kind) => {
    const engine = engineOf("on");
    const { id, adopt } = await adoptedBy(engine, kind, "by id");
    const program = [declared(kind, "one", { adopt }), declared(kind, "two", { adopt })];
    expect(await messageOf(engine.up(program))).toBe(
      `adopt: ${kind} ${id} belongs to "one" of this program, so "two" can't adopt it. Remove one of the two. To rename a resource, take the old ` +
        "one out of the program in the same change.",
    );
    expect(stateIds(engine)).toEqual([id]);
    await expectSettled(engine, [declared(kind, "one", { adopt })], [id]);
  });

  test.each(REPEATABLE)(
    "with one %s by id, the new one first: the old one is refused, naming both, and either may go",
    async (kind) => {
      for (const stays of ["one", "two"]) {
        await gateway.reset();
        current = subjects(await prepare(gateway.client));
        const engine = engineOf("on");
        const { id, adopt } = await adoptedBy(engine, kind, "by id");
        const program = [declared(kind, "two", { adopt }), declared(kind, "one", { adopt })];
        const both = `${kind} ${id} is declared by "two" and by "one", but one object can belong to one resource only.`;
        expect(await messageOf(engine.up(program, { oneByOne: true }))).toContain(both);
        // Both have it by now: also the next up says so.
        const either = new RegExp(`${kind} ${id} is declared by "(one|two)" and by "(one|two)"`);
        expect(await messageOf(engine.up(program))).toMatch(either);
        const left = [declared(kind, stays, { adopt })];
        await engine.up(left, { refresh: true });
        expect(await idsOf(kind)).toEqual([id]);
        await expectSettled(engine, left, [id]);
        await expectDestroyed(engine, kind);
      }
    },
  );

  test.each(REPEATABLE)("that both begin to adopt one %s: one gets it, the other is refused", async (kind) => {
    const engine = engineOf("on");
    const id = await subjectOf(kind).makeElsewhere(gateway.client);
    const program = [declared(kind, "one", { adopt: id }), declared(kind, "two", { adopt: id })];
    expect(await messageOf(engine.up(program))).toContain(`adopt: ${kind} ${id} belongs to "one" of this program`);
    expect(stateIds(engine)).toEqual([id]);
  });
});

describe("GatewaySettings", () => {
  const settings = (name: string, inputs: PlainObject, more: Partial<Declared> = {}): Declared => ({
    kind: "GatewaySettings",
    name,
    ...more,
    inputs: () => inputs,
  });
  const now = async () => {
    const { totalTimeout, perRequestTimeout, maxInputTokens } = await gateway.client.getGatewayConfig();
    return { totalTimeout, perRequestTimeout, maxInputTokens };
  };

  test.each(OWNERSHIP)(
    "renamed without alias, ownership %s: what the new one declares stays, what only the old one did is put back",
    async (ownership) => {
      const engine = engineOf(ownership);
      await engine.up([settings("old", { totalTimeout: "90s", maxInputTokens: 5 })]);
      const program = [settings("new", { totalTimeout: "90s" })];
      await engine.up(program);
      expect(await now()).toEqual({ ...SETTINGS_BEFORE, totalTimeout: "90s" });
      expect(engine.state.size).toBe(1);
      expect(await engine.preview(program)).toEqual([]);
    },
  );

  test("by --replace, it fails once with the reason and keeps what is declared", async () => {
    const engine = engineOf("on");
    const program = [settings("s", { totalTimeout: "90s" })];
    await engine.up(program);
    expect(await messageOf(engine.up(program, { replace: ["s"] }))).toMatch(
      /was not replaced: its object always exists, so the new one is the old one\. .* To replace it, set the resource option deleteBeforeReplace: true on "s"\.$/,
    );
    expect((await now()).totalTimeout).toBe("90s");
    await engine.up(program);
    expect((await now()).totalTimeout).toBe("90s");
    expect([engine.condemned, await engine.preview(program)]).toEqual([[], []]);
  });

  test("with deleteBeforeReplace, what stood before is known after the replacement too", async () => {
    const engine = engineOf("on");
    const program = (trigger: string) => [
      settings("s", { totalTimeout: "90s" }, { trigger, deleteBeforeReplace: true }),
    ];
    await engine.up(program("1"));
    await engine.up(program("2"));
    expect((await now()).totalTimeout).toBe("90s");
    await engine.destroy();
    expect(await now()).toEqual(SETTINGS_BEFORE);
  });
});

test.each(ALL)("an adopted %s that is taken out of the program is deleted, unless it is retained", async (kind) => {
  const engine = engineOf("on");
  await adoptedBy(engine, kind, "by id");
  await engine.up([]);
  expect(await idsOf(kind)).toEqual([]);
  const { id } = await adoptedBy(engine, kind, "by id", { retainOnDelete: true });
  await engine.up([]);
  expect(await idsOf(kind)).toEqual([id]);
});

describe("the mark of another creation on an object that is deleted", () => {
  test("costs one list for many objects, and one request for one", async () => {
    const engine = engineOf("on");
    const names = Array.from({ length: 20 }, (_, index) => `k-${index}`);
    await engine.up(names.map((name) => ({ kind: "ApiKey", name, inputs: () => ({ name }) })));
    await gateway.requests();
    await engine.up([{ kind: "ApiKey", name: "k-0", inputs: () => ({ name: "k-0" }) }]);
    const requests = (await gateway.requests()).map((request) => request.replace(/ak_\w+/, "ID"));
    expect(requests.filter((request) => request === "GET /api-keys")).toHaveLength(1);
    expect(requests.filter((request) => request === "DELETE /api-keys/ID")).toHaveLength(19);
    expect(requests).toHaveLength(20);
    await engine.destroy();
    expect((await gateway.requests()).map((request) => request.replace(/ak_\w+/, "ID"))).toEqual([
      "GET /api-keys/ID",
      "DELETE /api-keys/ID",
    ]);
  });

  test("somebody's own metadata is no mark: the object is deleted", async () => {
    const engine = engineOf("on");
    await engine.up([declared("ApiKey", "one")]);
    const [id = ""] = stateIds(engine);
    await gateway.client.updateApiKey(id, { metadata: '{"managedBy":"pulumi", but by hand' });
    await engine.destroy();
    expect(await idsOf("ApiKey")).toEqual([]);
  });
});
