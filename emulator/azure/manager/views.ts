/** Resources as the resource manager shows them. */
import { COGNITIVE_DOMAINS, OPENAI_DOMAINS, REGIONAL_DOMAINS } from "../hosts";
import { factsOf, isStandardType } from "../models";
import {
  type Account,
  type DeletedAccount,
  type Deployment,
  type JsonObject,
  provisioningState,
  type ResourceGroup,
} from "../state";

export const ACCOUNT_TYPE = "Microsoft.CognitiveServices/accounts";
export const DEPLOYMENT_TYPE = "Microsoft.CognitiveServices/accounts/deployments";

/** Who is said to have made everything. */
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

/** Where the account is reached; of an AIServices account this is not the OpenAI host. */
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

export function viewDeletedAccount({ account, deletedAtMs, purgesAtMs }: DeletedAccount): JsonObject {
  const { subscriptionId, location, resourceGroupName, name } = account;
  const live = viewAccount(account);
  return {
    ...live,
    id: `/subscriptions/${subscriptionId}/providers/Microsoft.CognitiveServices/locations/${location}/resourceGroups/${resourceGroupName}/deletedAccounts/${name}`,
    type: "Microsoft.CognitiveServices/locations/resourceGroups/deletedAccounts",
    properties: {
      ...(live.properties as JsonObject),
      deletionDate: new Date(deletedAtMs).toISOString(),
      scheduledPurgeDate: new Date(purgesAtMs).toISOString(),
    },
  };
}

export function viewDeployment(account: Account, deployment: Deployment): JsonObject {
  const { sku, model } = deployment;
  return {
    id: `${accountId(account)}/deployments/${deployment.name}`,
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
      capabilities: capabilitiesOf(deployment),
      rateLimits: rateLimitsOf(deployment),
      provisioningState: provisioningState(deployment),
    },
  };
}

function capabilitiesOf({ model }: Deployment): JsonObject {
  const { surfaces } = factsOf(model);
  return {
    ...(surfaces.includes("chatCompletions") && { chatCompletion: "true" }),
    ...(surfaces.includes("responses") && { responses: "true" }),
    ...(surfaces.includes("embeddings") && { embeddings: "true" }),
  };
}

function rateLimitsOf({ sku, model }: Deployment): readonly JsonObject[] {
  if (sku.capacity === undefined || !isStandardType(sku.name)) return [];
  const facts = factsOf(model);
  return [
    { key: "request", renewalPeriod: 60, count: sku.capacity * facts.requestsPerUnit },
    { key: "token", renewalPeriod: 60, count: sku.capacity * facts.tokensPerUnit },
  ];
}

function systemData(createdAtMs: number): JsonObject {
  const createdAt = new Date(createdAtMs).toISOString();
  return { createdBy: PRINCIPAL, createdByType: "User", createdAt };
}

/** Any id will do that stays the same. */
function internalId(account: Account): string {
  return Buffer.from(accountId(account)).toString("hex").slice(-32);
}
