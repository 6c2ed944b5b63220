/**
 * The Pulumi resource class that all resources of this package extend. Of Pulumi's SDK it loads the parts that it needs: a program
 * has loaded all of it already, but a command that only checks inputs has not.
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

/** Options common to all resources' arguments. */
export interface AdoptArgs {
  /**
   * Whether creating the resource adopts an object that exists at the gateway already: `"never"`, `"ifExists"`, `"required"`, or the
   * object's id. An adopted object is managed like any other: removing the resource from the program deletes it, unless the resource
   * option `retainOnDelete` is set. Only create reads `adopt`, so removing it later changes nothing; a replacement adopts nothing,
   * as the object that it would find is the one that it replaces.
   * @default "never": an existing object with the same unique key is an error that names its id
   */
  adopt?: pulumi.Input<"never" | "ifExists" | "required" | (string & {})>;
}

/** What the state calls to manage a resource; frozen, see `provider/dynamic`. */
export function providerText(kind: string): string {
  return `exports.handler=()=>require("pulumi-ngrok-ai/dynamic").provider(${JSON.stringify(kind)})`;
}

/** How the resources of this process are registered, and so which provider manages them. */
let isPlugin = false;

/** From now on, registers resources as those of the plugin. For the plugin's own process. */
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
    // Pulumi makes an output of each name in the properties, so every name must be there, given or not.
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
    // Pulumi formats a stack for each of the four promises behind an output, only to print it where one leaks: half of a
    // program's time. The position of the resource in the program it finds without the limit.
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
 * Arguments as plain JavaScript may give them. None are an object without members: what is missing is then reported by name.
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

/** What a dynamic resource says of its provider, and of itself where it is managed. The plugin reads the latter from the URN. */
function dynamicProperties(kind: string, name: string, opts: pulumi.CustomResourceOptions): pulumi.Inputs {
  const owner = ownerText({ stack: stackName(), resource: name });
  return {
    __provider: providerText(kind),
    ...(opts.id === undefined ? { __owner: owner, ...parentOf(opts) } : {}),
  };
}

/** The types around a resource below another one. No output: a child that depended on its parent would wait for itself. */
function parentOf({ parent }: pulumi.CustomResourceOptions): { __parent?: Promise<string | undefined> } {
  if (parent === undefined) return {};
  return { __parent: new Promise((resolve) => parent.urn.apply((urn) => resolve(qualifiedType(urn)))) };
}

/** `undefined` for the stack itself, whose type is in no URN. */
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
    // Only under Pulumi's mocks is there none; a unit test should not have to name one.
    return "organization";
  }
}

/** Replaces each resource in a value by what the gateway knows it by, so that either may be written in a program. */
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

/** A resource by its id. */
export function byId(resource: pulumi.Resource): unknown {
  return CustomResource.isInstance(resource) ? resource.id : resource;
}

/** A custom provider by its `providerId`, which is how the API names providers; anything else by its id. */
export function byProviderId(resource: pulumi.Resource): unknown {
  // Not `instanceof`: the program may hold two copies of this package.
  const isCustomProvider = "providerId" in resource && "baseUrl" in resource;
  return isCustomProvider ? resource.providerId : byId(resource);
}
