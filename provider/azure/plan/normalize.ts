/**
 * First of the three steps: fills in all defaults and names, and merges the deployments of each region. Does not check anything: missing
 * values stay empty, and the checks report them.
 */
import { type Cloud, DEFAULT_API_VERSION } from "../../azureAddress";
import { isEmbeddingModel } from "./azureModels";
import { at } from "./findings";
import { type Governance, normalizeGovernance } from "./governance";
import type {
  AccountInputs,
  AccountScopeInputs,
  ApiMode,
  CommonInputs,
  DeploymentInputs,
  ExistingAccountInputs,
  KeysInputs,
  PlanContext,
  RegionInputs,
  ResourceGroupInputs,
} from "./inputs";
import { normalizeLocation, toAccountName, toResourceGroupName, toSubdomain } from "./names";
import type { Tags, Values } from "./values";

/** Arguments that apply to all accounts of a component, with their defaults. */
export interface Common<V extends Values> {
  readonly apiMode: ApiMode;
  readonly apiVersion: string;
  readonly cloud: Cloud;
  readonly tags: Tags<V>;
  readonly isProtected: boolean;
  readonly nameSuffix: string;
  readonly explainsErrors: boolean;
  readonly governance: Governance<V>;
}

export interface Model {
  readonly format: string;
  readonly name: string;
  readonly version?: string;
}

/** A deployment to create. */
export interface Deployment<V extends Values> {
  /** Model id under which it is requested. */
  readonly key: string;
  /** Name in Azure. */
  readonly name: string;
  readonly model: Model;
  readonly sku: string;
  readonly capacity: V["count"] | number;
  readonly ignoresVersionDrift: boolean;
  readonly tags: Tags<V>;
  /** The declarations of the deployment: for all regions, and for this one. */
  readonly given: DeploymentInputs<V>;
  /** Path of the deployment or of one field; within the region if it is declared there. */
  readonly pathOf: (field?: keyof DeploymentInputs) => string;
}

/** The API that requests to a model use: OpenAI's chat and responses, OpenAI's embeddings, or Anthropic's messages. */
export type ModelApi = "openai" | "embeddings" | "anthropic";

/** A deployment that can be requested, managed here or not. */
export interface ServedModel {
  /** Model id under which it is requested. */
  readonly key: string;
  readonly deploymentName: string;
  readonly api: ModelApi;
  /** Path of its declaration. */
  readonly path: string;
}

export interface NewResourceGroup<V extends Values> {
  readonly kind: "new";
  readonly resourceName: string;
  readonly name: string;
  readonly location: string;
  /** Whether the program gives the location; otherwise the group stays in its first location. */
  readonly isLocationGiven: boolean;
  readonly tags: Tags<V>;
  readonly isProtected: boolean;
}

export interface ExistingResourceGroup<V extends Values> {
  readonly kind: "existing";
  readonly name: V["text"];
}

/** `shared`: the group that all regions of a gateway share. */
export type ResourceGroup<V extends Values> =
  | NewResourceGroup<V>
  | ExistingResourceGroup<V>
  | { readonly kind: "shared" };

export interface NewAccount<V extends Values> {
  readonly kind: "new";
  readonly resourceName: string;
  readonly name: string;
  readonly subdomain: string;
  /** Empty if it is not given. */
  readonly location: string;
  readonly accountKind: string;
  readonly resourceGroup: ResourceGroup<V>;
  readonly hasLocalAuth: boolean;
  readonly tags: Tags<V>;
  readonly isProtected: boolean;
  readonly given: AccountInputs<V>;
}

export interface ExistingAccount<V extends Values> extends ExistingAccountInputs<V> {
  readonly kind: "existing";
}

/** One account with its deployments. */
export interface Region<V extends Values> {
  /** Name of the region in outputs and provider ids; empty for a separate region. */
  readonly key: string;
  /** Pulumi name of the region's component, and prefix of its children's names. */
  readonly name: string;
  /** Path of its arguments; empty for a separate region. */
  readonly path: string;
  /** Whether the location is also the region's key, so that an existing account may have one. */
  readonly isNamedByLocation: boolean;
  readonly account: NewAccount<V> | ExistingAccount<V>;
  /** As declared. */
  readonly deployments: readonly Deployment<V>[];
  /** In the order of declaration: deployments to create, then those that are only used. */
  readonly models: readonly ServedModel[];
  /** Names of the deployments that are only used, by model id. */
  readonly existingDeployments: ReadonlyMap<string, string>;
  readonly keys: KeysInputs<V> | undefined;
  readonly given: AccountScopeInputs<V>;
}

export const DEFAULT_API_MODE: ApiMode = "v1";
const DEFAULT_SKU = "GlobalStandard";
const DEFAULT_CAPACITY = 10;
const DEFAULT_FORMAT = "OpenAI";
const DEFAULT_ACCOUNT_KIND = "OpenAI";

export function normalizeCommon<V extends Values>(inputs: CommonInputs<V> & { nameSuffix?: string | undefined }) {
  const common: Common<V> = {
    apiMode: inputs.apiMode ?? DEFAULT_API_MODE,
    apiVersion: inputs.apiVersion ?? DEFAULT_API_VERSION,
    cloud: inputs.cloud ?? "public",
    tags: inputs.tags ?? {},
    isProtected: inputs.protect ?? false,
    nameSuffix: inputs.nameSuffix ?? "",
    explainsErrors: inputs.explainErrors ?? false,
    governance: normalizeGovernance(inputs),
  };
  return common;
}

/** Normalizes a separate region. */
export function normalizeRegion<V extends Values>(
  name: string,
  inputs: RegionInputs<V>,
  common: Common<V>,
  context: PlanContext,
): Region<V> {
  const scope = { key: "", name, nameBase: name, path: "", isNamedByLocation: false, hasSharedGroup: false };
  const entries = toEntries(inputs.deployments, "deployments");
  const deployments = entries.map(({ key, given, path }) =>
    toDeployment(key, given, (field) => at(path, ...fieldOf(field)), common),
  );
  return normalizeAccountScope({ ...scope, given: inputs, deployments, common, context });
}

/** The inputs for the normalization of an account. */
export interface AccountScope<V extends Values> {
  readonly key: string;
  readonly name: string;
  /** Prefix of default names in Azure. */
  readonly nameBase: string;
  readonly path: string;
  readonly isNamedByLocation: boolean;
  /** Whether a region without its own resource group uses the shared one. */
  readonly hasSharedGroup: boolean;
  readonly given: AccountScopeInputs<V>;
  readonly deployments: readonly Deployment<V>[];
  readonly common: Common<V>;
  readonly context: PlanContext;
}

export function normalizeAccountScope<V extends Values>(scope: AccountScope<V>): Region<V> {
  const { key, name, path, isNamedByLocation, given } = scope;
  const existingDeployments = toNames(given.existingDeployments);
  const deployments = scope.deployments.filter((deployment) => !existingDeployments.has(deployment.key));
  const existing = given.account?.existing;
  return {
    key,
    name,
    path,
    isNamedByLocation,
    account: existing === undefined ? normalizeNewAccount(scope) : { kind: "existing", ...existing },
    deployments,
    models: [
      ...deployments.map((deployment) => ({
        key: deployment.key,
        deploymentName: deployment.name,
        api: toApi(deployment.model),
        path: deployment.pathOf(),
      })),
      ...[...existingDeployments].map(
        ([model, deploymentName]): ServedModel => ({
          key: model,
          deploymentName,
          api: isEmbeddingModel(model) || isEmbeddingModel(deploymentName) ? "embeddings" : "openai",
          path: at(path, "existingDeployments", model),
        }),
      ),
    ],
    existingDeployments,
    keys: given.keys,
    given,
  };
}

export function toApi({ format, name }: Model): ModelApi {
  if (format.toLowerCase() === "anthropic") return "anthropic";
  return isEmbeddingModel(name) ? "embeddings" : "openai";
}

function normalizeNewAccount<V extends Values>(scope: AccountScope<V>): NewAccount<V> {
  const { common, context } = scope;
  const given: AccountInputs<V> = scope.given.account ?? {};
  const location = normalizeLocation(scope.given.location ?? scope.key);
  const accountKind = given.kind ?? DEFAULT_ACCOUNT_KIND;
  const suffix = given.nameSuffix ?? common.nameSuffix;
  const hash = context.hash([context.stack, scope.name, accountKind, suffix].join("\n"));
  const name = given.name ?? toAccountName(scope.nameBase, location, hash);
  return {
    kind: "new",
    resourceName: `${scope.name}-account`,
    name,
    subdomain: given.subdomain ?? toSubdomain(name),
    location,
    accountKind,
    resourceGroup: normalizeRegionGroup(scope, location),
    hasLocalAuth: !(given.disableLocalAuth ?? false),
    tags: { ...common.tags, ...given.tags },
    isProtected: given.protect ?? common.isProtected,
    given,
  };
}

function normalizeRegionGroup<V extends Values>(scope: AccountScope<V>, location: string): ResourceGroup<V> {
  const { given, name, common, context } = scope;
  if (given.resourceGroup === undefined && scope.hasSharedGroup) return { kind: "shared" };
  return normalizeGroup(given.resourceGroup, { name, location, common }, context);
}

/** The resource group of a region, or the one that regions share. */
export function normalizeGroup<V extends Values>(
  given: ResourceGroupInputs<V> = {},
  owner: { readonly name: string; readonly location: string; readonly common: Common<V> },
  context: PlanContext,
): NewResourceGroup<V> | ExistingResourceGroup<V> {
  if (given.existing !== undefined) return { kind: "existing", name: given.existing };
  const { common } = owner;
  const hash = context.hash([context.stack, owner.name, "resource group", common.nameSuffix].join("\n"));
  return {
    kind: "new",
    resourceName: `${owner.name}-rg`,
    name: given.name ?? toResourceGroupName(owner.name, hash),
    location: normalizeLocation(given.location ?? owner.location),
    isLocationGiven: given.location !== undefined,
    tags: { ...common.tags, ...given.tags },
    isProtected: common.isProtected,
  };
}

/** One deployment of a map or a list. */
export interface DeploymentEntry<Given> {
  readonly key: string;
  readonly given: Given;
  readonly path: string;
}

/** Deployments by model id, from a map or a list; in a list, the model id is the deployment's name or its model's. */
export function toEntries<Given extends Pick<DeploymentInputs, "name" | "model" | "version"> | null>(
  deployments: Readonly<Record<string, Given>> | readonly Given[] = {},
  path: string,
): DeploymentEntry<Given>[] {
  if (isList(deployments)) {
    return deployments.map((given, index) => ({ key: toKey(given), given, path: at(path, index) }));
  }
  return Object.entries(deployments).map(([key, given]) => ({ key, given, path: at(path, key) }));
}

function toKey(given: Pick<DeploymentInputs, "name" | "model" | "version"> | null): string {
  return given?.name ?? toModel(given ?? {}).name;
}

/** `Array.isArray` for unions with a read-only array. */
export function isList<Item>(value: readonly Item[] | object): value is readonly Item[] {
  return Array.isArray(value);
}

export function toDeployment<V extends Values>(
  key: string,
  given: DeploymentInputs<V>,
  pathOf: Deployment<V>["pathOf"],
  common: Common<V>,
): Deployment<V> {
  const { versionUpgrade } = given;
  return {
    key,
    name: given.name ?? key,
    model: toModel(given),
    sku: given.sku ?? DEFAULT_SKU,
    capacity: given.capacity ?? DEFAULT_CAPACITY,
    ignoresVersionDrift: given.ignoreVersionDrift ?? (versionUpgrade !== undefined && versionUpgrade !== "never"),
    tags: { ...common.tags, ...given.tags },
    given,
    pathOf,
  };
}

/** Path members for an optional field. */
export function fieldOf(field: string | undefined): string[] {
  return field === undefined ? [] : [field];
}

/** The model of a deployment; its name is empty if it is not given. */
function toModel({ model, version }: Pick<DeploymentInputs, "model" | "version">): Model {
  const details = typeof model === "object" ? model : { name: model };
  const wanted = version ?? details.version;
  return {
    format: details.format ?? DEFAULT_FORMAT,
    name: details.name ?? "",
    ...(wanted === undefined ? {} : { version: wanted }),
  };
}

function toNames(given: AccountScopeInputs["existingDeployments"] = []): ReadonlyMap<string, string> {
  return new Map(isList<string>(given) ? given.map((name) => [name, name]) : Object.entries(given));
}
