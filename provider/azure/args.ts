/** Arguments of the two components, as programs write them. Plain types of our own: none of azure-native's stands here. */
import type * as pulumi from "@pulumi/pulumi";
import type { AccessConfigurationArgs } from "../resources/accessConfiguration";
import type { AccessKeyArgs } from "../resources/accessKey";
import type { CustomProvider } from "../resources/customProvider";
import type { RoutingRuleShape } from "../routing/routingRules";

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

/** One deployment of a model. Its key in the map is the model id under which it is asked for. */
export interface AzureOpenAIDeploymentArgs {
  /**
   * Name in Azure: letters, digits, `-`, `_` and `.`, at most 64. Change: replaces the deployment.
   * @default the key in the map; in an array, the model's name
   */
  name?: string;
  /** The model, by its name or with its details. Another name or format: replaces the deployment. */
  model:
    | string
    | {
        /** Name of the model, as `gpt-5-mini`. */
        name: string;
        /** The same as `version` beside it. */
        version?: string;
        /** Whose format it has. @default "OpenAI" */
        format?: string;
      };
  /**
   * Version of the model (not of the API), such as `2025-08-07`. Change: in place.
   * @default Azure's default version of the day on which the deployment is created
   */
  version?: string;
  /**
   * Deployment type. Change: in place, as far as Azure can.
   * @default "GlobalStandard"
   */
  sku?: DeploymentSku;
  /**
   * Capacity: thousands of tokens per minute, or throughput units (PTU) for the provisioned types. Change: in place.
   * @default 10
   */
  capacity?: pulumi.Input<number>;
  /**
   * What Azure does when there is a newer version: upgrade at once (`onNewDefault`), when this one retires (`onExpiry`), or
   * `never`, which lets the deployment stop answering on that day. Change: in place.
   * @default Azure's own: onExpiry
   */
  versionUpgrade?: "onNewDefault" | "onExpiry" | "never";
  /** Content filter to use, by its name in the account. Change: in place. */
  raiPolicyName?: pulumi.Input<string>;
  /** For provisioned types: key of the Standard-type deployment, in the same region, that takes what is too much. */
  spilloverTo?: string;
  /**
   * Whether another version than the one named here, as Azure's upgrades lead to, is left alone. While it is on, a new
   * `version` in the program has no effect either.
   * @default true where `versionUpgrade` asks Azure to upgrade
   */
  ignoreVersionDrift?: boolean;
  /** Tags of the deployment, beside those of the component. Change: in place. */
  tags?: Tags;
  /** Further options of the Azure resource; they add to the component's own. */
  opts?: pulumi.CustomResourceOptions;
}

/** A resource group to create, or one that exists. */
export type ResourceGroupArgs =
  | {
      /** Name of a group that exists; nothing else is then given. */
      existing: pulumi.Input<string>;
    }
  | {
      /**
       * Name in Azure. Change: replaces the group and all in it.
       * @default made of the component's name and a hash of organization, project, stack and name
       */
      name?: string;
      /**
       * Region in which Azure keeps the group's own data. Change: replaces the group and all in it.
       * @default the first region when it is created; later changes of `regions` leave it where it is
       */
      location?: string;
      /** Tags, beside those of the component. Change: in place. */
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
   * Restores the account that was deleted under this name in the last 48 hours; fails where there is none.
   * @default false
   */
  restore?: boolean;
  /**
   * Whether the account is reached over the internet, as the gateway does. Change: in place.
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
   * Whether Azure refuses keys. A gateway needs one, so only `AzureOpenAIRegion` by itself can have this on; its keys are
   * then undefined. Change: in place.
   * @default false
   */
  disableLocalAuth?: boolean;
  /** Tags, beside those of the component. Change: in place. */
  tags?: Tags;
  /** Whether Pulumi refuses to delete the account. @default the component's `protect` */
  protect?: boolean;
  /** Changes the default name: the way out where a deleted account still holds it, for 48 hours. */
  nameSuffix?: string;
}

/** An Azure OpenAI account that exists and stays whoever's it is. Two stacks must not add deployments to it at a time. */
export interface ExistingAccountArgs {
  /** Which one. */
  existing: {
    /** The account's resource group. */
    resourceGroupName: pulumi.Input<string>;
    /** Name of the account in Azure. */
    name: pulumi.Input<string>;
    /** First part of its host name; with it, or with `endpoint`, Azure need not be asked for the address. */
    subdomain?: string;
    /** Its address, such as `https://contoso.openai.azure.com`. @default asked of Azure */
    endpoint?: pulumi.Input<string>;
  };
}

/** Both keys of an account, for where Azure may not be asked for them. Secret, also when given in clear. */
export interface AccountKeysArgs {
  /** The account's first key. */
  key1: pulumi.Input<string>;
  /** The second, where there is one. */
  key2?: pulumi.Input<string>;
}

/** How a gateway reaches deployments: each by a dated URL of its own, or all of an account by its `/openai/v1`. */
export type ApiMode = "deployment" | "v1";

interface AccountArgs {
  /**
   * Azure region: `eastus2` or `East US 2`. Change: makes a new account there and then removes the old one. Not for an existing account.
   */
  location?: string;
  /** The account: how a new one is made, or which existing one is used. @default a new account */
  account?: NewAccountArgs | ExistingAccountArgs;
  /** Deployments of an existing account that are used and not managed: their names, or names by model id. */
  existingDeployments?: string[] | Record<string, string>;
  /** The account's keys. @default asked of Azure */
  keys?: AccountKeysArgs;
}

interface CommonArgs {
  /**
   * `deployment`: one dated URL per deployment, with `api-version`, for chat completions. `v1`: one URL per account, for chat
   * completions and responses; model ids are then the names of the deployments. Change: in place where the provider ids stay the same,
   * which they do in regions with one deployment; replaces providers and keys elsewhere.
   * @default "deployment"
   */
  apiMode?: ApiMode;
  /**
   * Version of Azure's API in dated URLs. Change: in place.
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
   * Whether a refusal of Azure's is told together with what to do about it, and one that passes (`RequestConflict`: another writer is
   * at the account) is waited for, up to four minutes. Uses error hooks, so it needs Pulumi 3.218 or later, program and CLI. The state
   * then names the hooks, which has two costs: older CLIs cannot read it, and a `pulumi destroy` that fails tells the cause only with
   * `--run-program`.
   * @default false
   */
  explainErrors?: boolean;
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
  /** In an array: name of the region in provider ids and outputs. @default its location */
  key?: string;
  /**
   * Place in the failover order: low first, equal ones as declared. Change: of the outputs `models` and `requests` alone.
   * @default 1
   */
  priority?: number;
  /** A group of this region's own. @default the resource group that all regions share */
  resourceGroup?: ResourceGroupArgs;
  /** What is different here: fields that change, whole deployments that are added, or `null` for one that is left out. */
  deployments?: Record<string, Partial<AzureOpenAIDeploymentArgs> | null>;
  /** Explicit Azure provider, for another subscription or tenant. */
  provider?: pulumi.ProviderResource;
  /** Address in place of the account's own, such as `https://azure.internal`, for accounts that the internet cannot reach. */
  baseUrlOverride?: pulumi.Input<string>;
}

/** Arguments of `AzureOpenAIGateway`. */
export interface AzureOpenAIGatewayArgs extends CommonArgs {
  /**
   * Regions by key (the location, where none is given), or an array of them. The key becomes part of provider ids. Change: adds or
   * removes that region's parts and touches nothing of the others.
   */
  regions: Record<string, AzureOpenAIGatewayRegionArgs> | (string | AzureOpenAIGatewayRegionArgs)[];
  /**
   * Deployments of every region, by model id. Change: adds or removes one deployment, with its provider and keys, per region.
   * @default none
   */
  deployments?: Record<string, AzureOpenAIDeploymentArgs>;
  /** The resource group that the regions share. @default a new one */
  resourceGroup?: ResourceGroupArgs;
  /** Changes the default names of all accounts and of the resource group. Change: replaces them. */
  nameSuffix?: string;
  /**
   * What provider ids begin with: `azure-eastus2`, or `azure-eastus2-gpt-5-mini` where a region has several deployments that
   * each need a URL of their own.
   * Change: replaces the gateway's providers and keys.
   * @default "azure"
   */
  providerIdPrefix?: string;
  /** OpenAI surfaces that the providers serve. Change: in place. @default chat-completions, and in v1 mode responses too */
  surfaces?: ("chat-completions" | "responses")[];
  /**
   * Which of an account's two keys are stored, in the order in which the gateway tries them. Change: adds or removes provider keys; the
   * order in place.
   * @default `["key1", "key2"]`: one can be regenerated while the other answers
   */
  keySlots?: ("key1" | "key2")[];
  /** In which order regions and further models are tried. Change: of the outputs alone, and of what is allowed for further models. */
  failover?: {
    /** Region keys in failover order; those left out follow by priority. */
    order?: string[];
    /** Further models, for after all regions, as `<provider>:<model>`. Built-in providers are allowed and paid with the gateway's credits. */
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
   * Whether each model of each region is asked for an answer at the end of the `up`; with `{ failover: true }`, each
   * model's whole failover list too.
   * @default false
   */
  verify?:
    | boolean
    | {
        /** Whether each model's whole failover list is asked too, not only each region. */
        failover: boolean;
      };
}
