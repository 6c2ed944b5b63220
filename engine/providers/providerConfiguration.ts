/** Protocol calls that concern the provider itself: its capabilities and its configuration. */
import { messageOf } from "../errors";
import type { PluginHost } from "../processes/pluginCommand";
import { providerProto } from "../protocol/stubs";
import { fromStruct, markSecretsLike, toStruct } from "../protocol/wire";
import type { Urn } from "../values/urn";
import { mapWithoutWrappers, type PropertyMap, Unknown } from "../values/values";
import { isGrpcError, type Plugin } from "./plugin";
import { type Capabilities, describe, isUnimplemented, toDiff, toProviderError } from "./pluginProvider";
import { type CheckResult, type DiffRequest, type DiffResult, NO_DIFF, ProviderError } from "./resourceProvider";

/** Member for inputs of the engine itself, which are never sent to the provider. */
export const INTERNAL_KEY = "__internal";

const CONFIG_WIRE = { unknowns: "keep", keepSecrets: false, keepResources: true } as const;
const CONFIGURE_WIRE = { unknowns: "drop", keepSecrets: true, keepResources: true } as const;

/** A provider's process; absent for the built-in package. */
interface ConfiguredPlugin {
  readonly urn: Urn;
  readonly plugin?: Plugin;
  readonly handshake?: Capabilities | undefined;
}

/** Runs the provider's CheckConfig. */
export async function checkConfig(
  plugin: Plugin | undefined,
  urn: Urn,
  olds: PropertyMap,
  news: PropertyMap,
): Promise<CheckResult> {
  if (plugin === undefined) return { inputs: news, failures: [] };
  const message = new providerProto.CheckRequest();
  describe(message, urn);
  message.setOlds(toStruct(olds, CONFIG_WIRE));
  message.setNews(toStruct(news, CONFIG_WIRE));
  try {
    const response = await plugin.call<providerProto.CheckResponse>("CheckConfig", (client, callback) =>
      client.checkConfig(message, callback),
    );
    const failures = response.getFailuresList();
    return {
      inputs: markSecretsLike(fromStruct(response.getInputs()), news),
      failures: failures.map((failure) => ({ property: failure.getProperty(), reason: failure.getReason() })),
    };
  } catch (error) {
    if (isUnimplemented(error)) return { inputs: news, failures: [] };
    throw asProviderError(error);
  }
}

/** Runs DiffConfig; `unknown` if the provider does not compare its configuration. */
export async function diffConfig(plugin: Plugin | undefined, request: DiffRequest): Promise<DiffResult> {
  const unknown: DiffResult = { ...NO_DIFF, changes: "unknown" };
  if (plugin === undefined) return unknown;
  const message = new providerProto.DiffRequest();
  describe(message, request.urn);
  message.setId(request.id);
  message.setOlds(toStruct(request.oldOutputs, CONFIG_WIRE));
  message.setOldInputs(toStruct(withoutInternal(request.oldInputs), CONFIG_WIRE));
  message.setNews(toStruct(withoutInternal(request.newInputs), CONFIG_WIRE));
  message.setIgnorechangesList([...request.ignoreChanges]);
  try {
    const response = await plugin.call<providerProto.DiffResponse>("DiffConfig", (client, callback) =>
      client.diffConfig(message, callback),
    );
    return toDiff(response);
  } catch (error) {
    if (isUnimplemented(error)) return unknown;
    throw asProviderError(error);
  }
}

/** The provider's capabilities; undefined for a provider that reports them only when it is configured. */
export async function shakeHands(
  plugin: Plugin,
  { project, engineAddress }: PluginHost,
): Promise<Capabilities | undefined> {
  const message = new providerProto.ProviderHandshakeRequest();
  message.setEngineAddress(engineAddress);
  message.setRootDirectory(project.rootFolder);
  message.setProgramDirectory(project.programFolder);
  message.setConfigureWithUrn(true);
  message.setInvokeWithPreview(true);
  try {
    const response = await plugin.call<providerProto.ProviderHandshakeResponse>("Handshake", (client, callback) =>
      client.handshake(message, callback),
    );
    return {
      acceptsSecrets: response.getAcceptSecrets(),
      acceptsResources: response.getAcceptResources(),
      supportsPreview: true,
    };
  } catch (error) {
    if (isUnimplemented(error)) return undefined;
    await plugin.stop();
    throw asProviderError(error);
  }
}

/** Configures the provider and returns its capabilities. */
export async function configure(provider: ConfiguredPlugin, id: string, inputs: PropertyMap): Promise<Capabilities> {
  const { plugin, urn, handshake } = provider;
  if (plugin === undefined) return { acceptsSecrets: true, acceptsResources: true, supportsPreview: true };
  const args = withoutInternal(inputs);
  const message = new providerProto.ConfigureRequest();
  describe(message, urn);
  message.setId(id);
  message.setArgs(toStruct(args, CONFIGURE_WIRE));
  for (const [key, value] of configVariables(plugin.packageName, args)) message.getVariablesMap().set(key, value);
  message.setAcceptsecrets(true);
  message.setAcceptresources(true);
  message.setSendsOldInputs(true);
  message.setSendsOldInputsToDelete(true);
  try {
    const response = await plugin.call<providerProto.ConfigureResponse>("Configure", (client, callback) =>
      client.configure(message, callback),
    );
    return (
      handshake ?? {
        acceptsSecrets: response.getAcceptsecrets(),
        acceptsResources: response.getAcceptresources(),
        supportsPreview: response.getSupportspreview(),
      }
    );
  } catch (error) {
    throw asProviderError(error);
  }
}
/** Inputs without the engine's own. */
export function withoutInternal(inputs: PropertyMap): PropertyMap {
  const { [INTERNAL_KEY]: _internal, ...others } = inputs;
  return others;
}

function asProviderError(error: unknown): Error {
  if (isGrpcError(error)) return toProviderError(error, (outputs) => outputs);
  return error instanceof Error ? error : new ProviderError(messageOf(error));
}

/** The older format of a provider's configuration: texts under `<package>:config:<key>`. */
function configVariables(packageName: string, args: PropertyMap): [string, string][] {
  return Object.entries(mapWithoutWrappers(args))
    .filter(([key, value]) => key !== "version" && !(value instanceof Unknown))
    .map(([key, value]) => [`${packageName}:config:${key}`, typeof value === "string" ? value : JSON.stringify(value)]);
}
