/** Third step for a gateway: plans its regions, its objects, and the failover order. */
import { ANTHROPIC_PATH } from "../../azureAddress";
import type { AccessKeyInputs, ConfigurationInputs, KeySlot, Surface } from "./inputs";
import { toCheckName, toFailoverCheckName } from "./names";
import type { Common, ExistingResourceGroup, NewResourceGroup, ServedModel } from "./normalize";
import { type Gateway, type GatewayRegion, ownProviderIds, providerOf } from "./normalizeGateway";
import { planRegion, type RegionPlan, toUrlPath } from "./regionPlan";
import type { Values } from "./values";

export interface ProviderPlan<V extends Values> {
  readonly resourceName: string;
  readonly regionKey: string;
  readonly providerId: string;
  /** Path of the base URL after the address. */
  readonly urlPath: string;
  /** Address to use instead of the account's own. */
  readonly baseUrlOverride: V["text"] | undefined;
  readonly models: readonly ProviderModelPlan[];
  readonly surfaces: readonly SurfacePlan[];
  /** In the order in which the gateway tries them. */
  readonly keys: readonly { readonly resourceName: string; readonly slot: KeySlot }[];
}

/** A surface that a provider declares. */
export interface SurfacePlan {
  readonly format: "openai" | "anthropic";
  /** `undefined`: all surfaces of the format, as for embeddings, which have no surface name. */
  readonly surface: string | undefined;
  /** Path after the account's address on Azure AI Foundry, if the surface is not at the provider's base URL. */
  readonly foundryPath: string | undefined;
}

/** A model of a provider: its public id, and the deployment's name if it differs. */
export interface ProviderModelPlan {
  readonly modelId: string;
  readonly providerModelId?: string;
}

/** A request that checks a route: one model in one region, or a complete failover list. */
export interface CheckPlan {
  readonly resourceName: string;
  readonly model: string;
  readonly models: readonly string[] | undefined;
  readonly expectProvider: string | undefined;
  /** Providers whose changes repeat the check. */
  readonly providerIds: readonly string[];
}

export interface ConfigurationPlan<V extends Values> extends Omit<ConfigurationInputs<V>, "restrictModels"> {
  readonly allowedProviders: readonly (string | V["gatewayProvider"])[];
  /** `undefined`: all models of the allowed providers. */
  readonly allowedModels: readonly string[] | undefined;
  /** Built-in providers that get their own rule and are paid with the gateway's credits. */
  readonly creditProviderIds: readonly string[];
  readonly extraRules: readonly V["rule"][];
}

export interface GatewayPlan<V extends Values> {
  readonly name: string;
  /** The resource group that regions share. */
  readonly resourceGroup: NewResourceGroup<V> | ExistingResourceGroup<V> | undefined;
  /** As declared. */
  readonly regions: readonly (RegionPlan<V> & { readonly azureProvider: V["azureProvider"] | undefined })[];
  readonly providers: readonly ProviderPlan<V>[];
  readonly configuration: ConfigurationPlan<V> | undefined;
  readonly accessKey: AccessKeyInputs<V> | undefined;
  /** By model id: `<provider>:<model>` in failover order. */
  readonly models: Readonly<Record<string, readonly string[]>>;
  readonly checks: readonly CheckPlan[];
  /** Token for the checks, instead of the access key's. */
  readonly checkToken: V["text"] | undefined;
}

export function planGateway<V extends Values>(gateway: Gateway<V>): GatewayPlan<V> {
  const regions = gateway.regions.map((region) => ({
    ...planRegion(region, gateway.common),
    azureProvider: region.azureProvider,
  }));
  const providers = gateway.regions.flatMap((region) => planProviders(region, gateway));
  const { accessKey } = gateway.given;
  return {
    name: gateway.name,
    resourceGroup: gateway.sharedGroup,
    regions,
    providers,
    configuration: gateway.hasConfiguration ? planConfiguration(gateway) : undefined,
    accessKey: gateway.hasAccessKey ? (typeof accessKey === "object" ? accessKey : {}) : undefined,
    models: gateway.models,
    checks: gateway.verifies ? planChecks(gateway) : [],
    checkToken: gateway.verifyToken,
  };
}

function planProviders<V extends Values>(
  region: GatewayRegion<V>,
  { common, surfaces }: Gateway<V>,
): ProviderPlan<V>[] {
  return region.providers.map(({ resourceName, providerId, models }) => ({
    resourceName,
    regionKey: region.key,
    providerId,
    // All models of one provider have the same path: in v1 mode the account's, else that of its only deployment.
    urlPath: toUrlPath(models[0]?.deploymentName ?? "", common),
    baseUrlOverride: region.baseUrlOverride,
    models: models.map((model) => toProviderModel(model, common)),
    surfaces: toSurfaces(models, surfaces),
    keys: region.keySlots.map((slot) => ({ resourceName: `${resourceName}-${slot}`, slot })),
  }));
}

function toSurfaces(models: readonly ServedModel[], wanted: readonly Surface[]): SurfacePlan[] {
  const apis = new Set(models.map(({ api }) => api));
  const openai = (surface: string | undefined) => ({ format: "openai", surface, foundryPath: undefined }) as const;
  return [
    ...(apis.has("openai") ? wanted.map(openai) : []),
    ...(apis.has("embeddings") && !apis.has("openai") ? [openai(undefined)] : []),
    ...(apis.has("anthropic")
      ? [{ format: "anthropic", surface: "messages", foundryPath: ANTHROPIC_PATH } as const]
      : []),
  ];
}

/** Azure's v1 API uses the model id as the deployment's name; a dated URL contains that name in its path. */
function toProviderModel<V extends Values>(
  { key, deploymentName }: ServedModel,
  { apiMode }: Common<V>,
): ProviderModelPlan {
  return { modelId: key, ...(apiMode === "v1" && deploymentName !== key ? { providerModelId: deploymentName } : {}) };
}

function planConfiguration<V extends Values>(gateway: Gateway<V>): ConfigurationPlan<V> {
  const { given, extraProviders, extraRules, restrictsModels, creditProviderIds } = gateway;
  const { name, description, metadata } = typeof given.configuration === "object" ? given.configuration : {};
  const listed = [...new Set(Object.values(gateway.models).flat())];
  return {
    name,
    description,
    metadata,
    allowedProviders: [...new Set([...ownProviderIds(gateway.regions), ...listed.map(providerOf)]), ...extraProviders],
    allowedModels: restrictsModels ? listed : undefined,
    creditProviderIds,
    extraRules,
  };
}

function planChecks<V extends Values>(gateway: Gateway<V>): CheckPlan[] {
  const { name, regions, models, verifiesFailover } = gateway;
  const single = regions.flatMap(({ key: regionKey, providers }) =>
    providers.flatMap(({ providerId, models: served }) =>
      served.filter(isCheckable).map(({ key }) => ({
        resourceName: toCheckName(name, regionKey, key),
        model: `${providerId}:${key}`,
        models: undefined,
        expectProvider: providerId,
        providerIds: [providerId],
      })),
    ),
  );
  if (!verifiesFailover) return single;
  const own = ownProviderIds(regions);
  // A further model must also answer by itself; otherwise it is no fallback.
  const further = new Set(
    Object.values(models)
      .flat()
      .filter((entry) => !own.includes(providerOf(entry))),
  );
  const fallbacks = [...further].map((entry) => ({
    resourceName: toFailoverCheckName(name, entry),
    model: entry,
    models: undefined,
    expectProvider: providerOf(entry),
    providerIds: [],
  }));
  const checkable = new Set(regions.flatMap((region) => region.models.filter(isCheckable).map(({ key }) => key)));
  const whole = Object.entries(models).flatMap(([model, list]) =>
    list.slice(0, checkable.has(model) ? 1 : 0).map((first) => ({
      resourceName: toFailoverCheckName(name, model),
      model: first,
      models: list,
      expectProvider: undefined,
      providerIds: list.map(providerOf),
    })),
  );
  return [...single, ...fallbacks, ...whole];
}

/** `RouteCheck` calls OpenAI's surfaces. */
function isCheckable({ api }: ServedModel): boolean {
  return api !== "anthropic";
}
