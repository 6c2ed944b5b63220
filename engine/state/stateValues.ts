/** Property values in a state file: JSON in which each secret is its encrypted JSON text. */
import { StateIntegrityError } from "../errors";
import {
  Archive,
  Asset,
  contentOf,
  isMap,
  type Json,
  type JsonObject,
  mapOf,
  OutputValue,
  type PropertyMap,
  type PropertyValue,
  ResourceReference,
  Secret,
  SIGNATURE_KEY,
  SIGNATURES,
  sortedKeys,
  textOf,
  UNKNOWN_SENTINELS,
  UNKNOWN_STRING,
  Unknown,
} from "../values/values";

/** Converts the JSON text of a secret value to its form in the document. */
export type SecretWriter = (json: string) => JsonObject;

/** Returns the JSON text of a secret value from its `ciphertext`. */
export type SecretReader = (ciphertext: string) => string;

/** Writes a secret as plain text, for exports that show secrets. */
export const plaintextWriter: SecretWriter = (json) => ({ plaintext: json });

/** Keys are sorted, as Pulumi writes them. */
export function mapToState(map: PropertyMap, writeSecret: SecretWriter): JsonObject {
  return Object.fromEntries(sortedKeys(map).map((key) => [key, valueToState(map[key] ?? null, writeSecret)]));
}

export function valueToState(value: PropertyValue, writeSecret: SecretWriter): Json {
  if (Array.isArray(value)) return value.map((element) => valueToState(element, writeSecret));
  if (isMap(value)) return mapToState(value, writeSecret);
  if (value instanceof Secret) return secretToState(value, writeSecret);
  if (value instanceof Unknown) return UNKNOWN_STRING;
  if (value instanceof OutputValue) {
    const element = value.element ?? new Unknown();
    return valueToState(value.isSecret ? new Secret(element) : element, writeSecret);
  }
  if (value instanceof ResourceReference) return referenceToState(value);
  if (value instanceof Asset) return assetToState(value);
  if (value instanceof Archive) return archiveToState(value, writeSecret);
  if (typeof value === "number" && !Number.isFinite(value)) return nonFiniteToState(value);
  return value;
}

/** A secret inside a secret is not encrypted again: the outer encryption covers it. */
function secretToState(secret: Secret, writeSecret: SecretWriter): Json {
  const json = JSON.stringify(valueToState(secret.element, (inner) => ({ ciphertext: inner })));
  return { [SIGNATURE_KEY]: SIGNATURES.secret, ...writeSecret(json) };
}

function referenceToState(reference: ResourceReference): Json {
  const { urn, id, packageVersion } = reference;
  const idMember = id === undefined ? {} : { id: id instanceof Unknown ? "" : id };
  return { [SIGNATURE_KEY]: SIGNATURES.resourceReference, ...idMember, packageVersion, urn };
}

function assetToState(asset: Asset): Json {
  const content = Object.entries(asset.content).filter(([, text]) => text !== "");
  return { [SIGNATURE_KEY]: SIGNATURES.asset, hash: asset.hash, ...Object.fromEntries(content) };
}

function archiveToState(archive: Archive, writeSecret: SecretWriter): Json {
  const { assets, ...rest } = archive.content;
  const assetsMember = assets === undefined ? {} : { assets: mapToState({ ...assets }, writeSecret) };
  return { [SIGNATURE_KEY]: SIGNATURES.archive, hash: archive.hash, ...rest, ...assetsMember };
}

function nonFiniteToState(value: number): Json {
  const bits = Buffer.alloc(8);
  bits.writeDoubleBE(value);
  return { [SIGNATURE_KEY]: SIGNATURES.nonFiniteNumber, value: bits.toString("hex") };
}

export function mapFromState(map: JsonObject, readSecret: SecretReader): PropertyMap {
  return mapOf(Object.entries(map).map(([key, value]) => [key, valueFromState(value, readSecret)]));
}

export function valueFromState(value: Json, readSecret: SecretReader): PropertyValue {
  if (typeof value === "string") return UNKNOWN_SENTINELS.has(value) ? new Unknown(value) : value;
  if (Array.isArray(value)) return value.map((element) => valueFromState(element, readSecret));
  if (value === null || typeof value !== "object") return value;
  const signature = Object.hasOwn(value, SIGNATURE_KEY) ? value[SIGNATURE_KEY] : undefined;
  return signature === undefined ? mapFromState(value, readSecret) : specialFromState(signature, value, readSecret);
}

function specialFromState(signature: Json, object: JsonObject, readSecret: SecretReader): PropertyValue {
  switch (signature) {
    case SIGNATURES.secret:
      return secretFromState(object, readSecret);
    case SIGNATURES.resourceReference:
      return new ResourceReference(
        textOf(object.urn),
        object.id === undefined ? undefined : object.id === "" ? new Unknown() : textOf(object.id),
        textOf(object.packageVersion),
      );
    case SIGNATURES.asset:
      return new Asset(textOf(object.hash), contentOf(object));
    case SIGNATURES.archive: {
      const assets = object.assets;
      const hasAssets = typeof assets === "object" && assets !== null && !Array.isArray(assets);
      const members = hasAssets ? { assets: mapFromState(assets, readSecret) } : {};
      return new Archive(textOf(object.hash), { ...contentOf(object), ...members });
    }
    case SIGNATURES.nonFiniteNumber:
      return Buffer.from(textOf(object.value), "hex").readDoubleBE();
    default:
      throw new StateIntegrityError(`a value has the unknown signature ${JSON.stringify(signature)}`);
  }
}

function secretFromState(object: JsonObject, readSecret: SecretReader): Secret {
  const { ciphertext, plaintext } = object;
  const json = plaintext ? textOf(plaintext) : ciphertext ? readSecret(textOf(ciphertext)) : undefined;
  if (json === undefined) throw new StateIntegrityError("a secret has neither ciphertext nor plaintext");
  // Secrets inside a secret are not encrypted again: see secretToState.
  return new Secret(valueFromState(JSON.parse(json) as Json, (inner) => inner));
}
