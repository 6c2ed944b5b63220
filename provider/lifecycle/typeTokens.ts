/** Pulumi's type tokens of the resources. States refer to them, so they never change. */

const PREFIX = "pulumi-nodejs:dynamic/ngrok-ai:";

/** `ProviderKey` → `pulumi-nodejs:dynamic/ngrok-ai:ProviderKey` */
export function typeTokenOf(kind: string): string {
  return PREFIX + kind;
}

/** The kind that a type token names; `undefined` for the type of another package. */
export function kindOfTypeToken(token: string): string | undefined {
  return token.startsWith(PREFIX) ? token.slice(PREFIX.length) : undefined;
}
