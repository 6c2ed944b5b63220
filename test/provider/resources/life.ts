/** A resource as a stack holds it: a provider process of its own over either adapter, with the calls of an engine. */
import type { AnyDefinition } from "../../../provider/lifecycle/definition";
import { toResource, withoutInternals } from "../../../provider/lifecycle/properties";
import { isSame, type PlainObject } from "../../../provider/lifecycle/values";
import type { GatewayClient } from "../../../sdk";
import type { TestGateway } from "../../helpers/gateway";
import { type AdapterName, startProvider } from "../../helpers/miniEngine/adapters";
import { PartlyDone, type ProviderCalls, type Stored } from "../../helpers/miniEngine/process";
import { noNotes } from "../../helpers/noNotes";
import { plainValues } from "../../helpers/plugin/pluginClient";

/** A gateway, and the adapter through which lives reach it. */
export interface LifeGateway extends TestGateway {
  readonly adapter: AdapterName;
}

/** A request that changes something: the client's method and its arguments. */
export type Write = readonly [method: string, ...args: unknown[]];

export class Life {
  private stored: Stored | undefined;
  private provider: ProviderCalls;

  constructor(
    readonly gateway: LifeGateway,
    readonly definition: AnyDefinition,
    readonly name: string,
    readonly ownership: "on" | "off" = "on",
    private readonly stack = "org/project/dev",
  ) {
    this.provider = this.start(watched(gateway).client);
  }

  /** `""` before the creation. */
  get id(): string {
    return this.stored?.id ?? "";
  }

  get resource() {
    return toResource(plainValues(this.stored?.outs ?? {}));
  }

  /** The stack's name in the owner's mark: a URN, which is all that the plugin gets, has no organization. */
  get markedStack(): string {
    return this.gateway.adapter === "plugin" ? this.stack.split("/").slice(1).join("/") : this.stack;
  }

  /** Continues in another process, whose key is of the account; `undefined` is the account of the gateway. */
  useKeyOf(account: string | undefined): void {
    const { client } = watched(this.gateway);
    this.provider = this.start(account === undefined ? client : ofAccount(client, account));
  }

  /** Writes since the last call, by any resource. */
  takeWrites(): Write[] {
    const noted = watched(this.gateway);
    const taken = noted.writes;
    noted.writes = [];
    return taken;
  }

  /** The inputs as an engine passes them on, and what is wrong with them. */
  check(inputs: PlainObject) {
    return this.provider.check(this.declared, this.stored?.inputs, inputs);
  }

  /** The inputs that a refresh shows if nothing differs. */
  async checked(inputs: PlainObject): Promise<PlainObject> {
    return shown(await this.checkedOrFail(inputs));
  }

  async create(inputs: PlainObject): Promise<this> {
    const checked = await this.checkedOrFail(inputs);
    await this.recording(checked, () => this.provider.create(this.declared, checked));
    return this;
  }

  /** The difference that an engine sees: where the provider leaves it undecided, that of the inputs. */
  async diff(inputs: PlainObject): Promise<{ changes: boolean; replaces: readonly string[] }> {
    const [news, old] = [await this.checkedOrFail(inputs), this.existing];
    const { changes, replaces = [] } = await this.provider.diff(this.declared, old, news);
    return { changes: changes ?? !isSame(shown(old.inputs), shown(news)), replaces };
  }

  async update(inputs: PlainObject): Promise<void> {
    const [checked, old] = [await this.checkedOrFail(inputs), this.existing];
    await this.recording(checked, async () => ({
      id: old.id,
      outs: await this.provider.update(this.declared, old, checked),
    }));
  }

  /** Runs an update that fails in part, whose state is recorded. */
  async updateInPart(inputs: PlainObject): Promise<Error> {
    const failure = await this.update(inputs).catch((error: unknown) => error);
    if (!(failure instanceof PartlyDone)) throw failure ?? new Error("the update did not fail");
    return failure;
  }

  /** The inputs after a refresh; `undefined` if the object no longer exists. */
  async refresh(): Promise<PlainObject | undefined> {
    const found = await this.provider.read(this.declared, this.existing);
    if (found === undefined) return undefined;
    this.stored = found;
    return shown(found.inputs);
  }

  delete(): Promise<void> {
    return this.provider.delete(this.declared, this.existing);
  }

  private get declared() {
    return { kind: this.definition.kind, name: this.name };
  }

  private get existing(): Stored {
    if (this.stored === undefined) throw new Error(`${this.definition.kind} "${this.name}" does not exist`);
    return this.stored;
  }

  private start(client: GatewayClient): ProviderCalls {
    const { stack, ownership } = this;
    const surroundings = { connect: () => client, report: () => undefined, notes: noNotes };
    return startProvider(this.gateway.adapter, surroundings, { stack, ownership });
  }

  private async checkedOrFail(inputs: PlainObject): Promise<PlainObject> {
    const result = await this.check(inputs);
    expect(result.failures).toEqual([]);
    return result.inputs;
  }

  /** Records the result of a change, and that of a change in part. */
  private async recording(inputs: PlainObject, change: () => Promise<Pick<Stored, "id" | "outs">>): Promise<void> {
    try {
      this.stored = { ...(await change()), inputs };
    } catch (error) {
      if (error instanceof PartlyDone) this.stored = { id: error.id, outs: error.outs, inputs };
      throw error;
    }
  }
}

/** The inputs of the program. */
function shown(inputs: PlainObject): PlainObject {
  return withoutInternals(plainValues(inputs));
}

function ofAccount(client: GatewayClient, accountId: string): GatewayClient {
  const getGatewayConfig: GatewayClient["getGatewayConfig"] = async (options) => ({
    ...(await client.getGatewayConfig(options)),
    accountId,
  });
  return new Proxy(client, {
    get: (target, name) => (name === "getGatewayConfig" ? getGatewayConfig : Reflect.get(target, name)),
  });
}

interface Watched {
  readonly client: GatewayClient;
  writes: Write[];
}

const watchedClients = new WeakMap<TestGateway, Watched>();

/** The gateway's client, which records its writes; one for all lives: what shares requests does so by their client. */
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
