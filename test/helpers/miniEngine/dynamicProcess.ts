/**
 * The provider process for dynamic resources, in this process: the adapter with all layers behind it, on a client of the test.
 */
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import type { ConfigureRequest } from "@pulumi/pulumi/dynamic";
import { DynamicAdapter } from "../../../provider/dynamic/adapter";
import { AdoptionNotes } from "../../../provider/lifecycle/adoptionNotes";
import type { Notes } from "../../../provider/lifecycle/creation";
import { CreationNotes } from "../../../provider/lifecycle/creationNotes";
import type { AnyDefinition } from "../../../provider/lifecycle/definition";
import { forgetReads } from "../../../provider/lifecycle/gatheredReads";
import type { PlainObject } from "../../../provider/lifecycle/values";
import { definition as accessConfiguration } from "../../../provider/resources/accessConfiguration";
import { definition as accessKey } from "../../../provider/resources/accessKey";
import { definition as apiKey } from "../../../provider/resources/apiKey";
import { definition as customProvider } from "../../../provider/resources/customProvider";
import { providerText } from "../../../provider/resources/gatewayResource";
import { definition as gatewaySettings } from "../../../provider/resources/gatewaySettings";
import { definition as providerKey } from "../../../provider/resources/providerKey";
import { definition as routingRule } from "../../../provider/resources/routingRule";
import type { GatewayClient } from "../../../sdk";
import { Killed, PartlyDone, type ProviderUnderTest, type ResourceName } from "./process";

const definitions: Readonly<Record<string, AnyDefinition>> = Object.fromEntries(
  [customProvider, providerKey, accessConfiguration, routingRule, accessKey, apiKey, gatewaySettings].map(
    (definition) => [definition.kind, definition],
  ),
);

export interface DynamicProcessOptions {
  readonly client: GatewayClient;
  /** `<organization>/<project>/<stack>` */
  readonly stack: string;
  readonly ownership?: "on" | "off";
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

  dispose(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export class DynamicProcess implements ProviderUnderTest {
  readonly lines: string[] = [];
  private readonly adapters = new Map<string, DynamicAdapter>();
  private readonly client: GatewayClient;
  private readonly pid: number;
  private end: { requests: number; when: "before" | "after" } | undefined;
  private hasEnded = false;

  constructor(private readonly options: DynamicProcessOptions) {
    this.client = this.mortal(options.client);
    this.pid = options.notes.nextPid();
    forgetReads(); // a process has no memory of an earlier one
  }

  get isDead(): boolean {
    return this.hasEnded;
  }

  close(): void {
    this.options.notes.living.delete(this.pid);
  }

  killAt(requests: number, when: "before" | "after"): void {
    this.end = { requests, when };
  }

  async check(resource: ResourceName, olds: PlainObject | undefined, news: PlainObject) {
    const given = { ...news, ...this.internals(resource) };
    const { inputs, failures } = await this.call(async () =>
      (await this.adapter(resource)).check(olds ?? {}, onTheWire(given)),
    );
    return { inputs: onTheWire({ ...inputs, __provider: given.__provider }), failures: failures ?? [] };
  }

  async diff(resource: ResourceName, id: string, olds: PlainObject, news: PlainObject) {
    return this.call(async () => (await this.adapter(resource)).diff(id, olds, news));
  }

  async create(resource: ResourceName, inputs: PlainObject) {
    const made = await this.call(async () => (await this.adapter(resource)).create(inputs));
    return { id: made.id, outs: onTheWire({ ...made.outs, __provider: inputs.__provider }) };
  }

  async read(resource: ResourceName, id: string, outs: PlainObject) {
    const found = await this.call(async () => (await this.adapter(resource)).read(id, outs));
    if (!found.id) return undefined;
    const { __provider } = outs;
    return {
      id: found.id,
      outs: onTheWire({ ...found.props, __provider }),
      inputs: onTheWire({ ...found.inputs, __provider }),
    };
  }

  async update(resource: ResourceName, id: string, olds: PlainObject, news: PlainObject) {
    const { outs } = await this.call(async () => (await this.adapter(resource)).update(id, olds, news));
    return onTheWire({ ...outs, __provider: news.__provider });
  }

  async delete(resource: ResourceName, id: string, outs: PlainObject) {
    await this.call(async () => (await this.adapter(resource)).delete(id, outs));
  }

  private internals({ kind, name, parent }: ResourceName): PlainObject {
    const { stack } = this.options;
    return {
      __provider: providerText(kind),
      __owner: `${stack}::${name}`,
      ...(parent === undefined ? {} : { __parent: parent }),
    };
  }

  private async adapter({ kind }: ResourceName): Promise<DynamicAdapter> {
    const started = this.adapters.get(kind);
    if (started !== undefined) return started;
    const definition = definitions[kind];
    if (definition === undefined) throw new Error(`no definition of ${kind}`);
    const adapter = new DynamicAdapter(definition, {
      connect: () => this.client,
      report: (line) => this.lines.push(line),
      notes: () => this.mortalNotes(),
    });
    this.adapters.set(kind, adapter);
    const config = new Map([
      ["ngrok-ai:apiKey", "unused"],
      ["ngrok-ai:ownership", this.options.ownership ?? "on"],
    ]);
    await adapter.configure({ config: { get: (key: string) => config.get(key) } } as ConfigureRequest);
    return adapter;
  }

  private async call<T>(act: () => Promise<T>): Promise<T> {
    if (this.hasEnded) throw new Killed();
    const [outcome] = await Promise.allSettled([act()]);
    if (this.hasEnded) throw new Killed();
    if (outcome.status === "fulfilled") return outcome.value;
    const { message, id, properties } = outcome.reason as Error & { id?: string; properties?: PlainObject };
    throw id === undefined || properties === undefined
      ? outcome.reason
      : new PartlyDone(message, id, onTheWire(properties));
  }

  /** Notes that a dead process no longer writes or removes. */
  private mortalNotes(): Notes {
    const { folder, living } = this.options.notes;
    const creations = new CreationNotes(folder, { pid: this.pid, isAlive: (pid) => living.has(pid) });
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

/** A copy in wire format: plain values, without undefined members. */
function onTheWire(properties: PlainObject): PlainObject {
  return JSON.parse(JSON.stringify(properties)) as PlainObject;
}
