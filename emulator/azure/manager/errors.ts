/** The resource manager's refusals. Codes and messages are Azure's own as users report them; a comment marks those that were not found. */
import { Refusal } from "../http";
import type { CapacityBounds } from "../models/deploymentTypes";

export function refuse(status: number, code: string, message: string): Refusal {
  return new Refusal(status, { error: { code, message } });
}

// ── the request ──────────────────────────────────────────────────────────────────────────────────────────────────

export function authenticationFailed(): Refusal {
  return refuse(401, "AuthenticationFailed", "Authentication failed. The 'Authorization' header is missing.");
}

export function missingApiVersion(): Refusal {
  return refuse(
    400,
    "MissingApiVersionParameter",
    "The api-version query parameter (?api-version=) is required for all requests.",
  );
}

export function unknownApiVersion(apiVersion: string, type: string, supported: readonly string[]): Refusal {
  return refuse(
    400,
    "NoRegisteredProviderFound",
    `No registered resource provider found for location '' and API version '${apiVersion}' for type '${type}'. The supported api-versions are '${supported.join(", ")}'.`,
  );
}

export function invalidSubscription(subscriptionId: string): Refusal {
  return refuse(
    400,
    "InvalidSubscriptionId",
    `The provided subscription identifier '${subscriptionId}' is malformed or invalid.`,
  );
}

export function invalidBody(): Refusal {
  return refuse(400, "InvalidRequestContent", "The request content was invalid and could not be deserialized.");
}

/** Not Azure's wording: names the services that the local Azure does not have. */
export function notServed(method: string, path: string): Refusal {
  return refuse(
    404,
    "InvalidResourceType",
    `The local Azure does not serve ${method} ${path}. It serves resource groups; Cognitive Services accounts with their deployments, keys and content filters; diagnostic settings, metric alerts, action groups and Log Analytics workspaces.`,
  );
}

// ── existence ────────────────────────────────────────────────────────────────────────────────────────────────────

export function resourceGroupNotFound(name: string): Refusal {
  return refuse(404, "ResourceGroupNotFound", `Resource group '${name}' could not be found.`);
}

export function resourceNotFound(type: string, name: string, resourceGroupName: string): Refusal {
  return refuse(
    404,
    "ResourceNotFound",
    `The Resource '${type}/${name}' under resource group '${resourceGroupName}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix`,
  );
}

export function parentNotFound(childType: string, accountId: string): Refusal {
  return refuse(
    404,
    "ParentResourceNotFound",
    `Failed to perform 'write' on resource(s) of type 'accounts/${childType}', because the parent resource '${accountId}' could not be found.`,
  );
}

export function resourceGroupBeingDeleted(name: string): Refusal {
  return refuse(
    409,
    "ResourceGroupBeingDeleted",
    `The resource group '${name}' is in deprovisioning state and cannot perform this operation.`,
  );
}

export function requestConflict(accountId: string): Refusal {
  return refuse(
    409,
    "RequestConflict",
    `Another operation is being performed on the parent resource '${accountId}'. Please try again later.`,
  );
}

// ── location ─────────────────────────────────────────────────────────────────────────────────────────────────────

export function locationRequired(): Refusal {
  return refuse(400, "LocationRequired", "The location property is required for this definition.");
}

export function locationNotAvailable(location: string, type: string, available: readonly string[]): Refusal {
  return refuse(
    400,
    "LocationNotAvailableForResourceType",
    `The provided location '${location}' is not available for resource type '${type}'. List of available regions for the resource type is '${available.join(",")}'.`,
  );
}

export function otherLocation(name: string, existing: string, resourceGroupName: string, wanted: string): Refusal {
  return refuse(
    409,
    "InvalidResourceLocation",
    `The resource '${name}' already exists in location '${existing}' in resource group '${resourceGroupName}'. A resource with the same name cannot be created in location '${wanted}'. Please select a new resource name.`,
  );
}

export function otherResourceGroupLocation(wanted: string, existing: string): Refusal {
  return refuse(
    409,
    "InvalidResourceGroupLocation",
    `Invalid resource group location '${wanted}'. The Resource group already exists in location '${existing}'.`,
  );
}

// ── accounts ─────────────────────────────────────────────────────────────────────────────────────────────────────

export function invalidResourceName(name: string, type: string): Refusal {
  return refuse(400, "InvalidResourceName", `Resource name ${name} is invalid for the resource type ${type}.`);
}

export function invalidKind(kind: string): Refusal {
  return refuse(400, "InvalidApiSetId", `The account type '${kind}' is either invalid or unavailable in given region.`);
}

export function invalidAccountSku(): Refusal {
  return refuse(
    400,
    "InvalidSkuId",
    "The account's sku is missing or not offered for its kind; OpenAI accounts are 'S0'.",
  );
}

export function mustBeRestored(accountId: string): Refusal {
  return refuse(
    409,
    "FlagMustBeSetForRestore",
    `An existing resource with ID '${accountId}' has been soft-deleted. To restore the resource, you must specify 'restore' to be 'true' in the property. If you don't want to restore existing resource, please purge it first.`,
  );
}

export function nothingToRestore(accountId: string): Refusal {
  return refuse(
    409,
    "CanNotRestoreANonExistingResource",
    `Could not locate a resource to restore. The resource with ID '${accountId}' doesn't exist or it is already purged.`,
  );
}

export function subdomainInUse(subdomain: string): Refusal {
  return refuse(
    409,
    "CustomDomainInUse",
    `Please pick a different name. The subdomain name '${subdomain}' is not available as it's already used by a resource. If the resource using the name was deleted in the last 48 hours, you may need to purge the deleted resource. Learn more at "https://go.microsoft.com/fwlink/?linkid=2215493"`,
  );
}

// Code and wording of the next four are not Azure's: that Azure refuses is documented, its wording was not found.

export function invalidSubdomain(subdomain: string): Refusal {
  return refuse(
    400,
    "InvalidCustomSubDomainName",
    `The subdomain name '${subdomain}' is not valid: it takes 2 to 64 letters, digits and '-', and does not end with '-'.`,
  );
}

export function subdomainCannotChange(existing: string): Refusal {
  return refuse(
    400,
    "CustomSubDomainNameCannotBeChanged",
    `The custom subdomain name of the resource is '${existing}' and cannot be changed.`,
  );
}

export function subdomainRequired(property: string): Refusal {
  return refuse(400, "CustomSubDomainNameRequired", `'${property}' needs a resource with a custom subdomain name.`);
}

export function tooManyAccounts(limit: number, location: string): Refusal {
  return refuse(
    400,
    "AccountCountLimitReached",
    `The subscription has reached the limit of ${limit} accounts of kind 'OpenAI' in region '${location}'. Deleted accounts count until they are purged.`,
  );
}

// ── deployments ──────────────────────────────────────────────────────────────────────────────────────────────────

export function accountNotReady(accountId: string, state: string): Refusal {
  return refuse(
    400,
    "AccountProvisioningStateInvalid",
    `Call to Microsoft.CognitiveServices/accounts failed. Error message: Account ${accountId} in state ${state}`,
  );
}

/** Azure's message, and how to add a model that the local Azure does not list. */
export function modelNotSupported(format: string, name: string, version: string): Refusal {
  return refuse(
    400,
    "DeploymentModelNotSupported",
    `The model 'Format: ${format}, Name: ${name}, Version: ${version}' of account deployment is not supported. (Local Azure: if Azure has this model, add it with --azure-models or the option "models" of startAzure.)`,
  );
}

/** @param retiredOn such as `2026-10-01`. */
export function modelRetired(format: string, name: string, version: string, retiredOn: string): Refusal {
  const [year, month, day] = retiredOn.split("-");
  return refuse(
    400,
    "ServiceModelDeprecated",
    `The model 'Format:${format},Name:${name},Version:${version}' has been deprecated since ${month}/${day}/${year} 00:00:00.`,
  );
}

export function skuNotSupportedByModel(sku: string, name: string, version: string): Refusal {
  return refuse(
    400,
    "InvalidResourceProperties",
    `The specified SKU '${sku}' of account deployment is not supported by the model '${name}' version: '${version}'.`,
  );
}

export function skuNotSupportedInRegion(sku: string, name: string, version: string, location: string): Refusal {
  return refuse(
    400,
    "InvalidResourceProperties",
    `The specified SKU '${sku}' for model '${name} ${version}' is not supported in this region '${location}'.`,
  );
}

export interface QuotaShortage {
  readonly wanted: number;
  readonly usage: number;
  readonly limit: number;
  readonly quotaName: string;
}

export function insufficientQuota({ wanted, usage, limit, quotaName }: QuotaShortage): Refusal {
  return refuse(
    400,
    "InsufficientQuota",
    `This operation require ${wanted} new capacity in quota ${quotaName}, which is bigger than the current available capacity ${Math.max(0, limit - usage)}. The current quota usage is ${usage} and the quota limit is ${limit} for quota ${quotaName}.`,
  );
}

/** The code is Azure's; only the wording for an upper bound was found. */
export function invalidCapacity(capacity: number, { minimum, step, maximum }: CapacityBounds): Refusal {
  const expected =
    step === 1
      ? `greater than ${minimum - 1} and no more than ${maximum}`
      : `at least ${minimum}, in increments of ${step}, and no more than ${maximum}`;
  return refuse(
    400,
    "InvalidCapacity",
    `The specified capacity '${capacity}' of account deployment should be ${expected}.`,
  );
}

// Code and wording of the rest are not Azure's: that Azure refuses is documented, its wording was not found.

export function raiPolicyNotFound(name: string): Refusal {
  return invalidDeployment(`The RAI policy '${name}' does not exist in the account.`);
}

export function invalidRaiPolicy(message: string): Refusal {
  return refuse(400, "InvalidRaiPolicy", message);
}

export function raiPolicyInUse(name: string, deployment: string): Refusal {
  return refuse(409, "RaiPolicyInUse", `The RAI policy '${name}' is used by the deployment '${deployment}'.`);
}

export function invalidDeployment(message: string): Refusal {
  return refuse(400, "InvalidResourceProperties", message);
}

export function tooManyDeployments(limit: number): Refusal {
  return refuse(
    400,
    "DeploymentCountLimitReached",
    `The account has reached the limit of ${limit} deployments of the Standard types.`,
  );
}

// ── keys ─────────────────────────────────────────────────────────────────────────────────────────────────────────

export function keysDisabled(): Refusal {
  return refuse(400, "BadRequest", "Failed to list key. disableLocalAuth is set to be true");
}

export function invalidKeyName(): Refusal {
  return refuse(400, "InvalidKeyName", "The key name must be 'Key1' or 'Key2'.");
}
