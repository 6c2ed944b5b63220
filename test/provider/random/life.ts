/** One random life of a stack: its steps, the conditions after each of them, and the final state. */
import { type Inventory, readInventory } from "../../../cli/account/inventory";
import { findOrphans, type Orphan, removeOrphans } from "../../../cli/recover/orphans";
import { CreationNotes } from "../../../provider/lifecycle/creationNotes";
import { GatewayClient, GatewayError } from "../../../sdk";
import type { TestGateway } from "../../helpers/gateway";
import { type Declared, MiniEngine } from "../../helpers/miniEngine/miniEngine";
import type { NotesFolder } from "../../helpers/miniEngine/mortalProcess";
import type { ResourceName, StartProcess } from "../../helpers/miniEngine/process";
import {
  declare,
  HAND_KINDS,
  HAND_MADE,
  type HandIds,
  type HandKind,
  type OutsideChange,
  PLANTED_VALUES,
  type Program,
  type Step,
  type World,
} from "./programs";

export const STACK = "acme/shop/dev";
/** The account's settings before any program. */
const SETTINGS = { totalTimeout: "90s", maxInputTokens: 500, maxOutputTokens: 600 };
/** Host through which the provider reaches the local gateway. */
const HOST = "127.0.0.1";
/** Objects that no list of the account contains. */
const NOT_LISTED = ["RoutingRule", "GatewaySettings"];

type Objects = ReadonlyMap<string, unknown>;

export class RandomLife {
  private readonly engine: MiniEngine;
  /** Reads the actual objects during faults, which affect only the provider's host. */
  private readonly unhindered: GatewayClient;
  private others: Objects = new Map();
  private hand: HandIds = {};
  /** Objects created outside Pulumi that a resource owned at some time. */
  private readonly managed = new Set<string>();
  private last: Program | undefined;
  /** A failure or a change outside Pulumi that only a refresh can detect. */
  private needsRefresh = false;
  private wasKilled = false;

  constructor(
    private readonly gateway: TestGateway,
    private readonly world: World,
    private readonly notes: NotesFolder,
    startProcess: StartProcess,
  ) {
    this.engine = new MiniEngine(startProcess);
    const { controlUrl, apiKey } = gateway;
    this.unhindered = new GatewayClient({ apiUrl: controlUrl.replace(HOST, "localhost"), apiKey });
  }

  async play(sequence: readonly Step[]): Promise<void> {
    await this.gateway.reset();
    await this.addOthers();
    this.others = await this.objects();
    this.hand = await this.addHandMade();
    const untouched = await this.objects();
    for (const step of sequence) await this.step(step);
    await this.gateway.clearFaults();
    this.engine.kill = undefined;

    const program = this.last === undefined ? [] : await this.declared(this.last);
    if (this.needsRefresh) await this.engine.refresh();
    await this.upDeciding(program);
    this.noteManaged();
    await this.recover();
    expect(await this.engine.preview(program)).toEqual([]);
    expect(await this.engine.refresh()).toEqual([]);
    await this.expectWorld(untouched);
    await this.engine.destroy();
    expect([this.engine.state.size, this.engine.condemned]).toEqual([0, []]);
    await this.expectWorld(untouched);
    if (!this.wasKilled) expect(await this.unhindered.getGatewayConfig()).toMatchObject(this.ownSettings());
    // The mark of a killed adoption stays on an object created outside Pulumi that the program no longer adopts.
    const isOurs = ({ id }: Orphan) => !this.others.has(id) && !Object.values(this.hand).includes(id);
    expect((await this.orphans()).filter(isOurs)).toEqual([]);
  }

  private async step(step: Step): Promise<void> {
    switch (step.do) {
      case "fault":
        return this.gateway.fault({ ...step.fault, match: { ...(step.fault.match as object), host: HOST } });
      case "kill":
        // Without a mark and without a state, objects of a killed run cannot be found.
        if (this.world.ownership === "on") this.engine.kill = step.kill;
        return;
      case "outside":
        this.needsRefresh = true;
        return this.changeOutside(step.change);
      case "recover":
        return this.recover();
      case "refresh":
        return this.run(() => this.engine.refresh(), []);
      case "up": {
        this.last = step.program;
        const declared = await this.declared(step.program, step.claimsTwice);
        const { replace = [], ...options } = step.options;
        // Without a mark, an old object looks like a new one whose response was lost.
        const safe = this.world.ownership === "on" ? { ...options, replace } : options;
        return this.run(() => this.engine.up(declared, safe), declared);
      }
    }
  }

  /** Runs an operation during faults, where any request may fail, and checks the conditions that still hold afterwards. */
  private async run(operation: () => Promise<unknown>, declared: readonly Declared[]): Promise<void> {
    const kept = await this.keptByHand(declared);
    const message = await operation().then(
      () => "",
      (error: Error) => `${error.message} ${error.stack}`,
    );
    for (const value of PLANTED_VALUES) expect(message).not.toContain(value);
    this.needsRefresh ||= message !== "";
    this.noteManaged();
    await this.decide(message);
    // No object disappears that the program still declares.
    const now = await this.objects();
    for (const id of kept) expect([...now.keys()]).toContain(id);
    if (!this.engine.wasKilled) return;
    this.wasKilled = true;
    await this.gateway.clearFaults();
    await this.expectRecoverable();
  }

  /** Objects created outside Pulumi that the state has and the program still adopts, under any name. */
  private async keptByHand(declared: readonly Declared[]): Promise<string[]> {
    const there = await this.objects();
    const had = new Set([...this.engine.state.values()].map(({ id }) => id));
    return HAND_KINDS.filter((kind) => declared.some((resource) => resource.kind === kind && isAdopter(resource)))
      .map((kind) => this.hand[kind])
      .filter((id): id is string => id !== undefined && had.has(id) && there.has(id));
  }

  private noteManaged(): void {
    const ids = new Set(Object.values(this.hand));
    for (const { id } of [...this.engine.state.values(), ...this.engine.condemned])
      if (ids.has(id)) this.managed.add(id);
  }

  /** The last `up`, by a user who follows its messages. */
  private async upDeciding(program: readonly Declared[]): Promise<void> {
    for (let decisions = 0; ; decisions++) {
      try {
        await this.engine.up(program);
        return;
      } catch (error) {
        const { message } = error as Error;
        const hasDecided = await this.decide(message);
        // Objects of a killed run may still refer to an object that is to be deleted.
        const isHeld = message.includes("Remove the objects that refer to it first");
        if ((!hasDecided && !isHeld) || decisions > program.length) throw error;
        if (isHeld) await this.recover();
      }
    }
  }

  /** Deletes the unused objects that a message names, as the message asks. */
  private async decide(message: string): Promise<boolean> {
    const [, named] =
      /(?:may have created|could be the one that was made:) ([\w, ]+?)(?:, which has|\.)/.exec(message) ?? [];
    const ours = [...this.engine.state.values()].map(({ id }) => id);
    const needed = new Set([...this.others.keys(), ...Object.values(this.hand), ...ours]);
    for (const id of named?.split(", ") ?? []) if (!needed.has(id)) await this.removeByHand(id);
    return named !== undefined;
  }

  private async removeByHand(id: string): Promise<void> {
    const client = this.unhindered;
    const deletions: Readonly<Record<string, (id: string) => Promise<void>>> = {
      aigp: (each) => client.deleteProvider(each),
      aigpk: (each) => client.deleteProviderKey(each),
      aigac: (each) => client.deleteAccessKeyConfiguration(each),
      aigk: (each) => client.deleteAccessKey(each),
      ak: (each) => client.deleteApiKey(each),
    };
    await deletions[id.split("_")[0] ?? ""]?.(id);
  }

  /**
   * Expects that, after a kill, `recover` lists exactly the objects of this stack that the gateway has and the state does not.
   */
  private async expectRecoverable(): Promise<void> {
    const ours = new Set([...this.engine.state.values(), ...this.engine.condemned].map(({ id }) => id));
    const lost = [...(await this.objects()).keys()].filter(
      (id) => !this.others.has(id) && !ours.has(id) && !Object.values(this.hand).includes(id),
    );
    const listed = await this.orphans();
    const isSingle = ({ kind, id }: Orphan) =>
      !NOT_LISTED.includes(kind) && !this.others.has(id) && !Object.values(this.hand).includes(id);
    expect(
      listed
        .filter(isSingle)
        .map(({ id }) => id)
        .toSorted(),
    ).toEqual(lost.toSorted());
    for (const { verdict, reason } of listed.filter(isSingle)) {
      const isAdoption = reason.includes("which was to adopt it");
      expect(verdict === "unclear" && !isAdoption).toBe(false);
    }
  }

  private async recover(): Promise<void> {
    if (this.world.ownership === "off") return;
    await removeOrphans(this.unhindered, await this.orphans());
    this.engine.pendingCreates.length = 0;
  }

  private async orphans(): Promise<Orphan[]> {
    const { state, condemned, pendingCreates } = this.engine;
    const resources = [...state.values(), ...condemned].map(({ kind, name, id, inputs }) => ({
      kind,
      name,
      id,
      inputs,
    }));
    const stackState = { stack: STACK, writtenAt: new Date(), resources, pendingCreates };
    return findOrphans(stackState, await this.inventory(), { notes: this.noted() });
  }

  private noted() {
    return new CreationNotes(this.notes.folder, this.notes.processOf(0)).leftBehind();
  }

  /** Expects that the gateway has this stack's objects and others' unchanged objects. */
  private async expectWorld(untouched: Objects): Promise<void> {
    const now = await this.objects();
    const ours = [...this.engine.state.values()].filter(({ kind }) => !NOT_LISTED.includes(kind)).map(({ id }) => id);
    const theirs = Object.values(this.hand).filter((id) => !this.managed.has(id));
    expect([...now.keys()].toSorted()).toEqual([...new Set([...this.others.keys(), ...ours, ...theirs])].toSorted());
    for (const [id, object] of this.others) expect(now.get(id)).toEqual(object);
    // A killed adoption leaves at most its mark.
    if (!this.wasKilled) for (const id of theirs) expect(now.get(id)).toEqual(untouched.get(id));
  }

  private async declared(program: Program, claimsTwice = false): Promise<Declared[]> {
    const there = await this.objects();
    const hand = Object.fromEntries(Object.entries(this.hand).filter(([, id]) => there.has(id))) as HandIds;
    return declare(program, this.world, hand, claimsTwice);
  }

  private inventory(): Promise<Inventory> {
    return readInventory(this.unhindered);
  }

  private async objects(): Promise<Objects> {
    const { settings: _, ...kinds } = await this.inventory();
    return new Map(Object.values(kinds).flatMap((objects) => objects.map((object) => [object.id, object] as const)));
  }

  /** Creates other owners' objects, which must be unchanged at the end. */
  private async addOthers(): Promise<void> {
    const client = this.unhindered;
    await client.createProvider({ providerId: "foreign", name: "foreign", baseUrl: "https://foreign.example.com" });
    const value = "a foreign value, 0123456789";
    const key = await client.createProviderKey({ providerId: "foreign", name: "k1", value });
    const rules = [{ provider: "foreign", steps: [{ type: "user" as const, keys: [{ id: key.id }] }] }];
    const configuration = await client.createAccessKeyConfiguration({ name: "team", router: { rules } });
    await client.createAccessKey({ name: "a", accessKeyConfigurationId: configuration.id });
    await client.updateGatewayConfig(SETTINGS);
    // Of a stack with the same name elsewhere, and of another stack.
    for (const stack of [STACK, "acme/shop/prod"]) {
      const mark = { managedBy: "pulumi", stack, resource: "not in this program", create: "0000000000000000" };
      await client.createApiKey({ name: "x", metadata: JSON.stringify(mark) });
    }
  }

  /** Creates objects that programs adopt. */
  private async addHandMade(): Promise<HandIds> {
    const client = this.unhindered;
    const { CustomProvider: providerId, ProviderKey, AccessConfiguration, AccessKey } = HAND_MADE;
    const baseUrl = "https://taken.example.com";
    const value = "a value made by hand, 0123456789";
    return {
      CustomProvider: (await client.createProvider({ providerId, name: "by hand", baseUrl })).id,
      ProviderKey: (await client.createProviderKey({ providerId: "openai", name: ProviderKey, value })).id,
      AccessConfiguration: (await client.createAccessKeyConfiguration({ name: AccessConfiguration })).id,
      AccessKey: (await client.createAccessKey({ name: AccessKey })).id,
    } satisfies Record<HandKind, string>;
  }

  /** A change by another person to one of this stack's objects, or to an object that the stack must not change. */
  private async changeOutside(change: OutsideChange): Promise<void> {
    const client = this.unhindered;
    const entries = [...this.engine.state.values()];
    const of = (kind: string) => entries.find((entry) => entry.kind === kind && !isAdopter(entry))?.id;
    const managed = entries.find(({ name }) => name === "settings")?.inputs ?? {};
    const withId = (kind: string, act: (id: string) => Promise<unknown>) => {
      const id = of(kind);
      return id === undefined || id.includes(":") ? Promise.resolve() : act(id);
    };
    const attempts: Readonly<Record<OutsideChange, () => Promise<unknown>>> = {
      rename: () =>
        withId("CustomProvider", (id) =>
          client.updateProvider(id, { name: "by hand", models: [{ modelId: "by-hand" }] }),
        ),
      delete: () => withId("AccessKey", (id) => client.deleteAccessKey(id)),
      rotate: () =>
        withId("ProviderKey", (id) =>
          client.rotateProviderKey(id, { value: "rotated by hand, 0123456789", name: "k1" }),
        ),
      "empty rules": () =>
        withId("AccessConfiguration", (id) => client.updateAccessKeyConfiguration(id, { router: { rules: [] } })),
      "limit output": () => client.updateGatewayConfig({ maxOutputTokens: 77 }),
      "limit ours": async () => "totalTimeout" in managed && client.updateGatewayConfig({ totalTimeout: "5s" }),
    };
    try {
      await attempts[change]();
    } catch (error) {
      if (!GatewayError.isInstance(error)) throw error; // the gateway refuses the other person's change
    }
  }

  private ownSettings() {
    const { totalTimeout, maxInputTokens } = SETTINGS;
    return { totalTimeout, maxInputTokens };
  }
}

function isAdopter({ kind, name }: ResourceName): boolean {
  return name === `adopts-${kind}` || name === `renamed-${kind}`;
}
