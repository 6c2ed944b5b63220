/** Pulumi's type tokens of the resources. States contain them, so they never change. */

const DYNAMIC_PREFIX = "pulumi-nodejs:dynamic/ngrok-ai:";
const PLUGIN_PREFIX = "ngrok-ai:index:";

/** Type of a dynamic resource: `ProviderKey` → `pulumi-nodejs:dynamic/ngrok-ai:ProviderKey` */
export function typeTokenOf(kind: string): string {
  return DYNAMIC_PREFIX + kind;
}

/** Type of a resource of the plugin: `ProviderKey` → `ngrok-ai:index:ProviderKey` */
export function pluginTokenOf(kind: string): string {
  return PLUGIN_PREFIX + kind;
}

/** The kind of a type token; `undefined` for another package's type. */
export function kindOfTypeToken(token: string): string | undefined {
  const prefix = [DYNAMIC_PREFIX, PLUGIN_PREFIX].find((each) => token.startsWith(each));
  return prefix === undefined ? undefined : token.slice(prefix.length);
}
