/** First step for a gateway: regions in one form, the deployments of each, and the gateway's providers with their ids. */
import { NGROK_STEP_PROVIDER_IDS } from "../../../sdk/contract/builtInProviders";
import { at } from "./findings";
import type {
  DeploymentInputs,
  FailoverInputs,
  GatewayInputs,
  GatewayRegionInputs,
  KeySlot,
  PlanContext,
  Surface,
} from "./inputs";
import { normalizeLocation, toProviderIdPart } from "./names";
import {
  type Common,
  type Deployment,
  type DeploymentEntry,
  type ExistingResourceGroup,
  fieldOf,
  isList,
  type NewResourceGroup,
  normalizeAccountScope,
  normalizeCommon,
  normalizeGroup,
  type Region,
  type ServedModel,
  toDeployment,
  toEntries,
} from "./normalize";
import { definedOnly, type RuleInputs, type Values } from "./values";

/** A provider of the gateway: all deployments behind one base URL. */
export interface Provider {
  readonly resourceName: string;
  readonly providerId: string;
  readonly models: readonly ServedModel[];
}

/** One region of a gateway. */
export interface GatewayRegion<V extends Values> extends Region<V> {
  readonly priority: number;
  /** Keys of the account to store, in the order in which the gateway tries them. */
  readonly keySlots: readonly KeySlot[];
  readonly providers: readonly Provider[];
  readonly baseUrlOverride: V["text"] | undefined;
  readonly azureProvider: V["azureProvider"] | undefined;
  readonly given: GatewayRegionInputs<V>;
}

type Failover = { readonly [Name in keyof FailoverInputs]-?: NonNullable<FailoverInputs[Name]> };

export interface Gateway<V extends Values> {
  readonly name: string;
  readonly common: Common<V>;
  /** As declared. */
  readonly regions: readonly GatewayRegion<V>[];
  /** The group that regions without their own share; `undefined` if no region uses it. */
  readonly sharedGroup: NewResourceGroup<V> | ExistingResourceGroup<V> | undefined;
  /** Deployments of all regions, as declared. */
  readonly sharedDeployments: readonly DeploymentEntry<DeploymentInputs<V>>[];
  readonly surfaces: readonly Surface[];
  readonly failover: Failover;
  /** By model id: `<provider>:<model>` in failover order. */
  readonly models: Readonly<Record<string, readonly string[]>>;
  /** Built-in providers in these models that get their own rule, paid with the gateway's credits. */
  readonly creditProviderIds: readonly string[];
  readonly hasConfiguration: boolean;
  readonly hasAccessKey: boolean;
  readonly extraProviders: readonly V["gatewayProvider"][];
  readonly extraRules: readonly V["rule"][];
  readonly restrictsModels: boolean;
  readonly verifies: boolean;
  readonly verifiesFailover: boolean;
  /** Token for the checks, instead of the access key's. */
  readonly verifyToken: V["text"] | undefined;
  readonly given: GatewayInputs<V>;
}

export const DEFAULT_PREFIX = "azure";
const DEFAULT_PRIORITY = 1;
const DEFAULT_KEY_SLOTS: readonly KeySlot[] = ["key1", "key2"];

export function normalizeGateway<V extends Values>(
  name: string,
  inputs: GatewayInputs<V>,
  context: PlanContext,
): Gateway<V> {
  const common = normalizeCommon(inputs);
  const sharedDeployments = toEntries(inputs.deployments, "deployments");
  const regions = toRegionEntries(inputs).map((entry) => {
    const region = normalizeAccountScope({
      key: entry.key,
      name: `${name}-${entry.key}`,
      nameBase: name,
      path: entry.path,
      isNamedByLocation: entry.isNamedByLocation,
      hasSharedGroup: true,
      given: entry.given,
      deployments: mergedDeployments(sharedDeployments, entry, common),
      common,
      context,
    });
    return toGatewayRegion(name, inputs, common, region, entry.given);
  });
  const { configuration, accessKey, verify = false } = inputs;
  const { order = [], append = [], perModel = {} } = inputs.failover ?? {};
  const failover = { order, append, perModel };
  const models = toModels(regions, failover);
  const details = typeof configuration === "object" ? configuration : undefined;
  const extraRules = details?.extraRules ?? [];
  const hasConfiguration = configuration !== false;
  return {
    name,
    common,
    regions,
    sharedGroup: normalizeSharedGroup(name, inputs, common, regions, context),
    sharedDeployments,
    surfaces: inputs.surfaces ?? (common.apiMode === "v1" ? ["chat-completions", "responses"] : ["chat-completions"]),
    failover,
    models,
    creditProviderIds: toCreditProviders(models, ownProviderIds(regions), extraRules),
    hasConfiguration,
    hasAccessKey: accessKey === undefined ? hasConfiguration : accessKey !== false,
    extraProviders: details?.extraProviders ?? [],
    extraRules,
    restrictsModels: details?.restrictModels ?? false,
    verifies: verify !== false,
    verifiesFailover: typeof verify === "object" && (verify.failover ?? false),
    verifyToken: typeof verify === "object" ? verify.token : undefined,
    given: inputs,
  };
}

/** One entry of `regions`, in either form. */
interface RegionEntry<V extends Values> {
  readonly key: string;
  readonly path: string;
  readonly given: GatewayRegionInputs<V>;
  readonly isNamedByLocation: boolean;
}

function toRegionEntries<V extends Values>({ regions = {} }: GatewayInputs<V>): RegionEntry<V>[] {
  if (!isList(regions)) {
    return Object.entries(regions).map(([key, given]) => ({
      key,
      given,
      path: at("regions", key),
      isNamedByLocation: false,
    }));
  }
  return regions.map((region, index) => {
    const given: GatewayRegionInputs<V> = typeof region === "string" ? { location: region } : region;
    const key = given.key ?? normalizeLocation(given.location ?? "");
    return { key, given, path: at("regions", index), isNamedByLocation: given.key === undefined };
  });
}

/** The deployments of all regions, with this region's differences. */
function mergedDeployments<V extends Values>(
  shared: readonly DeploymentEntry<DeploymentInputs<V>>[],
  region: RegionEntry<V>,
  common: Common<V>,
): Deployment<V>[] {
  const own = toEntries(region.given.deployments, at(region.path, "deployments"));
  const keys = new Set([...shared, ...own].map(({ key }) => key));
  return [...keys].flatMap((key) => {
    const general = shared.find((entry) => entry.key === key);
    const special = own.find((entry) => entry.key === key);
    if (special?.given === null) return [];
    const different = definedOnly(special?.given ?? {});
    const pathOf: Deployment<V>["pathOf"] = (field) => {
      const isOwn = general === undefined || (field !== undefined && Object.hasOwn(different, field));
      return at((isOwn ? special : general)?.path ?? "", ...fieldOf(field));
    };
    return [toDeployment(key, { ...general?.given, ...different }, pathOf, common)];
  });
}

/** The shared resource group, if a region uses it. */
function normalizeSharedGroup<V extends Values>(
  name: string,
  inputs: GatewayInputs<V>,
  common: Common<V>,
  regions: readonly Region<V>[],
  context: PlanContext,
): Gateway<V>["sharedGroup"] {
  const accounts = regions.flatMap(({ account }) => (account.kind === "new" ? [account] : []));
  const first = accounts.find(({ resourceGroup }) => resourceGroup.kind === "shared");
  return first && normalizeGroup(inputs.resourceGroup, { name, location: first.location, common }, context);
}

function toGatewayRegion<V extends Values>(
  name: string,
  inputs: GatewayInputs<V>,
  common: Common<V>,
  region: Region<V>,
  given: GatewayRegionInputs<V>,
): GatewayRegion<V> {
  return {
    ...region,
    priority: given.priority ?? DEFAULT_PRIORITY,
    keySlots: given.keySlots ?? availableSlots(inputs.keySlots ?? DEFAULT_KEY_SLOTS, region),
    providers: toProviders(name, inputs.providerIdPrefix ?? DEFAULT_PREFIX, common, region),
    baseUrlOverride: given.baseUrlOverride,
    azureProvider: given.provider,
    given,
  };
}

/** The region's keys among the slots that all regions store; if it has none of them, all slots, and the checks report it. */
function availableSlots<V extends Values>(slots: readonly KeySlot[], { keys }: Region<V>): readonly KeySlot[] {
  if (keys === undefined) return slots;
  const available = slots.filter((slot) => keys[slot] !== undefined);
  return available.length === 0 ? slots : available;
}

/**
 * In v1 mode one provider serves all deployments of an account; a dated URL serves one deployment. The ids depend only on the prefix
 * and the keys of region and deployment, so adding a region or a deployment changes no other id.
 */
function toProviders<V extends Values>(
  name: string,
  prefix: string,
  { apiMode }: Common<V>,
  { key, models }: Region<V>,
): Provider[] {
  const providerId = `${prefix}-${toProviderIdPart(key)}`;
  const resourceName = `${name}-${key}`;
  if (apiMode === "v1") return models.length === 0 ? [] : [{ resourceName, providerId, models }];
  return models.map((model) => ({
    resourceName: `${resourceName}-${model.key}`,
    providerId: `${providerId}-${toProviderIdPart(model.key)}`,
    models: [model],
  }));
}

/** `azure-eastus2` of `azure-eastus2:gpt-5-mini`; empty for a model without a provider. */
export function providerOf(model: string): string {
  return model.slice(0, Math.max(model.indexOf(":"), 0));
}

/** By model id, in the order of first appearance: `<provider>:<model>` of every region with the model, then the appended models. */
function toModels<V extends Values>(
  regions: readonly GatewayRegion<V>[],
  { order, append, perModel }: Failover,
): Record<string, readonly string[]> {
  const byPriority = regions.toSorted((left, right) => left.priority - right.priority).map(({ key }) => key);
  const inOrder = [...new Set([...order, ...byPriority])];
  const modelIds = new Set(regions.flatMap(({ models }) => models.map(({ key }) => key)));
  const inRegion = (regionKey: string, model: string) =>
    regions
      .filter(({ key }) => key === regionKey)
      .flatMap(({ providers }) => providers)
      .filter(({ models }) => models.some(({ key }) => key === model))
      .map(({ providerId }) => `${providerId}:${model}`);
  const entries = [...modelIds].map((model) => {
    const own = Object.hasOwn(perModel, model) ? perModel[model] : undefined;
    const list = own?.flatMap((entry) => (entry.includes(":") ? [entry] : inRegion(entry, model))) ?? [
      ...inOrder.flatMap((regionKey) => inRegion(regionKey, model)),
      ...append,
    ];
    return [model, [...new Set(list)]] as const;
  });
  return Object.fromEntries(entries);
}

export function ownProviderIds<V extends Values>(regions: readonly GatewayRegion<V>[]): string[] {
  return regions.flatMap(({ providers }) => providers.map(({ providerId }) => providerId));
}

/**
 * Providers of further models that are paid with the gateway's credits: those without their own rule. A provider that is not known to
 * accept credits is skipped if a rule names one of its models, or if a rule's provider is known only during an `up`.
 */
function toCreditProviders(
  models: Readonly<Record<string, readonly string[]>>,
  ownIds: readonly string[],
  rules: readonly RuleInputs[],
): string[] {
  const others = new Set(Object.values(models).flat().map(providerOf));
  const isKnown = (id: string) => (NGROK_STEP_PROVIDER_IDS as readonly string[]).includes(id);
  return [...others].filter((id) => {
    if (id === "" || ownIds.includes(id) || rules.some(({ provider }) => provider === id)) return false;
    return isKnown(id) || !rules.some((rule) => mayConcern(rule, id));
  });
}

function mayConcern({ provider, model }: RuleInputs, providerId: string): boolean {
  if (provider !== undefined && typeof provider !== "string") return true;
  return typeof model === "string" && providerOf(model) === providerId;
}
