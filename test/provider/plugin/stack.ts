/**
 * A resource as an engine holds it in a stack that the plugin serves: inputs and outputs in wire format, with wrapped secrets.
 */
import type { Surroundings } from "../../../provider/lifecycle/gatewayAccess";
import type { TestGateway } from "../../helpers/gateway";
import { noNotes } from "../../helpers/noNotes";
import { InitFailure, PluginClient, plainValues, type Values } from "../../helpers/plugin/pluginClient";

export const PROJECT_NAME = "shop";
export const STACK = "dev";

export function urnOf(kind: string, name: string, ...parentTypes: string[]): string {
  return `urn:pulumi:${STACK}::${PROJECT_NAME}::${[...parentTypes, `ngrok-ai:index:${kind}`].join("$")}::${name}`;
}

/** A plugin in this process, connected to the gateway and configured like a default provider. */
export async function startPlugin(
  gateway: TestGateway,
  config: Values = {},
  surroundings: Partial<Surroundings> = {},
): Promise<PluginClient> {
  const plugin = PluginClient.inProcess({
    connect: () => gateway.client,
    report: () => undefined,
    notes: noNotes,
    ...surroundings,
  });
  await plugin.configure(
    { apiKey: gateway.apiKey, apiUrl: gateway.controlUrl, ...config },
    `urn:pulumi:${STACK}::${PROJECT_NAME}::pulumi:providers:ngrok-ai::default`,
  );
  return plugin;
}

export class Managed {
  readonly urn: string;
  id = "";
  inputs: Values = {};
  outputs: Values = {};

  constructor(
    private readonly plugin: PluginClient,
    readonly kind: string,
    readonly name: string,
    ...parentTypes: string[]
  ) {
    this.urn = urnOf(kind, name, ...parentTypes);
  }

  /** Checked inputs, which the engine passes on. @throws if a check fails */
  async checked(news: Values): Promise<Values> {
    const { inputs, failures } = await this.plugin.check(this.urn, this.id === "" ? undefined : this.inputs, news);
    expect(failures).toEqual([]);
    return inputs;
  }

  async create(news: Values, timeout?: number): Promise<this> {
    const inputs = await this.checked(news);
    try {
      const made = await this.plugin.create({ urn: this.urn, ...(timeout !== undefined && { timeout }) }, inputs);
      Object.assign(this, made, { inputs });
    } catch (error) {
      if (error instanceof InitFailure) Object.assign(this, { id: error.id, outputs: error.outputs, inputs });
      throw error;
    }
    return this;
  }

  async diff(news: Values) {
    return this.plugin.diff(this.urn, this.id, this.outputs, this.inputs, await this.checked(news));
  }

  async update(news: Values): Promise<void> {
    const inputs = await this.checked(news);
    try {
      this.outputs = await this.plugin.update({ urn: this.urn }, this.id, this.outputs, this.inputs, inputs);
      this.inputs = inputs;
    } catch (error) {
      if (error instanceof InitFailure) Object.assign(this, { outputs: error.outputs, inputs });
      throw error;
    }
  }

  /** The inputs after a refresh; `undefined` if the object no longer exists. */
  async refresh(): Promise<Values | undefined> {
    const found = await this.plugin.read({ urn: this.urn }, this.id, { outputs: this.outputs, inputs: this.inputs });
    if (found === undefined) return undefined;
    Object.assign(this, found);
    return plainValues(found.inputs);
  }

  /** Imports the object like `pulumi import`. */
  async import(id: string): Promise<this> {
    const found = await this.plugin.read({ urn: this.urn }, id);
    if (found === undefined) throw new Error(`${id} does not exist`);
    Object.assign(this, found);
    return this;
  }

  async delete(): Promise<void> {
    await this.plugin.delete({ urn: this.urn }, this.id, this.outputs, this.inputs);
  }
}
