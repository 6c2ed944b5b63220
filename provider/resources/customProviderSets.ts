/**
 * The two sets of a custom provider, its models and its API surfaces, between a program and the gateway. A program may leave
 * fields of an entry out; those belong to whoever sets them at the gateway. So a write, which replaces the whole set, sends them
 * as they are, and a read does not take them for drift.
 */
import type {
  Provider,
  ProviderModel,
  ProviderModelCreate,
  SupportedApiSurface,
  SupportedApiSurfaceWrite,
} from "../../sdk/contract/providers";
import { toModelWrite } from "../../sdk/contract/toWrite";
import { isSame, isSameSet } from "../lifecycle/values";

/** A model as a program gives it. */
export type GivenModel =
  | string
  | { modelId: string; providerModelId?: string | undefined; unsupportedParams?: string[] | undefined };
type FullModel = Exclude<GivenModel, string>;

/** A surface as a program gives it. */
export interface GivenSurface {
  format: string;
  surface?: string | undefined;
  baseUrl?: string | undefined;
  supportedParams?: { name: string }[] | undefined;
}

const isSameParams = isSameSet((param) => JSON.stringify(param));

export function modelIdOf(model: unknown): string {
  return typeof model === "string" ? model : String((model as FullModel).modelId);
}

/** The models for a write: each with what the gateway has of it now where the program gives nothing. */
export function mergedModels(models: readonly GivenModel[], now: Provider | undefined): ProviderModelCreate[] {
  const stored = new Map((now?.models ?? []).map((model) => [model.modelId, model]));
  return models.map((model) => {
    const current = stored.get(modelIdOf(model));
    return { ...(current && withoutDefaults(toModelWrite(current))), ...given(fullModel(model)) };
  });
}

/** The surfaces for a write, likewise. */
export function mergedSurfaces(
  surfaces: readonly GivenSurface[],
  now: Provider | undefined,
): SupportedApiSurfaceWrite[] {
  const stored = new Map((now?.supportedApiSurfaces ?? []).map((surface) => [nameOf(surface), surface]));
  return surfaces.map((surface) => ({ ...given(stored.get(nameOf(surface)) ?? {}), ...given(surface) }));
}

/** The gateway's models as the program writes them, where that means the same. */
export function spelledModels(
  models: readonly ProviderModel[],
  previous: readonly GivenModel[] | undefined,
): GivenModel[] {
  const before = new Map((Array.isArray(previous) ? previous : []).map((model) => [modelIdOf(model), model]));
  return models.map((model) => {
    const spelled = before.get(model.modelId);
    if (spelled !== undefined && isAsGiven(fullModel(spelled), model)) return spelled;
    const { modelId, providerModelId, unsupportedParams } = model;
    if (providerModelId === undefined && unsupportedParams.length === 0) return modelId;
    return given({
      modelId,
      providerModelId,
      unsupportedParams: unsupportedParams.length > 0 ? unsupportedParams : undefined,
    });
  });
}

/** The gateway's surfaces, likewise. */
export function spelledSurfaces(
  surfaces: readonly SupportedApiSurface[],
  previous: readonly GivenSurface[] | undefined,
): GivenSurface[] {
  const before = new Map((Array.isArray(previous) ? previous : []).map((surface) => [nameOf(surface), surface]));
  return surfaces.map((found) => {
    const spelled = before.get(nameOf(found));
    const isSpelled =
      spelled !== undefined &&
      (spelled.baseUrl === undefined || spelled.baseUrl === found.baseUrl) &&
      (spelled.supportedParams === undefined || isSameParams(spelled.supportedParams, found.supportedParams ?? []));
    const { format, surface, baseUrl, supportedParams } = found;
    return isSpelled ? spelled : given({ format, surface, baseUrl, supportedParams });
  });
}

function isAsGiven({ providerModelId, unsupportedParams }: FullModel, model: ProviderModel): boolean {
  const isIdSame = providerModelId === undefined || providerModelId === (model.providerModelId ?? model.modelId);
  return isIdSame && (unsupportedParams === undefined || isSameParams(unsupportedParams, model.unsupportedParams));
}

function fullModel(model: GivenModel): FullModel {
  return typeof model === "string" ? { modelId: model } : model;
}

function nameOf({ format, surface }: GivenSurface | SupportedApiSurface): string {
  return JSON.stringify([format, surface ?? ""]);
}

/** An entry without what the gateway stores anyway. */
function withoutDefaults({ unsupportedParams, ...model }: ProviderModelCreate): ProviderModelCreate {
  return isSame(unsupportedParams, []) ? model : given({ ...model, unsupportedParams });
}

/** An entry without fields that are not set. */
function given<Entry extends object>(entry: Entry): Entry {
  return Object.fromEntries(
    Object.entries(entry).filter(([, value]) => value !== undefined && value !== null),
  ) as Entry;
}
