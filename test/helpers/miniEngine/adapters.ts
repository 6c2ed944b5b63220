/** The provider's adapters, each as a process for the mini engine. */
import { DynamicProcess } from "./dynamicProcess";
import type { ProcessOptions } from "./mortalProcess";
import { PluginProcess } from "./pluginProcess";
import type { ProviderUnderTest } from "./process";

export type AdapterName = "dynamic" | "plugin";

export const ADAPTERS: readonly AdapterName[] = ["dynamic", "plugin"];

const PROCESSES = { dynamic: DynamicProcess, plugin: PluginProcess } as const;

export function startProcess(adapter: AdapterName, options: ProcessOptions): ProviderUnderTest {
  return new PROCESSES[adapter](options);
}
