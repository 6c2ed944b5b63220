/** Which upstream a model is, whether a key may use it, and with which credentials. Nothing is sent here. */
import { BUILT_IN_PROVIDER_IDS, NGROK_STEP_PROVIDER_IDS } from "../../../sdk/contract/common";
import { errorCodes } from "../../../sdk/contract/errorCodes";
import { ApiError } from "../apiError";
import type { Store, StoredAccessKey } from "../store/store";
import type { Surface } from "./surfaces";

export interface Target {
  /** `provider:model` as the client may write it. */
  readonly address: string;
  readonly provider: string;
  readonly model: string;
}

/** A credential to try: a stored key, or the gateway's credits. */
export interface Credential {
  readonly id: string;
  readonly value?: string;
}

/** Id of the credential that is the gateway's own. */
export const CREDITS = "ngrok";

const isBuiltIn = (provider: string) => (BUILT_IN_PROVIDER_IDS as readonly string[]).includes(provider);

/** @throws ApiError where nothing has that name. */
export function resolve(store: Store, address: string): Target {
  const colon = address.indexOf(":");
  if (colon > 0) {
    const provider = address.slice(0, colon);
    if (!isBuiltIn(provider) && store.provider(provider) === undefined)
      throw new ApiError(errorCodes.providerUnknown, `The provider ${provider} is not known.`);
    return { address, provider, model: address.slice(colon + 1) };
  }
  const wanted = address.toLowerCase();
  const custom = Iterator.from(store.providers.values()).find(({ models }) =>
    models?.some(({ modelId }) => modelId.toLowerCase() === wanted),
  );
  if (custom !== undefined)
    return { address: `${custom.providerId}:${address}`, provider: custom.providerId, model: address };
  const [vendor, model] = address.split("/");
  if (vendor && model && isBuiltIn(vendor)) return { address, provider: vendor, model };
  throw new ApiError(errorCodes.modelAndProviderUnknown, `${address} is neither a known model nor a known provider.`);
}

/** Why a key may not use a target; `undefined` when it may. */
export function refusal(
  store: Store,
  key: StoredAccessKey,
  { address, provider, model }: Target,
): ApiError | undefined {
  const access = configurationOf(store, key)?.access;
  const names = [provider, store.provider(provider)?.id];
  const providers = access?.providers?.allow;
  if (providers !== undefined && !providers.some((entry) => names.includes(entry))) {
    return new ApiError(
      errorCodes.providerNotAllowed,
      `The provider ${provider} is not allowed by the access key's configuration.`,
    );
  }
  const models = access?.models?.allow?.map((entry) => entry.toLowerCase());
  const forms = [address, `${provider}:${model}`, `${provider}/${model}`].map((form) => form.toLowerCase());
  if (models !== undefined && !models.some((entry) => forms.includes(entry))) {
    return new ApiError(
      errorCodes.modelNotAllowed,
      `The model ${address} is not allowed by the access key's configuration.`,
    );
  }
  return undefined;
}

/** Why a provider can't take a request of that surface; one that names no surfaces takes any. */
export function surfaceRefusal(store: Store, { provider }: Target, surface: Surface): ApiError | undefined {
  const supported = store.provider(provider)?.supportedApiSurfaces ?? [];
  const isSupported =
    supported.length === 0 ||
    supported.some((one) => one.format === surface.format && (one.surface ?? surface.name) === surface.name);
  return isSupported
    ? undefined
    : new ApiError(
        errorCodes.surfaceNotServedByProvider,
        `The provider ${provider} does not support the surface ${surface.name}.`,
      );
}

/** Steps in order, keys in order; a model's rule wins over its provider's. */
export function credentialsFor(store: Store, key: StoredAccessKey, { address, provider, model }: Target): Credential[] {
  const stored = (id: string): Credential[] => {
    const found = store.providerKeys.get(id);
    return found === undefined ? [] : [{ id, value: found.value }];
  };
  const credits: Credential[] = (NGROK_STEP_PROVIDER_IDS as readonly string[]).includes(provider)
    ? [{ id: CREDITS }]
    : [];
  const configuration = configurationOf(store, key);
  const names = [provider, store.provider(provider)?.id, store.provider(provider)?.providerId];
  if (configuration === undefined) {
    const own = [...new Set(names)].flatMap((name) => store.providerKeys.allBy("providerId", name ?? ""));
    return [...own.map(({ id, value }) => ({ id, value })), ...credits];
  }
  const rules = configuration.router?.rules ?? [];
  const isOf = (named: string | undefined) => named === undefined || names.includes(named);
  const forms = [address, `${provider}:${model}`].map((form) => form.toLowerCase());
  const rule =
    rules.find((candidate) => forms.includes(candidate.model?.toLowerCase() ?? "") && isOf(candidate.provider)) ??
    rules.find((candidate) => candidate.model === undefined && names.includes(candidate.provider));
  if (rule === undefined) return credits;
  return rule.steps.flatMap((step) =>
    step.type === "ngrok" ? [{ id: CREDITS }] : (step.keys ?? []).flatMap(({ id }) => stored(id)),
  );
}

function configurationOf(store: Store, key: StoredAccessKey) {
  return store.configurations.get(key.accessKeyConfiguration?.id ?? "");
}
