/**
 * The Azure part: one account with its deployments and its two keys.
 * Note: Azure accepts one change of an account's deployments at a time and rejects others meanwhile, so each deployment waits for all
 * earlier ones, and is deleted before them.
 * @see https://learn.microsoft.com/azure/ai-services/openai/how-to/create-resource
 */
import type * as cognitiveservices from "@pulumi/azure-native/cognitiveservices";
import * as pulumi from "@pulumi/pulumi";
import { V1_PATH } from "../azureAddress";
import { type Account, createAccount, readKeys } from "./account";
import type { AzureOpenAIRegionArgs } from "./args";
import { type AzureNative, loadAzureNative } from "./azureNative";
import { currentContext, logWarnings, type PulumiValues, planOrThrow, toTags } from "./component";
import { explainingErrors } from "./errorAdvice";
import { createContentFilters, createWatch } from "./governance";
import { provisionedSku } from "./plan/azureModels";
import type { DeploymentPlan, RegionPlan } from "./plan/regionPlan";
import { planRegionArguments } from "./planning";

const TYPE = "ngrok-ai:azure:AzureOpenAIRegion";

/** A deployment that can be requested. */
export interface AzureOpenAIDeploymentOutputs {
  /** Name in Azure. */
  readonly name: string;
  /** Base URL of its API in the component's `apiMode`: the `baseUrl` for a `CustomProvider`. */
  readonly baseUrl: pulumi.Output<string>;
  /** Azure's id; absent if the deployment is not managed here. */
  readonly id: pulumi.Output<string> | undefined;
}

/** Outputs of a region. */
export interface AzureOpenAIRegionOutputs {
  /** The account's resource group. */
  readonly resourceGroupName: pulumi.Output<string>;
  /** Name of the account in Azure. */
  readonly accountName: pulumi.Output<string>;
  /** Azure's id; absent for an existing account with a given address. */
  readonly accountId: pulumi.Output<string> | undefined;
  /** Azure region, such as `eastus2`; absent for an existing account with a given address. */
  readonly location: pulumi.Output<string> | undefined;
  /** The account's address, without a trailing slash. Known at preview for a new account. */
  readonly endpoint: pulumi.Output<string>;
  /** Base URL of the account's v1 API. */
  readonly openaiBaseUrl: pulumi.Output<string>;
  /** By model id. */
  readonly deployments: Readonly<Record<string, AzureOpenAIDeploymentOutputs>>;
  /** The account's first key. Secret. Absent with `disableLocalAuth`. */
  readonly key1: pulumi.Output<string>;
  /** The account's second key. Secret. Absent with `disableLocalAuth`, or if `keys` has only one. */
  readonly key2: pulumi.Output<string>;
  /** True once the last deployment exists. */
  readonly ready: pulumi.Output<boolean>;
}

/** Creates a planned region: one of a gateway, or the only one of an `AzureOpenAIRegion`. */
export class PlannedRegion extends pulumi.ComponentResource implements AzureOpenAIRegionOutputs {
  readonly resourceGroupName: pulumi.Output<string>;
  readonly accountName: pulumi.Output<string>;
  readonly accountId: pulumi.Output<string> | undefined;
  readonly location: pulumi.Output<string> | undefined;
  readonly endpoint: pulumi.Output<string>;
  readonly openaiBaseUrl: pulumi.Output<string>;
  readonly deployments: Readonly<Record<string, AzureOpenAIDeploymentOutputs>>;
  readonly key1: pulumi.Output<string>;
  readonly key2: pulumi.Output<string>;
  readonly ready: pulumi.Output<boolean>;

  constructor(
    plan: RegionPlan<PulumiValues>,
    opts: pulumi.ComponentResourceOptions | undefined,
    sharedResourceGroup?: pulumi.Input<string>,
  ) {
    super(TYPE, plan.name, {}, opts);
    const azure = loadAzureNative();
    const options = plan.explainsErrors ? { parent: this, ...explainingErrors(plan.name, this) } : { parent: this };
    const account = createAccount(azure, plan, sharedResourceGroup, options);
    const filters = createContentFilters(azure, plan.governance.contentFilters, account, options);
    const created = createDeployments(azure, plan.deployments, account, { ...options, dependsOn: filters });
    createWatch(plan.governance, account, options);
    const keys = readKeys(azure, plan, account, this);
    this.resourceGroupName = account.resourceGroupName;
    this.accountName = account.name;
    this.accountId = account.id;
    this.location = account.location;
    this.endpoint = account.endpoint;
    this.openaiBaseUrl = pulumi.concat(account.endpoint, V1_PATH);
    this.deployments = Object.fromEntries(
      plan.models.map(({ key, deploymentName, urlPath }) => [
        key,
        { name: deploymentName, baseUrl: pulumi.concat(account.endpoint, urlPath), id: created.get(key)?.id },
      ]),
    );
    this.key1 = keys.key1;
    this.key2 = keys.key2;
    this.ready = pulumi.all([...created.values()].map(({ id }) => id)).apply(() => true);
    // Without the keys: the state needs only one copy of them.
    const { resourceGroupName, accountName, accountId, location, endpoint, openaiBaseUrl, deployments } = this;
    this.registerOutputs({ resourceGroupName, accountName, accountId, location, endpoint, openaiBaseUrl, deployments });
  }
}

/** Azure answers 409 to a change of a deployment while another change of the same account runs. */
function createDeployments(
  azure: AzureNative,
  plans: readonly DeploymentPlan<PulumiValues>[],
  account: Account,
  options: pulumi.CustomResourceOptions & { readonly dependsOn: readonly pulumi.Resource[] },
): ReadonlyMap<string, cognitiveservices.Deployment> {
  const created = new Map<string, cognitiveservices.Deployment>();
  for (const plan of plans) {
    const dependsOn = [...options.dependsOn, ...plan.dependsOn.flatMap((key) => created.get(key) ?? [])];
    created.set(plan.key, createDeployment(azure, plan, account, { ...options, dependsOn }));
  }
  return created;
}

function createDeployment(
  { cognitiveservices }: AzureNative,
  plan: DeploymentPlan<PulumiValues>,
  account: Account,
  place: pulumi.CustomResourceOptions,
): cognitiveservices.Deployment {
  const { name, model, sku, capacity, versionUpgradeOption, raiPolicyName, spilloverDeploymentName, tags } = plan;
  const options: pulumi.CustomResourceOptions = {
    ...place,
    // Azure does not deploy a different model under an existing name, and azure-native would report that only during the `up`.
    replaceOnChanges: ["properties.model.format", "properties.model.name"],
    deleteBeforeReplace: true,
    ...(plan.ignoresVersionDrift ? { ignoreChanges: ["properties.model.version"] } : {}),
    ...(provisionedSku(sku) ? { customTimeouts: { create: "30m", update: "30m", delete: "30m" } } : {}),
  };
  return new cognitiveservices.Deployment(
    plan.resourceName,
    {
      resourceGroupName: account.resourceGroupName,
      accountName: account.name,
      deploymentName: name,
      // At the root, because Azure ignores it in `properties`.
      sku: { name: sku, capacity },
      properties: {
        model,
        ...(versionUpgradeOption === undefined ? {} : { versionUpgradeOption }),
        ...(raiPolicyName === undefined ? {} : { raiPolicyName }),
        ...(spilloverDeploymentName === undefined ? {} : { spilloverDeploymentName }),
      },
      ...toTags(tags),
    },
    pulumi.mergeOptions(options, plan.opts ?? {}),
  );
}

/**
 * One Azure OpenAI account in one region with its deployments, without objects of the ngrok AI Gateway, for use with your own
 * `CustomProvider`s. All argument errors are reported together, before anything is registered.
 * @example
 * import * as ngrok from "pulumi-ngrok-ai";
 * import { AzureOpenAIRegion } from "pulumi-ngrok-ai/azure";
 *
 * const region = new AzureOpenAIRegion("batch", {
 *   location: "swedencentral",
 *   deployments: { "gpt-5-mini": { model: "gpt-5-mini", version: "2025-08-07", capacity: 10 } },
 * });
 *
 * const batch = new ngrok.CustomProvider("batch", {
 *   providerId: "azure-batch",
 *   baseUrl: region.openaiBaseUrl,
 *   models: Object.entries(region.deployments).map(([modelId, { name }]) => ({ modelId, providerModelId: name })),
 * });
 *
 * new ngrok.ProviderKey("batch-key", { providerId: batch, value: region.key1 });
 * @drift An existing account (`account.existing`) is neither changed nor deleted. `pulumi refresh` detects drift of the component's Azure
 * resources. Azure keeps a deleted account's name for 48 hours (`restore`, `purgeOnDelete`, `nameSuffix`).
 */
export class AzureOpenAIRegion extends PlannedRegion {
  constructor(name: string, args: AzureOpenAIRegionArgs, opts?: pulumi.ComponentResourceOptions) {
    const planned = planRegionArguments(name, args, currentContext());
    const plan = planOrThrow("AzureOpenAIRegion", name, planned);
    loadAzureNative();
    super(plan, opts);
    logWarnings(name, planned, this);
  }
}
