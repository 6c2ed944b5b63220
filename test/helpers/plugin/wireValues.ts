/** Property values in the wire format of Pulumi's engine, for tests that call the plugin as an engine does. */

const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
const REFERENCE = "5cf8f73096256a8f31e491e813e4eb8e";

export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export const secret = (value: unknown) => ({ [SIGNATURE]: SECRET, value });

/** An output value; unknown if `value` is undefined. */
export const output = (value?: unknown, isSecret = false) => ({
  [SIGNATURE]: OUTPUT,
  ...(value !== undefined && { value }),
  ...(isSecret && { secret: true }),
});

/** `""` is the id of a resource that is being created. */
export const reference = (urn: string, id?: string) => ({
  [SIGNATURE]: REFERENCE,
  urn,
  ...(id !== undefined && { id }),
});

/** The values without wrapped secrets. */
export function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  if (isSecret(value)) return plain(value.value);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
}

/** Paths of secrets, for example `rules[0].steps`. */
export function secretPaths(value: unknown, path = ""): string[] {
  if (typeof value !== "object" || value === null) return [];
  if (isSecret(value)) return [path];
  if (Array.isArray(value)) return value.flatMap((item, index) => secretPaths(item, `${path}[${index}]`));
  return Object.entries(value).flatMap(([key, item]) => secretPaths(item, path === "" ? key : `${path}.${key}`));
}

function isSecret(value: object): value is { value: unknown } {
  return Reflect.get(value, SIGNATURE) === SECRET;
}
