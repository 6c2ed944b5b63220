/**
 * Conversion of a custom provider's two sets, its models and its API surfaces, between the program and the gateway. A program may
 * leave out fields of an entry; others may set those at the gateway. A write replaces the whole set, so it sends the stored
 * values of these fields back; a read does not report them as drift.
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

/** A model as the program gives it. */
export type GivenModel =
  | string
  | { modelId: string; providerModelId?: string | undefined; unsupportedParams?: string[] | undefined };
type FullModel = Exclude<GivenModel, string>;

/** A surface as the program gives it. */
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

/** The models for a write: fields that the program leaves out keep the stored values. */
export function mergedModels(models: readonly GivenModel[], now: Provider | undefined): ProviderModelCreate[] {
  const stored = new Map((now?.models ?? []).map((model) => [model.modelId, model]));
  return models.map((model) => {
    const current = stored.get(modelIdOf(model));
    return { ...(current && withoutDefaults(toModelWrite(current))), ...given(fullModel(model)) };
  });
}

/** The surfaces for a write: fields that the program leaves out keep the stored values. */
export function mergedSurfaces(
  surfaces: readonly GivenSurface[],
  now: Provider | undefined,
): SupportedApiSurfaceWrite[] {
  const stored = new Map((now?.supportedApiSurfaces ?? []).map((surface) => [nameOf(surface), surface]));
  return surfaces.map((surface) => ({ ...given(stored.get(nameOf(surface)) ?? {}), ...given(surface) }));
}

/** The stored models. An entry with the same meaning as the program's entry keeps the program's form. */
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

/** The stored surfaces. An entry with the same meaning as the program's entry keeps the program's form. */
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

/** The entry without values that are the gateway's defaults. */
function withoutDefaults({ unsupportedParams, ...model }: ProviderModelCreate): ProviderModelCreate {
  return isSame(unsupportedParams, []) ? model : given({ ...model, unsupportedParams });
}

/** The entry without unset fields. */
function given<Entry extends object>(entry: Entry): Entry {
  return Object.fromEntries(
    Object.entries(entry).filter(([, value]) => value !== undefined && value !== null),
  ) as Entry;
}
