/** Ids of resources, and resources in the form that the resource manager returns. */
import { COGNITIVE_DOMAINS, OPENAI_DOMAINS, REGIONAL_DOMAINS } from "../hosts";
import { isStandardType } from "../models/deploymentTypes";
import { type ModelCatalog, rateLimits } from "../models/modelCatalog";
import {
  type Account,
  type DeletedAccount,
  type Deployment,
  type JsonObject,
  provisioningState,
  type RaiPolicy,
  type ResourceGroup,
} from "../state";

export const ACCOUNT_TYPE = "Microsoft.CognitiveServices/accounts";
export const DEPLOYMENT_TYPE = "Microsoft.CognitiveServices/accounts/deployments";
export const RAI_POLICY_TYPE = "Microsoft.CognitiveServices/accounts/raiPolicies";

/** The creator of every resource. */
const PRINCIPAL = "stand-in@localhost";

export function resourceGroupId({ subscriptionId, name }: ResourceGroup): string {
  return `/subscriptions/${subscriptionId}/resourceGroups/${name}`;
}

export function accountId(account: {
  readonly subscriptionId: string;
  readonly resourceGroupName: string;
  readonly name: string;
}): string {
  const { subscriptionId, resourceGroupName, name } = account;
  return `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroupName}/providers/${ACCOUNT_TYPE}/${name}`;
}

export function deploymentId(account: Account, name: string): string {
  return `${accountId(account)}/deployments/${name}`;
}

export function raiPolicyId(account: Account, name: string): string {
  return `${accountId(account)}/raiPolicies/${name}`;
}

export function deletedAccountId({ subscriptionId, location, resourceGroupName, name }: Account): string {
  return `/subscriptions/${subscriptionId}/providers/Microsoft.CognitiveServices/locations/${location}/resourceGroups/${resourceGroupName}/deletedAccounts/${name}`;
}

export function viewResourceGroup(group: ResourceGroup): JsonObject {
  return {
    id: resourceGroupId(group),
    name: group.name,
    type: "Microsoft.Resources/resourceGroups",
    location: group.location,
    ...(group.tags !== undefined && { tags: group.tags }),
    ...(group.managedBy !== undefined && { managedBy: group.managedBy }),
    properties: { provisioningState: provisioningState(group) },
  };
}

export function viewAccount(account: Account): JsonObject {
  const { subdomain, settings } = account;
  return {
    id: accountId(account),
    name: account.name,
    type: ACCOUNT_TYPE,
    location: account.location,
    etag: account.etag,
    kind: account.kind,
    sku: account.sku,
    ...(account.identity !== undefined && { identity: viewIdentity(account.identity) }),
    ...(account.tags !== undefined && { tags: account.tags }),
    systemData: systemData(account.createdAtMs),
    properties: {
      publicNetworkAccess: "Enabled",
      ...(subdomain !== undefined && { networkAcls: { defaultAction: "Allow", virtualNetworkRules: [], ipRules: [] } }),
      ...settings,
      ...(subdomain !== undefined && { customSubDomainName: subdomain }),
      provisioningState: provisioningState(account),
      internalId: internalId(account),
      dateCreated: new Date(account.createdAtMs).toISOString(),
      isMigrated: false,
      callRateLimit: { rules: [] },
      capabilities: [{ name: "VirtualNetworks" }, { name: "CustomerManagedKey" }],
      privateEndpointConnections: [],
      endpoint: endpointOf(account),
      endpoints: endpointsOf(account),
    },
  };
}

function viewIdentity(identity: JsonObject): JsonObject {
  const isSystemAssigned = String(identity.type).includes("SystemAssigned");
  const principal = "00000000-0000-0000-0000-0000000000aa";
  const tenant = "00000000-0000-0000-0000-0000000000bb";
  return { ...identity, ...(isSystemAssigned && { principalId: principal, tenantId: tenant }) };
}

/** Address of the account. For an AIServices account it differs from its OpenAI host. */
function endpointOf(account: Account): string {
  const { subdomain, cloud, location, kind } = account;
  if (subdomain === undefined) return `https://${location}.${REGIONAL_DOMAINS[cloud]}/`;
  const domains = kind === "OpenAI" ? OPENAI_DOMAINS : COGNITIVE_DOMAINS;
  return `https://${subdomain}.${domains[cloud]}/`;
}

function endpointsOf(account: Account): JsonObject {
  const { subdomain, cloud } = account;
  const openai = subdomain === undefined ? endpointOf(account) : `https://${subdomain}.${OPENAI_DOMAINS[cloud]}/`;
  const shared = {
    "OpenAI Language Model Instance API": openai,
    "OpenAI Dall-E API": openai,
    "OpenAI Whisper API": openai,
  };
  return account.kind === "OpenAI" ? shared : { ...shared, "Token Service API": endpointOf(account) };
}

export function viewDeletedAccount({ account, deletedAtMs, purgesAtMs, operation }: DeletedAccount): JsonObject {
  const live = viewAccount(account);
  return {
    ...live,
    id: deletedAccountId(account),
    type: "Microsoft.CognitiveServices/locations/resourceGroups/deletedAccounts",
    properties: {
      ...(live.properties as JsonObject),
      provisioningState: provisioningState({ operation }),
      deletionDate: new Date(deletedAtMs).toISOString(),
      scheduledPurgeDate: new Date(purgesAtMs).toISOString(),
    },
  };
}

export function viewDeployment(models: ModelCatalog, account: Account, deployment: Deployment): JsonObject {
  const { sku, model } = deployment;
  return {
    id: deploymentId(account, deployment.name),
    name: deployment.name,
    type: DEPLOYMENT_TYPE,
    etag: deployment.etag,
    sku: { name: sku.name, ...(sku.capacity !== undefined && { capacity: sku.capacity }) },
    ...(deployment.tags !== undefined && { tags: deployment.tags }),
    systemData: systemData(deployment.createdAtMs),
    properties: {
      ...deployment.settings,
      model,
      ...(sku.capacity !== undefined && { currentCapacity: sku.capacity }),
      capabilities: capabilitiesOf(models, deployment),
      rateLimits: rateLimitsOf(models, deployment),
      provisioningState: provisioningState(deployment),
    },
  };
}

function capabilitiesOf(models: ModelCatalog, { model }: Deployment): JsonObject {
  const { surfaces } = models.factsOf(model);
  return {
    ...(surfaces.includes("chatCompletions") && { chatCompletion: "true" }),
    ...(surfaces.includes("responses") && { responses: "true" }),
    ...(surfaces.includes("embeddings") && { embeddings: "true" }),
  };
}

function rateLimitsOf(models: ModelCatalog, { sku, model }: Deployment): readonly JsonObject[] {
  if (sku.capacity === undefined || !isStandardType(sku.name)) return [];
  const { requests, tokens } = rateLimits(sku.name, sku.capacity, models.factsOf(model));
  return [
    { key: "request", renewalPeriod: 60, count: requests },
    { key: "token", renewalPeriod: 60, count: tokens },
  ];
}

export function viewRaiPolicy(account: Account, policy: RaiPolicy): JsonObject {
  return {
    id: raiPolicyId(account, policy.name),
    name: policy.name,
    type: RAI_POLICY_TYPE,
    etag: policy.etag,
    ...(policy.tags !== undefined && { tags: policy.tags }),
    systemData: systemData(policy.createdAtMs),
    properties: { type: "UserManaged", ...policy.properties },
  };
}

function systemData(createdAtMs: number): JsonObject {
  const createdAt = new Date(createdAtMs).toISOString();
  return { createdBy: PRINCIPAL, createdByType: "User", createdAt };
}

/** An arbitrary constant id. */
function internalId(account: Account): string {
  return Buffer.from(accountId(account)).toString("hex").slice(-32);
}
