/** Third step for one account: the resources to create, in order, with all names and addresses. */
import { type Cloud, deploymentPath, OPENAI_DOMAINS, V1_PATH } from "../../azureAddress";
import { type GovernancePlan, planGovernance } from "./governancePlan";
import type { ApiMode, KeysInputs } from "./inputs";
import { toDeploymentResourceName } from "./names";
import type { Common, Deployment, ExistingAccount, Model, NewAccount, Region } from "./normalize";
import type { Tags, Values } from "./values";

export interface DeploymentPlan<V extends Values> {
  readonly key: string;
  readonly resourceName: string;
  readonly name: string;
  readonly model: Model;
  readonly sku: string;
  readonly capacity: V["count"] | number;
  readonly versionUpgradeOption: string | undefined;
  readonly raiPolicyName: V["text"] | undefined;
  readonly spilloverDeploymentName: string | undefined;
  readonly ignoresVersionDrift: boolean;
  readonly tags: Tags<V>;
  readonly opts: V["options"] | undefined;
  /** Keys of all earlier deployments of the account, because Azure accepts one change at a time. */
  readonly dependsOn: readonly string[];
}

/** A deployment that can be requested, managed here or not. */
export interface ModelPlan {
  /** Model id under which it is requested. */
  readonly key: string;
  readonly deploymentName: string;
  /** Path of its base URL after the account's endpoint. */
  readonly urlPath: string;
}

export interface RegionPlan<V extends Values> {
  readonly key: string;
  readonly name: string;
  readonly apiMode: ApiMode;
  readonly cloud: Cloud;
  readonly account: NewAccount<V> | ExistingAccount<V>;
  /** In the order of creation. */
  readonly deployments: readonly DeploymentPlan<V>[];
  /** In the order of declaration. */
  readonly models: readonly ModelPlan[];
  /** Address of the account without a trailing slash; `undefined` if only Azure knows it. */
  readonly endpoint: string | undefined;
  readonly keys: KeysInputs<V> | undefined;
  /** Whether the account has keys. */
  readonly hasKeys: boolean;
  readonly explainsErrors: boolean;
  readonly governance: GovernancePlan<V>;
}

const UPGRADE_OPTIONS = {
  onNewDefault: "OnceNewDefaultVersionAvailable",
  onExpiry: "OnceCurrentVersionExpired",
  never: "NoAutoUpgrade",
} as const;

export function planRegion<V extends Values>(region: Region<V>, common: Common<V>): RegionPlan<V> {
  const { key, name, account, keys } = region;
  return {
    key,
    name,
    apiMode: common.apiMode,
    cloud: common.cloud,
    account,
    deployments: planDeployments(region),
    models: region.models.map((model) => ({
      key: model.key,
      deploymentName: model.deploymentName,
      urlPath: toUrlPath(model.deploymentName, common),
    })),
    endpoint: toEndpoint(account, common.cloud),
    keys,
    hasKeys: account.kind === "existing" || keys !== undefined || account.hasLocalAuth,
    explainsErrors: common.explainsErrors,
    governance: planGovernance(region, common),
  };
}

function toEndpoint<V extends Values>(account: NewAccount<V> | ExistingAccount<V>, cloud: Cloud): string | undefined {
  if (account.subdomain !== undefined) return `https://${account.subdomain}.${OPENAI_DOMAINS[cloud]}`;
  if (account.kind === "new" || typeof account.endpoint !== "string") return undefined;
  return account.endpoint.replace(/(?<!\/)\/+$/, "");
}

/** Path of a deployment's base URL after the account's endpoint. */
export function toUrlPath<V extends Values>(deploymentName: string, { apiMode, apiVersion }: Common<V>): string {
  return apiMode === "v1" ? V1_PATH : deploymentPath(deploymentName, apiVersion);
}

function planDeployments<V extends Values>(region: Region<V>): DeploymentPlan<V>[] {
  const ordered = spilloverTargetsFirst(region.deployments);
  const names = new Map(region.models.map((model) => [model.key, model.deploymentName]));
  return ordered.map((deployment, index) => {
    const { key, name, model, sku, capacity, ignoresVersionDrift, tags, given } = deployment;
    const { versionUpgrade, spilloverTo, raiPolicyName, opts } = given;
    return {
      key,
      resourceName: toDeploymentResourceName(region.name, key),
      name,
      model,
      sku,
      capacity,
      versionUpgradeOption: versionUpgrade && UPGRADE_OPTIONS[versionUpgrade],
      raiPolicyName,
      spilloverDeploymentName: spilloverTo && (names.get(spilloverTo) ?? spilloverTo),
      ignoresVersionDrift,
      tags,
      opts,
      dependsOn: ordered.slice(0, index).map((earlier) => earlier.key),
    };
  });
}

/** In the order of declaration, except that a spillover target comes before the deployment that uses it. */
function spilloverTargetsFirst<V extends Values>(deployments: readonly Deployment<V>[]): readonly Deployment<V>[] {
  const ordered = new Set<Deployment<V>>();
  const visited = new Set<Deployment<V>>();
  const place = (deployment: Deployment<V>): void => {
    if (visited.has(deployment)) return;
    visited.add(deployment);
    const target = deployments.find(({ key }) => key === deployment.given.spilloverTo);
    if (target !== undefined) place(target);
    ordered.add(deployment);
  };
  for (const deployment of deployments) place(deployment);
  return [...ordered];
}
