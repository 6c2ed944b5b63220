/** How things are named where the program leaves it open. Every name can be told before anything exists. */

export const MAX_ACCOUNT_NAME_CHARS = 64;
export const MAX_RESOURCE_GROUP_NAME_CHARS = 90;
export const MAX_DEPLOYMENT_NAME_CHARS = 64;
export const MAX_PROVIDER_ID_CHARS = 255;
export const MAX_MODEL_ID_CHARS = 255;

export const ACCOUNT_NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]{1,63}$/;
export const SUBDOMAIN = /^[a-z0-9][a-z0-9-]{0,62}[a-z0-9]$/;
export const RESOURCE_GROUP_NAME = /^[\p{L}\p{N}_().-]{0,89}[\p{L}\p{N}_()-]$/u;
export const DEPLOYMENT_NAME = /^[a-zA-Z0-9._-]{1,64}$/;
export const PROVIDER_ID = /^[a-z0-9][a-z0-9-]*$/;

/** Enough that two components of equal name do not meet, few enough to leave room for the name. */
const HASH_DIGITS = 6;

/** The location as Azure answers with it: "East US 2" is `eastus2`. */
export function normaliseLocation(location: string): string {
  return location.toLowerCase().replace(/\s/g, "");
}

/** Lower-case letters, digits and single hyphens; never empty. */
export function slug(text: string): string {
  const plain = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
  return plain === "" ? "azure" : plain;
}

/**
 * `<base>-<location>-<hash>`. It holds the location so that a region that moves gets a new name: the old one stays taken for
 * 48 hours after the account is deleted.
 */
export function accountName(base: string, location: string, hash: string): string {
  const tail = `-${location}-${hash.slice(0, HASH_DIGITS)}`;
  return shortened(slug(base), MAX_ACCOUNT_NAME_CHARS - tail.length) + tail;
}

/** `<base>-<hash>`; without a location, as the group stays where it is when regions change. */
export function resourceGroupName(base: string, hash: string): string {
  const tail = `-${hash.slice(0, HASH_DIGITS)}`;
  return shortened(slug(base), MAX_RESOURCE_GROUP_NAME_CHARS - tail.length) + tail;
}

function shortened(text: string, maxChars: number): string {
  return text.slice(0, Math.max(1, maxChars)).replace(/-$/, "");
}

/** The account's name as a host name may hold it. */
export function toSubdomain(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9-]/g, "-")
    .replace(/^-+|-+$/g, "");
}

/** What a region's or model's name becomes in a provider id: letters in lower case, digits and hyphens stay. */
export function inProviderId(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9-]/g, "-");
}
