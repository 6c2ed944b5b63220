/** The calls of the plugin's process, in this process: the adapter with all layers and real messages, in a test's surroundings. */
import type { Surroundings } from "../../../provider/lifecycle/gatewayAccess";
import type { PlainObject } from "../../../provider/lifecycle/values";
import { InitFailure, PluginClient } from "../plugin/pluginClient";
import { PartlyDone, type ProviderCalls, type ResourceName, type StackOptions, type Stored } from "./process";

export class PluginProcess implements ProviderCalls {
  private readonly plugin: PluginClient;
  private readonly configured: Promise<unknown>;

  constructor(
    surroundings: Surroundings,
    private readonly options: StackOptions,
  ) {
    this.plugin = PluginClient.inProcess(surroundings);
    this.configured = this.plugin.configure(
      { apiKey: "unused", ownership: options.ownership ?? "on" },
      this.urn("pulumi:providers:ngrok-ai", "default"),
    );
  }

  check(resource: ResourceName, olds: PlainObject | undefined, news: PlainObject) {
    return this.call(resource, (urn) => this.plugin.check(urn, olds, news));
  }

  async diff(resource: ResourceName, { id, inputs, outs }: Stored, news: PlainObject) {
    const { changes, ...diff } = await this.call(resource, (urn) => this.plugin.diff(urn, id, outs, inputs, news));
    return { ...diff, changes: changes === "unknown" ? undefined : changes === "some" };
  }

  async create(resource: ResourceName, inputs: PlainObject) {
    const { id, outputs } = await this.call(resource, (urn) => this.plugin.create({ urn }, inputs));
    return { id, outs: outputs };
  }

  async read(resource: ResourceName, { id, inputs, outs }: Stored) {
    const found = await this.call(resource, (urn) => this.plugin.read({ urn }, id, { outputs: outs, inputs }));
    return found && { id: found.id, inputs: found.inputs, outs: found.outputs };
  }

  update(resource: ResourceName, { id, inputs, outs }: Stored, news: PlainObject) {
    return this.call(resource, (urn) => this.plugin.update({ urn }, id, outs, inputs, news));
  }

  delete(resource: ResourceName, { id, inputs, outs }: Stored) {
    return this.call(resource, (urn) => this.plugin.delete({ urn }, id, outs, inputs));
  }

  private urn(type: string, name: string, parent?: string): string {
    const [, project, stack] = this.options.stack.split("/");
    return `urn:pulumi:${stack}::${project}::${parent === undefined ? "" : `${parent}$`}${type}::${name}`;
  }

  private async call<T>({ kind, name, parent }: ResourceName, act: (urn: string) => Promise<T>): Promise<T> {
    try {
      await this.configured;
      return await act(this.urn(`ngrok-ai:index:${kind}`, name, parent));
    } catch (error) {
      throw error instanceof InitFailure ? new PartlyDone(error.message, error.id, error.outputs) : error;
    }
  }
}
