/** The provider's own configuration: inputs of an explicit provider, or the stack config of the namespace `ngrok-ai`. */
import { CONFIG_NAMESPACE, type ConfigSource, EXPLICIT_MARKER } from "../../sdk/settings";
import type { Failure } from "../lifecycle/definition";
import { settingsOrError } from "../lifecycle/gatewayAccess";
import { type PlainObject, UNKNOWN } from "../lifecycle/values";

/** Inputs that are encrypted in the state, also when they are given in clear. */
export const SECRET_SETTINGS: readonly string[] = ["apiKey"];

/** Inputs of every provider that the engine adds and reads itself. */
const ENGINE_INPUTS: readonly string[] = ["version", "pluginDownloadURL"];

/** Providers that a program does not declare have this name, with the version appended. */
const DEFAULT_PROVIDER_NAME = /^default(_|$)/;

export function isExplicitProvider(name: string): boolean {
  return !DEFAULT_PROVIDER_NAME.test(name);
}

/** Why the configuration can't be used. What depends on an unknown value is left to the update. */
export function checkConfig(inputs: PlainObject, isExplicit: boolean, environment: NodeJS.ProcessEnv): Failure[] {
  if (Object.values(inputs).includes(UNKNOWN)) return [];
  const settings = settingsOrError({ config: toConfigSource(inputs, isExplicit), environment });
  if (!(settings instanceof Error)) return [];
  return settings.message.split("\n").map((reason) => ({ property: propertyIn(reason), reason }));
}

/** The inputs as the judge of settings reads them. */
export function toConfigSource(inputs: PlainObject, isExplicit: boolean): ConfigSource {
  const texts = new Map(Object.entries(inputs).flatMap(([name, value]) => toText(name, value)));
  if (isExplicit) texts.set(EXPLICIT_MARKER, "true");
  return { get: (key) => texts.get(key), keys: [...texts.keys()] };
}

/** One setting. Generated SDKs send what is no text as JSON. */
function toText(name: string, value: unknown): readonly (readonly [string, string])[] {
  if (ENGINE_INPUTS.includes(name) || value === null || value === undefined) return [];
  const text = typeof value === "string" ? withoutQuotes(value) : JSON.stringify(value);
  return [[`${CONFIG_NAMESPACE}:${name}`, text]];
}

function withoutQuotes(text: string): string {
  if (!/^".*"$/s.test(text)) return text;
  try {
    return String(JSON.parse(text));
  } catch {
    return text; // it only looks like JSON
  }
}

/** `apiUrl` of a message that begins with `ngrok-ai:apiUrl`. */
function propertyIn(message: string): string {
  return new RegExp(`^${CONFIG_NAMESPACE}:(\\w+)`).exec(message)?.[1] ?? "";
}
