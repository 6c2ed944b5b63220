/** Finds the executables of providers. */
import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { OfflineStackError } from "../errors";
import type { Project } from "../project/project";
import { nodeArguments } from "./managedProcess";
import { sdkModule } from "./programRunner";

/** How to start the provider of a package. */
export interface PluginCommand {
  /** The executable: a path, or a name on PATH. */
  readonly command: string;
  /** Arguments, followed by the engine's address. @default none */
  readonly args?: readonly string[];
  /** Variables added to the environment. @default none */
  readonly env?: Readonly<Record<string, string>>;
}

/** The package of dynamic resources, whose provider is part of Pulumi's SDK. */
export const DYNAMIC_PACKAGE = "pulumi-nodejs";

/** The package with a stand-in provider in this repository, for programs on a local Azure. */
const AZURE_PACKAGE = "azure-native";

export interface PluginHost {
  readonly project: Project;
  readonly engineAddress: string;
  readonly env: NodeJS.ProcessEnv;
  readonly ownPlugins: Readonly<Record<string, PluginCommand>>;
  readonly onLine: (stream: "stdout" | "stderr", line: string) => void;
}

/** @throws OfflineStackError when the package has no provider. */
export function findPlugin(packageName: string, host: PluginHost): PluginCommand {
  const own = host.ownPlugins[packageName];
  if (own !== undefined) return own;
  if (packageName === DYNAMIC_PACKAGE) {
    const module = sdkModule(host.project.programFolder, "cmd/dynamic-provider");
    return { command: process.execPath, args: [...nodeArguments(), module] };
  }
  const executable = `pulumi-resource-${packageName}`;
  if (packageName === AZURE_PACKAGE && host.env.AZURE_EMULATOR_URL) {
    return { command: process.execPath, args: [...nodeArguments(), join(standInFolder(), executable)] };
  }
  const pluginFolder = host.project.pluginFolders.get(packageName);
  const folders = [...(pluginFolder === undefined ? [] : [pluginFolder]), ...(host.env.PATH ?? "").split(delimiter)];
  const found = folders.map((folder) => join(folder, executable)).find(isExecutable);
  if (found !== undefined) return { command: found };
  throw new OfflineStackError(
    `no provider for the package "${packageName}": ${executable} is not on PATH; put it there or name its command in the option \`plugins\``,
  );
}

/** The folder `plugins` of this package, whether it runs from its sources or from its build. */
function standInFolder(): string {
  const folders = ["../..", "../../.."].map((path) => join(__dirname, path));
  return join(folders.find((folder) => existsSync(join(folder, "package.json"))) ?? "", "plugins");
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
