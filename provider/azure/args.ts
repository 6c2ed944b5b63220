/** Arguments of the two components, as programs write them. Contains no type of azure-native, because those load slowly. */
import type * as pulumi from "@pulumi/pulumi";
import type { AccessConfigurationArgs } from "../resources/accessConfiguration";
import type { AccessKeyArgs } from "../resources/accessKey";
import type { CustomProvider } from "../resources/customProvider";
import type { RoutingRuleShape } from "../routing/rule";

/** How Azure bills and places a deployment. */
export type DeploymentSku =
  | "Standard"
  | "GlobalStandard"
  | "DataZoneStandard"
  | "ProvisionedManaged"
  | "GlobalProvisionedManaged"
  | "DataZoneProvisionedManaged"
  | "GlobalBatch"
  | "DataZoneBatch"
  | "DeveloperTier";

/** Tags of Azure resources. */
export type Tags = Record<string, pulumi.Input<string>>;

/** One deployment of a model. Its key in the map is the model id in requests. */
export interface AzureOpenAIDeploymentArgs {
  /**
   * Name in Azure: letters, digits, `-`, `_` and `.`, at most 64. Change: replaces the deployment.
   * @default the key in the map; in a list, the model's name
   */
  name?: string;
  /** The model, as its name or with details. Change of the name or the format: replaces the deployment. */
  model:
    | string
    | {
        /** Name of the model, such as `gpt-5-mini`. */
        name: string;
        /** Same as `version` of the deployment. */
        version?: string;
        /**
         * The model's format. `Anthropic` needs an account of kind `AIServices`; the gateway serves such a model on its surface
         * `messages`, and `verify` does not check it.
         * @default "OpenAI"
         */
        format?: string;
      };
  /**
   * Version of the model (not of the API), such as `2025-08-07`. Change: in place.
   * @default Azure's default version when the deployment is created
   */
  version?: string;
  /**
   * Deployment type; an unknown type causes a warning. Change: in place, as far as Azure allows.
   * @default "GlobalStandard"
   */
  sku?: DeploymentSku | (string & {});
  /**
   * Capacity: thousands of tokens per minute, or throughput units (PTU) for the provisioned types. Change: in place.
   * @default 10
   */
  capacity?: pulumi.Input<number>;
  /**
   * What Azure does when a newer version exists: upgrade at once (`onNewDefault`), upgrade when this version retires (`onExpiry`), or
   * `never` upgrade; the deployment then stops answering on the day of retirement. Change: in place.
   * @default Azure's default: onExpiry
   */
  versionUpgrade?: "onNewDefault" | "onExpiry" | "never";
  /** Name of the content filter: one of `contentFilters`, or one that the account has. Change: in place. */
  raiPolicyName?: pulumi.Input<string>;
  /**
   * For provisioned types: key of the deployment in the same region that receives the requests over capacity. It must have the
   * Standard type of the same level (`GlobalStandard` for `GlobalProvisionedManaged`).
   */
  spilloverTo?: string;
  /**
   * Whether to keep a version that differs from the given one, for example after an upgrade by Azure. If true, a new `version` in the
   * program has no effect either.
   * @default true if `versionUpgrade` asks Azure to upgrade
   */
  ignoreVersionDrift?: boolean;
  /** Tags of the deployment, in addition to those of the component. Change: in place. */
  tags?: Tags;
  /** Further options of the Azure resource, in addition to those of the component. */
  opts?: pulumi.CustomResourceOptions;
}

/** A resource group, new or existing. */
export type ResourceGroupArgs =
  | {
      /** Name of an existing group; excludes the other members. */
      existing: pulumi.Input<string>;
    }
  | {
      /**
       * Name in Azure. Change: replaces the group and everything in it.
       * @default from the component's name and a hash of organization, project, stack and name
       */
      name?: string;
      /**
       * Region of the group's own metadata. Change: replaces the group and everything in it.
       * @default the first region at the group's creation; later changes of `regions` do not move it
       */
      location?: string;
      /** Tags, in addition to those of the component. Change: in place. */
      tags?: Tags;
    };

/** An Azure OpenAI account to create. */
export interface NewAccountArgs {
  /**
   * Name in Azure: 2 to 64 letters, digits, `-`, `_` and `.`. Change: replaces the account.
   * @default `<component>-<location>-<hash>`, known at preview. The hash covers organization, project, stack, name, kind and
   * `nameSuffix`: give a name before you rename any of these
   */
  name?: string;
  /**
   * First part of the account's host name, unique in all of Azure. Change: replaces the account, which then also needs a different
   * name.
   * @default the account's name in lower case
   */
  subdomain?: string;
  /**
   * `OpenAI`, or `AIServices` for Azure AI Foundry. Change: replaces the account.
   * @default "OpenAI"
   */
  kind?: "OpenAI" | "AIServices";
  /**
   * Whether to restore the account that was deleted under this name in the last 48 hours. `true` fails if there is none. `"ifDeleted"`
   * looks it up during an `up` and restores it if it exists; the `up` after a restore then updates the account once, to remove Azure's
   * flag. Needs the permission to read deleted accounts of the subscription.
   * @default false: if there is one, the `up` fails with a warning that names the next step
   */
  restore?: boolean | "ifDeleted";
  /**
   * Whether to purge the account after its deletion, which frees its name and quota at once and makes a restore impossible. An `up` that
   * finds the account deleted and not purged purges it before it creates the account again. A resource hook does this, so
   * `pulumi destroy` needs `--run-program`, and Pulumi must be 3.182 or later. Needs the permission to purge accounts of the
   * subscription. Change: only in the state.
   * @default false: Azure keeps the account for 48 hours
   */
  purgeOnDelete?: boolean;
  /**
   * Whether the account is reachable over the internet, which the gateway requires. Change: in place.
   * @default true
   */
  publicNetworkAccess?: boolean;
  /** Firewall of the account. Change: in place. */
  networkAcls?: {
    /** Action for addresses that match no rule. @default "Deny" */
    defaultAction?: "Allow" | "Deny";
    /** Allowed addresses or ranges (CIDR). */
    ipRules?: pulumi.Input<string>[];
    /** Ids of allowed subnets. */
    subnetIds?: pulumi.Input<string>[];
    /** Whether other Azure services are allowed. */
    bypass?: "AzureServices" | "None";
  };
  /** Managed identity of the account. Change: in place. */
  identity?: {
    /** Kinds of its identity. */
    type: "SystemAssigned" | "UserAssigned" | "SystemAssigned, UserAssigned";
    /** Azure's ids of user-assigned identities. */
    userAssignedIdentities?: pulumi.Input<string>[];
  };
  /**
   * Whether Azure rejects keys. A gateway needs a key, so only a separate `AzureOpenAIRegion` can set this; its keys are then absent.
   * Change: in place.
   * @default false
   */
  disableLocalAuth?: boolean;
  /** Tags, in addition to those of the component. Change: in place. */
  tags?: Tags;
  /** Whether Pulumi refuses to delete the account. @default the component's `protect` */
  protect?: boolean;
  /** Changes the default name, for example while a deleted account still holds it. Change: replaces the account. */
  nameSuffix?: string;
}

/** An existing Azure OpenAI account that is managed elsewhere. Two stacks must not add deployments to it at the same time. */
export interface ExistingAccountArgs {
  /** Identifies the account. */
  existing: {
    /** The account's resource group. */
    resourceGroupName: pulumi.Input<string>;
    /** Name of the account in Azure. */
    name: pulumi.Input<string>;
    /** First part of its host name. With this or `endpoint`, the address is not read from Azure. */
    subdomain?: string;
    /** Its address, such as `https://contoso.openai.azure.com`. @default read from Azure */
    endpoint?: pulumi.Input<string>;
  };
}

/** Keys of an account, if they must not be read from Azure; at least one. Secret, even if given as plain text. */
export interface AccountKeysArgs {
  /** The account's first key. */
  key1?: pulumi.Input<string>;
  /** The account's second key. */
  key2?: pulumi.Input<string>;
}

/** A content filter: which content Azure rejects in requests and answers. */
export interface ContentFilterArgs {
  /** Name of the filter that this one extends. Change: in place. @default "Microsoft.DefaultV2" */
  basedOn?: string;
  /**
   * Whether content is held back until it is filtered (`Blocking`), or streamed at once and filtered in parallel
   * (`Asynchronous_filter`). Change: in place.
   * @default "Blocking"
   */
  mode?: "Blocking" | "Asynchronous_filter" | (string & {});
  /** Filters per kind of content. Change: in place, as a whole. */
  rules: ContentFilterRuleArgs[];
  /** Tags, in addition to those of the component. Change: in place. */
  tags?: Tags;
}

/** The filter for one kind of content. */
export interface ContentFilterRuleArgs {
  /** Kind of content, by Azure's name. */
  name:
    | "Hate"
    | "Sexual"
    | "Violence"
    | "Selfharm"
    | "Jailbreak"
    | "Indirect Attack"
    | "Protected Material Text"
    | "Protected Material Code"
    | (string & {});
  /** The side that is filtered: prompts or completions. @default both, or the only side of the kind of content */
  source?: "Prompt" | "Completion" | (string & {});
  /** Lowest severity that is filtered: `Low` filters most. @default "Medium", for kinds with severities */
  severityThreshold?: "Low" | "Medium" | "High" | (string & {});
  /** Whether such content is rejected; if false, it is only annotated. @default true */
  blocking?: boolean;
  /** Whether the filter is on. @default true */
  enabled?: boolean;
}

/** Destination of logs and metrics of accounts. */
export interface DiagnosticsArgs {
  /** Resource id of a Log Analytics workspace. Change: in place. */
  workspaceId: pulumi.Input<string>;
  /** Categories of logs, such as `RequestResponse` or `Audit`; `[]` for none. Change: in place. @default all */
  logs?: string[];
  /** Whether metrics are sent too. Change: in place. @default true */
  metrics?: boolean;
}

/** Alerts on the metrics of accounts, separately for each deployment. */
export interface AlertsArgs {
  /** Resource ids of the action groups to notify. Change: in place. */
  actionGroupIds: pulumi.Input<string>[];
  /** Number of 429 responses within the window above which an alert is raised; `false` for no alert. Change: in place. @default 10 */
  throttledRequests?: number | false;
  /** Average response time within the window, in milliseconds, above which an alert is raised; `false` for no alert. Change: in place. @default 10000 */
  responseTimeMs?: number | false;
  /** Window, in minutes: 1, 5, 15, 30 or 60. Change: in place. @default 5 */
  windowMinutes?: number;
  /** Severity: 0 (critical) to 4 (verbose). Change: in place. @default 2 */
  severity?: number;
}

/** How the gateway reaches deployments: all of an account at its `/openai/v1`, or each at its own dated URL. */
export type ApiMode = "v1" | "deployment";

interface AccountArgs {
  /**
   * Azure region: `eastus2` or `East US 2`. Change: creates an account there and then deletes the old one. Not for an existing account.
   */
  location?: string;
  /** The account, new or existing. @default a new account */
  account?: NewAccountArgs | ExistingAccountArgs;
  /** Deployments of an existing account to use but not manage: a list of names, or names by model id. */
  existingDeployments?: string[] | Record<string, string>;
  /** The account's keys. @default read from Azure */
  keys?: AccountKeysArgs;
}

interface CommonArgs {
  /**
   * `v1`: one URL per account, without a version, for chat completions, responses and embeddings; the model id may differ from the
   * deployment's name. `deployment`: one dated URL per deployment, with `api-version`, for chat completions or embeddings. Change:
   * replaces the gateway's providers and keys.
   * @default "v1"
   */
  apiMode?: ApiMode;
  /**
   * Version of Azure's API in dated URLs; only with `apiMode: "deployment"`. Change: in place.
   * @default "2024-10-21"
   */
  apiVersion?: string;
  /**
   * Azure cloud, which determines the host names.
   * @default "public"
   */
  cloud?: "public" | "usgovernment" | "china";
  /** Tags of all Azure resources. Change: in place. */
  tags?: Tags;
  /** Whether Pulumi refuses to delete accounts and resource groups. Change: only in the state. @default false */
  protect?: boolean;
  /**
   * Whether each error of Azure is shown with advice, and a transient one (`RequestConflict`: another operation changes the account) is
   * retried for up to four minutes. Uses error hooks, so program and CLI need Pulumi 3.218 or later. The state then names the hooks, with
   * two consequences: older CLIs cannot read it, and a failed `pulumi destroy` shows the cause only with `--run-program`. The advice
   * about a deleted account that still holds its name is always shown.
   * @default false
   */
  explainErrors?: boolean;
  /**
   * Content filters by name. Each is created in every account with a deployment that names it as `raiPolicyName`. Change of a name:
   * replaces the filter.
   * @default none: Azure's own
   */
  contentFilters?: Record<string, ContentFilterArgs>;
  /** Destination of logs and metrics of new accounts. @default none */
  diagnostics?: DiagnosticsArgs;
  /** Alerts on throttled and slow requests of new accounts. @default none */
  alerts?: AlertsArgs;
}

/** Arguments of `AzureOpenAIRegion`. */
export interface AzureOpenAIRegionArgs extends AccountArgs, CommonArgs {
  /** The resource group of a new account. @default a new resource group */
  resourceGroup?: ResourceGroupArgs;
  /** Deployments to create, one after the other in this order, by model id. @default none */
  deployments?: Record<string, AzureOpenAIDeploymentArgs> | AzureOpenAIDeploymentArgs[];
}

/** One region of an `AzureOpenAIGateway`. */
export interface AzureOpenAIGatewayRegionArgs extends AccountArgs {
  /** Only in a list: name of the region in provider ids and outputs. @default its location */
  key?: string;
  /**
   * Place in the failover order: lower numbers first, equal ones as declared. Change: only of the outputs `models` and `requests`.
   * @default 1
   */
  priority?: number;
  /** Resource group of this region. @default the resource group that all regions share */
  resourceGroup?: ResourceGroupArgs;
  /**
   * Differences of this region, by model id: changed fields, whole additional deployments, or `null` to leave a deployment out.
   */
  deployments?: Record<string, Partial<AzureOpenAIDeploymentArgs> | null> | AzureOpenAIDeploymentArgs[];
  /**
   * Keys of this account to store, in the order in which the gateway tries them.
   * @default the component's `keySlots`, limited to those in `keys` if that is given
   */
  keySlots?: ("key1" | "key2")[];
  /** Explicit Azure provider, for another subscription or tenant. */
  provider?: pulumi.ProviderResource;
  /** Address to use instead of the account's own, such as `https://azure.internal`, for accounts that are not reachable over the internet. */
  baseUrlOverride?: pulumi.Input<string>;
}

/** Arguments of `AzureOpenAIGateway`. */
export interface AzureOpenAIGatewayArgs extends CommonArgs {
  /**
   * Regions by key (which is the location unless one is given), or a list of them. The key becomes part of provider ids. Change: adds
   * or removes that region's parts and does not affect the others.
   */
  regions: Record<string, AzureOpenAIGatewayRegionArgs | null> | (string | AzureOpenAIGatewayRegionArgs)[];
  /**
   * Deployments of every region by model id, or a list of them; in a list, the model id is the deployment's name, else the model's name.
   * Change: adds or removes one deployment per region.
   * @default none
   */
  deployments?: Record<string, AzureOpenAIDeploymentArgs> | AzureOpenAIDeploymentArgs[];
  /** The resource group that the regions share. @default a new one */
  resourceGroup?: ResourceGroupArgs;
  /** Changes the default names of all accounts and of the resource group. Change: replaces them. */
  nameSuffix?: string;
  /**
   * Prefix of provider ids: `azure-eastus2`, or `azure-eastus2-gpt-5-mini` with `apiMode: "deployment"`. The ids depend only on the prefix
   * and their own keys, so adding a region or a deployment changes no other id. Two gateways of one account need different prefixes.
   * Change: replaces the gateway's providers and keys.
   * @default "azure"
   */
  providerIdPrefix?: string;
  /**
   * OpenAI surfaces that the providers declare; embeddings need no declaration. Change: in place.
   * @default chat-completions and responses; with `apiMode: "deployment"` chat-completions
   */
  surfaces?: ("chat-completions" | "responses")[];
  /**
   * Keys of each account to store, in the order in which the gateway tries them. Change: adds or removes provider keys; the
   * order in place.
   * @default `["key1", "key2"]`: one can be regenerated while the other is in use
   */
  keySlots?: ("key1" | "key2")[];
  /** Failover order of regions and further models. Change: only of the outputs and of the allowed further models. */
  failover?: {
    /** Region keys in failover order; the remaining ones follow by priority. */
    order?: string[];
    /**
     * Further models, tried after all regions, as `<provider>:<model>`. A provider without a rule in `configuration.extraRules` must be a
     * built-in one; it is allowed and paid with the gateway's credits.
     */
    append?: string[];
    /** The complete order for single models: region keys and `<provider>:<model>`. */
    perModel?: Record<string, string[]>;
  };
  /** The configuration with allowed providers, models and rules; `false` for none. Change: in place. @default one with the component's name */
  configuration?:
    | boolean
    | (Pick<AccessConfigurationArgs, "name" | "description" | "metadata"> & {
        /** Providers to allow in addition to the component's own. */
        extraProviders?: (pulumi.Input<string> | CustomProvider)[];
        /** Additional rules, for other providers or for single models. */
        extraRules?: RoutingRuleShape[];
        /** Whether only the component's models are allowed. @default false: all models of the allowed providers */
        restrictModels?: boolean;
      });
  /** The key for applications; `false` for none. Change: in place, except `rotationTrigger`. @default one with the component's name */
  accessKey?: boolean | Pick<AccessKeyArgs, "name" | "description" | "metadata" | "rotationTrigger">;
  /**
   * Whether the `up` ends with a request to each model in each region, for an answer or, with an embedding model, an embedding. With
   * `{ failover: true }`, it also tests each model's complete failover list.
   * @default false
   */
  verify?:
    | boolean
    | {
        /** Whether to test each model's complete failover list in addition to each region. @default false */
        failover?: boolean;
        /** Token for the requests. Secret. @default the component's own, which does not exist with `accessKey: false` */
        token?: pulumi.Input<string>;
      };
}
