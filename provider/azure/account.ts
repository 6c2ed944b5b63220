/** One Azure OpenAI account, created or looked up: its name, address and keys. */
import type * as cognitiveservices from "@pulumi/azure-native/cognitiveservices";
import * as pulumi from "@pulumi/pulumi";
import type { AzureNative } from "./azureNative";
import { type PulumiValues, toTags } from "./component";
import { purgingOnDelete, restoreFlag } from "./deletedAccounts";
import type { NetworkAclsInputs } from "./plan/inputs";
import type { ExistingAccount, NewAccount, NewResourceGroup } from "./plan/normalize";
import type { RegionPlan } from "./plan/regionPlan";

export interface Account {
  readonly resourceGroupName: pulumi.Output<string>;
  readonly name: pulumi.Output<string>;
  /** `undefined` for an existing account whose address the program gives: Azure is then not called. */
  readonly id: pulumi.Output<string> | undefined;
  readonly location: pulumi.Output<string> | undefined;
  /** Without a trailing slash. */
  readonly endpoint: pulumi.Output<string>;
}

/** Key of the OpenAI endpoint among the addresses of an AIServices account, whose main address is a different one. */
const OPENAI_ENDPOINT = "OpenAI Language Model Instance API";

export function createResourceGroup(
  { resources }: AzureNative,
  plan: NewResourceGroup<PulumiValues>,
  parent: pulumi.Resource,
): pulumi.Output<string> {
  const group = new resources.ResourceGroup(
    plan.resourceName,
    { resourceGroupName: plan.name, location: plan.location, ...toTags(plan.tags) },
    // Azure cannot move a group: a new location deletes it with everything in it, so a new order of regions must not change it.
    { parent, protect: plan.isProtected, ...(plan.isLocationGiven ? {} : { ignoreChanges: ["location"] }) },
  );
  return group.name;
}

/**
 * Creates a planned account, or looks up an existing one.
 * @param sharedGroup name of the resource group for an account without one of its own
 */
export function createAccount(
  azure: AzureNative,
  plan: RegionPlan<PulumiValues>,
  sharedGroup: pulumi.Input<string> | undefined,
  options: pulumi.CustomResourceOptions & { readonly parent: pulumi.Resource },
): Account {
  const { account, endpoint } = plan;
  if (account.kind === "existing") return readAccount(azure, account, endpoint, options.parent);
  const groupName = toGroupName(azure, account, sharedGroup, options.parent);
  return createNewAccount(azure, account, groupName, plan, options);
}

function toGroupName(
  azure: AzureNative,
  { resourceGroup, resourceName }: NewAccount<PulumiValues>,
  sharedGroup: pulumi.Input<string> | undefined,
  parent: pulumi.Resource,
): pulumi.Output<string> {
  if (resourceGroup.kind === "new") return createResourceGroup(azure, resourceGroup, parent);
  const name = resourceGroup.kind === "existing" ? resourceGroup.name : sharedGroup;
  if (name === undefined) throw new Error(`${resourceName} has no resource group`);
  return pulumi.output(name);
}

function createNewAccount(
  { cognitiveservices }: AzureNative,
  plan: NewAccount<PulumiValues>,
  resourceGroupName: pulumi.Output<string>,
  { endpoint = "", cloud }: RegionPlan<PulumiValues>,
  options: pulumi.CustomResourceOptions & { readonly parent: pulumi.Resource },
): Account {
  const { identity, purgeOnDelete } = plan.given;
  const restore = restoreFlag(plan, resourceGroupName, cloud, options.parent);
  const args: cognitiveservices.AccountArgs = {
    resourceGroupName,
    accountName: plan.name,
    location: plan.location,
    kind: plan.accountKind,
    sku: { name: "S0" },
    properties: { ...toProperties(plan), ...(restore === undefined ? {} : { restore }) },
    ...(identity ? { identity } : {}),
    ...toTags(plan.tags),
  };
  const purging = purgeOnDelete ? purgingOnDelete(plan, cloud, options.parent) : {};
  const account = new cognitiveservices.Account(plan.resourceName, args, {
    ...pulumi.mergeOptions(options, purging),
    protect: plan.isProtected,
    // Azure does not accept a change of these, and azure-native would report that only during the `up`.
    replaceOnChanges: ["location", "kind", "properties.customSubDomainName"],
  });
  return {
    resourceGroupName,
    name: account.name,
    id: account.id,
    location: account.location.apply((given) => given ?? plan.location),
    endpoint: pulumi.output(endpoint),
  };
}

function toProperties({ subdomain, hasLocalAuth, given }: NewAccount<PulumiValues>) {
  const { publicNetworkAccess = true, networkAcls } = given;
  return {
    customSubDomainName: subdomain,
    publicNetworkAccess: publicNetworkAccess ? "Enabled" : "Disabled",
    disableLocalAuth: !hasLocalAuth,
    ...(networkAcls ? { networkAcls: toNetworkRules(networkAcls) } : {}),
  };
}

function toNetworkRules({
  defaultAction = "Deny",
  ipRules = [],
  subnetIds = [],
  bypass,
}: NetworkAclsInputs<PulumiValues>) {
  return {
    defaultAction,
    ipRules: ipRules.map((value) => ({ value })),
    virtualNetworkRules: subnetIds.map((id) => ({ id })),
    ...(bypass ? { bypass } : {}),
  };
}

function readAccount(
  azure: AzureNative,
  existing: ExistingAccount<PulumiValues>,
  plannedEndpoint: string | undefined,
  parent: pulumi.Resource,
): Account {
  const names = {
    resourceGroupName: pulumi.output(existing.resourceGroupName ?? ""),
    name: pulumi.output(existing.name ?? ""),
  };
  const endpoint = plannedEndpoint ?? existing.endpoint;
  if (endpoint !== undefined) {
    return { ...names, id: undefined, location: undefined, endpoint: pulumi.output(endpoint).apply(withoutSlash) };
  }
  const found = azure.cognitiveservices.getAccountOutput(
    { resourceGroupName: names.resourceGroupName, accountName: names.name },
    { parent },
  );
  return {
    ...names,
    id: found.apply(({ id }) => id),
    location: found.apply(({ location }) => location ?? ""),
    endpoint: found.apply(({ properties }) =>
      withoutSlash(properties.endpoints[OPENAI_ENDPOINT] ?? properties.endpoint),
    ),
  };
}

function withoutSlash(url: string): string {
  return url.replace(/(?<!\/)\/+$/, "");
}

/** Both are secret. A key that the account does not have is undefined. */
export interface AccountKeys {
  readonly key1: pulumi.Output<string>;
  readonly key2: pulumi.Output<string>;
}

/** The account's keys: the given ones, or those that Azure lists on each `up`, so that a regenerated key is detected. */
export function readKeys(
  azure: AzureNative,
  plan: RegionPlan<PulumiValues>,
  account: Account,
  parent: pulumi.Resource,
): AccountKeys {
  if (plan.keys !== undefined) return { key1: toSecret(plan.keys.key1), key2: toSecret(plan.keys.key2) };
  if (!plan.hasKeys) return { key1: toSecret(undefined), key2: toSecret(undefined) };
  const { name, resourceGroupName, id } = account;
  // The name may be known before the account exists; waiting for the id delays the call until then.
  const listed = pulumi
    .all([name, resourceGroupName, id])
    .apply(([accountName, groupName]) => listKeys(azure, { accountName, resourceGroupName: groupName }, parent));
  // azure-native does not mark the result as secret.
  const keys = pulumi.secret(listed);
  return { key1: keys.apply(({ key1 }) => key1 as string), key2: keys.apply(({ key2 }) => key2 as string) };
}

/** The output's type is a text, but a missing key gives no value, as documented. */
function toSecret(key: pulumi.Input<string> | undefined): pulumi.Output<string> {
  return pulumi.secret(key as pulumi.Input<string>);
}

async function listKeys(
  { cognitiveservices }: AzureNative,
  args: cognitiveservices.ListAccountKeysArgs,
  parent: pulumi.Resource,
): Promise<cognitiveservices.ListAccountKeysResult> {
  try {
    return await cognitiveservices.listAccountKeys(args, { parent });
  } catch (error) {
    const answer = error instanceof Error ? error.message : String(error);
    const account = `account ${JSON.stringify(args.accountName)}`;
    const failure = new pulumi.RunError(
      answer.includes("disableLocalAuth")
        ? `Azure lists no keys of ${account}, because its disableLocalAuth is true (set by its owner or by an Azure Policy), ` +
            `and the gateway needs one. Allow keys in the account, or exempt it from the policy. Azure's answer: ${answer}`
        : `Azure did not list the keys of ${account} in resource group ${JSON.stringify(args.resourceGroupName)}: ${answer}\n` +
            "If it was deleted outside Pulumi, run `pulumi up --refresh`, which creates it again.",
    );
    failure.stack = ""; // Pulumi prints the stack of an error that ends a waiting program
    throw failure;
  }
}
