/** A resource as a stack holds it, through the runtime but without Pulumi. */
import { checkInputs } from "../../../provider/lifecycle/check";
import type { AnyDefinition, CallContext } from "../../../provider/lifecycle/definition";
import { KnownObjects } from "../../../provider/lifecycle/knownObjects";
import * as lifecycle from "../../../provider/lifecycle/lifecycle";
import type { PlainObject } from "../../../provider/lifecycle/values";
import type { GatewayClient } from "../../../sdk";
import { systemClock } from "../../../sdk/clock";
import type { TestGateway } from "../../helpers/gateway";

/** A request that changes something: the client's method and its arguments. */
export type Write = readonly [method: string, ...args: unknown[]];

export class Life {
  id = "";
  /** Account of the key in use. */
  account = "acc_one";
  /** The record of the process that serves this resource. */
  known = new KnownObjects();
  resource: lifecycle.Resource = { state: {}, memory: { schema: lifecycle.STATE_SCHEMA, managed: [] } };

  constructor(
    readonly gateway: TestGateway,
    readonly definition: AnyDefinition,
    readonly name: string,
    readonly ownership: "on" | "off" = "on",
  ) {}

  get options(): lifecycle.LifecycleOptions {
    return {
      ownership: this.ownership,
      owner: { stack: "org/project/dev", resource: this.name },
      known: this.known,
    };
  }

  context(operation: string): CallContext {
    const subject = { kind: this.definition.kind, name: this.name, operation };
    return {
      client: watched(this.gateway).client,
      gatewayUrl: this.gateway.gatewayUrl,
      clock: systemClock,
      accountId: async () => this.account,
      call: { signal: new AbortController().signal, subject },
    };
  }

  /** Writes since the last call, by any resource. */
  takeWrites(): Write[] {
    const noted = watched(this.gateway);
    const taken = noted.writes;
    noted.writes = [];
    return taken;
  }

  check(inputs: PlainObject) {
    return checkInputs(this.definition, inputs);
  }

  checked(inputs: PlainObject): PlainObject {
    const result = this.check(inputs);
    expect(result.failures).toEqual([]);
    return result.inputs;
  }

  async create(inputs: PlainObject): Promise<this> {
    const made = await lifecycle.create(this.definition, this.checked(inputs), this.context("create"), this.options);
    this.id = made.id;
    this.resource = made;
    return this;
  }

  diff(inputs: PlainObject) {
    return lifecycle.diff(this.definition, this.id, this.resource, this.checked(inputs), this.options);
  }

  async update(inputs: PlainObject): Promise<void> {
    this.resource = await lifecycle.update(
      this.definition,
      this.id,
      this.resource,
      this.checked(inputs),
      this.context("update"),
      this.options,
    );
  }

  /** Runs an update that fails in part and records its state, like an engine. */
  async updateInPart(inputs: PlainObject): Promise<void> {
    const failure = await this.update(inputs).then(
      () => undefined,
      (error: unknown) => error,
    );
    if (!(failure instanceof lifecycle.PartialFailure)) throw failure ?? new Error("the update did not fail");
    this.resource = failure.resource;
  }

  /** The inputs after a refresh; `undefined` if the object no longer exists. */
  async refresh(): Promise<PlainObject | undefined> {
    const found = await lifecycle.read(this.definition, this.id, this.resource, this.context("read"), this.options);
    if (found === undefined) return undefined;
    this.resource = found;
    return found.inputs;
  }

  delete(): Promise<void> {
    return lifecycle.remove(this.definition, this.id, this.resource, this.context("delete"), this.options);
  }
}

interface Watched {
  readonly client: GatewayClient;
  writes: Write[];
}

const watchedClients = new WeakMap<TestGateway, Watched>();

/** The gateway's client, which records its writes; one for all resources, as in a provider process. */
function watched(gateway: TestGateway): Watched {
  const known = watchedClients.get(gateway);
  if (known !== undefined) return known;
  const client = new Proxy(gateway.client, {
    get: (target, name) => {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== "function" || typeof name !== "string") return method;
      return (...args: unknown[]) => {
        if (/^(create|update|rotate|delete)/.test(name)) made.writes.push([name, ...args.slice(0, -1)]); // the last argument is the call's options
        return (method as (...args: unknown[]) => unknown).apply(target, args);
      };
    },
  });
  const made: Watched = { client, writes: [] };
  watchedClients.set(gateway, made);
  return made;
}
