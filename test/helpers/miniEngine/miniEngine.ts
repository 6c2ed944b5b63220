/**
 * A minimal engine for whole lives of resources. It checks and diffs one after the other, creates and updates independent resources in
 * parallel, replaces in either order, deletes in reverse order at the end, and keeps a state. It may survive its provider process.
 * It replaces Pulumi's engine, which takes a second to start; the programs of test/programs run on a real one. A
 * delete-before-replace does not affect dependents.
 */
import { isSame, type PlainObject } from "../../../provider/lifecycle/values";
import {
  Killed,
  type KillTime,
  PartlyDone,
  type ProviderUnderTest,
  type ResourceName,
  type StartProcess,
  type Stored,
} from "./process";

/** A resource of a program; `inputs` is called when the resources before it exist. */
export interface Declared extends ResourceName {
  readonly inputs: (idOf: (name: string) => string) => PlainObject;
  readonly deleteBeforeReplace?: boolean;
  readonly retainOnDelete?: boolean;
  /** A change of it replaces the resource without a diff. */
  readonly trigger?: string;
  /** Former names and parents. */
  readonly aliases?: readonly { readonly name?: string; readonly parent?: string | undefined }[];
  /** Explicit provider, which has a separate process. */
  readonly provider?: string;
}

export interface Entry extends ResourceName, Stored {
  readonly trigger?: string | undefined;
  readonly provider?: string | undefined;
  readonly retainOnDelete?: boolean | undefined;
  /** Its last change was made in part: it is updated even if its inputs are unchanged. */
  readonly isUnfinished?: boolean;
}

/** Kinds in order of their references: a resource follows those that it refers to. */
const LEVELS: readonly (readonly string[])[] = [
  ["CustomProvider", "ApiKey", "GatewaySettings"],
  ["ProviderKey"],
  ["AccessConfiguration"],
  ["RoutingRule", "AccessKey"],
];

export interface UpOptions {
  /** Names of resources that are replaced even if their provider reports no replacement. */
  readonly replace?: readonly string[];
  readonly refresh?: boolean;
  /** Each step ends before the next resource is processed. */
  readonly oneByOne?: boolean;
}

interface Step {
  readonly do: "create" | "replace" | "update" | "same";
  readonly inputs: PlainObject;
  readonly deletesFirst?: boolean;
}

export class MiniEngine {
  readonly state = new Map<string, Entry>();
  /** Replaced objects that wait for their deletion. */
  readonly condemned: Entry[] = [];
  /** Deleted resources whose replacement does not exist yet. */
  private readonly awaitingReplacement = new Set<string>();
  /** Creations that have not ended, as a state records them. */
  readonly pendingCreates: { kind: string; name: string; id: undefined; inputs: PlainObject }[] = [];
  /** Number of requests until the process is killed, with or without the engine. */
  kill: { requests: number; when: KillTime; what: "run" | "provider" } | undefined;
  /** Whether the last kill happened. */
  wasKilled = false;
  private readonly processes = new Map<string, ProviderUnderTest>();
  private killsRun = false;

  constructor(private readonly startProcess: StartProcess) {}

  /** Lines that the provider reported in the last run. */
  get lines(): string[] {
    return [...this.processes.values()].flatMap(({ lines }) => lines);
  }

  async up(
    program: readonly Declared[],
    { replace = [], refresh = false, oneByOne = false }: UpOptions = {},
  ): Promise<void> {
    this.startRun();
    await this.ending(async () => {
      if (refresh) await this.readAll();
      for (const kinds of LEVELS) {
        const steps: Promise<void>[] = [];
        const failures: unknown[] = [];
        for (const declared of program.filter(({ kind }) => kinds.includes(kind))) {
          if (failures.length > 0) break;
          try {
            const step = this.take(declared, await this.plan(declared, replace));
            steps.push(step);
            step.catch((error: unknown) => failures.push(error)); // no step is started after a failure
            if (oneByOne) await step;
          } catch (error) {
            failures.push(error);
          }
        }
        await allEnded(steps, failures);
      }
      const kept = new Set(program.map(keyOf));
      const unwanted = [...this.state.entries()].filter(([key]) => !kept.has(key)).map(([, entry]) => entry);
      await this.removeAll([...this.condemned, ...unwanted]);
    });
  }

  /** Deletes all resources, without a program. */
  async destroy(): Promise<void> {
    this.startRun();
    await this.ending(() => this.removeAll([...this.condemned, ...this.state.values()]));
  }

  /** Names of the resources that an `up` would change. */
  async preview(program: readonly Declared[]): Promise<string[]> {
    this.startRun();
    const kept = new Set(program.map(keyOf));
    const changed: string[] = [];
    for (const declared of LEVELS.flatMap((kinds) => program.filter(({ kind }) => kinds.includes(kind)))) {
      if ((await this.plan(declared, [])).do !== "same") changed.push(declared.name);
    }
    return [...changed, ...[...this.state.entries()].filter(([key]) => !kept.has(key)).map(([, { name }]) => name)];
  }

  /** Names of the resources with a detected difference. */
  async refresh(): Promise<string[]> {
    this.startRun();
    return this.ending(() => this.readAll());
  }

  private async readAll(): Promise<string[]> {
    const seen: string[] = [];
    const readOne = async (entry: Entry, put: (found: Entry | undefined) => void) => {
      const found = await this.process(entry).read(entry, entry);
      if (found === undefined) {
        seen.push(entry.name);
        put(undefined);
        return;
      }
      put({ ...entry, id: found.id, outs: found.outs, inputs: found.inputs, isUnfinished: false });
      // The difference is shown in reverse: the found object as the old side.
      const { changes } = await this.process(entry).diff(entry, found, entry.inputs);
      const isDrift = changes ?? !isSame(shown(found.inputs), shown(entry.inputs));
      if (found.id !== entry.id || isDrift) seen.push(entry.name);
    };
    const current = [...this.state.entries()].map(([key, entry]) =>
      readOne(entry, (found) => (found === undefined ? this.state.delete(key) : this.state.set(key, found))),
    );
    const condemned = this.condemned.map((entry) =>
      readOne(entry, (found) => {
        const at = this.condemned.indexOf(entry);
        this.condemned.splice(at, 1, ...(found === undefined ? [] : [found]));
      }),
    );
    await allEnded([...current, ...condemned], []);
    return seen;
  }

  /** Starts new provider processes for a run, which have no memory of an earlier one. */
  private startRun(): void {
    for (const process of this.processes.values()) process.close();
    this.processes.clear();
    this.wasKilled = false;
    this.killsRun = false;
  }

  private process({ provider = "default" }: { readonly provider?: string | undefined }): ProviderUnderTest {
    const started = this.processes.get(provider);
    if (started !== undefined) return started;
    const process = this.startProcess();
    this.processes.set(provider, process);
    if (this.kill !== undefined) {
      process.killAt(this.kill.requests, this.kill.when);
      this.killsRun = this.kill.what === "run";
    }
    return process;
  }

  /** Records whether a process was killed. */
  private async ending<T>(run: () => Promise<T>): Promise<T> {
    try {
      return await run();
    } finally {
      if ([...this.processes.values()].some(({ isDead }) => isDead)) {
        this.kill = undefined;
        this.wasKilled = true;
      }
    }
  }

  private async plan(declared: Declared, replace: readonly string[]): Promise<Step> {
    const process = this.process(declared);
    const key = keyOf(declared);
    this.followAliases(declared);
    const old = this.state.get(key);
    const raw = declared.inputs((name) => this.idOf(name));
    const isRequested = replace.includes(declared.name);
    const checked = async (olds: PlainObject | undefined) => {
      const { inputs, failures } = await process.check(declared, olds, raw);
      const [failure] = failures;
      if (failure !== undefined) throw new Error(`${declared.name}: ${failure.property} ${failure.reason}`);
      return inputs;
    };
    const inputs = await checked(isRequested ? undefined : old?.inputs);
    if (old === undefined) return { do: "create", inputs };
    const deletesFirst = declared.deleteBeforeReplace ?? false;
    if (isRequested) return { do: "replace", inputs, deletesFirst };
    if (declared.trigger !== old.trigger) return { do: "replace", inputs: await checked(undefined), deletesFirst };
    const diff = await process.diff(declared, old, inputs);
    if ((diff.replaces?.length ?? 0) > 0 || this.awaitingReplacement.has(key)) {
      const first = declared.deleteBeforeReplace ?? diff.deleteBeforeReplace ?? false;
      return { do: "replace", inputs: await checked(undefined), deletesFirst: first };
    }
    // If the provider leaves it undecided, the engine compares inputs.
    const isChanged = old.isUnfinished || (diff.changes ?? !isSame(old.inputs, inputs));
    return { do: isChanged ? "update" : "same", inputs };
  }

  private followAliases(declared: Declared): void {
    const { kind, name, parent, aliases = [] } = declared;
    if (this.state.has(keyOf(declared))) return;
    for (const alias of aliases) {
      const former = keyOf({ kind, name, parent, ...alias });
      const entry = this.state.get(former);
      if (entry === undefined) continue;
      this.state.delete(former);
      this.state.set(keyOf(declared), { ...entry, name, parent });
      return;
    }
  }

  private idOf(name: string): string {
    return [...this.state.values()].find((entry) => entry.name === name)?.id ?? `unknown-${name}`;
  }

  private async take(declared: Declared, step: Step): Promise<void> {
    const key = keyOf(declared);
    const old = this.state.get(key);
    if (step.do === "create" || old === undefined) return this.create(declared, undefined, step.inputs);
    if (step.do === "update") return this.update(declared, old, step.inputs);
    if (step.do === "same") {
      this.state.set(key, { ...old, ...optionsOf(declared), inputs: step.inputs });
      return;
    }
    if (!step.deletesFirst) return this.create(declared, old, step.inputs);
    if (!this.awaitingReplacement.has(key)) await this.deleteOne(old);
    this.awaitingReplacement.add(key);
    return this.create(declared, undefined, step.inputs);
  }

  private async create(declared: Declared, old: Entry | undefined, inputs: PlainObject): Promise<void> {
    const { kind, name, parent } = declared;
    const key = keyOf(declared);
    const pending = { kind, name, id: undefined, inputs };
    const record = (made: { id: string; outs: PlainObject }, isUnfinished: boolean) => {
      this.state.set(key, { kind, name, parent, ...optionsOf(declared), ...made, inputs, isUnfinished });
      this.awaitingReplacement.delete(key);
      if (old !== undefined && !this.condemned.includes(old)) this.condemned.push(old);
    };
    this.pendingCreates.push(pending);
    const end = () => this.pendingCreates.splice(this.pendingCreates.indexOf(pending), 1);
    try {
      record(await this.process(declared).create(declared, inputs), false);
      end();
    } catch (error) {
      // An engine that survives knows that the creation failed.
      if (!(error instanceof Killed && this.killsRun)) end();
      if (error instanceof PartlyDone) record(error, true);
      throw error;
    }
  }

  private async update(declared: Declared, old: Entry, inputs: PlainObject): Promise<void> {
    const key = keyOf(declared);
    try {
      const outs = await this.process(declared).update(declared, old, inputs);
      this.state.set(key, { ...old, ...optionsOf(declared), inputs, outs, isUnfinished: false });
    } catch (error) {
      if (error instanceof PartlyDone) this.state.set(key, { ...old, inputs, outs: error.outs, isUnfinished: true });
      throw error;
    }
  }

  private async removeAll(leaving: readonly Entry[]): Promise<void> {
    for (const kinds of LEVELS.toReversed()) {
      const entries = leaving.filter(({ kind }) => kinds.includes(kind));
      await allEnded(
        entries.map((entry) => this.remove(entry)),
        [],
      );
    }
  }

  private async remove(entry: Entry): Promise<void> {
    const key = keyOf(entry);
    const isCurrent = this.state.get(key) === entry;
    if (!(isCurrent && this.awaitingReplacement.has(key))) await this.deleteOne(entry);
    const at = this.condemned.indexOf(entry);
    if (at >= 0) this.condemned.splice(at, 1);
    if (!isCurrent) return;
    this.state.delete(key);
    this.awaitingReplacement.delete(key);
  }

  private async deleteOne(entry: Entry): Promise<void> {
    if (entry.retainOnDelete !== true) await this.process(entry).delete(entry, entry);
  }
}

export function keyOf({ kind, name, parent = "" }: ResourceName): string {
  return `${parent}$${kind}::${name}`;
}

function optionsOf({ trigger, provider, retainOnDelete }: Declared) {
  return { trigger, provider, retainOnDelete };
}

/** The inputs without `adopt`, which is not part of the object. */
function shown({ adopt: _, ...inputs }: PlainObject): PlainObject {
  return Object.fromEntries(Object.entries(inputs).filter(([name]) => !name.startsWith("__")));
}

/** Waits for all running steps before it fails, like an engine. */
async function allEnded(steps: readonly Promise<void>[], failures: readonly unknown[]): Promise<void> {
  const outcomes = await Promise.allSettled(steps);
  const reasons = [
    ...outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason as unknown] : [])),
    ...failures,
  ];
  const killed = reasons.find((reason) => reason instanceof Killed);
  if (killed !== undefined || reasons.length > 0) throw killed ?? reasons[0];
}
