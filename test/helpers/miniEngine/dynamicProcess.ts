/** The calls of the process for dynamic resources, in this process: the adapter with all layers behind it, in a test's surroundings. */
import type { ConfigureRequest } from "@pulumi/pulumi/dynamic";
import { DynamicAdapter } from "../../../provider/dynamic/adapter";
import type { Surroundings } from "../../../provider/lifecycle/gatewayAccess";
import type { PlainObject } from "../../../provider/lifecycle/values";
import { definitionOf } from "../../../provider/registry";
import { providerText } from "../../../provider/resources/gatewayResource";
import { PartlyDone, type ProviderCalls, type ResourceName, type StackOptions, type Stored } from "./process";

export class DynamicProcess implements ProviderCalls {
  private readonly adapters = new Map<string, DynamicAdapter>();

  constructor(
    private readonly surroundings: Surroundings,
    private readonly options: StackOptions,
  ) {}

  async check(resource: ResourceName, olds: PlainObject | undefined, news: PlainObject) {
    const given = { ...news, ...this.internals(resource) };
    const { inputs, failures } = await this.call(async () =>
      (await this.adapter(resource)).check(olds ?? {}, onTheWire(given)),
    );
    return { inputs: onTheWire({ ...inputs, __provider: given.__provider }), failures: failures ?? [] };
  }

  async diff(resource: ResourceName, { id, outs }: Stored, news: PlainObject) {
    return this.call(async () => (await this.adapter(resource)).diff(id, outs, news));
  }

  async create(resource: ResourceName, inputs: PlainObject) {
    const made = await this.call(async () => (await this.adapter(resource)).create(inputs));
    return { id: made.id, outs: onTheWire({ ...made.outs, __provider: inputs.__provider }) };
  }

  async read(resource: ResourceName, { id, outs }: Stored) {
    const found = await this.call(async () => (await this.adapter(resource)).read(id, outs));
    if (!found.id) return undefined;
    const { __provider } = outs;
    return {
      id: found.id,
      outs: onTheWire({ ...found.props, __provider }),
      inputs: onTheWire({ ...found.inputs, __provider }),
    };
  }

  async update(resource: ResourceName, { id, outs: olds }: Stored, news: PlainObject) {
    const { outs } = await this.call(async () => (await this.adapter(resource)).update(id, olds, news));
    return onTheWire({ ...outs, __provider: news.__provider });
  }

  async delete(resource: ResourceName, { id, outs }: Stored) {
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
    const definition = definitionOf(kind);
    if (definition === undefined) throw new Error(`no definition of ${kind}`);
    const adapter = new DynamicAdapter(definition, this.surroundings);
    this.adapters.set(kind, adapter);
    const config = new Map([
      ["ngrok-ai:apiKey", "unused"],
      ["ngrok-ai:ownership", this.options.ownership ?? "on"],
    ]);
    await adapter.configure({ config: { get: (key: string) => config.get(key) } } as ConfigureRequest);
    return adapter;
  }

  private async call<T>(act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      const { message, id, properties } = error as Error & { id?: string; properties?: PlainObject };
      throw id === undefined || properties === undefined ? error : new PartlyDone(message, id, onTheWire(properties));
    }
  }
}

/** A copy in wire format: plain values, without undefined members. */
function onTheWire(properties: PlainObject): PlainObject {
  return JSON.parse(JSON.stringify(properties)) as PlainObject;
}
