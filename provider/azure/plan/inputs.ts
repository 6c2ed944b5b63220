/**
 * Arguments of the components as data, after the check of their shape. A missing argument is `undefined`. Meanings and
 * defaults are documented in `../args.ts`.
 */
import type { Cloud } from "../../azureAddress";
import type { Tags, Values } from "./values";

export type ApiMode = "deployment" | "v1";
export type KeySlot = "key1" | "key2";
export type Surface = "chat-completions" | "responses";

export interface DeploymentInputs<V extends Values = Values> {
  readonly name?: string | undefined;
  readonly model?: string | ModelInputs | undefined;
  readonly version?: string | undefined;
  readonly sku?: string | undefined;
  readonly capacity?: V["count"] | undefined;
  readonly versionUpgrade?: "onNewDefault" | "onExpiry" | "never" | undefined;
  readonly raiPolicyName?: V["text"] | undefined;
  readonly spilloverTo?: string | undefined;
  readonly ignoreVersionDrift?: boolean | undefined;
  readonly tags?: Tags<V> | undefined;
  readonly opts?: V["options"] | undefined;
}

export interface ModelInputs {
  readonly name?: string | undefined;
  readonly version?: string | undefined;
  readonly format?: string | undefined;
}

/** Deployments by model id, or a list of them. */
export type DeploymentsInputs<V extends Values = Values> =
  | Readonly<Record<string, DeploymentInputs<V>>>
  | readonly DeploymentInputs<V>[];

export interface ResourceGroupInputs<V extends Values = Values> {
  readonly existing?: V["text"] | undefined;
  readonly name?: string | undefined;
  readonly location?: string | undefined;
  readonly tags?: Tags<V> | undefined;
}

export interface AccountInputs<V extends Values = Values> {
  readonly existing?: ExistingAccountInputs<V> | undefined;
  readonly name?: string | undefined;
  readonly subdomain?: string | undefined;
  readonly kind?: string | undefined;
  readonly restore?: boolean | "ifDeleted" | undefined;
  readonly purgeOnDelete?: boolean | undefined;
  readonly publicNetworkAccess?: boolean | undefined;
  readonly networkAcls?: NetworkAclsInputs<V> | undefined;
  readonly identity?: V["identity"] | undefined;
  readonly disableLocalAuth?: boolean | undefined;
  readonly tags?: Tags<V> | undefined;
  readonly protect?: boolean | undefined;
  readonly nameSuffix?: string | undefined;
}

export interface NetworkAclsInputs<V extends Values = Values> {
  readonly defaultAction?: string | undefined;
  readonly ipRules?: readonly V["text"][] | undefined;
  readonly subnetIds?: readonly V["text"][] | undefined;
  readonly bypass?: string | undefined;
}

export interface ExistingAccountInputs<V extends Values = Values> {
  readonly resourceGroupName?: V["text"] | undefined;
  readonly name?: V["text"] | undefined;
  readonly subdomain?: string | undefined;
  readonly endpoint?: V["text"] | undefined;
}

export interface KeysInputs<V extends Values = Values> {
  readonly key1?: V["text"] | undefined;
  readonly key2?: V["text"] | undefined;
}

/** Arguments of one account, in either component. */
export interface AccountScopeInputs<V extends Values = Values> {
  readonly location?: string | undefined;
  readonly account?: AccountInputs<V> | undefined;
  readonly existingDeployments?: readonly string[] | Readonly<Record<string, string>> | undefined;
  readonly keys?: KeysInputs<V> | undefined;
  readonly resourceGroup?: ResourceGroupInputs<V> | undefined;
}

export interface ContentFilterInputs<V extends Values = Values> {
  readonly basedOn?: string | undefined;
  readonly mode?: string | undefined;
  readonly rules?: readonly ContentFilterRuleInputs[] | undefined;
  readonly tags?: Tags<V> | undefined;
}

export interface ContentFilterRuleInputs {
  readonly name?: string | undefined;
  readonly source?: string | undefined;
  readonly severityThreshold?: string | undefined;
  readonly blocking?: boolean | undefined;
  readonly enabled?: boolean | undefined;
}

export interface DiagnosticsInputs<V extends Values = Values> {
  readonly workspaceId?: V["text"] | undefined;
  readonly logs?: readonly string[] | undefined;
  readonly metrics?: boolean | undefined;
}

export interface AlertsInputs<V extends Values = Values> {
  readonly actionGroupIds?: readonly V["text"][] | undefined;
  readonly throttledRequests?: number | false | undefined;
  readonly responseTimeMs?: number | false | undefined;
  readonly windowMinutes?: number | undefined;
  readonly severity?: number | undefined;
}

/** Arguments that apply to all accounts of a component. */
export interface CommonInputs<V extends Values = Values> {
  readonly apiMode?: ApiMode | undefined;
  readonly apiVersion?: string | undefined;
  readonly cloud?: Cloud | undefined;
  readonly tags?: Tags<V> | undefined;
  readonly protect?: boolean | undefined;
  readonly explainErrors?: boolean | undefined;
  readonly contentFilters?: Readonly<Record<string, ContentFilterInputs<V>>> | undefined;
  readonly diagnostics?: DiagnosticsInputs<V> | undefined;
  readonly alerts?: AlertsInputs<V> | undefined;
}

export interface RegionInputs<V extends Values = Values> extends AccountScopeInputs<V>, CommonInputs<V> {
  readonly deployments?: DeploymentsInputs<V> | undefined;
}

export interface GatewayRegionInputs<V extends Values = Values> extends AccountScopeInputs<V> {
  readonly key?: string | undefined;
  readonly priority?: number | undefined;
  /** `null`: the region has no such deployment. */
  readonly deployments?:
    | Readonly<Record<string, DeploymentInputs<V> | null>>
    | readonly DeploymentInputs<V>[]
    | undefined;
  readonly keySlots?: readonly KeySlot[] | undefined;
  readonly provider?: V["azureProvider"] | undefined;
  readonly baseUrlOverride?: V["text"] | undefined;
}

export interface FailoverInputs {
  readonly order?: readonly string[] | undefined;
  readonly append?: readonly string[] | undefined;
  readonly perModel?: Readonly<Record<string, readonly string[]>> | undefined;
}

export interface ConfigurationInputs<V extends Values = Values> {
  readonly name?: V["text"] | undefined;
  readonly description?: V["text"] | undefined;
  readonly metadata?: V["text"] | undefined;
  readonly extraProviders?: readonly V["gatewayProvider"][] | undefined;
  readonly extraRules?: readonly V["rule"][] | undefined;
  readonly restrictModels?: boolean | undefined;
}

export interface AccessKeyInputs<V extends Values = Values> {
  readonly name?: V["text"] | undefined;
  readonly description?: V["text"] | undefined;
  readonly metadata?: V["text"] | undefined;
  readonly rotationTrigger?: V["text"] | undefined;
}

export interface VerifyInputs<V extends Values = Values> {
  readonly failover?: boolean | undefined;
  readonly token?: V["text"] | undefined;
}

export interface GatewayInputs<V extends Values = Values> extends CommonInputs<V> {
  readonly regions?:
    | Readonly<Record<string, GatewayRegionInputs<V>>>
    | readonly (string | GatewayRegionInputs<V>)[]
    | undefined;
  readonly deployments?: DeploymentsInputs<V> | undefined;
  readonly resourceGroup?: ResourceGroupInputs<V> | undefined;
  readonly nameSuffix?: string | undefined;
  readonly providerIdPrefix?: string | undefined;
  readonly surfaces?: readonly Surface[] | undefined;
  readonly keySlots?: readonly KeySlot[] | undefined;
  readonly failover?: FailoverInputs | undefined;
  readonly configuration?: boolean | ConfigurationInputs<V> | undefined;
  readonly accessKey?: boolean | AccessKeyInputs<V> | undefined;
  readonly verify?: boolean | VerifyInputs<V> | undefined;
}

/** The context of a plan besides the arguments; equal arguments and context give equal plans. */
export interface PlanContext {
  /** `<organization>/<project>/<stack>`, which makes names unique beyond the stack. */
  readonly stack: string;
  /** YYYY-MM-DD */
  readonly today: string;
  /** SHA-256 in hexadecimal digits. */
  readonly hash: (text: string) => string;
  /** Provider id → name of the program's other gateway that uses it. */
  readonly usedProviderIds?: ReadonlyMap<string, string>;
}
