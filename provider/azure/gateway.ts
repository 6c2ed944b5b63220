/**
 * Azure OpenAI in several regions behind the ngrok AI Gateway: accounts and deployments, one gateway provider per region (with dated
 * URLs, per deployment), the accounts' keys, the configuration that allows them, and the key for applications.
 * Note: the gateway tries another region only if the request names it, so `requests` contains the members to add to a request.
 */
import * as pulumi from "@pulumi/pulumi";
import { foundryAddress } from "../azureAddress";
import { AccessConfiguration } from "../resources/accessConfiguration";
import { AccessKey } from "../resources/accessKey";
import { type ApiSurfaceArgs, CustomProvider } from "../resources/customProvider";
import { ProviderKey } from "../resources/providerKey";
import { RouteCheck } from "../resources/routeCheck";
import type { RoutingRuleShape } from "../routing/rule";
import { createResourceGroup } from "./account";
import type { AzureOpenAIGatewayArgs } from "./args";
import { loadAzureNative } from "./azureNative";
import { currentContext, logWarnings, type PulumiValues, planOrThrow } from "./component";
import type { CheckPlan, ConfigurationPlan, GatewayPlan, ProviderPlan, SurfacePlan } from "./plan/gatewayPlan";
import type { AccessKeyInputs } from "./plan/inputs";
import { definedOnly } from "./plan/values";
import { planGatewayArguments } from "./planning";
import { providerIdOwners } from "./providerIds";
import { type AzureOpenAIRegionOutputs, PlannedRegion } from "./region";

const TYPE = "ngrok-ai:azure:AzureOpenAIGateway";
/** Longest time that Azure needs until it serves what it has created. */
const AZURE_DELAY_SECONDS = 300;

/** Outputs of a gateway's region. */
export interface AzureOpenAIGatewayRegionOutputs extends AzureOpenAIRegionOutputs {
  /** Ids of the gateway's providers for this region. */
  readonly providerIds: readonly string[];
  /** Ids of the provider keys of this region. */
  readonly keyIds: readonly pulumi.Output<string>[];
}

/** The members of an OpenAI request that select one model, with the regions to try next. */
export interface FailoverRequest {
  /** The first model to try, such as `azure-eastus2:gpt-5-mini`. */
  readonly model: string;
  /** All models in failover order, including the first. */
  readonly models: readonly string[];
}

interface StoredProvider {
  readonly plan: ProviderPlan<PulumiValues>;
  readonly provider: CustomProvider;
  readonly keys: readonly ProviderKey[];
}

/**
 * Azure OpenAI in several regions behind the ngrok AI Gateway. All argument errors are reported together, before anything is
 * registered. Regions are created in parallel. If one fails, the others are completed, and the objects that need all of them (the
 * configuration and the access key) are created by the next `up`. Each region is one provider of the gateway, which serves all of its
 * deployments.
 *
 * Accepts an explicit provider of the gateway, of Azure, or both: `{ providers: [gateway, azure] }`.
 * @example
 * import { AzureOpenAIGateway } from "pulumi-ngrok-ai/azure";
 *
 * const gateway = new AzureOpenAIGateway("team-c", {
 *   regions: { eastus2: {}, swedencentral: { priority: 2, deployments: { "gpt-5-mini": { capacity: 20 } } } },
 *   deployments: {
 *     "gpt-5-mini": { model: "gpt-5-mini", version: "2025-08-07", sku: "GlobalStandard", capacity: 50 },
 *   },
 *   providerIdPrefix: "team-c",
 *   failover: { append: ["openai:gpt-5-mini"] },
 *   verify: true,
 * });
 *
 * // Spread into an OpenAI call: { model: "team-c-eastus2:gpt-5-mini", models: [… in failover order] }
 * export const teamCRequests = gateway.requests;
 * export const teamCToken = gateway.token;
 * @drift An existing account (`account.existing`) is neither changed nor deleted. `pulumi refresh` detects drift of each resource of the
 * component, as documented for that resource; the next `pulumi up` stores keys that were regenerated in Azure. Removing a region deletes
 * exactly its parts; Azure keeps a deleted account's name for 48 hours (`restore`, `purgeOnDelete`, `nameSuffix`). The component has no
 * argument `adopt`: adopt objects of the gateway with the single resources, and an Azure account with `account.existing`.
 */
export class AzureOpenAIGateway extends pulumi.ComponentResource {
  /** By region key. */
  readonly regions: Readonly<Record<string, AzureOpenAIGatewayRegionOutputs>>;
  /** By provider id. */
  readonly providers: Readonly<Record<string, CustomProvider>>;
  /** Undefined with `configuration: false`. */
  readonly configuration: AccessConfiguration | undefined;
  /** Undefined with `accessKey: false`. */
  readonly accessKey: AccessKey | undefined;
  /** Token for applications. Secret. Absent with `accessKey: false`. */
  readonly token: pulumi.Output<string>;
  /** By model id: `<provider>:<model>` in failover order. */
  readonly models: Readonly<Record<string, readonly string[]>>;
  /** By model id: the members `model` and `models` of an OpenAI request that tries every region. */
  readonly requests: Readonly<Record<string, FailoverRequest>>;

  constructor(name: string, args: AzureOpenAIGatewayArgs, opts?: pulumi.ComponentResourceOptions) {
    const owners = providerIdOwners(opts);
    const planned = planGatewayArguments(name, args, { ...currentContext(), usedProviderIds: owners });
    const plan = planOrThrow("AzureOpenAIGateway", name, planned);
    for (const { providerId } of plan.providers) owners.set(providerId, name);
    loadAzureNative();
    super(TYPE, name, {}, opts);
    logWarnings(name, planned, this);

    const regions = createRegions(plan, this);
    const stored = plan.providers.map((provider) => createProvider(provider, regions, this));
    const configuration = plan.configuration && createConfiguration(plan.name, plan.configuration, stored, this);
    const accessKey = plan.accessKey && createAccessKey(plan.name, plan.accessKey, configuration, this);
    const checkToken = plan.checkToken ?? accessKey?.token;
    if (checkToken !== undefined) createChecks(plan.checks, stored, checkToken, [accessKey, configuration], this);
    this.configuration = configuration;
    this.accessKey = accessKey;
    this.regions = Object.fromEntries([...regions].map(([key, region]) => [key, toRegionOutputs(key, region, stored)]));
    this.providers = Object.fromEntries(stored.map(({ plan: { providerId }, provider }) => [providerId, provider]));
    this.token = pulumi.secret(accessKey?.token as pulumi.Output<string>);
    this.models = plan.models;
    this.requests = Object.fromEntries(
      Object.entries(plan.models).map(([model, list]) => [model, { model: list[0] ?? "", models: list }]),
    );
    const { token, models, requests } = this;
    this.registerOutputs({ token, models, requests });
  }
}

function createRegions(plan: GatewayPlan<PulumiValues>, parent: pulumi.Resource): ReadonlyMap<string, PlannedRegion> {
  const { resourceGroup } = plan;
  const sharedGroup =
    resourceGroup?.kind === "new" ? createResourceGroup(loadAzureNative(), resourceGroup, parent) : resourceGroup?.name;
  return new Map(
    plan.regions.map(({ azureProvider, ...region }) => {
      const providers = azureProvider === undefined ? [] : [azureProvider];
      return [region.key, new PlannedRegion(region, { parent, providers }, sharedGroup)];
    }),
  );
}

/** Creates a provider and its keys after all deployments of its region. */
function createProvider(
  plan: ProviderPlan<PulumiValues>,
  regions: ReadonlyMap<string, PlannedRegion>,
  parent: pulumi.Resource,
): StoredProvider {
  const region = regions.get(plan.regionKey);
  if (region === undefined) throw new Error(`${plan.resourceName} is planned for no region`);
  const options = { parent, dependsOn: region };
  const address = pulumi.output(plan.baseUrlOverride ?? region.endpoint);
  const provider = new CustomProvider(
    plan.resourceName,
    {
      providerId: plan.providerId,
      baseUrl: address.apply((url) => url.replace(/(?<!\/)\/+$/, "") + plan.urlPath),
      supportedApiSurfaces: plan.surfaces.map((surface) => toSurface(surface, address)),
      models: plan.models.map((model) => (model.providerModelId === undefined ? model.modelId : model)),
    },
    options,
  );
  const keys = plan.keys.map(
    ({ resourceName, slot }) => new ProviderKey(resourceName, { providerId: provider, value: region[slot] }, options),
  );
  return { plan, provider, keys };
}

function toSurface({ format, surface, foundryPath }: SurfacePlan, address: pulumi.Output<string>): ApiSurfaceArgs {
  return {
    format,
    ...(surface === undefined ? {} : { surface }),
    ...(foundryPath === undefined
      ? {}
      : { baseUrl: address.apply((url) => foundryAddress(url.replace(/(?<!\/)\/+$/, "")) + foundryPath) }),
  };
}

function createConfiguration(
  name: string,
  { allowedProviders, allowedModels, creditProviderIds, extraRules, ...labels }: ConfigurationPlan<PulumiValues>,
  stored: readonly StoredProvider[],
  parent: pulumi.Resource,
): AccessConfiguration {
  const own: RoutingRuleShape[] = stored.map(({ provider, keys }) => ({ provider, keys: [...keys] }));
  const onCredits: RoutingRuleShape[] = creditProviderIds.map((provider) => ({ provider, steps: [{ type: "ngrok" }] }));
  return new AccessConfiguration(
    name,
    {
      ...definedOnly(labels),
      access: {
        providers: { allow: [...allowedProviders] },
        ...(allowedModels === undefined ? {} : { models: { allow: [...allowedModels] } }),
      },
      rules: [...own, ...onCredits, ...extraRules],
    },
    { parent },
  );
}

function createAccessKey(
  name: string,
  labels: AccessKeyInputs<PulumiValues>,
  configuration: AccessConfiguration | undefined,
  parent: pulumi.Resource,
): AccessKey {
  const link = configuration === undefined ? {} : { configurationId: configuration };
  return new AccessKey(name, { ...definedOnly(labels), ...link }, { parent });
}

/** Creates the checks, which run after everything else, and again when an address or a key on the route changes. */
function createChecks(
  checks: readonly CheckPlan[],
  stored: readonly StoredProvider[],
  token: pulumi.Input<string>,
  access: readonly (pulumi.Resource | undefined)[],
  parent: pulumi.Resource,
): void {
  for (const { resourceName, model, models, expectProvider, providerIds } of checks) {
    const onRoute = stored.filter(({ plan }) => providerIds.includes(plan.providerId));
    const triggers = onRoute.flatMap(({ provider, keys }) => [provider.baseUrl, ...keys.map((key) => key.keyRedacted)]);
    new RouteCheck(
      resourceName,
      {
        token,
        model,
        ...(models === undefined ? {} : { models: [...models] }),
        ...(expectProvider === undefined ? {} : { expectProvider }),
        retryForSeconds: AZURE_DELAY_SECONDS,
        triggers,
      },
      // A provider and its keys are created after Azure's deployments.
      {
        parent,
        dependsOn: [...access, ...onRoute.flatMap(({ provider, keys }) => [provider, ...keys])].flatMap(
          (each) => each ?? [],
        ),
      },
    );
  }
}

function toRegionOutputs(
  key: string,
  region: PlannedRegion,
  stored: readonly StoredProvider[],
): AzureOpenAIGatewayRegionOutputs {
  const { resourceGroupName, accountName, accountId, location, endpoint } = region;
  const { openaiBaseUrl, deployments, key1, key2, ready } = region;
  const own = stored.filter(({ plan }) => plan.regionKey === key);
  return {
    resourceGroupName,
    accountName,
    accountId,
    location,
    endpoint,
    openaiBaseUrl,
    deployments,
    key1,
    key2,
    ready,
    providerIds: own.map(({ plan }) => plan.providerId),
    keyIds: own.flatMap(({ keys }) => keys.map(({ id }) => id)),
  };
}
