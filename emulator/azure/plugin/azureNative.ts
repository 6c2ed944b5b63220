/**
 * Stand-in for the provider of `@pulumi/azure-native`, as far as an Azure OpenAI account with its deployments needs it: what
 * it checks, what it replaces for, what it calls unknown at preview, how it sees drift, and how it words what Azure refuses.
 *
 * Not emulated: identities and logins (anyone may do everything), a location taken from the resource group, repeating of
 * requests that Azure answers with 408, 429 or 5xx, and every other resource.
 */
import { createHash } from "node:crypto";
import type { Cloud } from "../hosts";
import { normalizeLocation } from "../locations";
import { DEFAULT_SUBSCRIPTION_ID } from "../seed";
import { ArmClient, provisioningStateOf, STAND_IN_TOKEN } from "./armClient";
import { accountPath, pathInputsOf, type ResourceType, resourceTypeOf } from "./resourceTypes";
import { type Difference, differences, isObject, type JsonObject, textAt, UNKNOWN, withDrift } from "./values";

const ENVIRONMENTS: Readonly<Record<string, Cloud>> = {
  public: "public",
  usgovernment: "usgovernment",
  usgov: "usgovernment",
  china: "china",
};
const COGNITIVE_API_VERSION = "2025-06-01";
const NAME_SUFFIX_CHARS = 8;
/** Nobody logs in to the local Azure: any token will do, and the ids of the login are all zeros. */
const NOBODY = "00000000-0000-0000-0000-000000000000";

export interface Checked {
  readonly inputs: JsonObject;
  readonly failures: readonly { readonly property: string; readonly reason: string }[];
}

export interface Resource {
  readonly id: string;
  readonly outputs: JsonObject;
}

export interface Found extends Resource {
  readonly inputs: JsonObject;
}

/** Azure took the request and did not bring it to a good end: the resource is there, and not as it should be. */
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

  /** @param config as stack config names it, without the package. */
  constructor(azureUrl: string, config: Readonly<Record<string, string>>) {
    const environment = config.environment ?? "public";
    const cloud = ENVIRONMENTS[environment.toLowerCase()];
    if (cloud === undefined) throw new Error(`environment "${environment}" is none of public, usgovernment, china`);
    this.subscriptionId = config.subscriptionId ?? DEFAULT_SUBSCRIPTION_ID;
    this.location = config.location;
    this.arm = new ArmClient(azureUrl, cloud);
  }

  /** Fills in names and location where the program gives none. */
  check(token: string, resourceName: string, olds: JsonObject, news: JsonObject, seed: Uint8Array): Checked {
    const type = resourceTypeOf(token);
    const { nameInput } = type;
    const location = type.bodyInputs.includes("location") ? (olds.location ?? this.location) : undefined;
    const inputs: JsonObject = {
      [nameInput]: olds[nameInput] ?? `${resourceName}${suffixOf(seed)}`,
      ...(location !== undefined && { location }),
      ...news,
    };
    const missing = type.pathInputs.filter((input) => inputs[input] === undefined);
    const failures = missing.map((property) => ({ property, reason: `missing required property '${property}'` }));
    return { inputs, failures };
  }

  /** Differences, and which of them need another resource. */
  diff(token: string, oldInputs: JsonObject, news: JsonObject): { all: Difference[]; replaces: string[] } {
    const type = resourceTypeOf(token);
    const all = differences(comparable(oldInputs), comparable(news));
    const forcing = [...type.pathInputs, ...type.replaces];
    return { all, replaces: all.map(({ path }) => path).filter((path) => forcing.includes(path)) };
  }

  /** What is known of a resource before it is made. */
  previewOutputs(token: string, inputs: JsonObject): JsonObject {
    const { bodyInputs, readOnlyOutputs } = resourceTypeOf(token);
    const known = bodyInputs.filter((input) => inputs[input] !== undefined).map((input) => [input, inputs[input]]);
    return { ...Object.fromEntries(readOnlyOutputs.map((output) => [output, UNKNOWN])), ...Object.fromEntries(known) };
  }

  async create(token: string, inputs: JsonObject): Promise<Resource> {
    const type = resourceTypeOf(token);
    const id = decodeURI(type.path(this.subscriptionId, inputs));
    const existing = await this.arm.find(id, type.apiVersion);
    if (existing !== undefined) throw new Error(`cannot create already existing resource '${id}'`);
    return this.put(type, id, inputs);
  }

  update(token: string, id: string, inputs: JsonObject): Promise<Resource> {
    return this.put(resourceTypeOf(token), id, inputs);
  }

  private async put(type: ResourceType, id: string, inputs: JsonObject): Promise<Resource> {
    const view = await this.arm.put(id, type.apiVersion, bodyOf(type, inputs));
    const resource = { id, outputs: outputsOf(type, view) };
    const state = provisioningStateOf(view);
    if (state !== "Succeeded") throw new HalfMadeError(resource, inputs, `provisioning of '${id}' ended as ${state}`);
    return resource;
  }

  /** Undefined where it is gone. Without earlier inputs (an import) they are told from what is there. */
  async read(token: string, id: string, inputs: JsonObject, before: JsonObject): Promise<Found | undefined> {
    const type = resourceTypeOf(token);
    const view = await this.arm.find(id, type.apiVersion);
    if (view === undefined) return undefined;
    const outputs = outputsOf(type, view);
    const isImport = Object.keys(inputs).length === 0;
    const written = writable(type, outputs);
    const seen = isImport ? written : seenInputs(type, inputs, writable(type, before), written);
    return { id, outputs, inputs: { ...pathInputsOf(type, id), ...seen } };
  }

  async delete(token: string, id: string): Promise<void> {
    await this.arm.delete(id, resourceTypeOf(token).apiVersion);
  }

  async invoke(token: string, args: JsonObject): Promise<JsonObject> {
    const account = () => accountPath(this.subscriptionId, args);
    switch (token) {
      case "azure-native:cognitiveservices:listAccountKeys":
        return this.arm.post(`${account()}/listKeys`, COGNITIVE_API_VERSION);
      case "azure-native:cognitiveservices:getAccount":
        return this.get(account(), COGNITIVE_API_VERSION);
      case "azure-native:cognitiveservices:getDeployment":
        return this.get(`${account()}/deployments/${textAt(args, "deploymentName")}`, COGNITIVE_API_VERSION);
      case "azure-native:authorization:getClientToken":
        return { token: STAND_IN_TOKEN };
      case "azure-native:authorization:getClientConfig":
        return { clientId: NOBODY, objectId: NOBODY, subscriptionId: this.subscriptionId, tenantId: NOBODY };
      default:
        throw new Error(
          `the local stand-in of azure-native has listAccountKeys, getAccount, getDeployment, getClientToken and getClientConfig, not ${token}`,
        );
    }
  }

  private async get(path: string, apiVersion: string): Promise<JsonObject> {
    const found = await this.arm.find(path, apiVersion);
    if (found === undefined) throw new Error(`Status=404 Code="ResourceNotFound" Message="'${path}' was not found."`);
    return { ...found, azureApiVersion: apiVersion };
  }
}

/** The engine's seed makes the same name at preview and at `up`. */
function suffixOf(seed: Uint8Array): string {
  return createHash("sha256").update(seed).digest("hex").slice(0, NAME_SUFFIX_CHARS);
}

/** Azure writes regions in one way; a program may write them in several. */
function comparable(inputs: JsonObject): JsonObject {
  const { location } = inputs;
  return typeof location === "string" && location !== UNKNOWN
    ? { ...inputs, location: normalizeLocation(location) }
    : inputs;
}

function bodyOf(type: ResourceType, inputs: JsonObject): JsonObject {
  return Object.fromEntries(
    type.bodyInputs.filter((input) => inputs[input] !== undefined).map((input) => [input, inputs[input]]),
  );
}

function outputsOf(type: ResourceType, { id: _, ...view }: JsonObject): JsonObject {
  return { ...view, azureApiVersion: type.apiVersion };
}

/** The part of the outputs that could have been said as inputs. */
function writable(type: ResourceType, outputs: JsonObject): JsonObject {
  const body = bodyOf(type, outputs);
  if (!isObject(body.properties)) return body;
  const properties = Object.entries(body.properties).filter(([key]) => type.writableProperties.includes(key));
  return { ...body, properties: Object.fromEntries(properties) };
}

/** The program's inputs with what was changed or added elsewhere since the last look. */
function seenInputs(type: ResourceType, inputs: JsonObject, before: JsonObject, now: JsonObject): JsonObject {
  const body = withDrift(bodyOf(type, inputs), before, now) as JsonObject;
  const added = Object.keys(now).filter((key) => before[key] === undefined && body[key] === undefined);
  return { ...Object.fromEntries(added.map((key) => [key, now[key]])), ...body };
}
