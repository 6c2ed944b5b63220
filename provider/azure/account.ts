/** One Azure OpenAI account, made or looked up: its name, address and keys. */
import type * as cognitiveservices from "@pulumi/azure-native/cognitiveservices";
import * as pulumi from "@pulumi/pulumi";
import type { AzureNative } from "./azureNative";
import { asInput, asTags } from "./component";
import type { NewAccountPlan, NewResourceGroupPlan, RegionPlan } from "./plan/regionPlan";
import type { NewAccountShape } from "./plan/shapes";

export interface Account {
  readonly resourceGroupName: pulumi.Output<string>;
  readonly name: pulumi.Output<string>;
  /** Undefined where nobody asked Azure for it. */
  readonly id: pulumi.Output<string> | undefined;
  readonly location: pulumi.Output<string> | undefined;
  /** Without a slash at the end. */
  readonly endpoint: pulumi.Output<string>;
}

/** Under this name an account of kind AIServices tells its address for OpenAI's API, which is not its main one. */
const OPENAI_ENDPOINT = "OpenAI Language Model Instance API";

export function createResourceGroup(
  { resources }: AzureNative,
  plan: NewResourceGroupPlan,
  parent: pulumi.Resource,
): pulumi.Output<string> {
  const group = new resources.ResourceGroup(
    plan.resourceName,
    { resourceGroupName: plan.name, location: plan.location, ...asTags(plan.tags) },
    // A group that moves is deleted with all that is in it; nobody asks for that by changing the order of regions.
    { parent, protect: plan.isProtected, ...(plan.isLocationGiven ? {} : { ignoreChanges: ["location"] }) },
  );
  return group.name;
}

/** `sharedGroup`: name of the resource group for a plan that has none of its own. */
export function toAccount(
  azure: AzureNative,
  plan: RegionPlan,
  sharedGroup: pulumi.Input<string> | undefined,
  options: pulumi.CustomResourceOptions & { readonly parent: pulumi.Resource },
): Account {
  if (plan.account.kind === "existing") return existingAccount(azure, plan, options.parent);
  const { resourceGroup } = plan;
  const groupName =
    resourceGroup?.kind === "new"
      ? createResourceGroup(azure, resourceGroup, options.parent)
      : pulumi.output(resourceGroup?.kind === "existing" ? asInput<string>(resourceGroup.name) : sharedGroup!);
  return newAccount(azure, plan.account, groupName, plan.endpoint!, options);
}

function newAccount(
  { cognitiveservices }: AzureNative,
  plan: NewAccountPlan,
  resourceGroupName: pulumi.Output<string>,
  endpoint: string,
  options: pulumi.CustomResourceOptions,
): Account {
  const account = new cognitiveservices.Account(
    plan.resourceName,
    {
      resourceGroupName,
      accountName: plan.name,
      location: plan.location,
      kind: plan.accountKind,
      sku: { name: "S0" },
      properties: toProperties(plan),
      ...(plan.shape.identity ? { identity: plan.shape.identity as cognitiveservices.AccountArgs["identity"] } : {}),
      ...asTags(plan.tags),
    } as cognitiveservices.AccountArgs,
    {
      ...options,
      protect: plan.isProtected,
      // Azure refuses to change these, and azure-native would only find out in the middle of an `up`.
      replaceOnChanges: ["location", "kind", "properties.customSubDomainName"],
    },
  );
  const location = account.location.apply((given) => given ?? plan.location);
  return { resourceGroupName, name: account.name, id: account.id, location, endpoint: pulumi.output(endpoint) };
}

function toProperties({ subdomain, shape }: NewAccountPlan) {
  const { publicNetworkAccess = true, disableLocalAuth = false, networkAcls, restore } = shape;
  return {
    customSubDomainName: subdomain,
    publicNetworkAccess: publicNetworkAccess ? "Enabled" : "Disabled",
    disableLocalAuth,
    ...(networkAcls ? { networkAcls: toNetworkRules(networkAcls) } : {}),
    // Written only where it is asked for: it fails where no deleted account waits to be restored.
    ...(restore ? { restore } : {}),
  };
}

function toNetworkRules({
  defaultAction = "Deny",
  ipRules = [],
  subnetIds = [],
  bypass,
}: NonNullable<NewAccountShape["networkAcls"]>) {
  return {
    defaultAction,
    ipRules: ipRules.map((value) => ({ value: asInput<string>(value) })),
    virtualNetworkRules: subnetIds.map((id) => ({ id: asInput<string>(id) })),
    ...(bypass ? { bypass } : {}),
  };
}

function existingAccount(azure: AzureNative, plan: RegionPlan, parent: pulumi.Resource): Account {
  if (plan.account.kind !== "existing") throw new Error("not a plan of an existing account");
  const names = {
    resourceGroupName: pulumi.output(asInput<string>(plan.account.resourceGroupName)),
    name: pulumi.output(asInput<string>(plan.account.name)),
  };
  const given = plan.endpoint ?? plan.account.endpoint;
  if (given !== undefined) {
    const endpoint = pulumi.output(asInput<string>(given)).apply(withoutSlash);
    return { ...names, id: undefined, location: undefined, endpoint };
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
  return url.replace(/\/+$/, "");
}

export interface AccountKeys {
  readonly key1: pulumi.Output<string>;
  readonly key2: pulumi.Output<string>;
}

/** The account's keys, secret: as given, or as Azure tells them on each `up`, so that a regenerated one is noticed. */
export function keysOf(azure: AzureNative, plan: RegionPlan, account: Account, parent: pulumi.Resource): AccountKeys {
  if (plan.keys !== undefined) {
    return {
      key1: pulumi.secret(asInput<string>(plan.keys.key1)),
      key2: pulumi.secret(asInput<string>(plan.keys.key2)),
    };
  }
  if (!plan.hasKeys) return { key1: nothing(), key2: nothing() };
  const { name, resourceGroupName, id } = account;
  // The id is waited for because a name may be known before there is an account to ask.
  const listed = pulumi
    .all([name, resourceGroupName, id])
    .apply(([accountName, groupName]) => listKeys(azure, { accountName, resourceGroupName: groupName }, parent));
  // azure-native's answer is not marked as secret.
  const keys = pulumi.secret(listed);
  return { key1: keys.apply(({ key1 }) => key1!), key2: keys.apply(({ key2 }) => key2!) };
}

function nothing(): pulumi.Output<string> {
  return pulumi.secret(undefined as unknown as string);
}

async function listKeys(
  { cognitiveservices }: AzureNative,
  args: cognitiveservices.ListAccountKeysArgs,
  parent: pulumi.Resource,
): Promise<cognitiveservices.ListAccountKeysResult> {
  try {
    return await cognitiveservices.listAccountKeys(args, { parent });
  } catch (error) {
    if (!(error instanceof Error && error.message.includes("disableLocalAuth"))) throw error;
    throw new pulumi.RunError(
      `Azure tells no keys of account ${JSON.stringify(args.accountName)}, because its disableLocalAuth is true (set by its owner or by an Azure Policy), ` +
        `and the gateway needs one. Allow keys in the account, or exempt it from the policy. Azure said: ${error.message}`,
    );
  }
}
