/** Arguments of the two components, as programs write them. No type of azure-native appears here: those load slowly. */
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

/** One deployment of a model. Its key in the map is the model id under which it is requested. */
export interface AzureOpenAIDeploymentArgs {
  /**
   * Name in Azure: letters, digits, `-`, `_` and `.`, at most 64. Change: replaces the deployment.
   * @default the key in the map; in a list, the model's name
   */
  name?: string;
  /** The model, by its name or with its details. Change of the name or the format: replaces the deployment. */
  model:
    | string
    | {
        /** Name of the model, such as `gpt-5-mini`. */
        name: string;
        /** The same as `version` beside it. */
        version?: string;
        /**
         * The model's format. `Anthropic` needs an account of kind `AIServices`; the gateway serves such a model on its surface
         * `messages`, and `verify` leaves it out.
         * @default "OpenAI"
         */
        format?: string;
      };
  /**
   * Version of the model (not of the API), such as `2025-08-07`. Change: in place.
   * @default Azure's default version on the day on which the deployment is created
   */
  version?: string;
  /**
   * Deployment type; one that is not known here leads to a warning. Change: in place, as far as Azure can.
   * @default "GlobalStandard"
   */
  sku?: DeploymentSku | (string & {});
  /**
   * Capacity: thousands of tokens per minute, or throughput units (PTU) for the provisioned types. Change: in place.
   * @default 10
   */
  capacity?: pulumi.Input<number>;
  /**
   * What Azure does when there is a newer version: upgrade at once (`onNewDefault`), when this one retires (`onExpiry`), or
   * `never`, after which the deployment stops answering on the day of retirement. Change: in place.
   * @default Azure's own: onExpiry
   */
  versionUpgrade?: "onNewDefault" | "onExpiry" | "never";
  /** Content filter to use: the name of one of `contentFilters`, or of one that the account has. Change: in place. */
  raiPolicyName?: pulumi.Input<string>;
  /**
   * For provisioned types: key of the deployment of the same region that takes the requests over capacity. It must be of the Standard
   * type at the same level (`GlobalStandard` for `GlobalProvisionedManaged`).
   */
  spilloverTo?: string;
  /**
   * Whether a version other than the one given here, after an upgrade by Azure, is left as it is. While this is on, a new `version` in
   * the program has no effect either.
   * @default true where `versionUpgrade` asks Azure to upgrade
   */
  ignoreVersionDrift?: boolean;
  /** Tags of the deployment, added to those of the component. Change: in place. */
  tags?: Tags;
  /** Further options of the Azure resource, added to the component's own. */
  opts?: pulumi.CustomResourceOptions;
}

/** A resource group to create, or one that exists. */
export type ResourceGroupArgs =
  | {
      /** Name of a group that exists; nothing else is given then. */
      existing: pulumi.Input<string>;
    }
  | {
      /**
       * Name in Azure. Change: replaces the group and everything in it.
       * @default from the component's name and a hash of organization, project, stack and name
       */
      name?: string;
      /**
       * Region in which Azure keeps the group's own data. Change: replaces the group and everything in it.
       * @default the first region when the group is created; later changes of `regions` do not move it
       */
      location?: string;
      /** Tags, added to those of the component. Change: in place. */
      tags?: Tags;
    };

/** An Azure OpenAI account to create. */
export interface NewAccountArgs {
  /**
   * Name in Azure: 2 to 64 letters, digits, `-`, `_` and `.`. Change: replaces the account.
   * @default `<component>-<location>-<hash>`, known at preview; the hash is of organization, project, stack, name, kind and
   * `nameSuffix`, so give a name before you rename one of those
   */
  name?: string;
  /**
   * First part of the account's host name, unique in all of Azure. Change: replaces the account, which then needs another
   * name too.
   * @default the account's name in lower case
   */
  subdomain?: string;
  /**
   * `OpenAI`, or `AIServices` for Azure AI Foundry. Change: replaces the account.
   * @default "OpenAI"
   */
  kind?: "OpenAI" | "AIServices";
  /**
   * Whether the account that was deleted under this name in the last 48 hours is restored. `true` fails where there is none.
   * `"ifDeleted"` asks Azure during an `up` and restores it if there is one; the `up` after a restore then updates the account once, to
   * remove Azure's flag. It needs the permission to read deleted accounts of the subscription.
   * @default false: where there is one, the `up` fails, with a warning that says what to do
   */
  restore?: boolean | "ifDeleted";
  /**
   * Whether the account is purged after its deletion, so that its name and its quota are free at once. It cannot be restored then. An
   * `up` that finds the account deleted and not purged purges it before it creates it again. A resource hook does this, so
   * `pulumi destroy` needs `--run-program`, and Pulumi must be 3.182 or later. It needs the permission to purge accounts of the
   * subscription. Change: in the state alone.
   * @default false: Azure keeps the account for 48 hours
   */
  purgeOnDelete?: boolean;
  /**
   * Whether the account is reachable over the internet, as the gateway needs it. Change: in place.
   * @default true
   */
  publicNetworkAccess?: boolean;
  /** Firewall of the account. Change: in place. */
  networkAcls?: {
    /** What happens to addresses that no rule names. @default "Deny" */
    defaultAction?: "Allow" | "Deny";
    /** Addresses or ranges (CIDR) that are let in. */
    ipRules?: pulumi.Input<string>[];
    /** Ids of subnets that are let in. */
    subnetIds?: pulumi.Input<string>[];
    /** Whether other services of Azure are let in. */
    bypass?: "AzureServices" | "None";
  };
  /** Managed identity of the account. Change: in place. */
  identity?: {
    /** Which kinds it has. */
    type: "SystemAssigned" | "UserAssigned" | "SystemAssigned, UserAssigned";
    /** Azure's ids of user-assigned identities. */
    userAssignedIdentities?: pulumi.Input<string>[];
  };
  /**
   * Whether Azure refuses keys. A gateway needs a key, so only `AzureOpenAIRegion` by itself can have this on; its keys are
   * then absent. Change: in place.
   * @default false
   */
  disableLocalAuth?: boolean;
  /** Tags, added to those of the component. Change: in place. */
  tags?: Tags;
  /** Whether Pulumi refuses to delete the account. @default the component's `protect` */
  protect?: boolean;
  /** Changes the default name: a way out while a deleted account still holds it. Change: replaces the account. */
  nameSuffix?: string;
}

/** An Azure OpenAI account that exists and is managed elsewhere. Two stacks must not add deployments to it at the same time. */
export interface ExistingAccountArgs {
  /** Which one. */
  existing: {
    /** The account's resource group. */
    resourceGroupName: pulumi.Input<string>;
    /** Name of the account in Azure. */
    name: pulumi.Input<string>;
    /** First part of its host name; with it, or with `endpoint`, Azure is not asked for the address. */
    subdomain?: string;
    /** Its address, such as `https://contoso.openai.azure.com`. @default read from Azure */
    endpoint?: pulumi.Input<string>;
  };
}

/** Keys of an account, where they must not be read from Azure. Secret, also when given in clear. At least one is given. */
export interface AccountKeysArgs {
  /** The account's first key. */
  key1?: pulumi.Input<string>;
  /** The account's second key. */
  key2?: pulumi.Input<string>;
}

/** A content filter: which content Azure refuses to process or to return. */
export interface ContentFilterArgs {
  /** Filter that it adds to, by its name. Change: in place. @default "Microsoft.DefaultV2" */
  basedOn?: string;
  /**
   * Whether content is held back until it was filtered (`Blocking`), or streamed at once and filtered meanwhile
   * (`Asynchronous_filter`). Change: in place.
   * @default "Blocking"
   */
  mode?: "Blocking" | "Asynchronous_filter" | (string & {});
  /** What is filtered. Change: in place, as a whole. */
  rules: ContentFilterRuleArgs[];
  /** Tags, added to those of the component. Change: in place. */
  tags?: Tags;
}

/** One kind of content that is filtered. */
export interface ContentFilterRuleArgs {
  /** Kind of content, in Azure's words. */
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
  /** The side on which it is looked for. @default both, or the one that the kind of content has */
  source?: "Prompt" | "Completion" | (string & {});
  /** Severity from which content is filtered: `Low` filters most. @default "Medium", for the kinds that have severities */
  severityThreshold?: "Low" | "Medium" | "High" | (string & {});
  /** Whether such content is refused; otherwise it is annotated. @default true */
  blocking?: boolean;
  /** Whether it is looked for at all. @default true */
  enabled?: boolean;
}

/** Where the logs and metrics of accounts are sent. */
export interface DiagnosticsArgs {
  /** Resource id of a Log Analytics workspace. Change: in place. */
  workspaceId: pulumi.Input<string>;
  /** Categories of logs, such as `RequestResponse` or `Audit`; `[]` for none. Change: in place. @default all */
  logs?: string[];
  /** Whether metrics are sent too. Change: in place. @default true */
  metrics?: boolean;
}

/** Alerts on the metrics of accounts, for each deployment by itself. */
export interface AlertsArgs {
  /** Resource ids of the action groups that are notified. Change: in place. */
  actionGroupIds: pulumi.Input<string>[];
  /** Number of requests within the window above which answers with 429 raise an alert; `false` for none. Change: in place. @default 10 */
  throttledRequests?: number | false;
  /** Average time to response within the window, in milliseconds, above which an alert is raised; `false` for none. Change: in place. @default 10000 */
  responseTimeMs?: number | false;
  /** Window, in minutes: 1, 5, 15, 30 or 60. Change: in place. @default 5 */
  windowMinutes?: number;
  /** Severity: 0 (critical) to 4 (verbose). Change: in place. @default 2 */
  severity?: number;
}

/** How the gateway reaches deployments: all of an account by its `/openai/v1`, or each by a dated URL of its own. */
export type ApiMode = "v1" | "deployment";

interface AccountArgs {
  /**
   * Azure region: `eastus2` or `East US 2`. Change: creates an account there and then removes the old one. Not for an existing account.
   */
  location?: string;
  /** The account: how a new one is created, or which existing one is used. @default a new account */
  account?: NewAccountArgs | ExistingAccountArgs;
  /** Deployments of an existing account that are used and not managed: their names, or names by model id. */
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
   * Which of Azure's clouds, and so which host names.
   * @default "public"
   */
  cloud?: "public" | "usgovernment" | "china";
  /** Tags of all Azure resources. Change: in place. */
  tags?: Tags;
  /** Whether Pulumi refuses to delete accounts and resource groups. Change: in the state alone. @default false */
  protect?: boolean;
  /**
   * Whether each refusal by Azure is shown together with what to do about it, and one that passes (`RequestConflict`: another writer
   * changes the account) is waited for, up to four minutes. Uses error hooks, so it needs Pulumi 3.218 or later, program and CLI. The
   * state then names the hooks, which has two costs: older CLIs cannot read it, and a `pulumi destroy` that fails shows the cause only
   * with `--run-program`. The advice about a deleted account that still holds its name is always shown.
   * @default false
   */
  explainErrors?: boolean;
  /**
   * Content filters by name. One is created in each account in which a deployment names it as `raiPolicyName`. Change of a name:
   * replaces the filter.
   * @default none: Azure's own
   */
  contentFilters?: Record<string, ContentFilterArgs>;
  /** Where the logs and metrics of new accounts are sent. @default nowhere */
  diagnostics?: DiagnosticsArgs;
  /** Alerts on throttled and slow requests of new accounts. @default none */
  alerts?: AlertsArgs;
}

/** Arguments of `AzureOpenAIRegion`. */
export interface AzureOpenAIRegionArgs extends AccountArgs, CommonArgs {
  /** The group of a new account. @default a new resource group */
  resourceGroup?: ResourceGroupArgs;
  /** Deployments to create, one after the other in this order, by model id. @default none */
  deployments?: Record<string, AzureOpenAIDeploymentArgs> | AzureOpenAIDeploymentArgs[];
}

/** One region of an `AzureOpenAIGateway`. */
export interface AzureOpenAIGatewayRegionArgs extends AccountArgs {
  /** In a list: name of the region in provider ids and outputs. @default its location */
  key?: string;
  /**
   * Place in the failover order: low numbers first, equal ones as declared. Change: of the outputs `models` and `requests` alone.
   * @default 1
   */
  priority?: number;
  /** A group of this region's own. @default the resource group that all regions share */
  resourceGroup?: ResourceGroupArgs;
  /**
   * What differs in this region, by model id: fields that change, whole deployments that are added, or `null` for one that is left out.
   */
  deployments?: Record<string, Partial<AzureOpenAIDeploymentArgs> | null> | AzureOpenAIDeploymentArgs[];
  /**
   * Which of this account's keys are stored, in the order in which the gateway tries them.
   * @default the component's `keySlots`; of these, those in `keys` where that is given
   */
  keySlots?: ("key1" | "key2")[];
  /** Explicit Azure provider, for another subscription or tenant. */
  provider?: pulumi.ProviderResource;
  /** Address in place of the account's own, such as `https://azure.internal`, for accounts that are not reachable over the internet. */
  baseUrlOverride?: pulumi.Input<string>;
}

/** Arguments of `AzureOpenAIGateway`. */
export interface AzureOpenAIGatewayArgs extends CommonArgs {
  /**
   * Regions by key (the location, where none is given), or a list of them. The key becomes part of provider ids. Change: adds or
   * removes that region's parts and changes nothing of the others.
   */
  regions: Record<string, AzureOpenAIGatewayRegionArgs | null> | (string | AzureOpenAIGatewayRegionArgs)[];
  /**
   * Deployments of every region, by model id, or a list of them, whose model ids are their names or else their models' names. Change:
   * adds or removes one deployment per region.
   * @default none
   */
  deployments?: Record<string, AzureOpenAIDeploymentArgs> | AzureOpenAIDeploymentArgs[];
  /** The resource group that the regions share. @default a new one */
  resourceGroup?: ResourceGroupArgs;
  /** Changes the default names of all accounts and of the resource group. Change: replaces them. */
  nameSuffix?: string;
  /**
   * Beginning of provider ids: `azure-eastus2`, or `azure-eastus2-gpt-5-mini` with `apiMode: "deployment"`. An id depends on nothing
   * else, so adding a region or a deployment changes no other id. Two gateways of one account need different prefixes. Change:
   * replaces the gateway's providers and keys.
   * @default "azure"
   */
  providerIdPrefix?: string;
  /**
   * OpenAI surfaces that the providers are declared to serve; embeddings need no declaration. Change: in place.
   * @default chat-completions and responses; with `apiMode: "deployment"` chat-completions
   */
  surfaces?: ("chat-completions" | "responses")[];
  /**
   * Which of an account's two keys are stored, in the order in which the gateway tries them. Change: adds or removes provider keys; the
   * order in place.
   * @default `["key1", "key2"]`: one can be regenerated while the other is used
   */
  keySlots?: ("key1" | "key2")[];
  /** In which order regions and further models are tried. Change: of the outputs alone, and of what is allowed for further models. */
  failover?: {
    /** Region keys in failover order; those left out follow by priority. */
    order?: string[];
    /**
     * Further models, tried after all regions, as `<provider>:<model>`. A provider without a rule in `configuration.extraRules` is a
     * built-in one, allowed and paid with the gateway's credits.
     */
    append?: string[];
    /** For single models, the whole order: region keys and `<provider>:<model>`. */
    perModel?: Record<string, string[]>;
  };
  /** The configuration with access scope and rules; `false`: none. Change: in place. @default one with the component's name */
  configuration?:
    | boolean
    | (Pick<AccessConfigurationArgs, "name" | "description" | "metadata"> & {
        /** Providers to allow beside the component's own. */
        extraProviders?: (pulumi.Input<string> | CustomProvider)[];
        /** Rules beside the component's own, for other providers or for single models. */
        extraRules?: RoutingRuleShape[];
        /** Whether only the component's models may be used. @default false: all models of the allowed providers */
        restrictModels?: boolean;
      });
  /** The key that applications send; `false`: none. Change: in place, but for `rotationTrigger`. @default one with the component's name */
  accessKey?: boolean | Pick<AccessKeyArgs, "name" | "description" | "metadata" | "rotationTrigger">;
  /**
   * Whether each model of each region is asked for an answer at the end of the `up`, an embedding model for an embedding; with
   * `{ failover: true }`, each model's whole failover list too.
   * @default false
   */
  verify?:
    | boolean
    | {
        /** Whether each model's whole failover list is asked too, not only each region. @default false */
        failover?: boolean;
        /** Token to ask with. Secret. @default the component's own, which `accessKey: false` does without */
        token?: pulumi.Input<string>;
      };
}
