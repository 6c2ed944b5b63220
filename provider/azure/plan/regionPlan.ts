/** Pure: what one account is asked for → what is to be created for it, in order and with all names. */
import { type Cloud, DEFAULT_API_VERSION, OPENAI_DOMAINS } from "./azureModels";
import { at, type Findings } from "./findings";
import { accountName, normaliseLocation, resourceGroupName, toSubdomain } from "./names";
import {
  type AccountArgsShape,
  type AccountKeysShape,
  type CommonShape,
  type DeploymentShape,
  type ExistingAccountShape,
  isExistingAccount,
  isExistingGroup,
  type NewAccountShape,
  type NewResourceGroupShape,
  type PlanContext,
  type RegionArgsShape,
  type ResourceGroupShape,
} from "./shapes";

type Tags = Readonly<Record<string, unknown>>;

/** One account with what it holds, as it is asked for. */
export interface RegionSource {
  /** Name of the region in outputs and provider ids; empty for a region by itself. */
  readonly key: string;
  /** Pulumi name of the region's component, with which its children's names begin. */
  readonly name: string;
  /** What default names in Azure begin with. */
  readonly nameBase: string;
  /** Where its arguments stand; empty for a region by itself. */
  readonly path: string;
  readonly args: AccountArgsShape;
  readonly common: CommonShape & { readonly nameSuffix?: string };
  readonly deployments: readonly DeploymentSource[];
  /** Whether its location is also what names it, and so may stand beside an existing account. */
  readonly isNamedByLocation: boolean;
  /** Whether a region without a resource group of its own takes the one that all regions share. */
  readonly hasSharedGroup: boolean;
}

export interface DeploymentSource {
  readonly key: string;
  readonly args: DeploymentShape;
  /** Where a field stands in the arguments: with the region where it is different there. */
  readonly pathOf: (field?: string) => string;
}

export interface NewResourceGroupPlan {
  readonly kind: "new";
  readonly resourceName: string;
  readonly name: string;
  readonly location: string;
  /** Whether the program names the location; otherwise the group stays where it was first created. */
  readonly isLocationGiven: boolean;
  readonly tags: Tags;
  readonly isProtected: boolean;
}
export type ResourceGroupPlan =
  | NewResourceGroupPlan
  | { readonly kind: "existing"; readonly name: unknown }
  | { readonly kind: "shared" };

export interface NewAccountPlan {
  readonly kind: "new";
  readonly resourceName: string;
  readonly name: string;
  readonly subdomain: string;
  readonly location: string;
  readonly accountKind: "OpenAI" | "AIServices";
  readonly shape: NewAccountShape;
  readonly tags: Tags;
  readonly isProtected: boolean;
}
export type AccountPlan = NewAccountPlan | ({ readonly kind: "existing" } & ExistingAccountShape["existing"]);

export interface DeploymentPlan {
  readonly key: string;
  readonly resourceName: string;
  readonly name: string;
  readonly model: { readonly format: string; readonly name: string; readonly version?: string };
  readonly sku: string;
  readonly capacity: unknown;
  readonly versionUpgradeOption?: string;
  readonly raiPolicyName?: unknown;
  readonly spilloverDeploymentName?: string;
  readonly ignoresVersionDrift: boolean;
  readonly tags: Tags;
  readonly opts?: object;
  /** Keys of all deployments of the account that come before it: Azure changes one at a time. */
  readonly dependsOn: readonly string[];
}

/** A deployment that can be asked for, created here or not. */
export interface ModelPlan {
  /** Model id under which it is asked for. */
  readonly key: string;
  readonly deploymentName: string;
  /** What stands after the account's endpoint in its base URL. */
  readonly urlPath: string;
  /** The whole base URL, where it can be told before anything exists. */
  readonly baseUrl: string | undefined;
}

export interface RegionPlan {
  readonly key: string;
  readonly name: string;
  readonly location: string | undefined;
  readonly apiMode: "deployment" | "v1";
  readonly resourceGroup: ResourceGroupPlan | undefined;
  readonly account: AccountPlan;
  /** In the order of creation. */
  readonly deployments: readonly DeploymentPlan[];
  /** In the order of declaration. */
  readonly models: readonly ModelPlan[];
  /** Address of the account without a slash at the end, where it can be told before anything exists. */
  readonly endpoint: string | undefined;
  readonly keys: AccountKeysShape | undefined;
  /** Whether the account has keys at all. */
  readonly hasKeys: boolean;
  readonly explainsErrors: boolean;
}

const DEFAULT_SKU = "GlobalStandard";
const DEFAULT_CAPACITY = 10;
const DEFAULT_FORMAT = "OpenAI";
const UPGRADE_OPTIONS = {
  onNewDefault: "OnceNewDefaultVersionAvailable",
  onExpiry: "OnceCurrentVersionExpired",
  never: "NoAutoUpgrade",
} as const;

/** A region by itself as the source of a plan. */
export function toRegionSource(name: string, args: RegionArgsShape): RegionSource {
  const deployments = toDeploymentSources(args.deployments ?? {});
  return {
    key: "",
    name,
    nameBase: name,
    path: "",
    args,
    common: args,
    deployments,
    isNamedByLocation: false,
    hasSharedGroup: false,
  };
}

function toDeploymentSources(deployments: NonNullable<RegionArgsShape["deployments"]>): DeploymentSource[] {
  const entries = Array.isArray(deployments)
    ? (deployments as readonly DeploymentShape[]).map(
        (args, index) => [args.name ?? modelOf(args).name, args, index] as const,
      )
    : Object.entries(deployments as Readonly<Record<string, DeploymentShape>>).map(
        ([key, args]) => [key, args, key] as const,
      );
  return entries.map(([key, args, place]) => ({
    key,
    args,
    pathOf: (field) => at("deployments", place, ...(field === undefined ? [] : [field])),
  }));
}

/** Plans one account and all that it holds. */
export function planAccount(source: RegionSource, context: PlanContext, findings: Findings): RegionPlan {
  const { args, common } = source;
  const existing = isExistingAccount(args.account) ? args.account : undefined;
  const account = existing ? { kind: "existing" as const, ...existing.existing } : planNewAccount(source, context);
  const endpoint = endpointOf(account, common.cloud ?? "public");
  const apiMode = common.apiMode ?? "deployment";
  const external = existingDeployments(args);
  const managed = source.deployments.filter(({ key }) => !external.has(key));
  const toModel = (key: string, deploymentName: string): ModelPlan => {
    const urlPath = urlPathOf(deploymentName, common);
    return { key, deploymentName, urlPath, baseUrl: endpoint === undefined ? undefined : endpoint + urlPath };
  };
  return {
    key: source.key,
    name: source.name,
    location: existing ? undefined : locationOf(source),
    apiMode,
    resourceGroup: existing ? undefined : planResourceGroup(source, context),
    account,
    deployments: planDeployments(source, managed, findings),
    models: [
      ...managed.map(({ key, args: { name } }) => toModel(key, name ?? key)),
      ...[...external].map(([key, deploymentName]) => toModel(key, deploymentName)),
    ],
    endpoint,
    keys: args.keys,
    hasKeys: existing !== undefined || args.keys !== undefined || !(args.account as NewAccountShape)?.disableLocalAuth,
    explainsErrors: common.explainErrors ?? false,
  };
}

function locationOf({ args, key }: RegionSource): string {
  return normaliseLocation(typeof args.location === "string" ? args.location : key);
}

function planNewAccount(source: RegionSource, context: PlanContext): NewAccountPlan {
  const { args, common } = source;
  const shape = (args.account ?? {}) as NewAccountShape;
  const location = locationOf(source);
  const accountKind = shape.kind ?? "OpenAI";
  const suffix = shape.nameSuffix ?? common.nameSuffix ?? "";
  const hash = context.hash([context.stack, source.name, accountKind, suffix].join("\n"));
  const name = shape.name ?? accountName(source.nameBase, location, hash);
  return {
    kind: "new",
    resourceName: `${source.name}-account`,
    name,
    subdomain: shape.subdomain ?? toSubdomain(name),
    location,
    accountKind,
    shape,
    tags: { ...common.tags, ...shape.tags },
    isProtected: shape.protect ?? common.protect ?? false,
  };
}

function planResourceGroup(source: RegionSource, context: PlanContext): ResourceGroupPlan {
  const { args, common, name } = source;
  if (args.resourceGroup === undefined && source.hasSharedGroup) return { kind: "shared" };
  return planGroup(args.resourceGroup ?? {}, { name, location: locationOf(source), common }, context);
}

/** Plans the resource group of a region, or the one that regions share. */
export function planGroup(
  group: ResourceGroupShape,
  owner: { readonly name: string; readonly location: string; readonly common: RegionSource["common"] },
  context: PlanContext,
): NewResourceGroupPlan | { readonly kind: "existing"; readonly name: unknown } {
  if (isExistingGroup(group)) return { kind: "existing", name: group.existing };
  const { name, location, tags }: NewResourceGroupShape = group;
  const hash = context.hash([context.stack, owner.name, "resource group", owner.common.nameSuffix ?? ""].join("\n"));
  return {
    kind: "new",
    resourceName: `${owner.name}-rg`,
    name: name ?? resourceGroupName(owner.name, hash),
    location: location === undefined ? owner.location : normaliseLocation(location),
    isLocationGiven: location !== undefined,
    tags: { ...owner.common.tags, ...tags },
    isProtected: owner.common.protect ?? false,
  };
}

function endpointOf(account: AccountPlan, cloud: Cloud): string | undefined {
  const { subdomain } = account;
  if (subdomain !== undefined) return `https://${subdomain}.${OPENAI_DOMAINS[cloud]}`;
  return account.kind === "existing" && typeof account.endpoint === "string"
    ? account.endpoint.replace(/\/+$/, "")
    : undefined;
}

function urlPathOf(deploymentName: string, { apiMode, apiVersion = DEFAULT_API_VERSION }: CommonShape): string {
  if (apiMode === "v1") return "/openai/v1";
  return `/openai/deployments/${encodeURIComponent(deploymentName)}?api-version=${apiVersion}`;
}

/** Names of the deployments that are used and not managed, by model id. */
export function existingDeployments({
  existingDeployments: given = [],
}: AccountArgsShape): ReadonlyMap<string, string> {
  return new Map(Array.isArray(given) ? given.map((name) => [name, name]) : Object.entries(given));
}

export function modelOf({ model, version }: DeploymentShape): { format: string; name: string; version?: string } {
  const details = typeof model === "object" ? model : { name: model ?? "" };
  const wanted = version ?? details.version;
  return {
    format: details.format ?? DEFAULT_FORMAT,
    name: details.name,
    ...(wanted === undefined ? {} : { version: wanted }),
  };
}

function planDeployments(
  source: RegionSource,
  managed: readonly DeploymentSource[],
  findings: Findings,
): DeploymentPlan[] {
  const ordered = spilloverTargetsFirst(managed, findings);
  const names = new Map([
    ...managed.map(({ key, args }) => [key, args.name ?? key] as const),
    ...existingDeployments(source.args),
  ]);
  return ordered.map(({ key, args }, index) => ({
    key,
    resourceName: `${source.name}-deploy-${key}`,
    name: args.name ?? key,
    model: modelOf(args),
    sku: args.sku ?? DEFAULT_SKU,
    capacity: args.capacity ?? DEFAULT_CAPACITY,
    ...(args.versionUpgrade === undefined ? {} : { versionUpgradeOption: UPGRADE_OPTIONS[args.versionUpgrade] }),
    ...(args.raiPolicyName === undefined ? {} : { raiPolicyName: args.raiPolicyName }),
    ...(args.spilloverTo === undefined
      ? {}
      : { spilloverDeploymentName: names.get(args.spilloverTo) ?? args.spilloverTo }),
    ignoresVersionDrift:
      args.ignoreVersionDrift ?? (args.versionUpgrade !== undefined && args.versionUpgrade !== "never"),
    tags: { ...source.common.tags, ...args.tags },
    ...(args.opts === undefined ? {} : { opts: args.opts }),
    dependsOn: ordered.slice(0, index).map((earlier) => earlier.key),
  }));
}

/** As declared, except that what takes another's spillover must exist before it. */
function spilloverTargetsFirst(sources: readonly DeploymentSource[], findings: Findings): DeploymentSource[] {
  const ordered: DeploymentSource[] = [];
  const place = (source: DeploymentSource, waiting: readonly string[]): void => {
    if (ordered.includes(source)) return;
    if (waiting.includes(source.key)) {
      const circle = [...waiting.slice(waiting.indexOf(source.key)), source.key].join(" → ");
      findings.problem(
        source.pathOf("spilloverTo"),
        `leads in a circle (${circle}): let one of them spill over nowhere`,
      );
      return;
    }
    const target = sources.find(({ key }) => key === source.args.spilloverTo);
    if (target !== undefined) place(target, [...waiting, source.key]);
    if (!ordered.includes(source)) ordered.push(source);
  };
  for (const source of sources) place(source, []);
  return ordered;
}
