/** The deployment document (formats 3 and 4) that `pulumi stack export` writes and `pulumi stack import` reads. */
import { createHash } from "node:crypto";
import { version as sdkVersion } from "@pulumi/pulumi/version";
import { StateIntegrityError } from "../errors";
import type { Json, JsonObject } from "../values/values";
import { checkIntegrity } from "./integrity";
import { type ResourceState, stateFromJson } from "./resourceState";
import type { Keyring, PassphraseCrypter } from "./secrets";
import type { SecretReader } from "./stateValues";

/** The kind of an interrupted operation. */
export type PendingOperationType = "creating" | "updating" | "deleting" | "reading" | "importing";

export interface PendingOperation {
  readonly type: PendingOperationType;
  /** The resource with the inputs that were sent. */
  readonly resource: ResourceState;
}

/** The content of a deployment document. */
export interface StackState {
  readonly resources: readonly ResourceState[];
  readonly pendingOperations: readonly PendingOperation[];
  /** `v1:<salt>:<check value>` for the document's secrets; undefined if it has no secrets provider. */
  readonly saltState: string | undefined;
}

export const EMPTY_STATE: StackState = { resources: [], pendingOperations: [], saltState: undefined };

const ENGINE_VERSION = `v${sdkVersion}`;

/** Features a version 4 document may use, with a test whether a resource uses each. */
const FEATURES: Readonly<Record<string, (resource: JsonObject) => boolean>> = {
  hooks: (resource) => resource.resourceHooks !== undefined,
  refreshBeforeUpdate: (resource) => resource.refreshBeforeUpdate === true,
  replaceWith: (resource) => resource.replaceWith !== undefined,
  taint: (resource) => resource.taint === true,
};

/** The features that a resource's entry uses; any of them makes the document version 4. */
export function featuresOf(resource: JsonObject): string[] {
  return Object.keys(FEATURES).filter((feature) => FEATURES[feature]?.(resource));
}

/** Hash of the version, which readers check: lower-case hex SHA-256. */
function magicOf(version: string): string {
  return version === "" ? "" : createHash("sha256").update(version).digest("hex");
}

/** A deployment document without its resources and pending operations, which are rendered separately. */
export function documentFrame(saltState: string, now: Date): { manifest: JsonObject; secretsProviders: JsonObject } {
  return {
    manifest: { time: now.toISOString(), magic: magicOf(ENGINE_VERSION), version: ENGINE_VERSION },
    secretsProviders: { type: "passphrase", state: { salt: saltState } },
  };
}

/**
 * Reads a deployment document and decrypts its secrets.
 * @throws StateIntegrityError when it is not a deployment document, or its resources break a rule.
 */
export async function readDeployment(document: unknown, keyring: Keyring): Promise<StackState> {
  const deployment = deploymentOf(document);
  checkManifest(deployment.manifest);
  const saltState = saltStateOf(deployment.secrets_providers);
  const entries = entriesOf(deployment.resources, "resources");
  const pendingEntries = entriesOf(deployment.pending_operations, "pending_operations");
  const readSecret = await secretReader(saltState, [...entries, ...pendingEntries], keyring);
  const resources = entries.map((entry) => stateFromJson(entry, readSecret));
  checkIntegrity(resources);
  return { resources, pendingOperations: pendingEntries.map((entry) => pendingOf(entry, readSecret)), saltState };
}

function deploymentOf(document: unknown): JsonObject {
  if (!isObject(document))
    throw new StateIntegrityError("the state is not a deployment document: it is not a JSON object");
  const { version, features, deployment } = document;
  if (version !== 3 && version !== 4) {
    throw new StateIntegrityError(
      `the state has deployment format ${JSON.stringify(version)}; this engine reads 3 and 4`,
    );
  }
  const unknown = (Array.isArray(features) ? features : []).filter(
    (feature) => !Object.hasOwn(FEATURES, String(feature)),
  );
  if (version === 4 && unknown.length > 0) {
    throw new StateIntegrityError(`the state uses features this engine does not have: ${unknown.join(", ")}`);
  }
  if (deployment === undefined || deployment === null) return {};
  if (!isObject(deployment)) throw new StateIntegrityError("the state's `deployment` is not an object");
  return deployment;
}

function checkManifest(manifest: Json | undefined): void {
  if (!isObject(manifest)) return;
  const { magic = "", version = "" } = manifest;
  if (magic !== magicOf(String(version))) {
    throw new StateIntegrityError("the state's manifest is broken: its magic does not match its version");
  }
}

function saltStateOf(secretsProviders: Json | undefined): string | undefined {
  if (!isObject(secretsProviders) || secretsProviders.type === undefined || secretsProviders.type === "")
    return undefined;
  const { type, state } = secretsProviders;
  if (type !== "passphrase") {
    throw new StateIntegrityError(`the state's secrets are kept by "${type}"; this engine opens "passphrase" only`);
  }
  const salt = isObject(state) ? state.salt : undefined;
  if (typeof salt !== "string") throw new StateIntegrityError("the state's secrets provider has no salt");
  return salt;
}

function entriesOf(value: Json | undefined, member: string): JsonObject[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value) || !value.every(isObject)) {
    throw new StateIntegrityError(`the state's \`${member}\` is not a list of objects`);
  }
  return value;
}

/** Derives the key only when a value is encrypted, because the derivation takes a large part of a second. */
async function secretReader(
  saltState: string | undefined,
  entries: readonly JsonObject[],
  keyring: Keyring,
): Promise<SecretReader> {
  const isEncrypted = entries.some((entry) => JSON.stringify(entry).includes('"ciphertext"'));
  if (!isEncrypted) return (ciphertext) => ciphertext;
  if (saltState === undefined) {
    throw new StateIntegrityError("the state holds encrypted values but no secrets provider that decrypts them");
  }
  const crypter: PassphraseCrypter = await keyring.open(saltState);
  return (ciphertext) => crypter.decrypt(ciphertext);
}

function pendingOf(entry: JsonObject, readSecret: SecretReader): PendingOperation {
  if (!isObject(entry.resource)) throw new StateIntegrityError("a pending operation of the state has no resource");
  return { type: entry.type as PendingOperationType, resource: stateFromJson(entry.resource, readSecret) };
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
