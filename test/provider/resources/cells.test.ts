/**
 * Every field of every resource: create, no change, a change, removal, a change outside Pulumi, an unknown value, a wrong value.
 * A new field or kind without a case fails. At the local gateway, over both adapters. Does not prove anything about Pulumi's engine
 * and processes; `RouteCheck`, which is no object of the gateway, has its own file.
 */
import * as ngrok from "../../../provider";
import type { Field } from "../../../provider/lifecycle/definition";
import { forgetReads } from "../../../provider/lifecycle/gatheredReads";
import { isPlainObject, UNKNOWN } from "../../../provider/lifecycle/values";
import { definition as accessKey } from "../../../provider/resources/accessKey";
import { startTestGateway } from "../../helpers/gateway";
import { ADAPTERS } from "../../helpers/miniEngine/adapters";
import { PartlyDone } from "../../helpers/miniEngine/process";
import { Life, type LifeGateway } from "./life";
import { type FieldCase, type Prepared, prepare, type Subject, subjects } from "./subjects";

const NAMES: Prepared = { keys: ["aigpk_1", "aigpk_2"], configurations: ["aigac_1", "aigac_2"] };
const table = subjects(NAMES);
const kinds = Object.keys(table);

describe.each(ADAPTERS)("over the %s adapter", (adapter) => {
  let gateway: LifeGateway;
  let current: Record<string, Subject>;
  beforeAll(async () => {
    gateway = { ...(await startTestGateway()), adapter };
  });
  beforeEach(async () => {
    await gateway.reset();
    forgetReads();
    current = subjects(await prepare(gateway.client));
    new Life(gateway, accessKey, "none").takeWrites();
  });
  afterAll(() => gateway.close());

  function subjectOf(kind: string): Subject {
    const subject = current[kind];
    if (subject === undefined) throw new Error(`no subject ${kind}`);
    return subject;
  }

  function caseOf(kind: string, field: string): FieldCase {
    const found = subjectOf(kind).fields[field];
    if (found === undefined) throw new Error(`no case for ${kind}.${field}`);
    return found;
  }

  const made = (kind: string) => {
    const { definition, inputs } = subjectOf(kind);
    return new Life(gateway, definition, "one").create(inputs);
  };

  /** Discards reads from before a change outside Pulumi. */
  const refreshed = (life: Life) => {
    forgetReads();
    return life.refresh();
  };

  /** Fields that the program gives, with the effect of a change. */
  const cells = kinds.flatMap((kind) =>
    Object.entries(table[kind]?.definition.fields ?? {})
      .filter(([, { change }]) => change !== "never")
      .map(([name, field]): [kind: string, name: string, field: Field] => [kind, name, field]),
  );
  const inPlace = cells.filter(([, , { change }]) => change === "patch" || change === "rotate");
  const replacing = cells.filter(([, , { change }]) => change === "replace");
  const having = (part: keyof FieldCase) =>
    cells.filter(([kind, name]) => table[kind]?.fields[name]?.[part] !== undefined);

  describe("the table of cases", () => {
    test("contains each kind of object that the package manages", () => {
      const classes = Object.keys(ngrok).filter((name) => name !== "Provider" && name !== "RouteCheck");
      expect(kinds.toSorted()).toEqual(classes.toSorted());
    });

    test.each(kinds)("contains each field of %s, and its inputs set each of them", (kind) => {
      const { definition, fields, inputs } = subjectOf(kind);
      const names = Object.keys(definition.fields).filter((name) => definition.fields[name]?.change !== "never");
      expect(Object.keys(fields).sort()).toEqual([...names].sort());
      expect(Object.keys(inputs).sort()).toEqual([...names].sort());
    });

    test.each(inPlace)("contains the writes for a change of %s.%s, and a change outside Pulumi", (kind, name) => {
      expect(caseOf(kind, name)).toMatchObject({ writes: expect.any(Function), elsewhere: expect.any(Function) });
    });
  });

  describe("create", () => {
    test.each(kinds)("of %s writes once and then shows no difference", async (kind) => {
      const { created, inputs } = subjectOf(kind);
      const life = await made(kind);
      expect(life.takeWrites()).toEqual([created]);
      await gateway.requests();
      expect(await life.diff(inputs)).toEqual({ changes: false, replaces: [] });
      expect(await gateway.requests()).toEqual([]);
      expect(await refreshed(life)).toEqual(await life.checked(inputs));
      expect(await life.diff(inputs)).toEqual({ changes: false, replaces: [] });
      expect(life.takeWrites()).toEqual([]);
    });
  });

  describe("a change of one field", () => {
    test.each(inPlace)("of %s.%s writes only that field and then shows no difference", async (kind, name) => {
      const life = await made(kind);
      const inputs = { ...subjectOf(kind).inputs, [name]: caseOf(kind, name).to };
      life.takeWrites();
      await gateway.requests();
      expect(await life.diff(inputs)).toEqual({ changes: true, replaces: [] });
      expect(await gateway.requests()).toEqual([]);
      await life.update(inputs);
      expect(life.takeWrites()).toEqual(caseOf(kind, name).writes?.(life.id));
      expect(await life.diff(inputs)).toEqual({ changes: false, replaces: [] });
      expect(await refreshed(life)).toEqual(await life.checked(inputs));
      expect(await life.diff(inputs)).toEqual({ changes: false, replaces: [] });
    });

    test.each(replacing)("of %s.%s replaces, and update refuses it", async (kind, name) => {
      const life = await made(kind);
      const inputs = { ...subjectOf(kind).inputs, [name]: caseOf(kind, name).to };
      life.takeWrites();
      expect(await life.diff(inputs)).toEqual({ changes: true, replaces: [name] });
      await expect(life.update(inputs)).rejects.toThrow(`differs in ${name}, which can't be changed`);
      expect(life.takeWrites()).toEqual([]);
    });

    test.each(replacing)(
      "of %s.%s keeps the old object beside the new one until the old one is deleted",
      async (kind, name) => {
        const old = await made(kind);
        const inputs = { ...subjectOf(kind).inputs, [name]: caseOf(kind, name).to };
        const life = await new Life(gateway, old.definition, "one").create(inputs);
        expect(life.id).not.toBe(old.id);
        expect(await refreshed(old)).toEqual(await old.checked(subjectOf(kind).inputs));
        await old.delete();
        expect(await refreshed(old)).toBeUndefined();
        expect(await refreshed(life)).toEqual(await life.checked(inputs));
      },
    );

    test.each(having("cleared"))(
      "%s.%s is cleared when removed from the program and then shows no difference",
      async (kind, name) => {
        const life = await made(kind);
        const { [name]: _, ...inputs } = subjectOf(kind).inputs;
        life.takeWrites();
        await life.update(inputs);
        expect(life.takeWrites()).toEqual(caseOf(kind, name).cleared?.(life.id));
        expect(await life.diff(inputs)).toEqual({ changes: false, replaces: [] });
        expect(await refreshed(life)).toEqual(await life.checked(inputs));
        expect(await life.diff(inputs)).toEqual({ changes: false, replaces: [] });
      },
    );
  });

  describe("a change outside Pulumi", () => {
    test.each(inPlace)("of %s.%s is detected alone and restored", async (kind, name) => {
      const life = await made(kind);
      const { inputs } = subjectOf(kind);
      const ours = await life.checked(inputs);
      await caseOf(kind, name).elsewhere?.(gateway.client, life.id);
      const seen = (await refreshed(life)) ?? {};
      expect(Object.keys(ours).filter((field) => JSON.stringify(seen[field]) !== JSON.stringify(ours[field]))).toEqual([
        name,
      ]);
      expect(await life.diff(inputs)).toEqual({ changes: true, replaces: [] });
      life.takeWrites();
      await life.update(inputs);
      expect(life.takeWrites()).toHaveLength(1);
      expect(await refreshed(life)).toEqual(ours);
      expect(await life.diff(inputs)).toEqual({ changes: false, replaces: [] });
    });

    test.each(having("cleared"))("of %s.%s, which the program does not give, is ignored", async (kind, name) => {
      const { definition, inputs: all } = subjectOf(kind);
      const { [name]: _, ...inputs } = all;
      const life = await new Life(gateway, definition, "one").create(inputs);
      await caseOf(kind, name).elsewhere?.(gateway.client, life.id);
      expect(await refreshed(life)).toEqual(await life.checked(inputs));
      expect(await life.diff(inputs)).toEqual({ changes: false, replaces: [] });
    });

    const removable = kinds.filter((kind) => table[kind]?.removeElsewhere !== undefined);
    test.each(removable)("that deletes a %s is detected, and delete still succeeds", async (kind) => {
      const life = await made(kind);
      await subjectOf(kind).removeElsewhere?.(gateway.client, life.id);
      expect(await refreshed(life)).toBeUndefined();
      await life.delete();
      await life.delete();
    });
  });

  describe("delete", () => {
    test("keeps only the account's settings object, with its values before", async () => {
      for (const kind of kinds) {
        const life = await made(kind);
        await life.delete();
        if (kind !== "GatewaySettings") expect(await refreshed(life)).toBeUndefined();
      }
      const { totalTimeout, perRequestTimeout, maxInputTokens, maxOutputTokens, metadata } =
        await gateway.client.getGatewayConfig();
      expect({ totalTimeout, perRequestTimeout, maxInputTokens, maxOutputTokens, metadata }).toEqual({
        totalTimeout: "80s",
        perRequestTimeout: "40s",
        maxInputTokens: 77,
        maxOutputTokens: null,
        metadata: null,
      });
    });
  });

  describe("adopt", () => {
    const named = kinds.filter((kind) => kind !== "GatewaySettings"); // one of each always exists
    const withAdopt = (kind: string, adopt: string) => {
      const { definition, inputs } = subjectOf(kind);
      return { life: new Life(gateway, definition, "one"), inputs: { ...inputs, adopt } };
    };

    test.each(kinds.flatMap((kind) => ["ifExists", "required", "by id"].map((mode) => [kind, mode] as const)))(
      "of %s, %s, adopts the object and updates it to the program's inputs",
      async (kind, mode) => {
        const { makeElsewhere, inputs: plain } = subjectOf(kind);
        const id = await makeElsewhere(gateway.client);
        const { life, inputs } = withAdopt(kind, mode === "by id" ? id : mode);
        await life.create(inputs);
        expect(life.id).toBe(id);
        expect(life.takeWrites().filter(([method]) => method.startsWith("create"))).toEqual([]);
        expect(await refreshed(life)).toEqual(await life.checked(inputs));
        // Removing the option later changes nothing.
        expect(await life.diff(plain)).toEqual({ changes: false, replaces: [] });
        expect(await life.diff({ ...plain, adopt: "never" })).toEqual({ changes: false, replaces: [] });
      },
    );

    test.each(named)("of %s, ifExists, creates an object if none exists", async (kind) => {
      const { life, inputs } = withAdopt(kind, "ifExists");
      await life.create(inputs);
      expect(life.takeWrites()).toEqual([subjectOf(kind).created]);
    });

    test.each(
      named.flatMap((kind) => [
        [kind, "required", 'adopt: "required", but there is no'] as const,
        [kind, idThatIsNot(kind), "adopt: there is no"] as const,
      ]),
    )("of %s, %s, fails and writes nothing if no object exists", async (kind, adopt, message) => {
      const { life, inputs } = withAdopt(kind, adopt);
      await expect(life.create(inputs)).rejects.toThrow(message);
      expect(life.takeWrites()).toEqual([]);
    });

    test.each(kinds)("of %s, never, leaves the existing object unchanged", async (kind) => {
      const id = await subjectOf(kind).makeElsewhere(gateway.client);
      const { life, inputs } = withAdopt(kind, "never");
      const outcome = await life.create(inputs).then(
        () => life.id,
        (error: Error) => error.message,
      );
      const isKeyTaken = kind === "CustomProvider" || kind === "RoutingRule";
      if (isKeyTaken) expect(outcome).toMatch(/adopt: "ifExists"/);
      else if (kind !== "GatewaySettings") expect(outcome).not.toBe(id);
    });

    test("by id records nothing in the state if the object differs in a field that cannot change in place", async () => {
      const { id } = await gateway.client.createProvider({
        providerId: "theirs",
        name: "x",
        baseUrl: "https://example.com",
      });
      const { life, inputs } = withAdopt("CustomProvider", id);
      const failure: unknown = await life.create(inputs).catch((error: unknown) => error);
      expect(failure).not.toBeInstanceOf(PartlyDone);
      expect(String(failure)).toContain("differs in providerId, which can't be changed on an existing object");
    });

    test("of a key has no token, because the gateway returns it only once", async () => {
      const { id } = await gateway.client.createAccessKey({ name: "theirs" });
      const life = await new Life(gateway, accessKey, "one").create({ name: "one", adopt: id });
      expect(life.resource.state.token).toBeUndefined();
    });
  });

  function idThatIsNot(kind: string): string {
    return kind === "RoutingRule" ? "aigac_none/provider=openai" : "none_1";
  }

  describe("an unknown value", () => {
    test.each(cells)(
      "of %s.%s at any depth passes check and is reported with its possible effects",
      async (kind, name, field) => {
        const life = await made(kind);
        const { inputs } = subjectOf(kind);
        for (const value of withUnknowns(inputs[name])) {
          const outcome = await life.diff({ ...inputs, [name]: value });
          expect(outcome).toEqual({ changes: true, replaces: field.change === "replace" ? [name] : [] });
        }
      },
    );
  });

  /** The value unknown as a whole, and with each of its parts unknown. */
  function withUnknowns(value: unknown): unknown[] {
    if (Array.isArray(value)) {
      const parts = value.flatMap((item, index) => withUnknowns(item).map((part) => value.with(index, part)));
      return [UNKNOWN, ...parts];
    }
    if (!isPlainObject(value)) return [UNKNOWN];
    const parts = Object.entries(value).flatMap(([key, item]) =>
      withUnknowns(item).map((part) => ({ ...value, [key]: part })),
    );
    return [UNKNOWN, ...parts];
  }

  describe("a wrong value", () => {
    test.each(cells)("of %s.%s is reported with its path, its bound and the fix", async (kind, name) => {
      const { definition, inputs, fields } = subjectOf(kind);
      const [value, message] = fields[name]?.wrong ?? [undefined, ""];
      const { failures } = await new Life(gateway, definition, "one").check({ ...inputs, [name]: value });
      expect(failures.map(({ property, reason }) => `${property}: ${reason}`)).toEqual([message]);
    });
  });
});
