/**
 * The least that an engine does with the life of resources: creates and updates in the order of dependencies, side by side where
 * nothing depends, replaces, deletes in the reverse order at the end, keeps a state, and can be killed at any call. Stands in for
 * Pulumi's engine, whose own start takes a second; the programs of test/programs run on a real one.
 */

import { checkInputs } from "../../../provider/lifecycle/check";
import type { AnyDefinition, CallContext } from "../../../provider/lifecycle/definition";
import { forgetReads } from "../../../provider/lifecycle/gatheredReads";
import { KnownObjects } from "../../../provider/lifecycle/knownObjects";
import * as lifecycle from "../../../provider/lifecycle/lifecycle";
import { isSame, type PlainObject } from "../../../provider/lifecycle/values";
import { definition as accessConfiguration } from "../../../provider/resources/accessConfiguration";
import { definition as accessKey } from "../../../provider/resources/accessKey";
import { definition as apiKey } from "../../../provider/resources/apiKey";
import { definition as customProvider } from "../../../provider/resources/customProvider";
import { definition as gatewaySettings } from "../../../provider/resources/gatewaySettings";
import { definition as providerKey } from "../../../provider/resources/providerKey";
import { definition as routingRule } from "../../../provider/resources/routingRule";
import type { GatewayClient } from "../../../sdk";
import { systemClock } from "../../../sdk/clock";

const definitions = {
  customProvider,
  providerKey,
  accessConfiguration,
  routingRule,
  accessKey,
  apiKey,
  gatewaySettings,
};
export type Kind = keyof typeof definitions;

/** A resource of a program; `inputs` is asked for when those before it are there. */
export interface Declared {
  readonly kind: Kind;
  readonly name: string;
  readonly inputs: (idOf: (name: string) => string) => PlainObject;
}

export interface Entry {
  readonly kind: Kind;
  readonly name: string;
  readonly id: string;
  readonly inputs: PlainObject;
  readonly resource: lifecycle.Resource;
  /** The last change of it was done in part: it is updated whatever its inputs are. */
  readonly isUnfinished?: true;
}

/** What refers to others comes after them. */
const LEVELS: readonly (readonly Kind[])[] = [
  ["customProvider", "apiKey", "gatewaySettings"],
  ["providerKey"],
  ["accessConfiguration"],
  ["routingRule", "accessKey"],
];

/** The process was killed: nothing that its calls did is known. */
export class Killed extends Error {}

export class MiniEngine {
  readonly state = new Map<string, Entry>();
  /** Old ones that were replaced, and wait to be deleted. */
  readonly condemned: Entry[] = [];
  /** Creations that nobody ended, as a state records them. */
  readonly pendingCreates: { kind: string; name: string; id: undefined; inputs: PlainObject }[] = [];
  /** Calls until the process is killed: before that call's change, or after it. */
  kill: { calls: number; when: "before" | "after" } | undefined;
  private isDead = false;
  private readonly known = new Map<Kind, KnownObjects>();

  constructor(
    private readonly client: GatewayClient,
    private readonly stack: string,
  ) {}

  async up(program: readonly Declared[]): Promise<void> {
    this.startProcess();
    for (const kinds of LEVELS) {
      await sideBySide(
        program.filter(({ kind }) => kinds.includes(kind)),
        (declared) => this.bring(declared),
      );
    }
    const kept = new Set(program.map(({ name }) => name));
    const unwanted = [...this.state.values()].filter(({ name }) => !kept.has(name));
    // One pass for both, as engines do it: a replaced key may be held by a rule that is no longer wanted.
    const leaving = [...this.condemned, ...unwanted];
    for (const kinds of LEVELS.toReversed()) {
      await sideBySide(
        leaving.filter(({ kind }) => kinds.includes(kind)),
        (entry) => this.remove(entry),
      );
    }
  }

  /** Names of the resources that an `up` would change. */
  preview(program: readonly Declared[]): string[] {
    const kept = new Set(program.map(({ name }) => name));
    const changed = program.filter((declared) => this.planOf(declared, this.inputsOf(declared)) !== "same");
    return [...changed.map(({ name }) => name), ...[...this.state.keys()].filter((name) => !kept.has(name))];
  }

  /** Names of the resources in which something was seen. */
  async refresh(): Promise<string[]> {
    this.startProcess();
    const seen: string[] = [];
    await sideBySide([...this.state.values()], async (entry) => {
      const { definition, context, options } = this.of(entry.kind, entry.name, "read");
      const found = await lifecycle.read(definition, entry.id, entry.resource, context, options);
      if (found === undefined) {
        this.state.delete(entry.name);
        seen.push(entry.name);
        return;
      }
      const { adopt: _, ...inputs } = entry.inputs;
      const { adopt: __, ...foundInputs } = found.inputs;
      if (!isSame(foundInputs, inputs)) seen.push(entry.name);
      this.state.set(entry.name, { ...entry, inputs: found.inputs, resource: found });
    });
    return seen;
  }

  /** Each run has a provider process of its own, which remembers nothing of an earlier one. */
  private startProcess(): void {
    forgetReads();
    this.known.clear();
    this.isDead = false;
  }

  private async bring(declared: Declared): Promise<void> {
    const inputs = this.inputsOf(declared);
    const plan = this.planOf(declared, inputs);
    const old = this.state.get(declared.name);
    if (plan === "same") return;
    if (plan === "update" && old !== undefined) await this.update(declared, old, inputs);
    else await this.create(declared, old, inputs);
  }

  private inputsOf({ kind, inputs }: Declared): PlainObject {
    const idOf = (name: string) => this.state.get(name)?.id ?? `unknown-${name}`;
    const checked = checkInputs(definitions[kind], inputs(idOf));
    if (checked.failures.length > 0) throw new Error(`bad inputs: ${JSON.stringify(checked.failures)}`);
    return checked.inputs;
  }

  private planOf({ kind, name }: Declared, inputs: PlainObject): "create" | "replace" | "update" | "same" {
    const old = this.state.get(name);
    if (old === undefined) return "create";
    const { definition, options } = this.of(kind, name, "diff");
    const { changes, replaces } = lifecycle.diff(definition, old.id, old.resource, inputs, options);
    if (replaces.length > 0) return "replace";
    // Where the provider leaves it open, the engine compares inputs.
    return old.isUnfinished || (changes ?? !isSame(old.inputs, inputs)) ? "update" : "same";
  }

  private async create({ kind, name }: Declared, old: Entry | undefined, inputs: PlainObject): Promise<void> {
    const { definition, context, options } = this.of(kind, name, "create");
    const pending = { kind: definition.kind, name, id: undefined, inputs };
    const record = (id: string, resource: lifecycle.Resource, unfinished: Pick<Entry, "isUnfinished"> = {}) => {
      this.state.set(name, { kind, name, id, inputs, resource, ...unfinished });
      if (old !== undefined) this.condemned.push(old);
    };
    const end = () => this.pendingCreates.splice(this.pendingCreates.indexOf(pending), 1);
    if (this.isDead) throw new Killed();
    this.pendingCreates.push(pending);
    try {
      const made = await this.mayBeKilled(() => lifecycle.create(definition, inputs, context, options));
      record(made.id, { state: made.state, memory: made.memory });
      end();
    } catch (error) {
      if (error instanceof Killed) throw error;
      end();
      if (error instanceof lifecycle.PartialFailure) record(error.resourceId, error.resource, { isUnfinished: true });
      throw error;
    }
  }

  private async update({ kind, name }: Declared, old: Entry, inputs: PlainObject): Promise<void> {
    const { definition, context, options } = this.of(kind, name, "update");
    const { isUnfinished: _, ...rest } = old;
    try {
      const resource = await this.mayBeKilled(() =>
        lifecycle.update(definition, old.id, old.resource, inputs, context, options),
      );
      this.state.set(name, { ...rest, inputs, resource });
    } catch (error) {
      if (error instanceof lifecycle.PartialFailure)
        this.state.set(name, { ...old, resource: error.resource, isUnfinished: true });
      throw error;
    }
  }

  private async remove(entry: Entry): Promise<void> {
    const { kind, name, id, resource } = entry;
    const { definition, context, options } = this.of(kind, name, "delete");
    await this.mayBeKilled(() => lifecycle.remove(definition, id, resource, context, options));
    const at = this.condemned.indexOf(entry);
    if (at >= 0) this.condemned.splice(at, 1);
    else this.state.delete(name);
  }

  private async mayBeKilled<T>(call: () => Promise<T>): Promise<T> {
    if (this.isDead) throw new Killed();
    if (this.kill !== undefined && this.kill.calls-- === 0) {
      const { when } = this.kill;
      this.kill = undefined;
      this.isDead = true;
      if (when === "after") await call().catch(() => undefined); // whatever it did, nobody hears of it
      throw new Killed();
    }
    const ended = await Promise.allSettled([call()]);
    // Calls that were under way when another one's process was killed, which is theirs too.
    if (this.isDead) throw new Killed();
    const [outcome] = ended;
    if (outcome.status === "rejected") throw outcome.reason;
    return outcome.value;
  }

  private of(kind: Kind, name: string, operation: string) {
    const definition: AnyDefinition = definitions[kind];
    const context: CallContext = {
      client: this.client,
      gatewayUrl: "http://127.0.0.1:9",
      clock: systemClock,
      accountId: () => Promise.resolve("acc_one"),
      call: { signal: new AbortController().signal, subject: { kind: definition.kind, name, operation } },
    };
    const known = this.known.get(kind) ?? new KnownObjects();
    this.known.set(kind, known);
    const owner = { stack: this.stack, resource: name };
    const options: lifecycle.LifecycleOptions = { ownership: "on", owner, known };
    return { definition, context, options };
  }
}

/** Ends all before it fails, as an engine does with what is under way. */
async function sideBySide<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  const outcomes = await Promise.allSettled(items.map(act));
  const reasons = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason as unknown] : []));
  const killed = reasons.find((reason) => reason instanceof Killed);
  if (killed !== undefined || reasons.length > 0) throw killed ?? reasons[0];
}
