/**
 * Adopting never destroys an object: every way in which a resource adopts an object that another resource of the state, or the
 * resource itself, already owns. Runs on both adapters and the local gateway with the tests' mini engine. Does not prove the order
 * of calls of Pulumi's engine; test/programs/adopting.test.ts runs the main cases on a real engine.
 */
import type { PlainObject } from "../../../provider/lifecycle/values";
import { startTestGateway, type TestGateway } from "../../helpers/gateway";
import { ADAPTERS } from "../../helpers/miniEngine/adapters";
import { type Declared, MiniEngine, type UpOptions } from "../../helpers/miniEngine/miniEngine";
import { MortalProcess, NotesFolder } from "../../helpers/miniEngine/mortalProcess";
import { plain } from "../../helpers/plugin/wireValues";
import { type Prepared, prepare, SETTINGS_BEFORE, type Subject, subjects } from "../resources/subjects";

const NAMES: Prepared = { keys: ["aigpk_1", "aigpk_2"], configurations: ["aigac_1", "aigac_2"] };
const ALL = Object.keys(subjects(NAMES)).filter((kind) => kind !== "GatewaySettings");
/** Kinds of which the gateway or the provider allows only one object with the same key. */
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
/** The stack's name in a mark: the plugin's process is not told the organization. */
const MARKED_STACK = { dynamic: STACK, plugin: "project/dev" };
describe.each(ADAPTERS)("over the %s adapter,", (adapter) => {
  const engineOf = (ownership: "on" | "off") =>
    new MiniEngine(() => new MortalProcess(adapter, { client: gateway.client, stack: STACK, ownership, notes }));

  function subjectOf(kind: string): Subject {
    const subject = current[kind];
    if (subject === undefined) throw new Error(`no subject ${kind}`);
    return subject;
  }

  /** The subject without metadata of its own, so that it carries a mark if its kind can. */
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
    // Objects that the subjects refer to have other names.
    for await (const { id, name } of lists[kind]?.() ?? []) if (name === "one") found.push(id);
    return found;
  }

  const messageOf = (run: Promise<unknown>) =>
    run.then(
      () => "",
      (error: Error) => error.message,
    );

  /** An object created outside Pulumi that the resource "one" adopted. */
  async function adoptedBy(engine: MiniEngine, kind: string, mode: Mode, options: Partial<Declared> = {}) {
    const id = await subjectOf(kind).makeElsewhere(gateway.client);
    const adopt = adoptOf(mode, id);
    if (kind !== "RoutingRule") await rename(kind, id);
    await engine.up([declared(kind, "one", { ...options, adopt })]);
    expect(stateIds(engine)).toEqual([id]);
    return { id, adopt };
  }

  /** Renames an object created outside Pulumi to the name by which it is adopted. */
  async function rename(kind: string, id: string): Promise<void> {
    if (kind === "CustomProvider") await gateway.client.updateProvider(id, { name: "one" });
  }

  const stateIds = (engine: MiniEngine) => [...engine.state.values()].map(({ id }) => id);

  /** Expects that the state matches the gateway and that a preview is empty. */
  async function expectSettled(
    engine: MiniEngine,
    program: readonly Declared[],
    ids: readonly string[],
  ): Promise<void> {
    expect(stateIds(engine)).toEqual(ids);
    expect(engine.condemned).toEqual([]);
    expect(await engine.preview(program)).toEqual([]);
    expect(await engine.refresh()).toEqual([]);
  }

  /** Expects that `destroy` deletes the object like any managed one. */
  async function expectDestroyed(engine: MiniEngine, kind: string): Promise<void> {
    await engine.destroy();
    expect(await idsOf(kind)).toEqual([]);
  }

  describe("an adopting resource that is renamed without alias", () => {
    test.each(matrix(ALL))(
      "%s, %s, ownership %s: the object is kept under the new name",
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
      "%s, %s, ownership %s: the object is kept if each up refreshes first",
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
      "%s, %s, ownership %s: the next run completes a run that was killed after the adoption",
      async (kind, mode, ownership) => {
        const engine = engineOf(ownership);
        const { id, adopt } = await adoptedBy(engine, kind, mode);
        const program = [declared(kind, "renamed", { adopt })];
        const { condemned, state } = engine;
        const killed = engineOf(ownership);
        for (const [key, entry] of state) killed.state.set(key, entry);
        // Like an engine that ends between the last create and the first delete.
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
      "%s, %s: the object is kept if the run is killed after the adoption and the rename is reverted",
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
      "%s: with an explicit provider, which has another process, the mark decides",
      async (kind) => {
        const engine = engineOf("on");
        const { id, adopt } = await adoptedBy(engine, kind, "by id");
        const program = [declared(kind, "renamed", { adopt, provider: "explicit" })];
        await engine.up(program);
        expect(await idsOf(kind)).toEqual([id]);
        expect(engine.lines).toEqual([
          `${kind} ${id} of "one" was left at the gateway: its mark says that it belongs to "renamed" of the stack ${MARKED_STACK[adapter]}.`,
        ]);
        await expectSettled(engine, program, [id]);
        await expectDestroyed(engine, kind);
      },
    );

    test.each(ALL)("%s: with an explicit provider and without a mark, a note on disk decides", async (kind) => {
      const engine = engineOf("off");
      const { id, adopt } = await adoptedBy(engine, kind, "by id");
      for (const [name, provider] of [
        ["renamed", "explicit"],
        ["again", "default"],
      ] as const) {
        const program = [declared(kind, name, { adopt, provider })];
        await engine.up(program);
        expect(await idsOf(kind)).toEqual([id]);
        expect(engine.lines).toEqual([
          expect.stringMatching(/ was left at the gateway: another resource adopted it\.$/),
        ]);
        await expectSettled(engine, program, [id]);
      }
      await expectDestroyed(engine, kind);
    });
  });

  describe("an adopting resource that moves under a component", () => {
    test.each(matrix(ALL))("%s, %s, ownership %s: without alias, the object is kept", async (kind, mode, ownership) => {
      const engine = engineOf(ownership);
      const { id, adopt } = await adoptedBy(engine, kind, mode);
      const program = [declared(kind, "one", { adopt, parent: "my:index:Team" })];
      await engine.up(program);
      expect(await idsOf(kind)).toEqual([id]);
      await expectSettled(engine, program, [id]);
      await expectDestroyed(engine, kind);
    });

    test.each(matrix(ALL))("%s, %s, ownership %s: with an alias, nothing is written", async (kind, mode, ownership) => {
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

  describe("an adopting resource that is replaced while its adopt option is still set", () => {
    const replacements: readonly [how: string, of: (declared: Declared) => Declared, options: UpOptions][] = [
      ["--replace", (one) => one, { replace: ["one"] }],
      ["--replace after a refresh", (one) => one, { replace: ["one"], refresh: true }],
      ["a trigger", (one) => ({ ...one, trigger: "2" }), {}],
    ];

    test.each(matrix(REPEATABLE))(
      "%s, %s, ownership %s: a trigger creates a new object and deletes the old one",
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
      "%s, %s, ownership %s: a trigger fails with advice and keeps the object",
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
      "%s, %s, ownership %s: --replace fails once with the reason and keeps the object",
      async (kind, mode, ownership) => {
        const engine = engineOf(ownership);
        const { id, adopt } = await adoptedBy(engine, kind, mode);
        const program = [declared(kind, "one", { adopt })];
        expect(await messageOf(engine.up(program, { replace: ["one"] }))).toBe(
          `${kind} ${id} was not replaced: its adopt option adopted its own object again, so there is no other one. The object was kept and nothing was ` +
            'deleted; the next up continues. To replace it, remove adopt, or set the resource option deleteBeforeReplace: true on "one".',
        );
        expect(await idsOf(kind)).toEqual([id]);
        await engine.up(program);
        expect(await idsOf(kind)).toEqual([id]);
        await expectSettled(engine, program, [id]);
        await expectDestroyed(engine, kind);
      },
    );

    test.each(matrix(ALL))(
      "%s, %s, ownership %s: --replace followed by destroy deletes the object",
      async (kind, mode, ownership) => {
        const engine = engineOf(ownership);
        const { adopt } = await adoptedBy(engine, kind, mode);
        await messageOf(engine.up([declared(kind, "one", { adopt })], { replace: ["one"] }));
        await expectDestroyed(engine, kind);
        expect([engine.state.size, engine.condemned]).toEqual([0, []]);
      },
    );

    test.each(matrix(REPEATABLE))(
      "%s, %s, ownership %s: --replace after a refresh replaces the object",
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
      "%s with deleteBeforeReplace: %s, %s: the old object is deleted and a new one is created",
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

    test("a key that is rotated twice is a new key each time", async () => {
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
        expect(plain([...engine.state.values()][0]?.outs.token)).toMatch(/^ng-/);
        seen.push(now);
      }
      const keys = [];
      for await (const each of client.listAccessKeys()) keys.push(each.id);
      expect(keys).toEqual([seen.at(-1)]);
    });

    test("a key that the stack created is rotated with ifExists and not adopted", async () => {
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

    test("with a changed unique key, the replacement adopts the object that has the new key", async () => {
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

    test("retainOnDelete keeps the old object of a replacement, and the next replacement does not adopt it", async () => {
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
    test("fails on --replace because the id cannot exist twice", async () => {
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
      "two resources that declare one unique %s are refused at preview, and the error names both",
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

    test("equal names under different parents are two resources, which cannot have one key", async () => {
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

    test("a resource that takes the key of one renamed without alias: the old object is released", async () => {
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

    test.each(REPEATABLE)(
      "two resources with one %s by id: the second is refused, and the error names both",
      async (kind) => {
        const engine = engineOf("on");
        const { id, adopt } = await adoptedBy(engine, kind, "by id");
        const program = [declared(kind, "one", { adopt }), declared(kind, "two", { adopt })];
        expect(await messageOf(engine.up(program))).toBe(
          `adopt: ${kind} ${id} belongs to "one" of this program, so "two" can't adopt it. Remove one of the two. To rename a resource, take the old ` +
            "one out of the program in the same change.",
        );
        expect(stateIds(engine)).toEqual([id]);
        await expectSettled(engine, [declared(kind, "one", { adopt })], [id]);
      },
    );

    test.each(REPEATABLE)(
      "two resources with one %s by id, the new one first: the old one is refused, the error names both, and either may be removed",
      async (kind) => {
        for (const stays of ["one", "two"]) {
          await gateway.reset();
          current = subjects(await prepare(gateway.client));
          const engine = engineOf("on");
          const { id, adopt } = await adoptedBy(engine, kind, "by id");
          const program = [declared(kind, "two", { adopt }), declared(kind, "one", { adopt })];
          const both = `${kind} ${id} is declared by "two" and by "one", but one object can belong to one resource only.`;
          expect(await messageOf(engine.up(program, { oneByOne: true }))).toContain(both);
          // Both own it now, so the next up reports it too.
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

    test.each(REPEATABLE)(
      "two resources that start to adopt one %s: the first one adopts it, the second is refused",
      async (kind) => {
        const engine = engineOf("on");
        const id = await subjectOf(kind).makeElsewhere(gateway.client);
        const program = [declared(kind, "one", { adopt: id }), declared(kind, "two", { adopt: id })];
        expect(await messageOf(engine.up(program))).toContain(`adopt: ${kind} ${id} belongs to "one" of this program`);
        expect(stateIds(engine)).toEqual([id]);
      },
    );
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
      "renamed without alias, ownership %s: settings of the new resource are kept, settings of only the old one are restored",
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

    test("fails on --replace once with the reason and keeps the declared settings", async () => {
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

    test("with deleteBeforeReplace still know the values before, after the replacement", async () => {
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

  test.each(ALL)("an adopted %s that is removed from the program is deleted, unless it is retained", async (kind) => {
    const engine = engineOf("on");
    await adoptedBy(engine, kind, "by id");
    await engine.up([]);
    expect(await idsOf(kind)).toEqual([]);
    const { id } = await adoptedBy(engine, kind, "by id", { retainOnDelete: true });
    await engine.up([]);
    expect(await idsOf(kind)).toEqual([id]);
  });

  describe("the mark of another creation on an object that is deleted", () => {
    test("reading marks before deletes costs one list for many objects, and one request for one", async () => {
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

    test("an object whose metadata is no mark is deleted", async () => {
      const engine = engineOf("on");
      await engine.up([declared("ApiKey", "one")]);
      const [id = ""] = stateIds(engine);
      await gateway.client.updateApiKey(id, { metadata: '{"managedBy":"pulumi", but by hand' });
      await engine.destroy();
      expect(await idsOf("ApiKey")).toEqual([]);
    });
  });
});
