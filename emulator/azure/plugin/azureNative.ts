/**
 * Stand-in for the provider of `@pulumi/azure-native` 3.28, limited to Azure OpenAI accounts, their deployments and their governance.
 * It has the same checks, replacements, unknown values in previews, drift detection, and messages for Azure's
 * refusals.
 * @see https://github.com/pulumi/pulumi-azure-native provider/pkg/provider/provider.go
 *
 * Not emulated: identities and logins (every caller may do everything), a location derived from the resource group, most type
 * checks of inputs (Azure's own refusals follow), and every other resource.
 */
import { createHash } from "node:crypto";
import type { Cloud } from "../hosts";
import { normalizeLocation } from "../locations";
import { DEFAULT_SUBSCRIPTION_ID } from "../seed";
import { AfterAcceptanceError, ArmClient, provisioningStateOf, STAND_IN_TOKEN, type Waiting } from "./armClient";
import {
  bodyOf,
  idOf,
  inputsOfId,
  outputsOf,
  pathInputs,
  type ResourceType,
  resourceTypeOf,
  resourceTypes,
  writable,
} from "./resourceTypes";
import { type Difference, differences, isObject, type JsonObject, UNKNOWN, withDrift, withoutTrivial } from "./values";

const ENVIRONMENTS: Readonly<Record<string, Cloud>> = {
  public: "public",
  usgovernment: "usgovernment",
  usgov: "usgovernment",
  china: "china",
};
const LIST_KEYS = "azure-native:cognitiveservices:listAccountKeys";
const CLIENT_TOKEN = "azure-native:authorization:getClientToken";
const CLIENT_CONFIG = "azure-native:authorization:getClientConfig";
/** The local Azure accepts any token, so there is no login and its ids are all zeros. */
const NOBODY = "00000000-0000-0000-0000-000000000000";
const NAME_SUFFIX_CHARS = 8;
/** Outputs that stay known in azure-native's preview of an update. */
const STABLE_OUTPUTS = ["name", "location"];
/** Names that azure-native checks itself. */
const NAME_RULES: Readonly<
  Record<string, { readonly minimum: number; readonly maximum: number; readonly pattern: RegExp }>
> = {
  accountName: { minimum: 2, maximum: 64, pattern: /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/ },
  resourceGroupName: { minimum: 1, maximum: 90, pattern: /^[-\w._()]+$/ },
};

interface Failure {
  readonly property: string;
  readonly reason: string;
}

export interface Checked {
  readonly inputs: JsonObject;
  readonly failures: readonly Failure[];
}

export interface Resource {
  readonly id: string;
  readonly outputs: JsonObject;
}

export interface Found extends Resource {
  readonly inputs: JsonObject;
}

/** Azure accepted the request but did not complete it: the resource exists and is incomplete. */
export class HalfMadeError extends Error {
  constructor(
    readonly resource: Resource,
    readonly inputs: JsonObject,
    reason: string,
  ) {
    super(reason);
  }
}

export class AzureNative {
  private readonly subscriptionId: string;
  private readonly location: string | undefined;
  private readonly arm: ArmClient;

  /** @param config the stack config, with keys without the package. */
  constructor(azureUrl: string, config: Readonly<Record<string, string>>) {
    const environment = config.environment ?? "public";
    const cloud = ENVIRONMENTS[environment.toLowerCase()];
    if (cloud === undefined) throw new Error(`environment "${environment}" is not one of public, usgovernment, china`);
    this.subscriptionId = config.subscriptionId ?? DEFAULT_SUBSCRIPTION_ID;
    this.location = config.location;
    this.arm = new ArmClient(azureUrl, cloud);
  }

  /** Fills in names and location that the program omits. */
  check(token: string, resourceName: string, olds: JsonObject, news: JsonObject, seed: Uint8Array): Checked {
    const type = resourceTypeOf(token);
    const { nameInput } = type;
    const location = type.bodyInputs.includes("location") ? (olds.location ?? this.location) : undefined;
    const inputs: JsonObject = {
      [nameInput]: olds[nameInput] ?? `${resourceName}${suffixOf(seed)}`,
      ...(location !== undefined && { location }),
      ...news,
    };
    const failures = pathInputs(type).flatMap((property) => nameFailures(property, inputs[property]));
    return { inputs, failures };
  }

  /** The differences, and which of them replace the resource. */
  diff(token: string, oldInputs: JsonObject, news: JsonObject): { all: Difference[]; replaces: string[] } {
    const type = resourceTypeOf(token);
    const all = differences(comparable(oldInputs), comparable(news));
    const forcing = [...pathInputs(type), ...type.replaces];
    return { all, replaces: all.map(({ path }) => path).filter((path) => forcing.includes(path)) };
  }

  /** Outputs before the creation: the inputs, and all other outputs unknown. */
  previewOutputs(token: string, inputs: JsonObject): JsonObject {
    const type = resourceTypeOf(token);
    const { properties } = type;
    const outputs = [...type.bodyInputs, ...type.flattened, ...type.computed];
    const known = Object.fromEntries(outputs.map((name) => [name, inputs[name] ?? UNKNOWN]));
    if (!isObject(inputs.properties)) return known;
    const unknown = [...properties.written, ...properties.computed].map((name) => [name, UNKNOWN]);
    const { restore: _restore, ...given } = inputs.properties;
    return { ...known, properties: { ...Object.fromEntries(unknown), ...given } };
  }

  /** Outputs before a change: as before the creation, with the outputs that never change. */
  previewUpdate(token: string, inputs: JsonObject, outputs: JsonObject): JsonObject {
    const stable = STABLE_OUTPUTS.filter((name) => outputs[name] !== undefined).map((name) => [name, outputs[name]]);
    return { ...this.previewOutputs(token, inputs), ...Object.fromEntries(stable) };
  }

  async create(token: string, inputs: JsonObject, waiting: Waiting): Promise<Resource> {
    const type = resourceTypeOf(token);
    const id = idOf(type, this.subscriptionId, inputs);
    const existing = await this.arm.find(id, type.apiVersion, waiting);
    if (existing !== undefined) throw new Error(`cannot create already existing resource '${id}'`);
    return this.put(type, id, inputs, waiting, "Create");
  }

  update(token: string, id: string, inputs: JsonObject, waiting: Waiting): Promise<Resource> {
    return this.put(resourceTypeOf(token), id, inputs, waiting, "Update");
  }

  /** Undefined if it does not exist. Without earlier inputs, as in an import, they are derived from the resource. */
  async read(
    token: string,
    id: string,
    inputs: JsonObject,
    before: JsonObject,
    waiting: Waiting,
  ): Promise<Found | undefined> {
    const type = resourceTypeOf(token);
    const ofId = inputsOfId(type, id);
    const view = await this.arm.find(id, type.apiVersion, waiting);
    if (view === undefined) return undefined;
    const outputs = outputsOf(type, view);
    const written = writable(type, outputs);
    const isImport = Object.keys(inputs).length === 0;
    const seen = isImport ? withoutTrivial(written) : withDrift(inputs, writable(type, before), written);
    return { id, outputs, inputs: { ...ofId, ...(seen as JsonObject | undefined) } };
  }

  async delete(token: string, id: string, waiting: Waiting): Promise<void> {
    await this.arm.delete(id, resourceTypeOf(token).apiVersion, waiting);
  }

  async invoke(token: string, args: JsonObject, waiting: Waiting): Promise<JsonObject> {
    if (token === LIST_KEYS) {
      const account = resourceTypeOf("azure-native:cognitiveservices:Account");
      return this.arm.post(`${idOf(account, this.subscriptionId, args)}/listKeys`, account.apiVersion, waiting);
    }
    if (token === CLIENT_TOKEN) return { token: STAND_IN_TOKEN };
    if (token === CLIENT_CONFIG) {
      return { clientId: NOBODY, objectId: NOBODY, subscriptionId: this.subscriptionId, tenantId: NOBODY };
    }
    const type = resourceTypes.find((each) => getterOf(each) === token);
    if (type === undefined) {
      const known = [LIST_KEYS, CLIENT_TOKEN, CLIENT_CONFIG, ...resourceTypes.map(getterOf)].join(", ");
      throw new Error(`the local stand-in of azure-native has ${known}, not ${token}`);
    }
    const id = idOf(type, this.subscriptionId, args);
    const found = await this.arm.find(id, type.apiVersion, waiting);
    if (found === undefined) throw notFound(id);
    return { id: found.id, ...outputsOf(type, found) };
  }

  private async put(
    type: ResourceType,
    id: string,
    inputs: JsonObject,
    waiting: Waiting,
    operation: "Create" | "Update",
  ): Promise<Resource> {
    let view: JsonObject;
    try {
      view = await this.arm.put(id, type.apiVersion, bodyOf(type, inputs), waiting);
    } catch (error) {
      if (!(error instanceof AfterAcceptanceError)) throw error;
      throw await this.halfMade(type, id, inputs, error.message, waiting);
    }
    const resource = { id: typeof view.id === "string" ? view.id : id, outputs: outputsOf(type, view) };
    const state = provisioningStateOf(view);
    if (state !== "Succeeded") throw new HalfMadeError(resource, inputs, `provisioning of '${id}' ended as ${state}`);
    return this.asRead(type, resource, operation, waiting);
  }

  /** The resource as Read returns it, which may differ from the answer to PUT. */
  private async asRead(type: ResourceType, written: Resource, operation: string, waiting: Waiting): Promise<Resource> {
    try {
      return { id: written.id, outputs: await this.outputsNow(type, written.id, waiting) };
    } catch {
      // It was written, so the answer to PUT is used.
      await waiting.report(`Failed to read resource after ${operation}. Please report this issue.`);
      return written;
    }
  }

  private async halfMade(
    type: ResourceType,
    id: string,
    inputs: JsonObject,
    reason: string,
    waiting: Waiting,
  ): Promise<HalfMadeError> {
    try {
      return new HalfMadeError({ id, outputs: await this.outputsNow(type, id, waiting) }, inputs, reason);
    } catch (error) {
      const both = `resource created but read failed ${(error as Error).message}: ${reason}`;
      return new HalfMadeError({ id, outputs: {} }, inputs, both);
    }
  }

  private async outputsNow(type: ResourceType, id: string, waiting: Waiting): Promise<JsonObject> {
    const view = await this.arm.find(id, type.apiVersion, waiting);
    if (view === undefined) throw notFound(id);
    return outputsOf(type, view);
  }
}

/** `azure-native:cognitiveservices:getAccount`. */
function getterOf({ token }: ResourceType): string {
  return token.replace(/:(\w+)$/, ":get$1");
}

function notFound(id: string): Error {
  return new Error(`Status=404 Code="ResourceNotFound" Message="'${id}' was not found."`);
}

/** The engine's seed gives the same name in a preview and in `up`. */
function suffixOf(seed: Uint8Array): string {
  return createHash("sha256").update(seed).digest("hex").slice(0, NAME_SUFFIX_CHARS);
}

function nameFailures(property: string, value: unknown): Failure[] {
  if (value === undefined) return [{ property, reason: `missing required property '${property}'` }];
  const rule = NAME_RULES[property];
  if (rule === undefined || value === UNKNOWN) return [];
  if (typeof value !== "string") return [{ property, reason: `'${property}' should be of type 'string'` }];
  const { length } = value;
  const reasons = [
    length < rule.minimum && `'${property}' is too short (${length}): at least ${rule.minimum} characters required`,
    length > rule.maximum && `'${property}' is too long (${length}): at most ${rule.maximum} characters allowed`,
    !rule.pattern.test(value) && `'${property}' does not match expression '${rule.pattern.source}'`,
  ];
  return reasons.filter((reason) => reason !== false).map((reason) => ({ property, reason }));
}

/** Azure has one notation for a region; a program may use several. */
function comparable(inputs: JsonObject): JsonObject {
  const { location } = inputs;
  return typeof location === "string" && location !== UNKNOWN
    ? { ...inputs, location: normalizeLocation(location) }
    : inputs;
}
