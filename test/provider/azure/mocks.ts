/**
 * Runs constructors on Pulumi's mocks and records all registrations, with their options and with their start and end. Azure and
 * the gateway respond as far as the components read the responses.
 */
import * as pulumi from "@pulumi/pulumi";
import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb";

export interface Registered {
  readonly type: string;
  readonly name: string;
  /** The types of its ancestors and its own, joined by `$`. */
  readonly qualifiedType: string;
  readonly parentName: string;
  readonly inputs: Record<string, unknown>;
  /** Names of the resources that it waits for. */
  readonly dependencies: string[];
  readonly provider: string;
  readonly options: Pick<
    RegisterResourceRequest.AsObject,
    "protect" | "deletebeforereplace" | "replaceonchangesList" | "ignorechangesList" | "additionalsecretoutputsList"
  > & { readonly customTimeouts: RegisterResourceRequest.CustomTimeouts.AsObject | undefined };
  readonly startedAt: number;
  endedAt: number;
}

export interface Recording {
  readonly registered: Registered[];
  readonly calls: { token: string; inputs: Record<string, unknown>; provider: string | undefined }[];
  readonly warnings: string[];
  of(type: string): Registered[];
  named(type: string, name: string): Registered;
}

export interface MockOptions {
  readonly preview?: boolean;
  /** Time that the engine takes for one resource, in milliseconds. */
  readonly delayMs?: (type: string, name: string) => number;
  /** Whether a resource cannot be created. */
  readonly fails?: (type: string, name: string) => boolean;
  /** The result of an invoke, or its error. */
  readonly answer?: (token: string, inputs: Record<string, unknown>) => Record<string, unknown> | Error | undefined;
}

export const TYPES = {
  gateway: "ngrok-ai:azure:AzureOpenAIGateway",
  region: "ngrok-ai:azure:AzureOpenAIRegion",
  group: "azure-native:resources:ResourceGroup",
  account: "azure-native:cognitiveservices:Account",
  deployment: "azure-native:cognitiveservices:Deployment",
  provider: "pulumi-nodejs:dynamic/ngrok-ai:CustomProvider",
  key: "pulumi-nodejs:dynamic/ngrok-ai:ProviderKey",
  configuration: "pulumi-nodejs:dynamic/ngrok-ai:AccessConfiguration",
  accessKey: "pulumi-nodejs:dynamic/ngrok-ai:AccessKey",
  check: "pulumi-nodejs:dynamic/ngrok-ai:RouteCheck",
} as const;

const SECRET_MARK = "4dabf18193072939515e22adb298388d";
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** The key that Azure returns for an account. */
export function keyOf(account: string, slot: "key1" | "key2"): string {
  return `planted-${slot}-of-${account}`;
}

/** Runs a program to its end and returns its result and its registrations. */
export async function run<T>(program: () => T, options: MockOptions = {}): Promise<Recording & { result: T }> {
  const recording = await startRecording(options);
  const result = program();
  await everythingRegistered();
  return { ...recording, result };
}

/** Waits for all registrations, including those that other registrations cause. */
export function everythingRegistered(): Promise<void> {
  return (pulumi.runtime as unknown as { waitForRPCs(): Promise<void> }).waitForRPCs();
}

async function startRecording(options: MockOptions): Promise<Recording> {
  const registered: Registered[] = [];
  const calls: Recording["calls"] = [];
  const warnings: string[] = [];
  const { preview = false, delayMs = () => 0, fails = () => false, answer = () => undefined } = options;
  await pulumi.runtime.setMocks(
    {
      newResource: async ({ type, name, inputs }) => {
        const found = registered.find((resource) => resource.type === type && resource.name === name);
        const delay = delayMs(type, name);
        if (delay > 0) await new Promise((resolve) => setTimeout(resolve, delay));
        if (found !== undefined) found.endedAt = performance.now();
        if (fails(type, name)) throw new Error(`${name} cannot be created`);
        const state = { ...inputs, ...outputsOf(type, name, inputs) };
        return preview ? { id: undefined as unknown as string, state: inputs } : { id: `${name}-id`, state };
      },
      call: ({ token, inputs, provider }) => {
        calls.push({ token, inputs, provider });
        const given = answer(token, inputs);
        if (given instanceof Error) throw given;
        if (given !== undefined) return given;
        const account = String(inputs.accountName);
        return token.endsWith(":listAccountKeys") ? { key1: keyOf(account, "key1"), key2: keyOf(account, "key2") } : {};
      },
    },
    "project",
    "dev",
    preview,
    "acme",
  );
  recordRequests(registered);
  jest.spyOn(pulumi.log, "warn").mockImplementation((message) => {
    warnings.push(message);
    return Promise.resolve();
  });
  const of = (type: string) => registered.filter((resource) => resource.type === type);
  const named = (type: string, name: string) => {
    const found = of(type).find((resource) => resource.name === name);
    if (found !== undefined) return found;
    const names = of(type).map((resource) => resource.name);
    throw new Error(`no ${type} named ${name}; there are ${names.join(", ") || "none"}`);
  };
  return { registered, calls, warnings, of, named };
}

/** The mocks pass on only inputs; the request contains options and parents. */
function recordRequests(registered: Registered[]): void {
  const monitor = pulumi.runtime.getMonitor() as unknown as {
    registerResource: (request: RegisterResourceRequest, callback: unknown) => Promise<void>;
  };
  const original = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, callback) => {
    const { type, name, parent, dependenciesList, provider, ...options } = request.toObject();
    registered.push({
      type,
      name,
      qualifiedType: parent === "" ? type : `${parent.split("::")[2]}$${type}`,
      parentName: parent.split("::").at(-1) ?? "",
      inputs: (request.getObject()?.toJavaScript() ?? {}) as Record<string, unknown>,
      dependencies: dependenciesList.map((urn) => urn.split("::").at(-1) ?? "").sort(),
      provider,
      options: {
        protect: options.protect ?? false,
        deletebeforereplace: options.deletebeforereplace,
        replaceonchangesList: options.replaceonchangesList,
        ignorechangesList: options.ignorechangesList,
        additionalsecretoutputsList: options.additionalsecretoutputsList,
        customTimeouts: options.customtimeouts,
      },
      startedAt: performance.now(),
      endedAt: Number.NaN,
    });
    return original(request, callback);
  };
}

function outputsOf(type: string, name: string, inputs: Record<string, unknown>): Record<string, unknown> {
  switch (type) {
    case TYPES.group:
      return { name: inputs.resourceGroupName };
    case TYPES.account:
      return { name: inputs.accountName };
    case TYPES.deployment:
      return { name: inputs.deploymentName };
    case TYPES.accessKey:
      return { token: `ng-${name}-g1-planted` };
    default:
      return {};
  }
}

/** Inputs without the additions of the resource classes, and secrets as `{ secret: … }`. */
export function plainInputs(inputs: Record<string, unknown>): Record<string, unknown> {
  const { __provider, __owner, ...rest } = inputs;
  return readable(rest) as Record<string, unknown>;
}

function readable(value: unknown): unknown {
  if (value === UNKNOWN) return "unknown";
  if (Array.isArray(value)) return value.map(readable);
  if (typeof value !== "object" || value === null) return value;
  if (SECRET_MARK in value) return { secret: readable(Reflect.get(value, "value")) };
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, readable(inner)]));
}

/** Largest number of these that were created at the same time. */
export function mostAtOnce(resources: readonly Registered[]): number {
  const atOnce = resources.map(
    ({ startedAt }) => resources.filter((other) => other.startedAt <= startedAt && startedAt < other.endedAt).length,
  );
  return Math.max(0, ...atOnce);
}

/** The value of an output, once known. */
export function settled<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => output.apply(resolve));
}
