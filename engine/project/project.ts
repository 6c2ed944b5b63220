/** A Pulumi project on disk: `Pulumi.yaml` and the location of its program. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { parse } from "yaml";
import { messageOf, StackConfigurationError } from "../errors";
import type { Json, JsonObject } from "../values/values";

export interface Project {
  readonly name: string;
  /** Folder of `Pulumi.yaml`. */
  readonly rootFolder: string;
  /** Working folder of the program; its `node_modules` contain the SDK. */
  readonly programFolder: string;
  /** The program within `programFolder`; `.` uses the entry in package.json. */
  readonly entry: string;
  readonly runtimeOptions: RuntimeOptions;
  /** `config:` of the project file: declarations, defaults and values. */
  readonly config: JsonObject;
  /** Folder of `Pulumi.<stack>.yaml`. */
  readonly stackConfigFolder: string;
  /** `plugins.providers` of the project file: package → folder of its executable. */
  readonly pluginFolders: ReadonlyMap<string, string>;
}

export interface RuntimeOptions {
  /** Whether TypeScript is compiled while loading. @default true */
  readonly typescript: boolean;
  readonly tsconfig: string | undefined;
  /** Arguments for Node itself. */
  readonly nodeArguments: readonly string[];
}

const PROJECT_FILES = ["Pulumi.yaml", "Pulumi.yml", "Pulumi.json"];

/** Finds the project in a folder or above it. @throws StackConfigurationError when there is none or it is invalid. */
export function loadProject(workDir: string): Project {
  const file = findProjectFile(resolve(workDir));
  const rootFolder = dirname(file);
  const document = readYaml(file);
  if (typeof document.name !== "string" || document.name === "") {
    throw new StackConfigurationError(`${file} has no \`name\``);
  }
  const stackConfigDir = document.stackConfigDir ?? (typeof document.config === "string" ? document.config : ".");
  return {
    name: document.name,
    rootFolder,
    ...programOf(document.main, rootFolder, file),
    runtimeOptions: runtimeOptionsOf(document.runtime, file),
    config: isObject(document.config) ? document.config : {},
    stackConfigFolder: resolve(rootFolder, String(stackConfigDir)),
    pluginFolders: pluginFoldersOf(document.plugins, rootFolder),
  };
}

function findProjectFile(workDir: string): string {
  for (let folder = workDir; ; folder = dirname(folder)) {
    const file = PROJECT_FILES.map((name) => join(folder, name)).find((candidate) => existsSync(candidate));
    if (file !== undefined) return file;
    if (dirname(folder) === folder) throw new StackConfigurationError(`no Pulumi.yaml in ${workDir} or above it`);
  }
}

/** Reads a YAML (or JSON) file that contains an object. */
export function readYaml(file: string): JsonObject {
  try {
    const document: unknown = parse(readFileSync(file, "utf8")) ?? {};
    if (isObject(document)) return document;
  } catch (error) {
    throw new StackConfigurationError(`${file} cannot be read: ${messageOf(error)}`);
  }
  throw new StackConfigurationError(`${file} does not hold an object`);
}

function programOf(main: Json | undefined, rootFolder: string, file: string) {
  if (main === undefined || main === null || main === "") return { programFolder: rootFolder, entry: "." };
  const path = resolve(rootFolder, String(main));
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) throw new StackConfigurationError(`${file}: \`main\` names ${path}, which does not exist`);
  if (stats.isDirectory()) return { programFolder: path, entry: "." };
  return { programFolder: dirname(path), entry: basename(path) };
}

function runtimeOptionsOf(runtime: Json | undefined, file: string): RuntimeOptions {
  const name = isObject(runtime) ? runtime.name : runtime;
  if (name !== "nodejs") {
    throw new StackConfigurationError(
      `${file}: runtime ${JSON.stringify(name)} is not supported; this engine runs "nodejs"`,
    );
  }
  const options = isObject(runtime) && isObject(runtime.options) ? runtime.options : {};
  const { typescript = true, tsconfig, nodeargs = "" } = options;
  if (typeof typescript !== "boolean") throw new StackConfigurationError(`${file}: typescript must be true or false`);
  return {
    typescript,
    tsconfig: tsconfig === undefined ? undefined : String(tsconfig),
    nodeArguments: String(nodeargs)
      .split(/\s+/)
      .filter((argument) => argument !== ""),
  };
}

function pluginFoldersOf(plugins: Json | undefined, rootFolder: string): Map<string, string> {
  const providers = isObject(plugins) && Array.isArray(plugins.providers) ? plugins.providers : [];
  return new Map(
    providers.filter(isObject).map((provider) => [String(provider.name), resolve(rootFolder, String(provider.path))]),
  );
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
