/**
 * Custom provider: an upstream that the user defines, for example an Azure OpenAI deployment.
 * Operations: /providers (list, create, get, update, delete). Pulumi's CustomProvider is the API's Provider.
 * Routing rules and model names use its `providerId`, which cannot change; its `id` (`aigp_…`) is only the API's handle.
 * @see https://ngrok.com/docs/ai-gateway/custom-providers
 */
import type * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import { isBuiltInProvider } from "../../sdk/contract/builtInProviders";
import {
  MAX_BASE_URL_CHARS,
  MAX_METADATA_CHARS,
  MAX_MODEL_ID_CHARS,
  MAX_NAME_CHARS,
  MAX_PROVIDER_ID_CHARS,
  MAX_PROVIDER_MODEL_ID_CHARS,
  MAX_UNSUPPORTED_PARAM_CHARS,
  MAX_UNSUPPORTED_PARAMS,
} from "../../sdk/contract/limits";
import type { Provider as WireProvider } from "../../sdk/contract/providers";
import { azureAddressProblem } from "../azureAddress";
import { known } from "../lifecycle/check";
import { type CallContext, defineResource, type Failure, type Found, patchBody } from "../lifecycle/definition";
import { readGathered } from "../lifecycle/gatheredReads";
import { adoptSchema, lazily, type Zod } from "../lifecycle/schemas";
import { isSameSet, type UnknownPaths } from "../lifecycle/values";
import { mergedModels, mergedSurfaces, modelIdOf, spelledModels, spelledSurfaces } from "./customProviderSets";
import { type AdoptArgs, GatewayResource, given } from "./gatewayResource";

const surfaceSchema = (z: Zod) =>
  z.strictObject({
    format: z.string().min(1),
    surface: z.string().min(1).optional(),
    baseUrl: z.string().min(1).max(MAX_BASE_URL_CHARS).optional(),
    supportedParams: z.array(z.strictObject({ name: z.string().min(1) })).optional(),
  });

const modelSchema = (z: Zod) => {
  const modelId = z.string().min(1).max(MAX_MODEL_ID_CHARS);
  const providerModelId = z.string().min(1).max(MAX_PROVIDER_MODEL_ID_CHARS).optional();
  const param = z.string().min(1).max(MAX_UNSUPPORTED_PARAM_CHARS);
  const unsupportedParams = z.array(param).max(MAX_UNSUPPORTED_PARAMS).optional();
  return z.union([modelId, z.strictObject({ modelId, providerModelId, unsupportedParams })]);
};

const inputsSchema = lazily((z) =>
  z.strictObject({
    providerId: z.string().min(1).max(MAX_PROVIDER_ID_CHARS),
    baseUrl: z.string().min(1).max(MAX_BASE_URL_CHARS),
    name: z.string().min(1).max(MAX_NAME_CHARS),
    metadata: z.string().max(MAX_METADATA_CHARS).optional(),
    supportedApiSurfaces: z.array(surfaceSchema(z)).optional(),
    models: z.array(modelSchema(z)).optional(),
    adopt: adoptSchema(z),
  }),
);
type Inputs = z.infer<ReturnType<typeof inputsSchema>>;
type Surface = z.infer<ReturnType<typeof surfaceSchema>>;
type Model = z.infer<ReturnType<typeof modelSchema>>;

interface State extends Inputs {
  uri: string;
  createdAt: string;
  updatedAt: string;
}

/** An API surface that a provider serves. */
export interface ApiSurfaceArgs {
  /** The API's format: `openai` or `anthropic`. */
  format: pulumi.Input<string>;
  /** The surface of that format: `chat-completions`, `responses` or `messages`. */
  surface?: pulumi.Input<string>;
  /**
   * Base URL of this surface, if it differs from the provider's `baseUrl`; the same rules apply to it. Leaving it out keeps the
   * stored value.
   */
  baseUrl?: pulumi.Input<string>;
  /** Request body parameters that the provider supports. Leaving them out keeps the stored value. */
  supportedParams?: pulumi.Input<
    pulumi.Input<{
      /** Name of the parameter, for example `temperature`. */
      name: pulumi.Input<string>;
    }>[]
  >;
}

/** Arguments of `CustomProvider`. */
export interface CustomProviderArgs extends AdoptArgs {
  /**
   * Name that models and rules use to address the provider: `azure-openai` in `azure-openai:gpt-5-mini`. Lower case, unique in
   * the account, at most 255 characters. The gateway refuses a built-in provider's id.
   * Change: replaces the provider.
   */
  providerId: pulumi.Input<string>;
  /**
   * Base URL of the provider's API: `https://`, or `http://` for `*.internal` hosts. At most 2,048 characters. The gateway
   * appends the surface's path to its path and keeps its query. For Azure OpenAI: `https://NAME.openai.azure.com/openai/v1`, or a
   * deployment's URL with `?api-version=`; any other address of Azure OpenAI is refused with the correct one.
   * Change: in place.
   */
  baseUrl: pulumi.Input<string>;
  /**
   * Label, at most 255 characters. Change: in place.
   * @default the resource's name in the program
   */
  name?: pulumi.Input<string>;
  /**
   * Free text, at most 4,096 characters. Change: in place.
   * @default a mark that names the stack and resource that own the object (`ngrok-ai:ownership`)
   */
  metadata?: pulumi.Input<string>;
  /** API surfaces that the provider serves. Change: in place, as a whole set. */
  supportedApiSurfaces?: pulumi.Input<pulumi.Input<ApiSurfaceArgs>[]>;
  /** Models that the provider serves, each an id or an object; ids must be unique. Change: in place, as a whole set. */
  models?: pulumi.Input<pulumi.Input<string | ProviderModelArgs>[]>;
}

/** A model that a provider serves. Leaving a field out keeps the stored value. */
export interface ProviderModelArgs {
  /** Id that clients use to address the model: `<providerId>:<modelId>`. 1 to 255 characters. */
  modelId: pulumi.Input<string>;
  /**
   * Id that the gateway sends to the provider, for example the name of an Azure deployment, if it differs from `modelId`. 1 to
   * 255 characters.
   */
  providerModelId?: pulumi.Input<string>;
  /**
   * Request parameters that the gateway removes from requests for this model, for example `temperature`: at most 100 names of 1
   * to 255 characters. `[]` removes none.
   */
  unsupportedParams?: pulumi.Input<pulumi.Input<string>[]>;
}

/** @internal */
export const definition = defineResource<Inputs, State>({
  kind: "CustomProvider",
  schema: inputsSchema,
  fields: {
    providerId: { change: "replace" },
    baseUrl: { change: "patch" },
    name: { change: "patch", default: "the resource's name in the program" },
    metadata: { change: "patch", default: "the owner's mark" },
    supportedApiSurfaces: { change: "patch", isSame: isSameSet((surface) => JSON.stringify(sortedEntries(surface))) },
    models: { change: "patch", isWholeSet: true, isSame: isSameSet(modelText) },
    adopt: { change: "never" },
  },
  outputs: ["uri", "createdAt", "updatedAt"],
  isMarkable: true,

  identify: ({ providerId }) => ({
    words: `with providerId "${providerId}"`,
    input: "providerId",
    isUnique: true,
    matches: (state) => state.providerId === providerId,
  }),
  verify: (inputs, unknown) => [
    ...checkProviderId(inputs, unknown),
    ...checkBaseUrl(inputs, unknown),
    ...checkSurfaceUrls(inputs, unknown),
    ...checkModels(inputs, unknown),
  ],
  advise: adviseProviderId,
  async create(inputs, { client, call }) {
    return toFound(await client.createProvider(toBody(inputs), call), inputs);
  },
  async read(id, previous, context) {
    const wire = await readProvider(id, context);
    return wire && toState(wire, previous);
  },
  async update({ id, news, changed }, context) {
    const { client, call } = context;
    // A write replaces the whole set, so the update first reads the fields that others stored in its entries and sends them back.
    const isSetChanged = changed.has("models") || changed.has("supportedApiSurfaces");
    const now = isSetChanged ? await readProvider(id, context) : undefined;
    const body = patchBody(this.fields, changed, toBody(news, now));
    const wire =
      Object.keys(body).length > 0 ? await client.updateProvider(id, body, call) : await client.getProvider(id, call);
    return toState(wire, news);
  },
  async delete(id, _state, { client, call }) {
    await client.deleteProvider(id, call);
  },
  async *list(inputs, { client, call }) {
    for await (const wire of client.listProviders(call)) yield toFound(wire, inputs);
  },
});

function readProvider(id: string, { client, call }: CallContext): Promise<WireProvider | undefined> {
  return readGathered(client, "providers", id, {
    get: (each) => client.getProvider(each, call),
    list: () => client.listProviders(call),
  });
}

function checkProviderId({ providerId }: Inputs, unknown: UnknownPaths): Failure[] {
  if (unknown.covers(["providerId"]) || /^[a-z0-9][a-z0-9._-]*$/.test(providerId)) return [];
  const reason = `"${providerId}" can't be addressed as <providerId>:<model>: use lower-case letters, digits, "-", "_" and "." only`;
  return [{ property: "providerId", reason }];
}

/** The list of built-in providers changes without notice, so the gateway decides. */
function adviseProviderId({ providerId }: Inputs): Failure[] {
  if (!isBuiltInProvider(providerId)) return [];
  const reason = `"${providerId}" is a built-in provider of the gateway, which refuses a second one: choose another, for example "my-${providerId}"`;
  return [{ property: "providerId", reason }];
}

/** Surfaces without a base URL use the provider's. */
function checkBaseUrl({ baseUrl, supportedApiSurfaces: surfaces }: Inputs, unknown: UnknownPaths): Failure[] {
  if (unknown.covers(["baseUrl"])) return [];
  const served = unknown.touches(["supportedApiSurfaces"]) ? [] : (surfaces ?? []).filter((each) => !each.baseUrl);
  const names = new Set(served.map(({ surface }) => surface));
  return checkUrl(baseUrl, "baseUrl", names.size === 1 ? [...names][0] : undefined);
}

function checkSurfaceUrls({ supportedApiSurfaces: surfaces }: Inputs, unknown: UnknownPaths): Failure[] {
  if (!Array.isArray(surfaces)) return [];
  return surfaces.flatMap(({ baseUrl, surface }: Surface, index) =>
    unknown.touches(["supportedApiSurfaces", index])
      ? []
      : checkUrl(baseUrl, `supportedApiSurfaces[${index}].baseUrl`, surface),
  );
}

/** `surface` is the only surface that uses the address, if there is one. */
function checkUrl(given: string | undefined, property: string, surface: string | undefined): Failure[] {
  const text = known(given);
  if (text === undefined) return [];
  const fail = (reason: string): Failure[] => [{ property, reason }];
  if (!URL.canParse(text)) return fail("is not a URL: write it as https://host/path");
  const url = new URL(text);
  if (url.username !== "" || url.password !== "")
    return fail("must not hold a user name or password: store credentials as a ProviderKey");
  const isInternal = url.hostname.endsWith(".internal");
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isInternal)) {
    return fail("must begin with https:// (http:// is allowed for *.internal hosts only)");
  }
  const problem = azureAddressProblem(text, surface);
  return problem === undefined ? [] : fail(problem);
}

function checkModels({ models = [] }: Inputs, unknown: UnknownPaths): Failure[] {
  if (unknown.touches(["models"])) return [];
  const ids = models.map(modelIdOf);
  const ofModels = refuseTwice("models", ids);
  const ofParams = models.flatMap((model, index) =>
    typeof model === "string" ? [] : refuseTwice(`models[${index}].unsupportedParams`, model.unsupportedParams ?? []),
  );
  return [...ofModels, ...ofParams];
}

function refuseTwice(property: string, texts: readonly string[]): Failure[] {
  const twice = texts.filter((text, index) => texts.indexOf(text) !== index);
  if (twice.length === 0) return [];
  const names = [...new Set(twice)].map((text) => `"${text}"`).join(", ");
  return [{ property, reason: `lists ${names} twice: remove the repetition` }];
}

/** A text that is equal for entries with the same meaning. */
function modelText(model: unknown): string {
  if (typeof model === "string") return JSON.stringify([model]);
  const { modelId, providerModelId, unsupportedParams } = model as Exclude<Model, string>;
  const params = Array.isArray(unsupportedParams) ? unsupportedParams.toSorted() : unsupportedParams;
  return JSON.stringify(
    params === undefined && providerModelId === undefined
      ? [modelId]
      : [modelId, providerModelId ?? null, params ?? null],
  );
}

function sortedEntries(value: unknown): unknown {
  const entries = Object.entries(value as object).filter(([, item]) => item !== undefined && item !== null);
  return entries.sort(([left], [right]) => (left < right ? -1 : 1));
}

/** `now` is the stored object; its fields that the program leaves out are sent back. */
function toBody({ adopt: _, models, supportedApiSurfaces, ...rest }: Inputs, now?: WireProvider) {
  return {
    ...rest,
    ...(supportedApiSurfaces && { supportedApiSurfaces: mergedSurfaces(supportedApiSurfaces, now) }),
    ...(models && { models: mergedModels(models, now) }),
  };
}

function toFound(wire: WireProvider, inputs: Inputs): Found<State> {
  return { id: wire.id, state: toState(wire, inputs), createdAt: wire.createdAt };
}

function toState(wire: WireProvider, previous: Partial<Inputs>): State {
  const { providerId, baseUrl, name, metadata, supportedApiSurfaces, models, uri, createdAt, updatedAt } = wire;
  return {
    providerId,
    baseUrl,
    name,
    metadata,
    supportedApiSurfaces: supportedApiSurfaces && spelledSurfaces(supportedApiSurfaces, previous.supportedApiSurfaces),
    models: models && spelledModels(models, previous.models),
    adopt: undefined,
    uri,
    createdAt,
    updatedAt,
  };
}

/**
 * An upstream provider that you define at the ngrok AI Gateway, for example one Azure OpenAI deployment.
 * @see https://ngrok.com/docs/ai-gateway/custom-providers
 * @example
 * import * as ngrok from "pulumi-ngrok-ai";
 *
 * const contoso = new ngrok.CustomProvider("contoso", {
 *   providerId: "contoso",
 *   baseUrl: "https://contoso.openai.azure.com/openai/deployments/gpt-5-mini?api-version=2024-10-21",
 *   supportedApiSurfaces: [{ format: "openai", surface: "chat-completions" }],
 *   models: ["gpt-5-mini"],
 * });
 *
 * // What applications ask for.
 * export const model = contoso.providerId.apply((providerId) => `${providerId}:gpt-5-mini`);
 * @throws The `providerId` is in use: the error names the object that has it, and says whether this resource created it. If two
 * resources of one program have the same `providerId`, the second one fails at preview. If `models` was changed outside Pulumi
 * since the last run and an update would undo that change unseen, the update fails, shows the change, and requires a refresh
 * first.
 */
export class CustomProvider extends GatewayResource {
  declare readonly providerId: pulumi.Output<string>;
  declare readonly baseUrl: pulumi.Output<string>;
  declare readonly name: pulumi.Output<string>;
  declare readonly metadata: pulumi.Output<string | undefined>;
  declare readonly supportedApiSurfaces: pulumi.Output<
    { format: string; surface?: string; baseUrl?: string; supportedParams?: { name: string }[] }[] | undefined
  >;
  declare readonly models: pulumi.Output<
    (string | { modelId: string; providerModelId?: string; unsupportedParams?: string[] })[] | undefined
  >;
  /** URI of this object in the API. */
  declare readonly uri: pulumi.Output<string>;
  /** When the provider was created (ISO 8601). */
  declare readonly createdAt: pulumi.Output<string>;
  /** When the provider was last updated (ISO 8601). */
  declare readonly updatedAt: pulumi.Output<string>;

  constructor(name: string, args: CustomProviderArgs, opts: pulumi.CustomResourceOptions = {}) {
    const inputs = given("CustomProvider", name, args);
    super(definition, name, { ...inputs, name: inputs.name ?? name }, opts);
  }

  /** Looks up an existing provider by its id. The provider is read, not managed. */
  static get(name: string, id: pulumi.Input<pulumi.ID>, opts?: pulumi.CustomResourceOptions): CustomProvider {
    return new CustomProvider(name, {} as CustomProviderArgs, { ...opts, id });
  }
}
