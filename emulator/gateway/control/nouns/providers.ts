/** Custom providers: user-defined upstreams, with ids that are unique in the account. */
import { BUILT_IN_PROVIDER_IDS } from "../../../../sdk/contract/common";
import { type ErrorCode, errorCodes } from "../../../../sdk/contract/errorCodes";
import { MAX_UNSUPPORTED_PARAMS } from "../../../../sdk/contract/limits";
import {
  type ProviderModel,
  type ProviderModelCreate,
  providerCreateSchema,
  providerUpdateSchema,
  type SupportedApiSurfaceWrite,
} from "../../../../sdk/contract/providers";
import { ApiError } from "../../apiError";
import type { Stored } from "../../store/collection";
import type { Store } from "../../store/store";
import { missing, type Noun, type Plain, patched, stamped, tooLong } from "./noun";

function checkBaseUrl(baseUrl: unknown, whose = "The provider's baseUrl"): void {
  if (typeof baseUrl !== "string") return;
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  if (url?.protocol === "https:" || (url?.protocol === "http:" && url.hostname.endsWith(".internal"))) return;
  const message = `${whose} must be https:// (http:// for *.internal hosts only).`;
  throw new ApiError(errorCodes.baseUrlHostNotAllowed, message);
}

const SURFACES: Readonly<Record<string, readonly string[]>> = {
  openai: ["chat-completions", "responses"],
  anthropic: ["messages"],
};

function checkSurfaces(surfaces: unknown): void {
  if (!Array.isArray(surfaces)) return;
  for (const { format, surface, baseUrl } of surfaces as SupportedApiSurfaceWrite[]) {
    const known = Object.hasOwn(SURFACES, format) ? SURFACES[format] : undefined;
    if (known === undefined)
      throw new ApiError(errorCodes.apiFormatUnsupported, `The API format ${format} is not supported.`);
    if (surface !== undefined && !known.includes(surface))
      throw new ApiError(errorCodes.apiSurfaceUnsupported, `The API surface ${surface} is not supported.`);
    checkBaseUrl(baseUrl, `The baseUrl of the surface ${surface ?? format}`);
  }
}

function checkModels(models: readonly ProviderModelCreate[]): void {
  const twice = firstTwice(models.map(({ modelId }) => modelId));
  if (twice !== undefined) throw new ApiError(errorCodes.modelIdListedTwice, `The model ${twice} is listed twice.`);
  for (const { modelId, unsupportedParams = [] } of models) {
    const refuse = (error: ErrorCode, problem: string) =>
      new ApiError(error, `The unsupportedParams of the model ${modelId} ${problem}.`);
    if (unsupportedParams.length > MAX_UNSUPPORTED_PARAMS)
      throw refuse(errorCodes.tooManyUnsupportedParams, `have more than ${MAX_UNSUPPORTED_PARAMS} entries`);
    if (unsupportedParams.includes("")) throw refuse(errorCodes.unsupportedParamEmpty, "have an empty entry");
    const param = firstTwice(unsupportedParams);
    if (param !== undefined) throw refuse(errorCodes.unsupportedParamListedTwice, `have ${param} twice`);
  }
}

function firstTwice(texts: readonly string[]): string | undefined {
  return texts.find((text, index) => texts.indexOf(text) !== index);
}

/** The body with its models in stored form. */
function withStoredModels(store: Store, body: Plain): Plain {
  if (!Array.isArray(body.models)) return body;
  const given = body.models as ProviderModelCreate[];
  checkModels(given);
  const models = given.map(({ modelId, providerModelId, unsupportedParams = [] }): ProviderModel => {
    const id = store.providers.newId().replace("aigp_", "aigpm_");
    // An empty one counts as missing.
    return { id, modelId, providerModelId: providerModelId || undefined, unsupportedParams };
  });
  return { ...body, models };
}

const tooLongInModels = (field: string, error: ErrorCode) => ({
  error,
  fits: (issue: string, path: string) => issue === "too_big" && path.split(".")[2] === field,
});

export const providers: Noun = {
  path: "/providers",
  title: "provider",
  listField: "aiGatewayProviders",
  createSchema: providerCreateSchema,
  updateSchema: providerUpdateSchema,
  refusals: [
    tooLong("name", errorCodes.providerNameTooLong),
    tooLong("metadata", errorCodes.providerMetadataTooLong),
    tooLong("baseUrl", errorCodes.providerBaseUrlTooLong),
    tooLong("providerId", errorCodes.providerIdTooLong),
    tooLongInModels("modelId", errorCodes.modelIdTooLong),
    tooLongInModels("providerModelId", errorCodes.providerModelIdTooLong),
    tooLongInModels("unsupportedParams", errorCodes.unsupportedParamTooLong),
    missing(errorCodes.providerFieldMissing),
  ],
  collection: (store) => store.providers,
  create(store, body) {
    const providerId = String(body.providerId);
    if ((BUILT_IN_PROVIDER_IDS as readonly string[]).includes(providerId)) {
      throw new ApiError(
        errorCodes.providerIdReserved,
        `The providerId ${providerId} is reserved by a built-in provider.`,
      );
    }
    if (store.providers.allBy("providerId", providerId).length > 0) {
      throw new ApiError(errorCodes.providerIdTaken, `The providerId ${providerId} exists already in the account.`);
    }
    checkBaseUrl(body.baseUrl);
    checkSurfaces(body.supportedApiSurfaces);
    return { record: { ...stamped(store.providers.newId()), ...withStoredModels(store, body) } };
  },
  update(store, record, body) {
    checkBaseUrl(body.baseUrl);
    checkSurfaces(body.supportedApiSurfaces);
    // The effect of null on a required label is not documented; here the label stays.
    const { name, ...rest } = withStoredModels(store, body);
    return patched(record, { ...rest, ...(name === null ? {} : { name }) });
  },
  refuseDelete(store, record) {
    const { providerId } = record as Stored & { providerId: string };
    const names = [providerId, record.id];
    const hasKeys = names.some((name) => store.providerKeys.allBy("providerId", name).length > 0);
    const isRouted = Iterator.from(store.configurations.values()).some(
      ({ access, router }) =>
        access?.providers?.allow?.some((entry) => names.includes(entry)) ||
        router?.rules?.some(
          (rule) => names.includes(rule.provider ?? "") || names.includes(rule.model?.split(":")[0] ?? ""),
        ),
    );
    if (hasKeys || isRouted) {
      const by = hasKeys ? "a provider key" : "an access key configuration";
      throw new ApiError(
        errorCodes.providerInUse,
        `The provider ${providerId} is referenced by ${by} and can't be deleted.`,
      );
    }
  },
  show: (_store, record) => record,
};
