/** The upstreams of a model, whether a key may use them, and the credentials for them. Sends nothing. */
import { BUILT_IN_PROVIDER_IDS, NGROK_STEP_PROVIDER_IDS } from "../../../sdk/contract/common";
import { errorCodes } from "../../../sdk/contract/errorCodes";
import type { Provider, SupportedApiSurface } from "../../../sdk/contract/providers";
import { ApiError } from "../apiError";
import { type CatalogModel, findInCatalog, isManaged } from "../catalog";
import type { Store, StoredAccessKey } from "../store/store";
import type { Surface } from "./surfaces";

/** A model at one upstream. */
export interface Target {
  /** `<provider>:<model>`, as clients name it. */
  readonly address: string;
  /** The `providerId`. */
  readonly provider: string;
  /** The model's id at that provider. */
  readonly model: string;
  /** The value of `model` for the upstream. */
  readonly upstreamModel: string;
  /** Parameters that the model does not support. */
  readonly unsupportedParams: readonly string[];
  /** Absent for built-in providers. */
  readonly custom: Provider | undefined;
  /** Absent for models outside the catalog. */
  readonly catalogModel: CatalogModel | undefined;
  /** Possible names of the model in scopes and rules, in lower case. */
  readonly names: readonly string[];
  /** Possible names of the provider in them. */
  readonly providerNames: readonly string[];
}

/** A credential to try: a stored key, or the gateway's credits. */
export interface Credential {
  readonly id: string;
  readonly value?: string;
}

/** Id of the gateway's own credential. */
export const CREDITS = "ngrok";

const isBuiltIn = (provider: string) => (BUILT_IN_PROVIDER_IDS as readonly string[]).includes(provider);

/**
 * The upstreams for a model name of a request: one if it names a provider, otherwise every provider that serves the catalog's model.
 * @throws ApiError when the name is unknown
 */
export function resolve(store: Store, address: string): Target[] {
  const colon = address.indexOf(":");
  if (colon > 0) return [resolveAt(store, address.slice(0, colon), address.slice(colon + 1))];
  const model = findInCatalog(address);
  if (model !== undefined) return model.providers.map((provider) => builtInTarget(provider, model.slug, model));
  throw new ApiError(
    errorCodes.modelAndProviderUnknown,
    `${address} is neither a known model nor a known provider. A custom provider's model is addressed as <providerId>:<modelId>.`,
  );
}

function resolveAt(store: Store, provider: string, model: string): Target {
  const custom = store.provider(provider);
  if (custom !== undefined) return customTarget(custom, model);
  if (!isBuiltIn(provider)) throw new ApiError(errorCodes.providerUnknown, `The provider ${provider} is not known.`);
  const inCatalog = findInCatalog(model);
  return inCatalog?.providers.includes(provider)
    ? builtInTarget(provider, inCatalog.slug, inCatalog)
    : builtInTarget(provider, model, undefined);
}

function builtInTarget(provider: string, model: string, catalogModel: CatalogModel | undefined): Target {
  const address = `${provider}:${model}`;
  const names = [
    address,
    `${provider}/${model}`,
    ...(catalogModel ? [catalogModel.id, `${provider}:${catalogModel.id}`] : []),
  ];
  return {
    address,
    provider,
    model,
    upstreamModel: model,
    unsupportedParams: [],
    custom: undefined,
    catalogModel,
    names: names.map((name) => name.toLowerCase()),
    providerNames: [provider],
  };
}

/** A provider's unknown model is passed through. */
function customTarget(custom: Provider, asked: string): Target {
  const { id, providerId, models = [] } = custom;
  const wanted = asked.toLowerCase();
  const found = models.find(({ modelId }) => modelId.toLowerCase() === wanted);
  const model = found?.modelId ?? asked;
  const address = `${providerId}:${model}`;
  return {
    address,
    provider: providerId,
    model,
    upstreamModel: found?.providerModelId ?? model,
    unsupportedParams: found?.unsupportedParams ?? [],
    custom,
    catalogModel: undefined,
    names: [address, `${providerId}/${model}`, `${id}:${model}`].map((name) => name.toLowerCase()),
    providerNames: [providerId, id],
  };
}

/** The reason why a key may not use a target; `undefined` if it may. */
export function refusal(store: Store, key: StoredAccessKey, target: Target): ApiError | undefined {
  const access = configurationOf(store, key)?.access;
  const providers = access?.providers?.allow;
  if (providers !== undefined && !providers.some((entry) => target.providerNames.includes(entry))) {
    const message = `The provider ${target.provider} is not allowed by the access key's configuration.`;
    return new ApiError(errorCodes.providerNotAllowed, message);
  }
  const models = access?.models?.allow;
  if (models !== undefined && !models.some((entry) => target.names.includes(entry.toLowerCase()))) {
    const message = `The model ${target.address} is not allowed by the access key's configuration.`;
    return new ApiError(errorCodes.modelNotAllowed, message);
  }
  return undefined;
}

/**
 * The reason why an upstream cannot serve a request of that surface; `undefined` if it can. A provider without surfaces accepts all, and
 * one with OpenAI's format also accepts embeddings, which have no surface name.
 */
export function surfaceRefusal(
  { provider, custom, catalogModel, address }: Target,
  surface: Surface,
): ApiError | undefined {
  const isEmbedding = surface.name === "embeddings";
  if (catalogModel !== undefined && (catalogModel.kind === "embedding") !== isEmbedding) {
    const message = `The model ${address} does not support the surface ${surface.name}.`;
    return new ApiError(errorCodes.surfaceNotServedByProvider, message);
  }
  const supported = custom?.supportedApiSurfaces ?? [];
  const isServed = supported.length === 0 || supported.some((one) => isSurface(one, surface));
  if (isServed) return undefined;
  const message = `The provider ${provider} does not support the surface ${surface.name}.`;
  return new ApiError(errorCodes.surfaceNotServedByProvider, message);
}

function isSurface(one: SupportedApiSurface, surface: Surface): boolean {
  if (one.format !== surface.format) return false;
  return surface.name === "embeddings" || (one.surface ?? surface.name) === surface.name;
}

/** Base URL of a custom provider for a surface: the surface's own, or the provider's. */
export function baseUrlFor({ baseUrl, supportedApiSurfaces = [] }: Provider, surface: Surface): string {
  const own = supportedApiSurfaces.filter((one) => one.format === surface.format && one.baseUrl !== undefined);
  const found = own.find((one) => one.surface === surface.name) ?? own.find((one) => one.surface === undefined);
  return found?.baseUrl ?? baseUrl;
}

/** Steps in order, and their keys in order; a model's rule takes precedence over its provider's. */
export function credentialsFor(store: Store, key: StoredAccessKey, target: Target): Credential[] {
  const stored = (id: string): Credential[] => {
    const found = store.providerKeys.get(id);
    return found === undefined ? [] : [{ id, value: found.value }];
  };
  const { names, providerNames } = target;
  const isManagedProvider = (NGROK_STEP_PROVIDER_IDS as readonly string[]).includes(target.provider);
  const credits: Credential[] = isManagedProvider ? [{ id: CREDITS }] : [];
  const configuration = configurationOf(store, key);
  if (configuration === undefined) {
    const own = providerNames.flatMap((name) => store.providerKeys.allBy("providerId", name));
    return [...own.map(({ id, value }) => ({ id, value })), ...credits];
  }
  const rules = configuration.router?.rules ?? [];
  const isOfProvider = (named: string | undefined) => named === undefined || providerNames.includes(named);
  const rule =
    rules.find(({ model, provider }) => names.includes(model?.toLowerCase() ?? "") && isOfProvider(provider)) ??
    rules.find(({ model, provider }) => model === undefined && provider !== undefined && isOfProvider(provider));
  if (rule === undefined) return credits;
  return rule.steps.flatMap((step) =>
    step.type === "ngrok" ? [{ id: CREDITS }] : (step.keys ?? []).flatMap(({ id }) => stored(id)),
  );
}

/** The reason why the service would not pay for a model; `undefined` if it would. */
export function managedRefusal({ address, provider, catalogModel }: Target): ApiError | undefined {
  if (catalogModel === undefined) {
    const message = `${address} is not in the catalog: it can only be used with a provider key of your own.`;
    return new ApiError(errorCodes.modelNotInCatalog, message);
  }
  if (isManaged(provider, catalogModel)) return undefined;
  const message = `${address} is not offered with credits: add a provider key of your own.`;
  return new ApiError(errorCodes.managedModelNotOffered, message);
}

function configurationOf(store: Store, key: StoredAccessKey) {
  return store.configurations.get(key.accessKeyConfiguration?.id ?? "");
}
