/**
 * The components, constructed for programs of any language. Their children are resources of this plugin and of azure-native. Loads all of
 * Pulumi's SDK, so the first call that constructs one loads it.
 */
import type * as pulumi from "@pulumi/pulumi";
import { Output, output } from "@pulumi/pulumi/output";
import type * as providerProto from "@pulumi/pulumi/proto/provider_pb";
import { Resource } from "@pulumi/pulumi/resource";
import { serializeResourceProperties } from "@pulumi/pulumi/runtime/rpc";
import { InvalidArgumentsError } from "../../azure/component";
import { AzureOpenAIGateway } from "../../azure/gateway";
import { AzureOpenAIRegion } from "../../azure/region";
import { registerAsPluginResources } from "../../resources/gatewayResource";
import { InvalidPropertiesError } from "../invalidPropertiesError";
import { readArguments } from "./arguments";
import { readOptions } from "./options";
import { asProgram } from "./sdkRuntime";

/** The arguments are checked by the component itself, as those of a program in plain JavaScript. */
type Component = new (name: string, args: never, opts: pulumi.ComponentResourceOptions) => pulumi.ComponentResource;

const COMPONENTS: Readonly<Record<string, Component>> = {
  "ngrok-ai:azure:AzureOpenAIGateway": AzureOpenAIGateway,
  "ngrok-ai:azure:AzureOpenAIRegion": AzureOpenAIRegion,
};

export interface Constructed {
  readonly urn: string;
  /** In the form of a message. */
  readonly outputs: Readonly<Record<string, unknown>>;
  /** URNs on which each output depends. */
  readonly dependencies: ReadonlyMap<string, readonly string[]>;
}

registerAsPluginResources();

/** Fails the running calls for an error that no call can catch: the error of an output without a reader. */
const underWay = new Set<(error: unknown) => void>();
for (const event of ["uncaughtException", "unhandledRejection"]) {
  process.on(event, (error: unknown) => {
    if (underWay.size === 0) console.error(messageOf(error));
    for (const fail of underWay) fail(error);
  });
}

/**
 * @throws InvalidPropertiesError for arguments that can't work, all of them
 * @throws Error where a part of the component could not be made
 */
export async function construct(request: providerProto.ConstructRequest, engineAddress: string): Promise<Constructed> {
  let fail: (error: unknown) => void = () => undefined;
  const failed = new Promise<never>((_resolve, reject) => {
    fail = reject;
  });
  underWay.add(fail);
  try {
    return await Promise.race([failed, asProgram(request, engineAddress, () => constructed(request))]);
  } catch (error) {
    throw error instanceof InvalidPropertiesError ? error : new Error(messageOf(error));
  } finally {
    underWay.delete(fail);
  }
}

async function constructed(request: providerProto.ConstructRequest): Promise<Constructed> {
  const [type, name] = [request.getType(), request.getName()];
  const Class = COMPONENTS[type];
  if (Class === undefined) {
    throw new Error(`This version of pulumi-ngrok-ai has no component of the type "${type}": install a later version.`);
  }
  const dependencies = (argument: string) => request.getInputdependenciesMap().get(argument)?.getUrnsList() ?? [];
  const args = readArguments(request.getInputs(), dependencies);
  const component = withPaths(args, () => new Class(name, args as never, readOptions(request)));
  const [outputs, dependents] = await serializeResourceProperties(`construct(${type}, ${name})`, outputsOf(component));
  return {
    urn: await resolved(component.urn),
    outputs,
    dependencies: new Map(await Promise.all([...dependents].map(withUrns))),
  };
}

/** Problems in the form in which the engine shows each with its property. */
function withPaths<T>(args: unknown, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof InvalidArgumentsError)) throw error;
    const { problems } = error;
    const count = problems.length === 1 ? "is a problem" : `are ${problems.length} problems`;
    const message = `there ${count} in its properties; nothing of it was created`;
    if (!holdsOutput(args)) {
      const withProperty = problems.map(({ path, text }) => ({ property: path, reason: text }));
      throw new InvalidPropertiesError(message, withProperty);
    }
    // The engine prints the value of each property, and ends with a panic at an Output in it: 3.274.
    throw new Error(
      message + problems.map(({ path, text }) => `\n\t\t- property ${path} has a problem: ${text}`).join(""),
    );
  }
}

function holdsOutput(value: unknown): boolean {
  if (Output.isInstance(value) || Resource.isInstance(value)) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(holdsOutput);
}

/** What the component itself has, beside what every resource has. */
function outputsOf(component: pulumi.ComponentResource): pulumi.Inputs {
  return Object.fromEntries(Object.entries(component).filter(([name]) => name !== "urn" && !name.startsWith("__")));
}

async function withUrns([name, resources]: [string, Set<Resource>]): Promise<[string, string[]]> {
  return [name, await Promise.all([...resources].map(({ urn }) => resolved(urn)))];
}

function resolved(urn: pulumi.Output<string>): Promise<string> {
  return new Promise((resolve) => output(urn).apply(resolve));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
