/** Property values on the gRPC wire (`google.protobuf.Struct`). */
import {
  Archive,
  Asset,
  contentOf,
  isMap,
  type Json,
  type JsonObject,
  mapOf,
  OutputValue,
  ownValue,
  type PropertyMap,
  type PropertyValue,
  ResourceReference,
  Secret,
  SIGNATURE_KEY,
  SIGNATURES,
  textOf,
  UNKNOWN_SENTINELS,
  Unknown,
} from "../values/values";
import { type Struct, structProto } from "./stubs";

/** The value kinds that the receiver understands; any other kind is replaced by its plain value. */
export interface WireOptions {
  /** `keep` sends the sentinel; `drop` omits the member or element, as Pulumi does outside previews. */
  readonly unknowns: "keep" | "drop";
  readonly keepSecrets: boolean;
  /** If false, a reference is sent as the resource's id, or as its URN for a component. */
  readonly keepResources: boolean;
  /** Whether output values keep their dependencies. @default false: only their value, secret or unknown is sent */
  readonly keepOutputs?: boolean;
}

export function toStruct(map: PropertyMap, options: WireOptions): Struct.Struct {
  return structProto.Struct.fromJavaScript(toWireMap(map, options));
}

export function toWireValue(value: PropertyValue, options: WireOptions): Struct.Value {
  return structProto.Value.fromJavaScript(toWire(value, options) ?? null);
}

function toWireMap(map: PropertyMap, options: WireOptions): JsonObject {
  const entries: [string, Json][] = [];
  for (const [key, value] of Object.entries(map)) {
    const converted = toWire(value, options);
    if (converted !== undefined) entries.push([key, converted]);
  }
  return Object.fromEntries(entries);
}

function toWire(value: PropertyValue, options: WireOptions): Json | undefined {
  if (Array.isArray(value)) return toWireArray(value, options);
  if (isMap(value)) return toWireMap(value, options);
  if (value instanceof Unknown) return options.unknowns === "keep" ? value.sentinel : undefined;
  if (value instanceof Secret) return toWireSecret(value.element, options);
  if (value instanceof OutputValue) return toWireOutput(value, options);
  if (value instanceof ResourceReference) return toWireReference(value, options);
  if (value instanceof Asset) return { [SIGNATURE_KEY]: SIGNATURES.asset, hash: value.hash, ...value.content };
  if (value instanceof Archive) return toWireArchive(value, options);
  return value;
}

/** A dropped unknown shortens its array, as it does in Pulumi. */
function toWireArray(elements: readonly PropertyValue[], options: WireOptions): Json[] {
  return elements.map((element) => toWire(element, options)).filter((element) => element !== undefined);
}

function toWireSecret(element: PropertyValue, options: WireOptions): Json | undefined {
  const inner = toWire(element, options);
  if (!options.keepSecrets || inner === undefined) return inner;
  return { [SIGNATURE_KEY]: SIGNATURES.secret, value: inner };
}

function toWireOutput(output: OutputValue, options: WireOptions): Json | undefined {
  const { element = new Unknown(), isSecret, dependencies } = output;
  if (!options.keepOutputs) return isSecret ? toWireSecret(element, options) : toWire(element, options);
  const value = output.element === undefined ? undefined : toWire(output.element, options);
  return {
    [SIGNATURE_KEY]: SIGNATURES.outputValue,
    ...(value !== undefined && { value }),
    secret: isSecret,
    dependencies: [...dependencies],
  };
}

function toWireReference(reference: ResourceReference, options: WireOptions): Json | undefined {
  const { urn, id, packageVersion } = reference;
  if (options.keepResources) {
    const idMember = id === undefined ? {} : { id: id instanceof Unknown ? "" : id };
    return { [SIGNATURE_KEY]: SIGNATURES.resourceReference, urn, ...idMember, packageVersion };
  }
  return id === undefined ? urn : toWire(id, options);
}

function toWireArchive(archive: Archive, options: WireOptions): Json {
  const { assets, ...rest } = archive.content;
  const assetsMember = assets === undefined ? {} : { assets: toWireMap({ ...assets }, options) };
  return { [SIGNATURE_KEY]: SIGNATURES.archive, hash: archive.hash, ...rest, ...assetsMember };
}

export function fromStruct(struct: Struct.Struct | undefined): PropertyMap {
  return struct === undefined ? {} : fromWireMap(struct.toJavaScript() as JsonObject);
}

export function fromWireValue(value: Struct.Value): PropertyValue {
  return fromWire(value.toJavaScript() as Json);
}

function fromWireMap(map: JsonObject): PropertyMap {
  return mapOf(Object.entries(map).map(([key, value]) => [key, fromWire(value)]));
}

function fromWire(value: Json): PropertyValue {
  if (typeof value === "string") return UNKNOWN_SENTINELS.has(value) ? new Unknown(value) : value;
  if (Array.isArray(value)) return value.map(fromWire);
  if (value === null || typeof value !== "object") return value;
  const signature = Object.hasOwn(value, SIGNATURE_KEY) ? value[SIGNATURE_KEY] : undefined;
  return signature === undefined ? fromWireMap(value) : fromSignature(signature, value);
}

function fromSignature(signature: Json, object: JsonObject): PropertyValue {
  switch (signature) {
    case SIGNATURES.secret:
      return new Secret(fromWire(object.value ?? null));
    case SIGNATURES.outputValue:
      return new OutputValue(
        Object.hasOwn(object, "value") ? fromWire(object.value ?? null) : undefined,
        object.secret === true,
        Array.isArray(object.dependencies) ? object.dependencies.map(String) : [],
      );
    case SIGNATURES.resourceReference:
      return referenceFromWire(object);
    case SIGNATURES.asset:
      return new Asset(textOf(object.hash), contentOf(object));
    case SIGNATURES.archive:
      return archiveFromWire(object);
    default:
      throw new Error(`a value has the unknown signature ${JSON.stringify(signature)}`);
  }
}

function referenceFromWire(object: JsonObject): ResourceReference {
  const { id } = object;
  const known = typeof id === "string" && (id === "" || UNKNOWN_SENTINELS.has(id)) ? new Unknown() : textOf(id);
  return new ResourceReference(textOf(object.urn), id === undefined ? undefined : known, textOf(object.packageVersion));
}

function archiveFromWire(object: JsonObject): Archive {
  const assets = object.assets;
  const isAssetMap = typeof assets === "object" && assets !== null && !Array.isArray(assets);
  return new Archive(textOf(object.hash), { ...contentOf(object), ...(isAssetMap && { assets: fromWireMap(assets) }) });
}

/**
 * Marks secrets in values returned by a provider that does not support secrets: a member is secret if the given member of the
 * same name contains a secret. Objects are compared member by member, any other value is marked as a whole.
 */
export function markSecretsLike(returned: PropertyMap, given: PropertyMap): PropertyMap {
  return mapOf(
    Object.entries(returned).map(([key, value]) => {
      const source = ownValue(given, key);
      return [key, source === undefined ? value : markSecretLike(value, source)];
    }),
  );
}

function markSecretLike(value: PropertyValue, source: PropertyValue): PropertyValue {
  if (value instanceof Secret) return value;
  if (isMap(value) && isMap(source)) return markSecretsLike(value, source);
  return hasSecret(source) ? new Secret(value) : value;
}

function hasSecret(value: PropertyValue): boolean {
  if (value instanceof Secret) return true;
  if (Array.isArray(value)) return value.some(hasSecret);
  return isMap(value) && Object.values(value).some(hasSecret);
}
