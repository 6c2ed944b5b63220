/** Pure: the arguments of a gateway → its regions, the gateway's objects in front of them, and the failover order. */
import { CREDIT_PROVIDER_IDS } from "./azureModels";
import { at, type Findings } from "./findings";
import { inProviderId, normaliseLocation } from "./names";
import {
  type DeploymentSource,
  type ModelPlan,
  type NewResourceGroupPlan,
  planAccount,
  planGroup,
  type RegionPlan,
  type RegionSource,
} from "./regionPlan";
import type { ConfigurationShape, DeploymentShape, GatewayArgsShape, GatewayRegionShape, PlanContext } from "./shapes";

export interface ProviderPlan {
  readonly resourceName: string;
  readonly regionKey: string;
  readonly providerId: string;
  readonly urlPath: string;
  /** Undefined where the account's address is known only once Azure has told it, or is overridden by a later value. */
  readonly baseUrl: string | undefined;
  readonly baseUrlOverride: unknown;
  /** Model ids under which its deployments are asked for. */
  readonly models: readonly string[];
  readonly surfaces: readonly string[];
  /** In the order in which the gateway tries them. */
  readonly keys: readonly { readonly resourceName: string; readonly slot: "key1" | "key2" }[];
}

/** One model, asked of one region, or of the whole failover list. */
export interface VerificationPlan {
  readonly resourceName: string;
  readonly model: string;
  readonly models?: readonly string[];
  readonly expectProvider?: string;
  /** Whose changes make it be asked anew. */
  readonly providerIds: readonly string[];
}

export interface GatewayPlan {
  readonly resourceGroup: NewResourceGroupPlan | { readonly kind: "existing"; readonly name: unknown } | undefined;
  /** As declared. */
  readonly regions: readonly (RegionPlan & { readonly azureProvider: unknown })[];
  readonly providers: readonly ProviderPlan[];
  readonly hasConfiguration: boolean;
  readonly hasAccessKey: boolean;
  /** Built-in providers of the failover lists, which get a rule of their own that uses the gateway's credits. */
  readonly creditProviderIds: readonly string[];
  /** All that access is allowed to; the extra providers come behind. */
  readonly allowedProviderIds: readonly string[];
  readonly extraProviders: readonly unknown[];
  readonly extraRules: readonly object[];
  readonly allowedModels: readonly string[] | undefined;
  /** By model id: whom to ask, in failover order. */
  readonly models: Readonly<Record<string, readonly string[]>>;
  readonly verifications: readonly VerificationPlan[];
}

const DEFAULT_PRIORITY = 1;
const DEFAULT_PREFIX = "azure";

/** One entry of `regions`, in whichever of the two forms it is written. */
export interface RegionEntry {
  readonly key: string;
  readonly path: string;
  readonly args: GatewayRegionShape;
  readonly isNamedByLocation: boolean;
}

export function toRegionEntries({ regions = {} }: GatewayArgsShape): RegionEntry[] {
  if (!Array.isArray(regions)) {
    const record = Object.entries(regions as Readonly<Record<string, GatewayRegionShape>>);
    return record.map(([key, args]) => ({ key, args, path: at("regions", key), isNamedByLocation: false }));
  }
  return (regions as readonly (string | GatewayRegionShape)[]).map((region, index) => {
    const args = typeof region === "string" ? { location: region } : region;
    const key = args.key ?? normaliseLocation(args.location ?? "");
    return { key, args, path: at("regions", index), isNamedByLocation: args.key === undefined };
  });
}

/** The shared deployments with what is different in the region. */
function mergedDeployments(shared: GatewayArgsShape["deployments"], region: RegionEntry): DeploymentSource[] {
  const own = region.args.deployments ?? {};
  const keys = [...new Set([...Object.keys(shared ?? {}), ...Object.keys(own)])];
  return keys
    .filter((key) => own[key] !== null)
    .map((key) => {
      const different: DeploymentShape = own[key] ?? {};
      const isOwn = (field?: string) =>
        shared?.[key] === undefined || (field !== undefined && Object.hasOwn(different, field));
      return {
        key,
        args: { ...shared?.[key], ...different },
        pathOf: (field) =>
          at(
            isOwn(field) ? at(region.path, "deployments") : "deployments",
            key,
            ...(field === undefined ? [] : [field]),
          ),
      };
    });
}

export function toRegionSources(name: string, args: GatewayArgsShape): RegionSource[] {
  return toRegionEntries(args).map((entry) => ({
    key: entry.key,
    name: `${name}-${entry.key}`,
    nameBase: name,
    path: entry.path,
    args: entry.args,
    common: args,
    deployments: mergedDeployments(args.deployments, entry),
    isNamedByLocation: entry.isNamedByLocation,
    hasSharedGroup: true,
  }));
}

/** Plans all of a gateway. */
export function planAll(
  name: string,
  args: GatewayArgsShape,
  sources: readonly RegionSource[],
  context: PlanContext,
  findings: Findings,
): GatewayPlan {
  const regions = sources.map((source) => ({
    ...planAccount(source, context, findings),
    azureProvider: (source.args as GatewayRegionShape).provider,
  }));
  const providers = sources.flatMap((source, index) => planProviders(name, args, source, regions[index]!));
  const models = planFailover(args, sources, regions, providers);
  const configuration = configurationOf(args);
  const extraRules = configuration?.extraRules ?? [];
  const ownIds = providers.map(({ providerId }) => providerId);
  const creditProviderIds = creditProviders(models, ownIds, extraRules);
  const hasConfiguration = args.configuration !== false;
  const others = Object.values(models).flat().map(providerOf);
  return {
    resourceGroup: planSharedGroup(name, args, regions, context),
    regions,
    providers,
    hasConfiguration,
    hasAccessKey: args.accessKey === undefined ? hasConfiguration : args.accessKey !== false,
    creditProviderIds,
    allowedProviderIds: [...new Set([...ownIds, ...others])],
    extraProviders: configuration?.extraProviders ?? [],
    extraRules,
    allowedModels: configuration?.restrictModels ? [...new Set(Object.values(models).flat())] : undefined,
    models,
    verifications: planVerifications(name, args, providers, models),
  };
}

export function configurationOf({ configuration }: GatewayArgsShape): ConfigurationShape | undefined {
  return typeof configuration === "object" ? configuration : undefined;
}

/** The one resource group of all regions, if any takes it. */
function planSharedGroup(
  name: string,
  args: GatewayArgsShape,
  regions: readonly RegionPlan[],
  context: PlanContext,
): GatewayPlan["resourceGroup"] {
  const first = regions.find(({ resourceGroup }) => resourceGroup?.kind === "shared");
  if (first?.location === undefined) return undefined;
  return planGroup(args.resourceGroup ?? {}, { name, location: first.location, common: args }, context);
}

function planProviders(name: string, args: GatewayArgsShape, source: RegionSource, region: RegionPlan): ProviderPlan[] {
  const prefix = `${args.providerIdPrefix ?? DEFAULT_PREFIX}-${inProviderId(region.key)}`;
  const surfaces =
    args.surfaces ?? (region.apiMode === "v1" ? ["chat-completions", "responses"] : ["chat-completions"]);
  const { baseUrlOverride } = source.args as GatewayRegionShape;
  const toProvider = (models: readonly ModelPlan[], providerId: string, resourceName: string): ProviderPlan => ({
    resourceName,
    regionKey: region.key,
    providerId,
    urlPath: models[0]!.urlPath,
    baseUrl: baseUrlOf(models[0]!, baseUrlOverride),
    baseUrlOverride,
    models: models.map(({ key }) => key),
    surfaces,
    keys: (args.keySlots ?? ["key1", "key2"]).map((slot) => ({ resourceName: `${resourceName}-${slot}`, slot })),
  });
  if (region.models.length === 0) return [];
  if (region.apiMode === "v1") return [toProvider(region.models, prefix, `${name}-${region.key}`)];
  const isOnly = region.models.length === 1;
  return region.models.map((model) =>
    toProvider([model], isOnly ? prefix : `${prefix}-${inProviderId(model.key)}`, `${name}-${region.key}-${model.key}`),
  );
}

function baseUrlOf(model: ModelPlan, override: unknown): string | undefined {
  if (override === undefined) return model.baseUrl;
  return typeof override === "string" ? override.replace(/\/+$/, "") + model.urlPath : undefined;
}

/** By model id, in the order of first appearance: `<provider>:<model>` of every region that has it, then what is appended. */
function planFailover(
  args: GatewayArgsShape,
  sources: readonly RegionSource[],
  regions: readonly RegionPlan[],
  providers: readonly ProviderPlan[],
): Record<string, readonly string[]> {
  const { order = [], append = [], perModel = {} } = args.failover ?? {};
  const priorityOf = ({ args: region }: RegionSource) => (region as GatewayRegionShape).priority ?? DEFAULT_PRIORITY;
  const byPriority = [...sources].sort((left, right) => priorityOf(left) - priorityOf(right)).map(({ key }) => key);
  const inOrder = [...new Set([...order.filter((key) => byPriority.includes(key)), ...byPriority])];
  const modelIds = [...new Set(regions.flatMap(({ models }) => models.map(({ key }) => key)))];
  const entries = modelIds.map((model) => {
    const inRegion = (regionKey: string) =>
      providers
        .filter((provider) => provider.regionKey === regionKey && provider.models.includes(model))
        .map(({ providerId }) => `${providerId}:${model}`);
    const own = Object.hasOwn(perModel, model) ? perModel[model] : undefined;
    const list = own?.flatMap((entry) => (entry.includes(":") ? [entry] : inRegion(entry))) ?? [
      ...inOrder.flatMap(inRegion),
      ...append,
    ];
    return [model, [...new Set(list)]] as const;
  });
  return Object.fromEntries(entries);
}

/** `azure-eastus2` of `azure-eastus2:gpt-5-mini`; nothing of a model that names no provider. */
export function providerOf(model: string): string {
  return model.slice(0, Math.max(model.indexOf(":"), 0));
}

function creditProviders(
  models: Readonly<Record<string, readonly string[]>>,
  ownIds: readonly string[],
  extraRules: NonNullable<ConfigurationShape["extraRules"]>,
): string[] {
  const named = [...new Set(Object.values(models).flat().map(providerOf))];
  return named.filter(
    (id) =>
      CREDIT_PROVIDER_IDS.includes(id) && !ownIds.includes(id) && !extraRules.some((rule) => rule.provider === id),
  );
}

function planVerifications(
  name: string,
  { verify = false }: GatewayArgsShape,
  providers: readonly ProviderPlan[],
  models: Readonly<Record<string, readonly string[]>>,
): VerificationPlan[] {
  if (verify === false) return [];
  const single = providers.flatMap(({ providerId, regionKey, models: served }) =>
    served.map((model) => ({
      resourceName: `${name}-${regionKey}-${model}`,
      model: `${providerId}:${model}`,
      expectProvider: providerId,
      providerIds: [providerId],
    })),
  );
  if (verify === true || !verify.failover) return single;
  const whole = Object.entries(models).map(([model, list]) => ({
    resourceName: `${name}-failover-${model}`,
    model: list[0]!,
    models: list,
    providerIds: list.map(providerOf),
  }));
  // What the lists name beside the regions answers on its own, too, or it would be no fallback.
  const own = providers.map(({ providerId }) => providerId);
  const fallbacks = [...new Set(Object.values(models).flat())]
    .filter((entry) => !own.includes(providerOf(entry)))
    .map((entry) => ({
      resourceName: `${name}-failover-${entry.replace(/[:/]/g, "-")}`,
      model: entry,
      expectProvider: providerOf(entry),
      providerIds: [],
    }));
  return [...single, ...fallbacks, ...whole];
}
