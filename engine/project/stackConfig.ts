/**
 * The configuration of a stack: values of `setConfig` override `Pulumi.<stack>.yaml`, which overrides the defaults in `Pulumi.yaml`.
 * Values of `setConfig` are stored beside the state in the format of a stack settings file, with secrets encrypted.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { StackConfigurationError } from "../errors";
import type { ConfigMap, ConfigValue } from "../results";
import type { Keyring, PassphraseCrypter } from "../state/secrets";
import { ensureFolderOf, readJsonFile, writeFileAtomically } from "../state/stateFile";
import type { Json, JsonObject } from "../values/values";
import { isObject, type Project, readYaml } from "./project";

/** `<namespace>:<name>` from a key as users write it: without a namespace, it belongs to the project. */
export function fullConfigKey(key: string, projectName: string): string {
  const parts = key.split(":");
  if (parts.length === 1) return `${projectName}:${key}`;
  if (parts.length === 2) return key;
  if (parts.length === 3 && parts[1] === "config") return `${parts[0]}:${parts[2]}`;
  throw new StackConfigurationError(`configuration key "${key}" is malformed; expected <namespace>:<name> or <name>`);
}

export function stackSettingsFile(project: Project, stackName: string): string {
  return join(project.stackConfigFolder, `Pulumi.${stackName.replaceAll("/", "-")}.yaml`);
}

/** The salt recorded in the user's stack settings file, if there is one. */
export function saltOfSettingsFile(project: Project, stackName: string): string | undefined {
  const file = stackSettingsFile(project, stackName);
  if (!existsSync(file)) return undefined;
  const settings = readYaml(file);
  const provider = settings.secretsprovider;
  if (provider !== undefined && provider !== "passphrase" && provider !== "default" && provider !== "") {
    throw new StackConfigurationError(
      `${file}: secretsprovider "${provider}" is not supported; this engine uses a passphrase`,
    );
  }
  return typeof settings.encryptionsalt === "string" ? settings.encryptionsalt : undefined;
}

/** Configuration set by `setConfig`, stored in a file beside the state. */
export class OwnConfig {
  constructor(
    private readonly file: string,
    private readonly keyring: Keyring,
  ) {}

  async read(): Promise<ConfigMap> {
    const document = await readJsonFile(this.file);
    return isObject(document) ? readSettings(document, this.file, this.keyring) : {};
  }

  /** The salt that this configuration's secrets are encrypted with. */
  async saltState(): Promise<string | undefined> {
    const document = await readJsonFile(this.file);
    return isObject(document) && typeof document.encryptionsalt === "string" ? document.encryptionsalt : undefined;
  }

  async write(config: ConfigMap, crypter: PassphraseCrypter): Promise<void> {
    const entries = Object.entries(config).map(([key, { value, secret }]): [string, Json] => [
      key,
      secret ? { secure: crypter.encrypt(value) } : value,
    ]);
    const document = { encryptionsalt: crypter.saltState, config: Object.fromEntries(entries) };
    await ensureFolderOf(this.file);
    await writeFileAtomically(this.file, [Buffer.from(`${JSON.stringify(document, null, 4)}\n`)]);
  }
}

/** Reads `config:` of a stack settings document and decrypts `secure` values. */
async function readSettings(settings: JsonObject, file: string, keyring: Keyring): Promise<ConfigMap> {
  const config = isObject(settings.config) ? settings.config : {};
  const salt = settings.encryptionsalt;
  const needsKey = JSON.stringify(config).includes('"secure"');
  if (needsKey && typeof salt !== "string") {
    throw new StackConfigurationError(`${file} contains encrypted values but no encryptionsalt that decrypts them`);
  }
  const crypter = needsKey && typeof salt === "string" ? await keyring.open(salt) : undefined;
  return Object.fromEntries(Object.entries(config).map(([key, value]) => [key, toConfigValue(value, crypter)]));
}

function toConfigValue(value: Json, crypter: PassphraseCrypter | undefined): ConfigValue {
  let hasSecret = false;
  const open = (part: Json): Json => {
    if (Array.isArray(part)) return part.map(open);
    if (!isObject(part)) return part;
    const { secure, ...others } = part;
    if (typeof secure === "string" && Object.keys(others).length === 0 && crypter !== undefined) {
      hasSecret = true;
      return crypter.decrypt(secure);
    }
    return Object.fromEntries(Object.entries(part).map(([key, inner]) => [key, open(inner)]));
  };
  const opened = open(value);
  return { value: textOfConfig(opened), secret: hasSecret };
}

/** The value as text for programs: a text as it is, everything else as JSON. */
function textOfConfig(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** The configuration for a run. @throws StackConfigurationError when a declared key has no value, or one of the wrong type. */
export async function effectiveConfig(
  project: Project,
  stackName: string,
  own: ConfigMap,
  keyring: Keyring,
): Promise<ConfigMap> {
  const file = stackSettingsFile(project, stackName);
  const fromFile = existsSync(file) ? await readSettings(readYaml(file), file, keyring) : {};
  const config: ConfigMap = {};
  for (const [key, value] of [...Object.entries(fromFile), ...Object.entries(own)]) {
    config[fullConfigKey(key, project.name)] = value;
  }
  applyProjectConfig(project, stackName, config);
  return Object.fromEntries(Object.entries(config).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function applyProjectConfig(project: Project, stackName: string, config: ConfigMap): void {
  const missing: string[] = [];
  for (const [key, declaration] of Object.entries(project.config)) {
    const fullKey = fullConfigKey(key, project.name);
    const isOwnKey = fullKey.startsWith(`${project.name}:`);
    const fallback = fallbackOf(key, declaration, isOwnKey);
    if (config[fullKey] === undefined && fallback !== undefined) config[fullKey] = { value: textOfConfig(fallback) };
    const value = config[fullKey];
    if (value !== undefined) checkType(stackName, key, declaration, value);
    else if (isOwnKey) missing.push(key);
  }
  if (missing.length > 0) {
    throw new StackConfigurationError(
      `Stack '${stackName}' is missing configuration value${missing.length > 1 ? "s" : ""} ${missing
        .sort()
        .map((key) => `'${key}'`)
        .join(", ")}`,
    );
  }
}

/** The value of a key in the project file, used when the stack sets none. */
function fallbackOf(key: string, declaration: Json, isOwnKey: boolean): Json | undefined {
  if (!isObject(declaration)) return declaration === null ? undefined : declaration;
  const { default: defaultValue, value } = declaration;
  if (defaultValue !== undefined && value !== undefined) {
    throw new StackConfigurationError(`configuration key '${key}' of the project has both a default and a value`);
  }
  if (!isOwnKey && (defaultValue !== undefined || declaration.type !== undefined)) {
    throw new StackConfigurationError(`configuration key '${key}' of another namespace may have only a value`);
  }
  return defaultValue ?? value;
}

const TYPE_CHECKS: Readonly<Record<string, (value: string) => boolean>> = {
  string: () => true,
  integer: (value) => /^[+-]?\d+$/.test(value),
  boolean: (value) => value === "true" || value === "false",
  array: (value) => Array.isArray(parsedOrUndefined(value)),
  object: (value) => isObject(parsedOrUndefined(value)),
};

function checkType(stackName: string, key: string, declaration: Json, value: ConfigValue): void {
  if (!isObject(declaration)) return;
  const { type, secret } = declaration;
  if (secret === true && value.secret !== true) {
    throw new StackConfigurationError(
      `Stack '${stackName}' with configuration key '${key}' must be encrypted as it's secret`,
    );
  }
  if (typeof type !== "string") return;
  const check = TYPE_CHECKS[type];
  if (check === undefined)
    throw new StackConfigurationError(`configuration key '${key}' has the unknown type '${type}'`);
  if (!check(value.value)) {
    throw new StackConfigurationError(`Stack '${stackName}' with configuration key '${key}' must be of type '${type}'`);
  }
}

function parsedOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
