/**
 * The engine's property values: JSON, and kinds that JSON does not have (secret, unknown, resource reference, asset, archive).
 * `protocol/wire.ts` defines their form on the wire, `state/stateValues.ts` their form in the state file.
 */

/** Base of all values that are not JSON; distinguishes them from property maps. */
export abstract class SpecialValue {
  protected readonly isSpecialValue = true;
}

/** A value that only an update can determine. */
export class Unknown extends SpecialValue {
  constructor(readonly sentinel: string = UNKNOWN_STRING) {
    super();
  }
}

/** A value that is stored encrypted and masked in all output. */
export class Secret extends SpecialValue {
  constructor(readonly element: PropertyValue) {
    super();
  }
}

/** A value with its dependencies; exists only on the wire. `element` undefined means unknown. */
export class OutputValue extends SpecialValue {
  constructor(
    readonly element: PropertyValue | undefined,
    readonly isSecret: boolean,
    readonly dependencies: readonly string[],
  ) {
    super();
  }
}

/** A reference to a resource of this stack. `id` is undefined for a component, unknown for a resource not created yet. */
export class ResourceReference extends SpecialValue {
  constructor(
    readonly urn: string,
    readonly id: string | Unknown | undefined,
    readonly packageVersion: string,
  ) {
    super();
  }
}

/** A file or text as a property; assets with equal hashes are equal. */
export class Asset extends SpecialValue {
  constructor(
    readonly hash: string,
    readonly content: { readonly text?: string; readonly path?: string; readonly uri?: string },
  ) {
    super();
  }
}

/** A collection of assets, or an archive file; archives with equal hashes are equal. */
export class Archive extends SpecialValue {
  constructor(
    readonly hash: string,
    readonly content: {
      readonly assets?: Readonly<Record<string, PropertyValue>>;
      readonly path?: string;
      readonly uri?: string;
    },
  ) {
    super();
  }
}

export type PropertyValue =
  | null
  | boolean
  | number
  | string
  | PropertyValue[]
  | PropertyMap
  | Unknown
  | Secret
  | OutputValue
  | ResourceReference
  | Asset
  | Archive;

export interface PropertyMap {
  [key: string]: PropertyValue;
}

/** What a plain JSON document may hold. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/** A text in JSON; empty if the value is not a text. */
export function textOf(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}

/** The content of an asset or archive, in its JSON form. */
export function contentOf(object: JsonObject): { text?: string; path?: string; uri?: string } {
  return {
    ...(typeof object.text === "string" && { text: object.text }),
    ...(typeof object.path === "string" && { path: object.path }),
    ...(typeof object.uri === "string" && { uri: object.uri }),
  };
}

/** The text that represents an unknown value of any type on the wire. */
export const UNKNOWN_STRING = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** All texts that represent an unknown value, one per expected type. */
export const UNKNOWN_SENTINELS: ReadonlySet<string> = new Set([
  UNKNOWN_STRING,
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

/** The member that marks an object as a special value. */
export const SIGNATURE_KEY = "4dabf18193072939515e22adb298388d";
export const SIGNATURES = {
  secret: "1b47061264138c4ac30d75fd1eb44270",
  resourceReference: "5cf8f73096256a8f31e491e813e4eb8e",
  outputValue: "d0e6a833031e9bbcd3f4e8bde6ca49a4",
  asset: "c44067f5952c0a294b673a41bacd8c17",
  archive: "0def7320c3a5731c473e5ecbe6d01bc7",
  nonFiniteNumber: "8ad145fe-0d11-4827-bfd7-1abcbf086f5c",
  byteString: "803fd3297a5875dc03ca845dda5d2a98",
} as const;

export function isMap(value: PropertyValue | undefined): value is PropertyMap {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof SpecialValue);
}

/** Builds a map from pairs; a key such as `__proto__` becomes an own property too. */
export function mapOf(entries: Iterable<readonly [string, PropertyValue]>): PropertyMap {
  return Object.fromEntries(entries);
}

/** Rebuilds a value bottom-up: `change` receives each value after its parts were rebuilt. */
export function rebuild(value: PropertyValue, change: (value: PropertyValue) => PropertyValue): PropertyValue {
  if (Array.isArray(value)) return change(value.map((element) => rebuild(element, change)));
  if (isMap(value)) {
    return change(mapOf(Object.entries(value).map(([key, element]) => [key, rebuild(element, change)])));
  }
  if (value instanceof Secret) return change(new Secret(rebuild(value.element, change)));
  if (value instanceof OutputValue && value.element !== undefined) {
    return change(new OutputValue(rebuild(value.element, change), value.isSecret, value.dependencies));
  }
  return change(value);
}

/** Whether `test` holds for the value or any part of it. */
export function someValue(value: PropertyValue, test: (value: PropertyValue) => boolean): boolean {
  if (test(value)) return true;
  if (Array.isArray(value)) return value.some((element) => someValue(element, test));
  if (isMap(value)) return Object.values(value).some((element) => someValue(element, test));
  if (value instanceof Secret) return someValue(value.element, test);
  if (value instanceof OutputValue && value.element !== undefined) return someValue(value.element, test);
  return false;
}

export function containsUnknowns(value: PropertyValue): boolean {
  return someValue(
    value,
    (part) =>
      part instanceof Unknown ||
      (part instanceof OutputValue && part.element === undefined) ||
      (part instanceof ResourceReference && part.id instanceof Unknown),
  );
}

export function containsSecrets(value: PropertyValue): boolean {
  return someValue(value, (part) => part instanceof Secret || (part instanceof OutputValue && part.isSecret));
}

/** The value without secret and output wrappers. */
export function withoutWrappers(value: PropertyValue): PropertyValue {
  return rebuild(value, (part) => {
    if (part instanceof Secret) return part.element;
    if (part instanceof OutputValue) return part.element ?? new Unknown();
    return part;
  });
}

export function mapWithoutWrappers(map: PropertyMap): PropertyMap {
  return withoutWrappers(map) as PropertyMap;
}

/** Replaces output values by the plain, secret or unknown values inside them. */
export function withoutOutputValues(value: PropertyValue): PropertyValue {
  return rebuild(value, (part) => {
    if (!(part instanceof OutputValue)) return part;
    const element = part.element ?? new Unknown();
    return part.isSecret ? new Secret(element) : element;
  });
}

/** The dependencies of all output values in a value. */
export function outputDependencies(value: PropertyValue): Set<string> {
  const urns = new Set<string>();
  someValue(value, (part) => {
    if (part instanceof OutputValue) for (const urn of part.dependencies) urns.add(urn);
    return false;
  });
  return urns;
}

/** The value with `dependencies` added. */
export function withDependencies(value: PropertyValue, dependencies: readonly string[]): OutputValue {
  if (value instanceof OutputValue) {
    return new OutputValue(value.element, value.isSecret, [...new Set([...value.dependencies, ...dependencies])]);
  }
  if (value instanceof Unknown) return new OutputValue(undefined, false, dependencies);
  if (!(value instanceof Secret)) return new OutputValue(value, false, dependencies);
  return new OutputValue(value.element instanceof Unknown ? undefined : value.element, true, dependencies);
}

/** Deep equality; a null member equals an absent one, assets are equal by hash, a secret differs from its plain value. */
export function valuesEqual(left: PropertyValue | undefined, right: PropertyValue | undefined): boolean {
  const a = left ?? null;
  const b = right ?? null;
  if (a === b) return true;
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((element, index) => valuesEqual(element, b[index]));
  }
  if (isMap(a)) return isMap(b) && mapsEqual(a, b);
  if (a instanceof Secret) return b instanceof Secret && valuesEqual(a.element, b.element);
  if (a instanceof Asset) return b instanceof Asset && a.hash === b.hash;
  if (a instanceof Archive) return b instanceof Archive && a.hash === b.hash;
  if (a instanceof Unknown) return b instanceof Unknown;
  if (a instanceof ResourceReference) return b instanceof ResourceReference && a.urn === b.urn && sameId(a.id, b.id);
  if (a instanceof OutputValue) {
    return b instanceof OutputValue && a.isSecret === b.isSecret && valuesEqual(a.element, b.element);
  }
  return Number.isNaN(a) && Number.isNaN(b);
}

function sameId(a: ResourceReference["id"], b: ResourceReference["id"]): boolean {
  return a instanceof Unknown ? b instanceof Unknown : a === b;
}

function mapsEqual(a: PropertyMap, b: PropertyMap): boolean {
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  for (const key of keys) if (!valuesEqual(ownValue(a, key), ownValue(b, key))) return false;
  return true;
}

/** A map's own member, never an inherited one. */
export function ownValue(map: PropertyMap, key: string): PropertyValue | undefined {
  return Object.hasOwn(map, key) ? map[key] : undefined;
}

const byBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** Keys in Pulumi's order: by their UTF-8 bytes. */
export function sortedKeys(map: object): string[] {
  const keys = Object.keys(map);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII keys sort equally as text and as bytes, and text is faster.
  return keys.every((key) => /^[\x00-\x7f]*$/.test(key)) ? keys.sort() : keys.sort(byBytes);
}
