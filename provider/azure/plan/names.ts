/** Bounds and default forms of names in Azure, at the gateway and in Pulumi. Every default name is known before anything exists. */

export const MAX_ACCOUNT_NAME_CHARS = 64;
export const MAX_RESOURCE_GROUP_NAME_CHARS = 90;

export const ACCOUNT_NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]{1,63}$/;
export const SUBDOMAIN = /^[a-z0-9][a-z0-9-]{0,62}[a-z0-9]$/;
export const RESOURCE_GROUP_NAME = /^[\p{L}\p{N}_().-]{0,89}[\p{L}\p{N}_()-]$/u;
export const DEPLOYMENT_NAME = /^[a-zA-Z0-9._-]{1,64}$/;
export const PROVIDER_ID = /^[a-z0-9][a-z0-9-]*$/;
export const REGION_KEY = /^[\w .-]+$/;

/** Enough digits to distinguish components with equal names, few enough to leave room for the name. */
const HASH_DIGITS = 6;

/** A location in Azure's notation: `eastus2` for "East US 2". */
export function normalizeLocation(location: string): string {
  return location.toLowerCase().replace(/\s/g, "");
}

/** Lower-case letters, digits and single hyphens; never empty. */
export function toSlug(text: string): string {
  const plain = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
  return plain === "" ? "azure" : plain;
}

/**
 * `<base>-<location>-<hash>`. The location is included because a deleted account keeps its name for 48 hours, so a region that moves
 * needs a different one.
 */
export function toAccountName(base: string, location: string, hash: string): string {
  const tail = `-${location}-${hash.slice(0, HASH_DIGITS)}`;
  return shortened(toSlug(base), MAX_ACCOUNT_NAME_CHARS - tail.length) + tail;
}

/** `<base>-<hash>`, without a location, because the group does not move when regions change. */
export function toResourceGroupName(base: string, hash: string): string {
  const tail = `-${hash.slice(0, HASH_DIGITS)}`;
  return shortened(toSlug(base), MAX_RESOURCE_GROUP_NAME_CHARS - tail.length) + tail;
}

function shortened(text: string, maxChars: number): string {
  return text.slice(0, Math.max(1, maxChars)).replace(/-$/, "");
}

/** An account's name converted to the characters of a host name. */
export function toSubdomain(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9-]/g, "-")
    .replace(/^-+|-+$/g, "");
}

/** A region's or model's name converted to the characters of a provider id: lower-case letters, digits and hyphens. */
export function toProviderIdPart(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9-]/g, "-");
}

/** Pulumi name of a deployment. */
export function toDeploymentResourceName(regionName: string, modelId: string): string {
  return `${regionName}-deploy-${modelId}`;
}

/** Pulumi name of a check of one model in one region. */
export function toCheckName(gatewayName: string, regionKey: string, modelId: string): string {
  return `${gatewayName}-${regionKey}-${modelId}`;
}

/** Pulumi name of a check of a model's failover list, or of one entry of it. */
export function toFailoverCheckName(gatewayName: string, model: string): string {
  return `${gatewayName}-failover-${model.replace(/[:/]/g, "-")}`;
}
