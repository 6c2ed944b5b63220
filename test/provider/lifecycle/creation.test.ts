/**
 * Creations with an unknown outcome, in this process or after its end: they are reported, recorded, and settled by the next call,
 * so that nothing is duplicated or lost. Runs on both adapters and the local gateway with the tests' mini engine; waits take no
 * time. Does not prove the notes that a real process leaves on a real disk; test/programs/killedProcess.test.ts does.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { PlainObject } from "../../../provider/lifecycle/values";
import { GatewayClient } from "../../../sdk";
import { startTestGateway, type TestGateway } from "../../helpers/gateway";
import { ADAPTERS } from "../../helpers/miniEngine/adapters";
import { type Declared, MiniEngine } from "../../helpers/miniEngine/miniEngine";
import { MortalProcess, NotesFolder } from "../../helpers/miniEngine/mortalProcess";
import type { KillTime } from "../../helpers/miniEngine/process";
import { patientClock } from "../../helpers/patientClock";
import { plain } from "../../helpers/plugin/wireValues";

const STACK = "org/project/dev";
const VALUE = "planted-value-0123456789abcdef";
const PATHS: Readonly<Record<string, string>> = {
  CustomProvider: "/providers",
  ProviderKey: "/provider-keys",
  AccessConfiguration: "/access-key-configurations",
  AccessKey: "/access-keys",
  ApiKey: "/api-keys",
};
const KINDS = Object.keys(PATHS);
/** Kinds whose token is returned once: an object is unusable without the response to its create. */
const TOKENS = ["AccessKey", "ApiKey"];
const INPUTS: Readonly<Record<string, PlainObject>> = {
  CustomProvider: { providerId: "p-one", name: "one", baseUrl: "https://example.com" },
  ProviderKey: { providerId: "openai", name: "one", value: VALUE },
};

let gateway: TestGateway;
let notes: NotesFolder;
/** The client's own clock, which waits advance and which may be wrong. */
let aheadMs: number;
beforeAll(async () => {
  gateway = await startTestGateway();
});
beforeEach(async () => {
  await gateway.reset();
  notes = new NotesFolder();
  aheadMs = 0;
});
afterEach(() => notes.dispose());
afterAll(() => gateway.close());

function patientClient(): GatewayClient {
  const { controlUrl: apiUrl, apiKey } = gateway;
  return new GatewayClient({ apiUrl, apiKey, clock: patientClock(() => aheadMs) });
}

describe.each(ADAPTERS)("over the %s adapter,", (adapter) => {
  const engineOf = (ownership: "on" | "off" = "on") =>
    new MiniEngine(() => new MortalProcess(adapter, { client: patientClient(), stack: STACK, ownership, notes }));

  const declared = (kind: string, name = "one", more: PlainObject = {}): Declared => ({
    kind,
    name,
    inputs: () => ({ ...(INPUTS[kind] ?? { name: "one" }), ...more }),
  });

  async function idsOf(kind: string): Promise<string[]> {
    const { client } = gateway;
    const lists: Record<string, () => AsyncIterable<{ id: string }>> = {
      CustomProvider: () => client.listProviders(),
      ProviderKey: () => client.listProviderKeys(),
      AccessConfiguration: () => client.listAccessKeyConfigurations(),
      AccessKey: () => client.listAccessKeys(),
      ApiKey: () => client.listApiKeys(),
    };
    const found: string[] = [];
    for await (const { id } of lists[kind]?.() ?? []) found.push(id);
    return found;
  }

  const messageOf = (run: Promise<unknown>) =>
    run.then(
      () => "",
      (error: Error) => error.message,
    );
  const stateIds = (engine: MiniEngine) => [...engine.state.values()].map(({ id }) => id);
  const creates = () => path.join(notes.folder, "creates");
  const noted = () => (existsSync(creates()) ? readdirSync(creates()) : []);
  const posts = async () => (await gateway.requests()).filter((request) => request.startsWith("POST"));

  const HTML = { status: 200, headers: { "content-type": "text/html" }, body: "<html>a proxy's page</html>" };
  /** Loses the response to the creation and makes every look-up fail. */
  async function loseOutcome(kind: string, lookUp: PlainObject = { status: 503 }): Promise<void> {
    await gateway.fault({ match: { method: "POST", path: PATHS[kind] }, action: { drop: "after" } });
    // The list of marks that is read during a creation is not the look-up.
    await gateway.fault({ match: { method: "GET", path: PATHS[kind] }, times: 1_000, action: lookUp });
  }

  /** Expects that the state matches the gateway and that a preview is empty. */
  async function expectSettled(engine: MiniEngine, program: readonly Declared[], kind: string): Promise<void> {
    const ids = await idsOf(kind);
    expect(ids).toHaveLength(1);
    expect([stateIds(engine), engine.condemned, noted()]).toEqual([ids, [], []]);
    expect(await engine.preview(program)).toEqual([]);
    expect(await engine.refresh()).toEqual([]);
  }

  describe.each(KINDS)(
    "the creation of a %s whose response is lost and whose look-ups fail until the budget is used up",
    (kind) => {
      const unresolved = async () => {
        const engine = engineOf();
        await loseOutcome(kind);
        const message = await messageOf(engine.up([declared(kind)]));
        expect(message).toContain(
          `${kind} "one" may exist at the gateway: its creation was not answered, and looking for it failed too. `,
        );
        expect(message).toMatch(
          /The state remembers the creation: the next up, refresh or destroy looks for the object before anything else\./,
        );
        expect(message).not.toContain(VALUE);
        expect(stateIds(engine)).toEqual([expect.stringMatching(/^unresolved:[0-9a-f]{16}$/)]);
        expect(await idsOfPatiently(kind)).toHaveLength(1);
        expect(noted()).toEqual([]);
        return engine;
      };
      const idsOfPatiently = async (of: string) => {
        await gateway.clearFaults();
        await gateway.requests();
        return idsOf(of);
      };

      test("is settled by the next up, with one object", async () => {
        const engine = await unresolved();
        const [made] = await idsOf(kind);
        await gateway.requests();
        await engine.up([declared(kind)]);
        const sent = await posts();
        if (TOKENS.includes(kind)) {
          expect(sent).toEqual([`POST ${PATHS[kind]}`]);
          expect(await idsOf(kind)).not.toContain(made);
          expect(plain([...engine.state.values()][0]?.outs.token)).toMatch(/^ng-|^[\w-]+$/);
        } else {
          expect(sent.filter((request) => !request.endsWith("/rotate"))).toEqual([]);
          expect(await idsOf(kind)).toEqual([made]);
        }
        await expectSettled(engine, [declared(kind)], kind);
      });

      test("stays recorded while the gateway cannot be reached, for every operation", async () => {
        const engine = await unresolved();
        const [placeholder] = stateIds(engine);
        await gateway.fault({ match: { method: "GET", path: PATHS[kind] }, times: 1_000, action: { status: 503 } });
        for (const run of [() => engine.up([declared(kind)]), () => engine.refresh(), () => engine.destroy()]) {
          expect(await messageOf(run())).toContain("503");
          expect(stateIds(engine)).toEqual([placeholder]);
        }
        await gateway.clearFaults();
        expect(await posts()).toEqual([]);
        expect(await idsOf(kind)).toHaveLength(1);
      });

      test("is settled by a refresh, unless its token is lost", async () => {
        const engine = await unresolved();
        const [placeholder] = stateIds(engine);
        const [made] = await idsOf(kind);
        await engine.refresh();
        expect(stateIds(engine)).toEqual([TOKENS.includes(kind) ? placeholder : made]);
        await engine.up([declared(kind)]);
        await expectSettled(engine, [declared(kind)], kind);
      });

      test("is removed from the state by a refresh if no object exists", async () => {
        const engine = await unresolved();
        await removeByHand(kind, (await idsOf(kind))[0] ?? "");
        await engine.refresh();
        expect(stateIds(engine)).toEqual([]);
        await engine.up([declared(kind)]);
        await expectSettled(engine, [declared(kind)], kind);
      });

      test("is deleted by destroy", async () => {
        const engine = await unresolved();
        await engine.destroy();
        expect([await idsOf(kind), stateIds(engine)]).toEqual([[], []]);
      });

      test("is settled with deleteBeforeReplace, and with --replace if two objects may exist", async () => {
        const isUnique = kind === "CustomProvider";
        for (const [options, up] of [
          [{ deleteBeforeReplace: true }, {}],
          [{ deleteBeforeReplace: true }, { replace: ["one"] }],
          ...(isUnique
            ? []
            : [[{}, { replace: ["one"] }] as const, [{}, { replace: ["one"], refresh: true }] as const]),
        ] as const) {
          await gateway.reset();
          const engine = await unresolved();
          const program = [{ ...declared(kind), ...options }];
          await engine.up(program, up);
          await expectSettled(engine, program, kind);
        }
      });

      test("is settled if the program has since changed a field that cannot change in place", async () => {
        const engine = await unresolved();
        const change =
          kind === "CustomProvider"
            ? { providerId: "p-two" }
            : kind === "ProviderKey"
              ? { providerId: "anthropic" }
              : {};
        const program = [declared(kind, "one", change)];
        await engine.up(program);
        await expectSettled(engine, program, kind);
      });

      test("is settled if the resource was removed from the program", async () => {
        const engine = await unresolved();
        await engine.up([]);
        expect([await idsOf(kind), stateIds(engine)]).toEqual([[], []]);
      });

      test("is referred to by no request: no request contains the placeholder id", async () => {
        const engine = await unresolved();
        const [placeholder = ""] = stateIds(engine);
        const user: Declared = {
          kind: "AccessKey",
          name: "user",
          inputs: () => ({ name: "user", configurationId: placeholder }),
        };
        expect(await messageOf(engine.preview([user]))).toMatch(
          /^user: configurationId refers to a resource whose creation is unresolved, so it has no id yet: run `pulumi refresh`, or up without --target$/,
        );
        await engine.destroy();
        expect((await gateway.requests()).filter((request) => request.includes("unresolved"))).toEqual([]);
      });
    },
  );

  async function removeByHand(kind: string, id: string): Promise<void> {
    const { client } = gateway;
    const deletions: Record<string, () => Promise<void>> = {
      CustomProvider: () => client.deleteProvider(id),
      ProviderKey: () => client.deleteProviderKey(id),
      AccessConfiguration: () => client.deleteAccessKeyConfiguration(id),
      AccessKey: () => client.deleteAccessKey(id),
      ApiKey: () => client.deleteApiKey(id),
    };
    await deletions[kind]?.();
  }

  describe("a look-up that fails in another way", () => {
    test("a proxy's page for the list is no response: the creation is unresolved and recorded", async () => {
      const engine = engineOf();
      await loseOutcome("AccessConfiguration", HTML);
      expect(await messageOf(engine.up([declared("AccessConfiguration")]))).toContain(
        "may exist at the gateway: its creation was not answered",
      );
      await gateway.clearFaults();
      await engine.up([declared("AccessConfiguration")]);
      await expectSettled(engine, [declared("AccessConfiguration")], "AccessConfiguration");
    });

    test("an unusable key that cannot be deleted is recorded, and deleted by the next up", async () => {
      const engine = engineOf();
      await gateway.fault({ match: { method: "POST", path: "/access-keys" }, action: { drop: "after" } });
      await gateway.fault({ match: { method: "DELETE", path: "/access-keys" }, times: 1_000, action: { status: 503 } });
      expect(await messageOf(engine.up([declared("AccessKey")]))).toContain(
        "may exist at the gateway: its creation was not answered",
      );
      await gateway.clearFaults();
      await engine.up([declared("AccessKey")]);
      await expectSettled(engine, [declared("AccessKey")], "AccessKey");
    });

    test("three lost responses that created nothing are a plain failure, which records nothing", async () => {
      const engine = engineOf();
      await gateway.fault({ match: { method: "POST", path: "/api-keys" }, times: 3, action: { drop: "before" } });
      expect(await messageOf(engine.up([declared("ApiKey")]))).not.toContain("may exist");
      expect([stateIds(engine), await idsOf("ApiKey"), noted()]).toEqual([[], [], []]);
    });

    test("an object that a late request created is recognized by its mark and is no conflict", async () => {
      const engine = engineOf();
      // The first look-up finds nothing, because an outdated list hides the object; the second request conflicts with it.
      const empty = { status: 200, body: { aiGatewayProviders: [], uri: "/providers", nextPageUri: null } };
      await gateway.fault({ match: { method: "POST", path: "/providers" }, action: { drop: "after" } });
      await gateway.fault({ match: { method: "GET", path: "/providers" }, times: 2, action: empty });
      await engine.up([declared("CustomProvider")]);
      await expectSettled(engine, [declared("CustomProvider")], "CustomProvider");
    });
  });

  describe("with ownership off", () => {
    test.each([0, 120_000, -120_000])(
      "an object is found by its content although the clock is %d ms off",
      async (ms) => {
        aheadMs = ms;
        const engine = engineOf("off");
        await gateway.fault({
          match: { method: "POST", path: "/access-key-configurations" },
          action: { drop: "after" },
        });
        await engine.up([declared("AccessConfiguration")]);
        await expectSettled(engine, [declared("AccessConfiguration")], "AccessConfiguration");
      },
    );

    test("an equal object that existed before is not mistaken for the lost one", async () => {
      const { id } = await gateway.client.createAccessKeyConfiguration({ name: "one" });
      await gateway.client.getAccessKeyConfiguration(id);
      await new Promise((resolve) => setTimeout(resolve, 0));
      const engine = engineOf("off");
      // Created so long before that the gateway's clock distinguishes them.
      jest.spyOn(GatewayClient.prototype, "serverNowMs").mockReturnValue(Date.now() + 60_000);
      await gateway.fault({
        match: { method: "POST", path: "/access-key-configurations" },
        action: { drop: "before" },
      });
      await engine.up([declared("AccessConfiguration")]);
      jest.restoreAllMocks();
      expect(await idsOf("AccessConfiguration")).toHaveLength(2);
      expect(stateIds(engine)).not.toContain(id);
    });

    test("two equal resources get one object each if one response was lost", async () => {
      for (const kind of ["AccessKey", "AccessConfiguration"]) {
        for (const drop of ["before", "after"]) {
          await gateway.reset();
          const engine = engineOf("off");
          await gateway.fault({ match: { method: "POST", path: PATHS[kind] }, action: { drop } });
          await engine.up([declared(kind, "a"), declared(kind, "b"), declared(kind, "c")]);
          const ids = await idsOf(kind);
          expect(ids).toHaveLength(3);
          expect(stateIds(engine).toSorted()).toEqual(ids.toSorted());
        }
      }
    });

    test("an unresolved creation names its possible objects, and the program decides", async () => {
      const engine = engineOf("off");
      await loseOutcome("AccessConfiguration");
      await messageOf(engine.up([declared("AccessConfiguration")]));
      await gateway.clearFaults();
      const [made = ""] = await idsOf("AccessConfiguration");
      const undecided =
        `An earlier creation of the AccessConfiguration of "one" was not answered. It may have created ${made}, which has the ` +
        'same content and was created at that time. If it did, give its id as adopt, or remove the object. If it belongs to something else, give adopt: "never".';
      expect(await messageOf(engine.up([declared("AccessConfiguration")]))).toBe(undecided);
      expect(await messageOf(engine.destroy())).toContain(
        `${undecided} To forget the creation, run \`pulumi state delete\``,
      );
      expect(await idsOf("AccessConfiguration")).toEqual([made]);
      const program = [declared("AccessConfiguration", "one", { adopt: made })];
      await engine.up(program);
      await expectSettled(engine, program, "AccessConfiguration");
    });

    test("an unresolved provider is found by its unique id", async () => {
      const engine = engineOf("off");
      await loseOutcome("CustomProvider");
      await messageOf(engine.up([declared("CustomProvider")]));
      await gateway.clearFaults();
      const [made] = await idsOf("CustomProvider");
      await messageOf(engine.up([declared("CustomProvider")]));
      expect(await idsOf("CustomProvider")).toEqual([made]);
    });
  });

  describe.each(KINDS)("the provider process that is killed while it creates a %s", (kind) => {
    const killed = async (when: KillTime) => {
      const engine = engineOf();
      engine.kill = { requests: 1, when, what: "provider" }; // the account is requested first
      expect(await messageOf(engine.up([declared(kind)]))).toBe("");
      return engine;
    };
    const program = [declared(kind)];

    test.each(["before", "after"] as const)(
      "%s the request was processed: the next up has one object",
      async (when) => {
        const engine = await killed(when);
        expect([engine.wasKilled, stateIds(engine), engine.pendingCreates]).toEqual([true, [], []]);
        const made = await idsOf(kind);
        expect(made).toHaveLength(when === "before" ? 0 : 1);
        expect(noted()).toHaveLength(1);
        await gateway.requests();
        await engine.up(program);
        const sent = (await posts()).filter((request) => !request.endsWith("/rotate"));
        const isAdopted = made.length > 0 && !TOKENS.includes(kind);
        expect(sent).toEqual(isAdopted ? [] : [`POST ${PATHS[kind]}`]);
        if (isAdopted) expect(await idsOf(kind)).toEqual(made);
        await expectSettled(engine, program, kind);
        await engine.destroy();
        expect(await idsOf(kind)).toEqual([]);
      },
    );

    test("leaves a note without secrets, which a failed look-up keeps", async () => {
      const engine = await killed("after");
      const [journal = ""] = noted();
      const text = readFileSync(path.join(creates(), journal), "utf8");
      const entry = JSON.parse(text) as { note: object };
      expect(Object.keys(entry.note).toSorted()).toEqual(
        ["account", "createId", "isMarked", "kind", "pid", "resource", "startedAt"].toSorted(),
      );
      expect(text).not.toContain(VALUE);
      expect(text).not.toContain("one");
      await gateway.fault({ match: { method: "GET", path: PATHS[kind] }, times: 1_000, action: { status: 503 } });
      expect(await messageOf(engine.up(program))).toContain("503");
      expect([noted(), await posts()]).toEqual([[journal], [`POST ${PATHS[kind]}`]]);
      await gateway.clearFaults();
      await engine.up(program);
      await expectSettled(engine, program, kind);
    });

    test("leaves an object that gets exactly the next program's fields", async () => {
      const engine = engineOf();
      engine.kill = { requests: 1, when: "after", what: "provider" };
      const field = kind === "CustomProvider" ? "models" : "description";
      const given = { models: ["only-in-the-killed-run"], description: "only in the killed run" }[field];
      await messageOf(engine.up([declared(kind, "one", { [field]: given })]));
      const [made] = await idsOf(kind);
      await engine.up(program);
      if (!TOKENS.includes(kind)) expect(await idsOf(kind)).toEqual([made]);
      const stored = () => ([...engine.state.values()][0]?.outs[field] as string | undefined) ?? "";
      expect(stored()).toHaveLength(0);
      await expectSettled(engine, program, kind);
      expect(stored()).toHaveLength(0);
    });

    test("leaves the same result if it is killed again during the look-up", async () => {
      const engine = await killed("after");
      for (const requests of [1, 2, 3]) {
        engine.kill = { requests, when: "after", what: "provider" };
        await messageOf(engine.up(program));
      }
      engine.kill = undefined;
      await engine.up(program);
      await expectSettled(engine, program, kind);
    });
  });

  describe("a replacement with an unknown outcome", () => {
    const key = (rotationTrigger: string, more: PlainObject = {}) =>
      declared("AccessKey", "one", { rotationTrigger, ...more });

    test("keeps the old key until the new one exists, and does not adopt the old one as the new one", async () => {
      const engine = engineOf();
      await engine.up([key("1", { adopt: "ifExists" })]);
      const [old] = stateIds(engine);
      await loseOutcome("AccessKey");
      expect(await messageOf(engine.up([key("2", { adopt: "ifExists" })]))).toContain(
        "may exist at the gateway: its creation was not answered",
      );
      await gateway.clearFaults();
      expect(await idsOf("AccessKey")).toContain(old);
      expect(engine.condemned.map(({ id }) => id)).toEqual([old]);
      await engine.up([key("2", { adopt: "ifExists" })]);
      const now = await idsOf("AccessKey");
      expect(now).not.toContain(old);
      await expectSettled(engine, [key("2")], "AccessKey");
    });

    test("of a killed process keeps the old object, whose mark is the same", async () => {
      for (const replace of [[], ["one"]]) {
        await gateway.reset();
        const engine = engineOf();
        await engine.up([key("1")]);
        const [old] = stateIds(engine);
        engine.kill = { requests: 1, when: "after", what: "provider" };
        await messageOf(engine.up([key("2")], { replace }));
        expect([engine.wasKilled, stateIds(engine)]).toEqual([true, [old]]);
        await engine.up([key("2")], { replace });
        expect(await idsOf("AccessKey")).not.toContain(old);
        await expectSettled(engine, [key("2")], "AccessKey");
      }
    });
  });

  describe("an object that carries the resource's mark and whose creation is not recorded", () => {
    const stranded = async (kind: string) => {
      const engine = engineOf();
      await engine.up([declared(kind)]);
      const [id = ""] = stateIds(engine);
      engine.state.clear();
      return { engine, id };
    };

    test.each(["ProviderKey", "AccessConfiguration", "AccessKey", "ApiKey"])(
      "a %s is reported, and another one is created",
      async (kind) => {
        const { engine, id } = await stranded(kind);
        await gateway.requests();
        await engine.up([declared(kind)]);
        expect(engine.lines).toEqual([
          expect.stringMatching(
            new RegExp(
              `^${kind} ${id}, made [\\dT:.Z-]+, carries the mark of "one" of this stack already, and another one is made\\. If a run that was killed ` +
                "left it, remove it with `pulumi-ngrok-ai recover`\\. After --replace it is the old object\\.$",
            ),
          ),
        ]);
        expect((await gateway.requests()).filter((request) => request === `GET ${PATHS[kind]}`)).toHaveLength(1);
        expect(await idsOf(kind)).toHaveLength(2);
      },
    );

    test("nothing is reported about a replacement, other owners' objects, or objects of this run", async () => {
      const engine = engineOf();
      const program = (trigger: string) =>
        ["one", "two", "three"].map((name) => declared("AccessKey", name, { rotationTrigger: trigger }));
      await engine.up(program("1"));
      expect(engine.lines).toEqual([]);
      await engine.up(program("2"));
      expect(engine.lines).toEqual([]);
    });

    test("the list does not delay a creation whose response arrives first", async () => {
      const engine = engineOf();
      await gateway.fault({ match: { method: "GET", path: "/api-keys" }, action: { delayMs: 3_600_000 } });
      await engine.up([declared("ApiKey")]);
      expect(await idsOf("ApiKey")).toEqual(stateIds(engine));
    });

    test("many creations cost one list", async () => {
      const engine = engineOf();
      await gateway.requests();
      await engine.up(Array.from({ length: 20 }, (_, index) => declared("ApiKey", `k-${index}`)));
      expect((await gateway.requests()).filter((request) => request === "GET /api-keys")).toHaveLength(1);
    });
  });
});
