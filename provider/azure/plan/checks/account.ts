/** Checks of one account: location, names, resource group, and arguments that do not apply to an existing account. */
import { OPENAI_DOMAINS } from "../../../azureAddress";
import { at, type Findings } from "../findings";
import type { ResourceGroupInputs } from "../inputs";
import { ACCOUNT_NAME, DEPLOYMENT_NAME, REGION_KEY, RESOURCE_GROUP_NAME, SUBDOMAIN } from "../names";
import type { NewAccount, Region } from "../normalize";
import type { Values } from "../values";

export const NOT_A_DEPLOYMENT_NAME =
  'but a deployment\'s name has 1 to 64 letters, digits, "-", "_" and ".": correct it';

export function checkAccount<V extends Values>(region: Region<V>, findings: Findings): void {
  if (region.account.kind === "existing") checkExistingAccount(region, findings);
  else checkNewAccount(region, region.account, findings);
  checkKeys(region, findings);
  for (const [key, name] of region.existingDeployments) {
    if (DEPLOYMENT_NAME.test(name) && key !== "") continue;
    const text = `contains ${JSON.stringify(name)}, ${NOT_A_DEPLOYMENT_NAME}`;
    findings.problem(at(region.path, "existingDeployments"), text);
  }
}

function checkNewAccount<V extends Values>(region: Region<V>, account: NewAccount<V>, findings: Findings): void {
  const { path, given } = region;
  const { name, subdomain, nameSuffix, restore } = account.given;
  const hasLocation = checkLocation(region, findings);
  if (name !== undefined && !ACCOUNT_NAME.test(name)) {
    const text = `is ${JSON.stringify(name)}, but an account's name has 2 to 64 letters, digits, "-", "_" and ".", and begins with a letter or digit: change it`;
    findings.problem(at(path, "account", "name"), text);
  } else if (hasLocation && !SUBDOMAIN.test(account.subdomain)) {
    const what =
      subdomain === undefined
        ? `would be ${JSON.stringify(account.subdomain)}, from the name ${JSON.stringify(account.name)}`
        : `is ${JSON.stringify(subdomain)}`;
    const text = `${what}, but a subdomain has 2 to 64 lower-case letters, digits and "-", and neither begins nor ends with "-": give another`;
    findings.problem(at(path, "account", "subdomain"), text);
  }
  if (name !== undefined && nameSuffix !== undefined) {
    const text = "has no effect beside account.name: remove one of the two";
    findings.problem(at(path, "account", "nameSuffix"), text);
  }
  if (restore === true) {
    const text =
      'is true, which fails unless an account of this name was deleted in the last 48 hours: give "ifDeleted", or remove it once the account is restored';
    findings.warning(at(path, "account", "restore"), text);
  }
  if (given.existingDeployments !== undefined) {
    const text = "is given for a new account, which has none: give account.existing, or list them in deployments";
    findings.problem(at(path, "existingDeployments"), text);
  }
  checkResourceGroup(given.resourceGroup, at(path, "resourceGroup"), findings);
}

/** Whether a new account has a valid location. */
function checkLocation<V extends Values>({ path, given, key }: Region<V>, findings: Findings): boolean {
  const where = at(path, "location");
  const location = given.location ?? key;
  if (location === "") {
    findings.problem(where, 'is missing: give the Azure region of the new account, such as "eastus2"');
    return false;
  }
  if (/^[a-z0-9]+$/i.test(location.replace(/\s/g, ""))) return true;
  // An invalid key is reported separately.
  if (given.location === undefined && !REGION_KEY.test(key)) return false;
  const text =
    given.location === undefined
      ? `is missing, and the region's key ${JSON.stringify(key)} is not a location: give one such as "eastus2"`
      : `is ${JSON.stringify(location)}, but Azure's regions are written as "eastus2" or "East US 2": correct it`;
  findings.problem(where, text);
  return false;
}

export function checkResourceGroup<V extends Values>(
  group: ResourceGroupInputs<V> | undefined,
  path: string,
  findings: Findings,
): void {
  if (group === undefined) return;
  const { existing, ...others } = group;
  if (existing !== undefined) {
    for (const field of givenFields(others)) {
      findings.problem(at(path, field), "has no effect on an existing group: remove it, or remove existing");
    }
  }
  const [field, name] = existing === undefined ? ["name", group.name] : ["existing", existing];
  if (typeof name !== "string" || RESOURCE_GROUP_NAME.test(name)) return;
  const text = `is ${JSON.stringify(name)}, but a resource group's name has 1 to 90 letters, digits, "_", "(", ")", "-" and ".", and does not end with ".": change it`;
  findings.problem(at(path, field), text);
}

function checkExistingAccount<V extends Values>(region: Region<V>, findings: Findings): void {
  const { path, given } = region;
  const { existing, ...others } = given.account ?? {};
  for (const field of givenFields(others)) {
    const text = "is for a new account and has no effect on account.existing: remove one of the two";
    findings.problem(at(path, "account", field), text);
  }
  if (given.location !== undefined && !region.isNamedByLocation) {
    findings.problem(at(path, "location"), "is for a new account and has no effect on account.existing: remove it");
  }
  if (given.resourceGroup !== undefined) {
    const text = "is for a new account and has no effect on account.existing: remove it";
    findings.problem(at(path, "resourceGroup"), text);
  }
  const where = at(path, "account", "existing");
  for (const field of ["resourceGroupName", "name"] as const) {
    if (existing?.[field] !== undefined && existing[field] !== "") continue;
    findings.problem(at(where, field), "is missing: give it as the portal shows it");
  }
  const endpoint = existing?.endpoint;
  if (typeof endpoint === "string" && !/^https:\/\/[^/\s?#]+\/?$/.test(endpoint)) {
    const text = `is ${JSON.stringify(endpoint)}, but must be the account's address alone, such as "https://contoso.${OPENAI_DOMAINS.public}": correct it`;
    findings.problem(at(where, "endpoint"), text);
  }
  if (endpoint !== undefined && existing?.subdomain !== undefined) {
    findings.problem(at(where, "subdomain"), "is given beside endpoint, which says the same: remove one of the two");
  }
}

function checkKeys<V extends Values>({ path, keys }: Region<V>, findings: Findings): void {
  if (keys === undefined || keys.key1 !== undefined || keys.key2 !== undefined) return;
  findings.problem(at(path, "keys"), "is empty: give key1, key2 or both, or remove it to read them from Azure");
}

function givenFields(given: object): string[] {
  return Object.entries(given).flatMap(([field, value]) => (value === undefined ? [] : [field]));
}
