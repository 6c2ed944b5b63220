/**
 * Models of the built-in providers: a small selection of those in the documentation. The service's catalog is larger and changes
 * weekly; a model that is missing here behaves like one that the service does not know.
 */
import { NGROK_STEP_PROVIDER_IDS } from "../../sdk/contract/common";
import type { Model, ModelProvider } from "../../sdk/contract/models";
import type { Provider } from "../../sdk/contract/providers";
import { type Surface, surfaces } from "./data/surfaces";
import type { Store } from "./store/store";

export interface CatalogModel {
  /** `<maker>/<slug>`. */
  readonly id: string;
  readonly slug: string;
  /** Built-in providers that serve it. Without a provider in the request, the first is used. */
  readonly providers: readonly string[];
  readonly kind: "text" | "embedding";
}

const text = (maker: string, slugs: readonly string[], providers: readonly string[] = [maker]): CatalogModel[] =>
  slugs.map((slug) => ({ id: `${maker}/${slug}`, slug, providers, kind: "text" }));
const embedding = (maker: string, slugs: readonly string[]): CatalogModel[] =>
  slugs.map((slug) => ({ id: `${maker}/${slug}`, slug, providers: [maker], kind: "embedding" }));

export const catalog: readonly CatalogModel[] = [
  ...text("openai", ["gpt-4o", "gpt-4o-mini", "gpt-4.1", "gpt-4.1-mini", "gpt-5", "gpt-5-mini", "gpt-5.1", "gpt-5.5"]),
  ...embedding("openai", ["text-embedding-3-small", "text-embedding-3-large"]),
  ...text("anthropic", ["claude-haiku-4-5", "claude-sonnet-4-5", "claude-opus-4-5"]),
  ...text("google", ["gemini-2.5-flash", "gemini-2.5-pro"]),
  ...embedding("google", ["gemini-embedding-001"]),
  ...text("deepseek", ["deepseek-chat", "deepseek-reasoner"]),
  ...text("moonshotai", ["kimi-k2", "kimi-k3"]),
  ...text("z-ai", ["glm-4.6"]),
  ...text("xai", ["grok-4"]),
  ...text("minimax", ["minimax-m2"]),
  ...text("qwencloud", ["qwen3-max"]),
  ...text("meta", ["llama-3.3-70b-instruct"], ["groq", "hyperbolic", "openrouter", "inference-net"]),
  ...text("inceptionlabs", ["mercury"]),
];

const byName: ReadonlyMap<string, CatalogModel> = new Map(
  catalog.flatMap((model) => [model.id, model.slug].map((name) => [name, model] as const)),
);

/** By `<maker>/<slug>` or only the slug, ignoring case. */
export function findInCatalog(name: string): CatalogModel | undefined {
  return byName.get(name.toLowerCase());
}

/** Whether the service pays for the model at this provider, from the account's credits. */
export function isManaged(provider: string, model: CatalogModel): boolean {
  return model.providers.includes(provider) && (NGROK_STEP_PROVIDER_IDS as readonly string[]).includes(provider);
}

/** Models that the list can name. */
const textSurfaces = surfaces.filter(({ name }) => name !== "embeddings");
const CREATED_SECONDS = Date.UTC(2026, 0, 1) / 1000;
const TOKEN_PRICE = "0.000002";

/** `/v1/models` of the management API: the models that the account can use, from the catalog and its own providers. */
export function listAllModels(store: Store): { object: "list"; data: Model[] } {
  const own = Iterator.from(store.providers.values()).flatMap(ownModels);
  return { object: "list", data: [...catalog.map(catalogModel), ...own] };
}

function catalogModel({ id, slug, providers, kind }: CatalogModel): Model {
  return {
    ...commonFields(id, slug, kind),
    owned_by: "ngrok",
    providers: providers.map((provider) => ({
      ...providerFields(provider, provider),
      model_id: `${provider}:${id}`,
      pricing: {
        currency: "USD",
        rates: ["prompt", "completion"].map((type) => ({
          type,
          unit: "token",
          price: TOKEN_PRICE,
          conditions: undefined,
        })),
      },
      supported_api_formats: kind === "text" ? textSurfaces.map(apiFormat) : [],
    })),
  };
}

function ownModels({ providerId, name, models = [], supportedApiSurfaces = [] }: Provider): Model[] {
  const served = textSurfaces.filter(
    (surface) =>
      supportedApiSurfaces.length === 0 ||
      supportedApiSurfaces.some(
        (one) => one.format === surface.format && (one.surface ?? surface.name) === surface.name,
      ),
  );
  return models.map(({ modelId }) => ({
    ...commonFields(`${providerId}:${modelId}`, modelId, "text"),
    owned_by: "organization_owned",
    providers: [
      {
        ...providerFields(providerId, name),
        model_id: `${providerId}:${modelId}`,
        pricing: { currency: "USD", rates: [] },
        supported_api_formats: served.map(apiFormat),
      },
    ],
  }));
}

function commonFields(id: string, slug: string, kind: CatalogModel["kind"]) {
  const output = kind === "text" ? "text" : "embeddings";
  return {
    id,
    name: slug,
    slug,
    object: "model",
    created: CREATED_SECONDS,
    released: undefined,
    description: undefined,
    architecture: {
      modality: `text->${output}`,
      input_modalities: ["text"],
      output_modalities: [output],
      tokenizer: undefined,
      instruction_type: undefined,
    },
  };
}

function providerFields(
  id: string,
  displayName: string,
): Omit<ModelProvider, "model_id" | "pricing" | "supported_api_formats"> {
  return {
    id,
    display_name: displayName,
    logo_url: undefined,
    website_url: undefined,
    context_length: 0,
    max_input_tokens: undefined,
    max_completion_tokens: undefined,
    supports_implicit_caching: false,
    status: "active",
    metrics: undefined,
  };
}

function apiFormat({ format, name, path, inputMembers, outputLimitMembers }: Surface) {
  return { format, name, path, parameters: ["model", ...inputMembers, ...outputLimitMembers] };
}
