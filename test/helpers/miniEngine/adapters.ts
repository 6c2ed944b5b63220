/** The provider's adapters, as an engine calls them. */
import type { Surroundings } from "../../../provider/lifecycle/gatewayAccess";
import { DynamicProcess } from "./dynamicProcess";
import { PluginProcess } from "./pluginProcess";
import type { ProviderCalls, StackOptions } from "./process";

const PROCESSES = { dynamic: DynamicProcess, plugin: PluginProcess } as const;

export type AdapterName = keyof typeof PROCESSES;

export const ADAPTERS: readonly AdapterName[] = ["dynamic", "plugin"];

export function startProvider(adapter: AdapterName, surroundings: Surroundings, options: StackOptions): ProviderCalls {
  return new PROCESSES[adapter](surroundings, options);
}
