/**
 * The arguments as the plan reads them. What only an `up` may know is `unknown` here: the plan hands it on and looks at
 * it only where it is plain. Meanings and defaults stand in `args.ts`.
 */

export interface DeploymentShape {
  readonly name?: string;
  readonly model?: string | { readonly name: string; readonly version?: string; readonly format?: string };
  readonly version?: string;
  readonly sku?: string;
  readonly capacity?: unknown;
  readonly versionUpgrade?: "onNewDefault" | "onExpiry" | "never";
  readonly raiPolicyName?: unknown;
  readonly spilloverTo?: string;
  readonly ignoreVersionDrift?: boolean;
  readonly tags?: Readonly<Record<string, unknown>>;
  readonly opts?: object;
}

export interface NewResourceGroupShape {
  readonly name?: string;
  readonly location?: string;
  readonly tags?: Readonly<Record<string, unknown>>;
}
export type ResourceGroupShape = { readonly existing: unknown } | NewResourceGroupShape;

export interface NewAccountShape {
  readonly name?: string;
  readonly subdomain?: string;
  readonly kind?: "OpenAI" | "AIServices";
  readonly restore?: boolean;
  readonly publicNetworkAccess?: boolean;
  readonly networkAcls?: {
    readonly defaultAction?: "Allow" | "Deny";
    readonly ipRules?: readonly unknown[];
    readonly subnetIds?: readonly unknown[];
    readonly bypass?: "AzureServices" | "None";
  };
  readonly identity?: { readonly type: string; readonly userAssignedIdentities?: readonly unknown[] };
  readonly disableLocalAuth?: boolean;
  readonly tags?: Readonly<Record<string, unknown>>;
  readonly protect?: boolean;
  readonly nameSuffix?: string;
}

export interface ExistingAccountShape {
  readonly existing: {
    readonly resourceGroupName: unknown;
    readonly name: unknown;
    readonly subdomain?: string;
    readonly endpoint?: unknown;
  };
}

export interface AccountKeysShape {
  readonly key1: unknown;
  readonly key2?: unknown;
}

/** What one account is asked for, in either component. */
export interface AccountArgsShape {
  readonly location?: string;
  readonly account?: NewAccountShape | ExistingAccountShape;
  readonly existingDeployments?: readonly string[] | Readonly<Record<string, string>>;
  readonly keys?: AccountKeysShape;
  readonly resourceGroup?: ResourceGroupShape;
}

export interface CommonShape {
  readonly apiMode?: "deployment" | "v1";
  readonly apiVersion?: string;
  readonly cloud?: "public" | "usgovernment" | "china";
  readonly tags?: Readonly<Record<string, unknown>>;
  readonly protect?: boolean;
  readonly explainErrors?: boolean;
}

export interface RegionArgsShape extends AccountArgsShape, CommonShape {
  readonly deployments?: Readonly<Record<string, DeploymentShape>> | readonly DeploymentShape[];
}

export interface GatewayRegionShape extends AccountArgsShape {
  readonly key?: string;
  readonly priority?: number;
  readonly deployments?: Readonly<Record<string, DeploymentShape | null>>;
  readonly provider?: unknown;
  readonly baseUrlOverride?: unknown;
}

export interface GatewayArgsShape extends CommonShape {
  readonly regions?: Readonly<Record<string, GatewayRegionShape>> | readonly (string | GatewayRegionShape)[];
  readonly deployments?: Readonly<Record<string, DeploymentShape>>;
  readonly resourceGroup?: ResourceGroupShape;
  readonly nameSuffix?: string;
  readonly providerIdPrefix?: string;
  readonly surfaces?: readonly ("chat-completions" | "responses")[];
  readonly keySlots?: readonly ("key1" | "key2")[];
  readonly failover?: {
    readonly order?: readonly string[];
    readonly append?: readonly string[];
    readonly perModel?: Readonly<Record<string, readonly string[]>>;
  };
  readonly configuration?: boolean | ConfigurationShape;
  readonly accessKey?: boolean | object;
  readonly verify?: boolean | { readonly failover: boolean };
}

export interface ConfigurationShape {
  readonly extraProviders?: readonly unknown[];
  readonly extraRules?: readonly { readonly provider?: unknown; readonly model?: unknown }[];
  readonly restrictModels?: boolean;
}

export function isExistingAccount(
  account: NewAccountShape | ExistingAccountShape | undefined,
): account is ExistingAccountShape {
  return account !== undefined && "existing" in account;
}

export function isExistingGroup(group: ResourceGroupShape | undefined): group is { readonly existing: unknown } {
  return group !== undefined && "existing" in group;
}

/** What a plan must be told besides the arguments, so that it is the same for the same question. */
export interface PlanContext {
  /** `<organization>/<project>/<stack>`, which makes names unique beyond the stack. */
  readonly stack: string;
  /** YYYY-MM-DD */
  readonly today: string;
  /** SHA-256 in hexadecimal digits. */
  readonly hash: (text: string) => string;
}
