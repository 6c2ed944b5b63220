/**
 * Custom provider: an upstream of one's own, for example an Azure OpenAI deployment.
 * Operations: /providers (list, create, get, update, delete). Pulumi's CustomProvider is the API's Provider.
 * Surprising: its `providerId` is what routing rules and model names use, and can't be changed; its `id` (`aigp_…`) is
 * only the API's handle.
 * @see https://ngrok.com/docs/ai-gateway/custom-providers
 */
import type * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import {
  BUILT_IN_PROVIDER_IDS,
  MAX_BASE_URL_CHARS,
  MAX_METADATA_CHARS,
  MAX_MODEL_ID_CHARS,
  MAX_NAME_CHARS,
  MAX_PROVIDER_ID_CHARS,
} from "../../sdk/contract/limits";
import type { Provider as WireProvider } from "../../sdk/contract/providers";
import { known } from "../lifecycle/check";
import { defineResource, type Failure, type Found, patchBody } from "../lifecycle/definition";
import { readGathered } from "../lifecycle/gatheredReads";
import { adoptSchema, lazily, type Zod } from "../lifecycle/schemas";
import { isSameSet, type UnknownPaths } from "../lifecycle/values";
import { type AdoptArgs, GatewayResource } from "./gatewayResource";

const surfaceSchema = (z: Zod) =>
  z.strictObject({
    format: z.string().min(1),
    surface: z.string().min(1).optional(),
    supportedParams: z.array(z.strictObject({ name: z.string().min(1) })).optional(),
  });

const modelSchema = (z: Zod) => {
  const id = z.string().min(1).max(MAX_MODEL_ID_CHARS);
  return z.union([id, z.strictObject({ modelId: id })]);
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

interface State extends Inputs {
  uri: string;
  createdAt: string;
  updatedAt: string;
}

/** A surface of an API that a provider serves. */
export interface ApiSurfaceArgs {
  /** The API's format: `openai` or `anthropic`. */
  format: pulumi.Input<string>;
  /** The surface of that format: `chat-completions`, `responses` or `messages`. */
  surface?: pulumi.Input<string>;
  /** Request body parameters that the provider understands. */
  supportedParams?: pulumi.Input<
    pulumi.Input<{
      /** Name of the parameter, as `temperature`. */
      name: pulumi.Input<string>;
    }>[]
  >;
}

/** Arguments of `CustomProvider`. */
export interface CustomProviderArgs extends AdoptArgs {
  /**
   * The name by which models and rules address the provider: `azure-openai` in `azure-openai:gpt-5-mini`. Lower case,
   * unique in the account, none of the built-in ones, at most 255 characters.
   * Change: replaces the provider.
   */
  providerId: pulumi.Input<string>;
  /**
   * Where the provider's API is; the surface's path is appended to its path and its query is kept. `https://`, or
   * `http://` for `*.internal` hosts. At most 2,048 characters. An Azure deployment's URL needs `?api-version=`.
   * Change: in place.
   */
  baseUrl: pulumi.Input<string>;
  /**
   * Label, at most 255 characters. Change: in place.
   * @default the resource's name in the program
   */
  name?: pulumi.Input<string>;
  /**
   * Text of your own, at most 4,096 characters. Change: in place.
   * @default a mark that names the stack and resource that own the object (`ngrok-ai:ownership`)
   */
  metadata?: pulumi.Input<string>;
  /** API surfaces that the provider serves. Change: in place, as a whole. */
  supportedApiSurfaces?: pulumi.Input<pulumi.Input<ApiSurfaceArgs>[]>;
  /** Models that the provider serves: ids of 1 to 255 characters, none twice. Change: in place, as a whole set. */
  models?: pulumi.Input<
    pulumi.Input<
      | string
      | {
          /** The model's id, as an entry that is a text alone gives it. */
          modelId: pulumi.Input<string>;
        }
    >[]
  >;
}

const AZURE_DEPLOYMENT_URL =
  /^https:\/\/[^/]+\.(openai\.azure\.(com|us|cn)|cognitiveservices\.azure\.(com|us|cn)|services\.ai\.azure\.com)\/openai\/deployments\//i;

export const definition = defineResource<Inputs, State>({
  kind: "CustomProvider",
  schema: inputsSchema,
  fields: {
    providerId: { change: "replace" },
    baseUrl: { change: "patch" },
    name: { change: "patch", default: "the resource's name in the program" },
    metadata: { change: "patch", default: "the owner's mark" },
    supportedApiSurfaces: { change: "patch", isSame: isSameSet((surface) => JSON.stringify(sortedEntries(surface))) },
    models: { change: "patch", isWholeSet: true, isSame: isSameSet(modelIdOf) },
    adopt: { change: "never" },
  },
  outputs: ["uri", "createdAt", "updatedAt"],
  isMarkable: true,
  uniqueKey: { field: "providerId", isEnforced: true },

  verify: (inputs, unknown) => [
    ...checkProviderId(inputs, unknown),
    ...checkBaseUrl(inputs, unknown),
    ...checkModels(inputs, unknown),
  ],
  async create(inputs, { client, call }) {
    return toFound(await client.createProvider(toBody(inputs), call));
  },
  async read(id, _previous, { client, call }) {
    const wire = await readGathered(client, "providers", id, {
      get: (each) => client.getProvider(each, call),
      list: () => client.listProviders(call),
    });
    return wire && toState(wire);
  },
  async update({ id, news, changed }, { client, call }) {
    const body = patchBody(this.fields, changed, toBody(news));
    const wire =
      Object.keys(body).length > 0 ? await client.updateProvider(id, body, call) : await client.getProvider(id, call);
    return toState(wire);
  },
  async delete(id, _state, { client, call }) {
    await client.deleteProvider(id, call);
  },
  async *list(_inputs, { client, call }) {
    for await (const wire of client.listProviders(call)) yield toFound(wire);
  },
});

function checkProviderId({ providerId }: Inputs, unknown: UnknownPaths): Failure[] {
  if (unknown.covers(["providerId"])) return [];
  if ((BUILT_IN_PROVIDER_IDS as readonly string[]).includes(providerId)) {
    return [
      {
        property: "providerId",
        reason: `"${providerId}" is a built-in provider of the gateway: choose another, for example "my-${providerId}"`,
      },
    ];
  }
  if (/^[a-z0-9][a-z0-9._-]*$/.test(providerId)) return [];
  const reason = `"${providerId}" can't be addressed as <providerId>:<model>: use lower-case letters, digits, "-", "_" and "." only`;
  return [{ property: "providerId", reason }];
}

function checkBaseUrl(inputs: Inputs, unknown: UnknownPaths): Failure[] {
  const text = unknown.covers(["baseUrl"]) ? undefined : known(inputs.baseUrl);
  if (text === undefined) return [];
  const fail = (reason: string): Failure[] => [{ property: "baseUrl", reason }];
  if (!URL.canParse(text)) return fail("is not a URL: write it as https://host/path");
  const url = new URL(text);
  if (url.username !== "" || url.password !== "")
    return fail("must not hold a user name or password: store credentials as a ProviderKey");
  const isInternal = url.hostname.endsWith(".internal");
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isInternal)) {
    return fail("must begin with https:// (http:// is allowed for *.internal hosts only)");
  }
  if (AZURE_DEPLOYMENT_URL.test(text) && !url.searchParams.get("api-version")) {
    return fail(
      "is an Azure OpenAI deployment URL without api-version, which Azure answers with 404: append ?api-version=2024-10-21",
    );
  }
  return [];
}

function checkModels({ models = [] }: Inputs, unknown: UnknownPaths): Failure[] {
  if (unknown.touches(["models"])) return [];
  const ids = models.map(modelIdOf);
  const twice = ids.filter((id, index) => ids.indexOf(id) !== index);
  return twice.length === 0
    ? []
    : [
        {
          property: "models",
          reason: `lists ${[...new Set(twice)].map((id) => `"${id}"`).join(", ")} twice: remove the repetition`,
        },
      ];
}

function modelIdOf(model: unknown): string {
  return typeof model === "string" ? model : String((model as { modelId: string }).modelId);
}

function sortedEntries(value: unknown): unknown {
  const entries = Object.entries(value as object).filter(([, item]) => item !== undefined && item !== null);
  return entries.sort(([left], [right]) => (left < right ? -1 : 1));
}

function toBody({ adopt: _, models, ...rest }: Inputs) {
  return {
    ...rest,
    ...(models === undefined ? {} : { models: models.map((model) => ({ modelId: modelIdOf(model) })) }),
  };
}

function toFound(wire: WireProvider): Found<State> {
  return { id: wire.id, state: toState(wire), createdAt: wire.createdAt };
}

function toState(wire: WireProvider): State {
  const { providerId, baseUrl, name, metadata, supportedApiSurfaces, models, uri, createdAt, updatedAt } = wire;
  return {
    providerId,
    baseUrl,
    name,
    metadata,
    supportedApiSurfaces: supportedApiSurfaces as State["supportedApiSurfaces"],
    models: models?.map(({ modelId }) => modelId),
    adopt: undefined,
    uri,
    createdAt,
    updatedAt,
  };
}

/**
 * An upstream provider of your own at the ngrok AI Gateway, for example one Azure OpenAI deployment.
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
 * @throws The `providerId` is taken: the error names the object that has it, and whether this very resource made it.
 * Somebody changed `models` since the last run, and an update would undo that unseen: it stops, shows what changed, and asks for a
 * refresh first.
 */
export class CustomProvider extends GatewayResource {
  declare readonly providerId: pulumi.Output<string>;
  declare readonly baseUrl: pulumi.Output<string>;
  declare readonly name: pulumi.Output<string>;
  declare readonly metadata: pulumi.Output<string | undefined>;
  declare readonly supportedApiSurfaces: pulumi.Output<{ format: string; surface?: string }[] | undefined>;
  declare readonly models: pulumi.Output<(string | { modelId: string })[] | undefined>;
  /** Address of this object in the API. */
  declare readonly uri: pulumi.Output<string>;
  /** When the provider was made (ISO 8601). */
  declare readonly createdAt: pulumi.Output<string>;
  /** When the provider was last changed (ISO 8601). */
  declare readonly updatedAt: pulumi.Output<string>;

  constructor(name: string, args: CustomProviderArgs, opts: pulumi.CustomResourceOptions = {}) {
    super(definition, name, { ...args, name: args.name ?? name }, opts);
  }

  /** Looks up an existing provider by its id; it is read, not managed. */
  static get(name: string, id: pulumi.Input<pulumi.ID>, opts?: pulumi.CustomResourceOptions): CustomProvider {
    return new CustomProvider(name, {} as CustomProviderArgs, { ...opts, id });
  }
}
