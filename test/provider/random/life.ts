/** One random life of a stack: its steps, what must hold after each of them, and how it must end. */
import { type Inventory, readInventory } from "../../../cli/account/inventory";
import { findOrphans, type Orphan, removeOrphans } from "../../../cli/recover/orphans";
import { CreationNotes } from "../../../provider/lifecycle/creationNotes";
import { GatewayClient, GatewayError } from "../../../sdk";
import type { TestGateway } from "../../helpers/gateway";
import type { NotesFolder } from "../../helpers/miniEngine/dynamicProcess";
import { type Declared, MiniEngine } from "../../helpers/miniEngine/miniEngine";
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
/** By which the provider reaches the local gateway. */
const HOST = "127.0.0.1";
/** Objects that are in no list of the account. */
const NOT_LISTED = ["RoutingRule", "GatewaySettings"];

type Objects = ReadonlyMap<string, unknown>;

export class RandomLife {
  private readonly engine: MiniEngine;
  /** Sees what is there, whatever goes wrong with the provider's requests: faults are for their host alone. */
  private readonly unhindered: GatewayClient;
  private others: Objects = new Map();
  private hand: HandIds = {};
  /** Objects made by hand that a resource had at some time. */
  private readonly managed = new Set<string>();
  private last: Program | undefined;
  /** Something failed, or others did something, that only a refresh can see. */
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
    // The mark of a killed adoption stays on an object made by hand, which the program does not adopt any more.
    const isOurs = ({ id }: Orphan) => !this.others.has(id) && !Object.values(this.hand).includes(id);
    expect((await this.orphans()).filter(isOurs)).toEqual([]);
  }

  private async step(step: Step): Promise<void> {
    switch (step.do) {
      case "fault":
        return this.gateway.fault({ ...step.fault, match: { ...(step.fault.match as object), host: HOST } });
      case "kill":
        // Without a mark and without a state, what a killed run made is known to nobody.
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
        // Without a mark, an old object looks like a new one whose answer was lost.
        const safe = this.world.ownership === "on" ? { ...options, replace } : options;
        return this.run(() => this.engine.up(declared, safe), declared);
      }
    }
  }

  /** Runs an operation in the midst of faults, where anything may fail. What still holds after it is checked. */
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
    // Nothing disappears that the program still declares.
    const now = await this.objects();
    for (const id of kept) expect([...now.keys()]).toContain(id);
    if (!this.engine.wasKilled) return;
    this.wasKilled = true;
    await this.gateway.clearFaults();
    await this.expectRecoverable();
  }

  /** Objects made by hand that the state has and the program goes on adopting, under whatever name. */
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

  /** The last `up`, by somebody who reads what it says. */
  private async upDeciding(program: readonly Declared[]): Promise<void> {
    for (let decisions = 0; ; decisions++) {
      try {
        await this.engine.up(program);
        return;
      } catch (error) {
        const { message } = error as Error;
        const hasDecided = await this.decide(message);
        // What a killed run left may still refer to what is to be deleted.
        const isHeld = message.includes("Remove the objects that refer to it first");
        if ((!hasDecided && !isHeld) || decisions > program.length) throw error;
        if (isHeld) await this.recover();
      }
    }
  }

  /** Removes what nobody needs of the objects that a message names, as it asks to. */
  private async decide(message: string): Promise<boolean> {
    const [, named] =
      /(?:may have made|could be the one that was made:) ([\w, ]+?)(?:, which fits|\.)/.exec(message) ?? [];
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

  /** After a kill, `recover` lists exactly what the gateway has of this stack and the state has not. */
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
    return new CreationNotes(this.notes.folder, { pid: 0, isAlive: (pid) => this.notes.living.has(pid) }).leftBehind();
  }

  /** The gateway has ours and those of others, these untouched. */
  private async expectWorld(untouched: Objects): Promise<void> {
    const now = await this.objects();
    const ours = [...this.engine.state.values()].filter(({ kind }) => !NOT_LISTED.includes(kind)).map(({ id }) => id);
    const theirs = Object.values(this.hand).filter((id) => !this.managed.has(id));
    expect([...now.keys()].toSorted()).toEqual([...new Set([...this.others.keys(), ...ours, ...theirs])].toSorted());
    for (const [id, object] of this.others) expect(now.get(id)).toEqual(object);
    // A killed adoption leaves its mark at most.
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

  /** Objects of somebody else, which must be as they are at the end. */
  private async addOthers(): Promise<void> {
    const client = this.unhindered;
    await client.createProvider({ providerId: "foreign", name: "foreign", baseUrl: "https://foreign.example.com" });
    const value = "a foreign value, 0123456789";
    const key = await client.createProviderKey({ providerId: "foreign", name: "k1", value });
    const rules = [{ provider: "foreign", steps: [{ type: "user" as const, keys: [{ id: key.id }] }] }];
    const configuration = await client.createAccessKeyConfiguration({ name: "team", router: { rules } });
    await client.createAccessKey({ name: "a", accessKeyConfigurationId: configuration.id });
    await client.updateGatewayConfig(SETTINGS);
    // Of a stack of the same name elsewhere, and of another one.
    for (const stack of [STACK, "acme/shop/prod"]) {
      const mark = { managedBy: "pulumi", stack, resource: "not in this program", create: "0000000000000000" };
      await client.createApiKey({ name: "x", metadata: JSON.stringify(mark) });
    }
  }

  /** Objects that programs adopt. */
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

  /** What another person does to one of our objects, or to what we leave alone. */
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
      if (!GatewayError.isInstance(error)) throw error; // the gateway refuses it to the other person
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
