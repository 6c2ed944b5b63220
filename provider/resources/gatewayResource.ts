/**
 * The Pulumi resource class that all resources of this package extend. It imports only the parts of Pulumi's SDK that it needs: a
 * program has already loaded the whole SDK, but a command that only checks inputs has not.
 */
import type * as pulumi from "@pulumi/pulumi";
import { RunError } from "@pulumi/pulumi/errors";
import { getOrganization, getProject, getStack } from "@pulumi/pulumi/metadata";
import { Output, output, secret } from "@pulumi/pulumi/output";
import { CustomResource, mergeOptions, Resource } from "@pulumi/pulumi/resource";
import type { AnyDefinition } from "../lifecycle/definition";
import { ownerText } from "../lifecycle/ownership";
import { pluginTokenOf, typeTokenOf } from "../lifecycle/typeTokens";
import { loadableOrThrow } from "./loadable";
import { hideOwnFrames } from "./userPosition";

/** Arguments common to all resources. */
export interface AdoptArgs {
  /**
   * Whether create adopts an object that already exists at the gateway: `"never"`, `"ifExists"`, `"required"`, or the object's
   * id. An adopted object is managed like any other: removing the resource from the program deletes it, unless the resource
   * option `retainOnDelete` is set. Only create reads `adopt`, so removing it later changes nothing. A replacement adopts
   * nothing, because the object that it would find is the one that it replaces.
   * @default "never": an existing object with the same unique key is an error that names its id
   */
  adopt?: pulumi.Input<"never" | "ifExists" | "required" | (string & {})>;
}

/** Code that the state stores and Pulumi calls to manage a resource. Its form must never change, see `provider/dynamic`. */
export function providerText(kind: string): string {
  return `exports.handler=()=>require("pulumi-ngrok-ai/dynamic").provider(${JSON.stringify(kind)})`;
}

/** Whether this process registers its resources as the plugin's, which selects the provider that manages them. */
let isPlugin = false;

/** Makes this process register resources as the plugin's. Only the plugin's own process calls it. */
export function registerAsPluginResources(): void {
  isPlugin = true;
}

/** The Pulumi package that manages the resources of this process. */
export function packageOfResources(): string {
  return isPlugin ? "ngrok-ai" : "pulumi-nodejs";
}

export abstract class GatewayResource extends CustomResource {
  /** @internal */
  protected constructor(
    definition: AnyDefinition,
    name: string,
    args: pulumi.Inputs,
    opts: pulumi.CustomResourceOptions,
  ) {
    const { kind, fields, outputs, secretOutputs = [] } = definition;
    if (!isPlugin) loadableOrThrow();
    if (opts.import !== undefined && !isPlugin) {
      throw new RunError(
        `${kind} "${name}": the import option cannot work here, as Pulumi gives it no way to call this provider. ` +
          `Set adopt: "${String(opts.import)}" in the arguments instead and remove import from the options.`,
      );
    }
    // Pulumi creates one output for each name in the properties, so every name must be present, even without a value.
    const names = [...Object.keys(fields), ...outputs];
    const secretInputs = Object.keys(fields).filter((field) => fields[field]?.secret);
    const additionalSecretOutputs = [...secretInputs, ...secretOutputs];
    const properties = {
      ...Object.fromEntries(names.map((output) => [output, undefined])),
      ...args,
      ...Object.fromEntries(
        secretInputs.filter((input) => args[input] !== undefined).map((input) => [input, secret(args[input])]),
      ),
      ...(isPlugin ? {} : dynamicProperties(kind, name, opts)),
    };
    // Pulumi formats a stack for each of the four promises behind an output, only to print it if one leaks: this takes half of a
    // program's time. Pulumi finds the position of the resource in the program without this limit.
    const { stackTraceLimit } = Error;
    if (!process.env.PULUMI_DEBUG_PROMISE_LEAKS) Error.stackTraceLimit = 0;
    const showOwnFrames = hideOwnFrames();
    try {
      super(
        isPlugin ? pluginTokenOf(kind) : typeTokenOf(kind),
        name,
        properties,
        mergeOptions(opts, { additionalSecretOutputs }),
      );
    } catch (error) {
      showOwnFrames();
      Error.stackTraceLimit = stackTraceLimit;
      const isWithoutFrames = error instanceof Error && !error.stack?.includes("\n    at ");
      if (isWithoutFrames) Error.captureStackTrace(error, new.target);
      throw error;
    } finally {
      showOwnFrames();
      Error.stackTraceLimit = stackTraceLimit;
    }
  }
}

/**
 * The arguments, which plain JavaScript may leave out. Missing arguments become an empty object, so that check names each missing
 * property.
 * @throws RunError for arguments that cannot be read as an object
 */
export function given<Args extends object>(kind: string, name: string, args: Args | null | undefined): Args {
  if (args === null || args === undefined) return {} as Args;
  if (typeof args === "object" && !Array.isArray(args) && !Output.isInstance(args) && !(args instanceof Promise))
    return args;
  throw new RunError(
    `${kind} "${name}" takes an object of arguments; each member may be an Output, the object itself may not.`,
  );
}

/**
 * Properties that a dynamic resource needs to find its provider and, if managed, its owner. The plugin reads the owner from the
 * URN.
 */
function dynamicProperties(kind: string, name: string, opts: pulumi.CustomResourceOptions): pulumi.Inputs {
  const owner = ownerText({ stack: stackName(), resource: name });
  return {
    __provider: providerText(kind),
    ...(opts.id === undefined ? { __owner: owner, ...parentOf(opts) } : {}),
  };
}

/**
 * The types of the resource's ancestors. A promise and not an output: a child that depends on its parent would wait for itself.
 */
function parentOf({ parent }: pulumi.CustomResourceOptions): { __parent?: Promise<string | undefined> } {
  if (parent === undefined) return {};
  return { __parent: new Promise((resolve) => parent.urn.apply((urn) => resolve(qualifiedType(urn)))) };
}

/** `undefined` for the stack itself, whose type appears in no URN. */
function qualifiedType(urn: string): string | undefined {
  const type = urn.split("::")[2];
  return type === "pulumi:pulumi:Stack" ? undefined : type;
}

/** `<organization>/<project>/<stack>` */
function stackName(): string {
  return `${organizationName()}/${getProject()}/${getStack()}`;
}

function organizationName(): string {
  try {
    return getOrganization();
  } catch {
    // Only Pulumi's mocks have no organization, and a unit test should not need to set one.
    return "organization";
  }
}

/** Replaces each resource in a value by its reference at the gateway, so that a program may give either. */
export function referenced<T>(value: unknown, toReference: (resource: pulumi.Resource) => unknown): pulumi.Input<T> {
  if (Resource.isInstance(value)) return toReference(value) as pulumi.Input<T>;
  if (Output.isInstance(value) || value instanceof Promise) {
    return output(value).apply((inner) => referenced<T>(inner, toReference)) as pulumi.Input<T>;
  }
  if (Array.isArray(value)) return value.map((item) => referenced(item, toReference)) as pulumi.Input<T>;
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).map(([key, item]) => [key, referenced(item, toReference)] as const);
    return Object.fromEntries(entries) as pulumi.Input<T>;
  }
  return value as pulumi.Input<T>;
}

/** The id of a resource. */
export function byId(resource: pulumi.Resource): unknown {
  return CustomResource.isInstance(resource) ? resource.id : resource;
}

/** The `providerId` of a custom provider, which is the API's name for it; the id of any other resource. */
export function byProviderId(resource: pulumi.Resource): unknown {
  // No `instanceof`: the program may load two copies of this package.
  const isCustomProvider = "providerId" in resource && "baseUrl" in resource;
  return isCustomProvider ? resource.providerId : byId(resource);
}
