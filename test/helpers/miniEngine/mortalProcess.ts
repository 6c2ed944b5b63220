/**
 * A provider process that a test can kill, over either adapter: its client and its notes work until it is killed at one of its
 * requests, and do nothing afterwards.
 */
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { AdoptionNotes } from "../../../provider/lifecycle/adoptionNotes";
import type { Notes } from "../../../provider/lifecycle/creation";
import { CreationNotes } from "../../../provider/lifecycle/creationNotes";
import { forgetReads } from "../../../provider/lifecycle/gatheredReads";
import type { NotingProcess } from "../../../provider/lifecycle/notingProcess";
import type { GatewayClient } from "../../../sdk";
import { type AdapterName, startProvider } from "./adapters";
import { Killed, type KillTime, type ProviderCalls, type ProviderUnderTest, type StackOptions } from "./process";

export interface ProcessOptions extends StackOptions {
  readonly client: GatewayClient;
  /** Notes of creations in flight, which outlive a process. */
  readonly notes: NotesFolder;
}

/** A folder of notes and the running processes, under ids that the test assigns. */
export class NotesFolder {
  readonly folder = mkdtempSync(path.join(os.tmpdir(), "creates-"));
  readonly living = new Set<number>();
  private last = 0;

  nextPid(): number {
    this.last++;
    this.living.add(this.last);
    return this.last;
  }

  /** The process with this id, for its notes. */
  processOf(pid: number): NotingProcess {
    return {
      identity: { pid },
      isRunning: (other) => this.living.has(other.pid),
    };
  }

  dispose(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export class MortalProcess implements ProviderUnderTest {
  readonly lines: string[] = [];
  private readonly provider: ProviderCalls;
  private readonly pid: number;
  private end: { requests: number; when: KillTime } | undefined;
  private hasEnded = false;

  constructor(
    adapter: AdapterName,
    private readonly options: ProcessOptions,
  ) {
    const client = this.mortal(options.client);
    const surroundings = {
      connect: () => client,
      report: (line: string) => this.lines.push(line),
      notes: () => this.mortalNotes(),
    };
    this.provider = startProvider(adapter, surroundings, options);
    this.pid = options.notes.nextPid();
    forgetReads(); // a process has no memory of an earlier one
  }

  get isDead(): boolean {
    return this.hasEnded;
  }

  close(): void {
    this.options.notes.living.delete(this.pid);
  }

  killAt(requests: number, when: KillTime): void {
    this.end = { requests, when };
  }

  check(...args: Parameters<ProviderCalls["check"]>) {
    return this.untilDeath(() => this.provider.check(...args));
  }

  diff(...args: Parameters<ProviderCalls["diff"]>) {
    return this.untilDeath(() => this.provider.diff(...args));
  }

  create(...args: Parameters<ProviderCalls["create"]>) {
    return this.untilDeath(() => this.provider.create(...args));
  }

  read(...args: Parameters<ProviderCalls["read"]>) {
    return this.untilDeath(() => this.provider.read(...args));
  }

  update(...args: Parameters<ProviderCalls["update"]>) {
    return this.untilDeath(() => this.provider.update(...args));
  }

  delete(...args: Parameters<ProviderCalls["delete"]>) {
    return this.untilDeath(() => this.provider.delete(...args));
  }

  /** Ends the call with the process. */
  private async untilDeath<T>(act: () => Promise<T>): Promise<T> {
    if (this.hasEnded) throw new Killed();
    const [outcome] = await Promise.allSettled([act()]);
    if (this.hasEnded) throw new Killed();
    if (outcome.status === "fulfilled") return outcome.value;
    throw outcome.reason;
  }

  /** Notes that a dead process no longer writes or removes. */
  private mortalNotes(): Notes {
    const { folder } = this.options.notes;
    const creations = new CreationNotes(folder, this.options.notes.processOf(this.pid));
    const unlessDead =
      <Args extends unknown[]>(act: (...args: Args) => void) =>
      (...args: Args) => {
        if (!this.hasEnded) act(...args);
      };
    Object.assign(creations, {
      begin: unlessDead(creations.begin.bind(creations)),
      end: unlessDead(creations.end.bind(creations)),
    });
    return { creations, adoptions: new AdoptionNotes(folder) };
  }

  /** The client, whose requests end with the process. */
  private mortal(client: GatewayClient): GatewayClient {
    return new Proxy(client, {
      get: (target, name) => {
        const method: unknown = Reflect.get(target, name);
        if (typeof method !== "function" || typeof name !== "string") return method;
        const send = (...args: unknown[]) => (method as (...args: unknown[]) => unknown).apply(target, args);
        if (!/^(create|get|update|rotate|delete|list)/.test(name)) return send;
        return (...args: unknown[]) =>
          name.startsWith("list")
            ? this.mortalPages(() => send(...args) as AsyncIterable<unknown>)
            : this.mortalCall(() => send(...args) as Promise<unknown>);
      },
    });
  }

  private die(): void {
    this.hasEnded = true;
    this.close();
  }

  private async *mortalPages(list: () => AsyncIterable<unknown>): AsyncGenerator<unknown> {
    const items = await this.mortalCall(async () => {
      const all: unknown[] = [];
      for await (const item of list()) all.push(item);
      return all;
    });
    yield* items;
  }

  private async mortalCall<T>(send: () => Promise<T>): Promise<T> {
    if (this.hasEnded) throw new Killed();
    const isLast = this.end !== undefined && this.end.requests-- <= 0;
    if (isLast && this.end?.when === "before") this.die();
    if (this.hasEnded) throw new Killed();
    const [outcome] = await Promise.allSettled([send()]);
    if (isLast) this.die();
    if (this.hasEnded) throw new Killed();
    if (outcome.status === "rejected") throw outcome.reason;
    return outcome.value;
  }
}
