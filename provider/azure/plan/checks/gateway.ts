/** Checks of a gateway across its accounts: uniqueness, and what the gateway cannot reach. */
import { isBuiltInProvider } from "../../../../sdk/contract/builtInProviders";
import { MAX_MODEL_ID_CHARS, MAX_PROVIDER_ID_CHARS } from "../../../../sdk/contract/limits";
import { MAX_ACCOUNTS_PER_LOCATION, UNROUTABLE_SKUS } from "../azureModels";
import { at, type Findings, quoted } from "../findings";
import { PROVIDER_ID, REGION_KEY, toCheckName, toDeploymentResourceName } from "../names";
import { type DeploymentEntry, isList, type NewAccount, toApi, toEntries } from "../normalize";
import { DEFAULT_PREFIX, type Gateway, type GatewayRegion, ownProviderIds } from "../normalizeGateway";
import type { Values } from "../values";
import { checkResourceGroup } from "./account";
import { Places } from "./places";

/** @param usedProviderIds provider id → name of the program's other gateway that uses it */
export function checkGateway<V extends Values>(
  gateway: Gateway<V>,
  usedProviderIds: ReadonlyMap<string, string>,
  findings: Findings,
): void {
  const { given, regions, sharedDeployments } = gateway;
  checkResourceGroup(given.resourceGroup, "resourceGroup", findings);
  checkRegionKeys(gateway, findings);
  if (isList(given.deployments ?? {})) checkListed(sharedDeployments, findings);
  checkSet(given.keySlots, "keySlots", "key1", findings);
  checkSurfaces(gateway, findings);
  const places = new Places();
  for (const region of regions) {
    checkOverrides(region, gateway, findings);
    checkModels(region, gateway, places, findings);
    checkReachable(region, findings);
    checkKeys(region, findings);
  }
  checkAccounts(gateway, findings);
  checkProviderIds(gateway, findings);
  checkOtherGateways(gateway, usedProviderIds, findings);
  checkPulumiNames(gateway, findings);
}

function checkRegionKeys<V extends Values>({ regions }: Gateway<V>, findings: Findings): void {
  if (regions.length === 0) findings.problem("regions", "is empty: give at least one, such as { eastus2: {} }");
  const seen = new Map<string, string>();
  for (const { key, path, account, isNamedByLocation } of regions) {
    const first = seen.get(key);
    if (!REGION_KEY.test(key)) {
      // An invalid location of a new account is reported separately.
      if (isNamedByLocation && account.kind === "new") continue;
      const text = `has the key ${JSON.stringify(key)}, but a region's key, or else its location, has letters, digits, "-", "_", "." and spaces: give one`;
      findings.problem(path, text);
    } else if (first !== undefined) {
      findings.problem(path, `has the key ${JSON.stringify(key)}, as has ${first}: give one of them another key`);
    }
    seen.set(key, first ?? path);
  }
}

/** In a list, two deployments may get the same model id. */
function checkListed(entries: readonly DeploymentEntry<unknown>[], findings: Findings): void {
  for (const [index, { key, path }] of entries.entries()) {
    const first = entries.findIndex((entry) => entry.key === key);
    if (first === index || key === "") continue;
    const text = `has the model id ${JSON.stringify(key)}, as has ${entries[first]?.path}: give one of them another name`;
    findings.problem(path, text);
  }
}

function checkOverrides<V extends Values>(
  { path, given }: GatewayRegion<V>,
  { sharedDeployments }: Gateway<V>,
  findings: Findings,
): void {
  const { deployments = {} } = given;
  const entries = toEntries(deployments, at(path, "deployments"));
  if (isList(deployments)) checkListed(entries, findings);
  for (const entry of entries) {
    if (entry.given !== null || sharedDeployments.some(({ key }) => key === entry.key)) continue;
    const shared = quoted(sharedDeployments.map(({ key }) => key)) || "nothing";
    const text = `is null, which leaves out a deployment of all regions, but deployments has ${shared}: remove it`;
    findings.problem(entry.path, text, ["deployments"]);
  }
}

function checkModels<V extends Values>(
  region: GatewayRegion<V>,
  { common }: Gateway<V>,
  places: Places,
  findings: Findings,
): void {
  if (region.models.length === 0) {
    const text = "leaves the region without any: add one, here or for all regions in deployments";
    findings.problem(at(region.path, "deployments"), text, ["deployments", at(region.path, "existingDeployments")]);
  }
  for (const { key, path } of region.models) {
    if (!places.isNew("model id", path)) continue;
    if (!/^[A-Za-z0-9._-]+$/.test(key) || key.length > MAX_MODEL_ID_CHARS) {
      // A deployment in a list without name and model has no model id; the missing model is reported separately.
      if (key === "") continue;
      const text = `has the model id ${JSON.stringify(key)}, but an id has 1 to ${MAX_MODEL_ID_CHARS} letters, digits, "-", "_" and ".": change the key, and give the deployment's own name as name`;
      findings.problem(path, text);
    }
  }
  for (const { model, pathOf } of region.deployments) {
    if (toApi(model) !== "anthropic" || common.apiMode === "v1" || !places.isNew("format", pathOf("model"))) continue;
    const text = `is of format ${JSON.stringify(model.format)}, which a dated URL does not serve: use apiMode "v1"`;
    findings.problem(pathOf("model"), text, ["apiMode"]);
  }
  for (const { sku, pathOf } of region.deployments) {
    if (!UNROUTABLE_SKUS.includes(sku) || !places.isNew("routable", pathOf("sku"))) continue;
    const text = `is ${JSON.stringify(sku)}, which serves no chat behind a gateway: choose another, or use AzureOpenAIRegion`;
    findings.problem(pathOf("sku"), text);
  }
}

/** The gateway sends requests over the internet. */
function checkReachable<V extends Values>(region: GatewayRegion<V>, findings: Findings): void {
  const { path, account, baseUrlOverride } = region;
  if (account.kind === "new" && baseUrlOverride === undefined) checkOpen(account, path, findings);
  const isAddress = /^(https:\/\/[^/\s?#]+|http:\/\/[^/\s?#]+\.internal(:\d+)?)\/?$/;
  if (typeof baseUrlOverride !== "string" || isAddress.test(baseUrlOverride)) return;
  const text = `is ${JSON.stringify(baseUrlOverride)}, but must be an address alone, with https:// (or http:// for *.internal hosts): correct it`;
  findings.problem(at(path, "baseUrlOverride"), text);
}

function checkOpen<V extends Values>({ given }: NewAccount<V>, path: string, findings: Findings): void {
  const advice = `so the gateway could not reach the account: allow it, or give ${at(path, "baseUrlOverride")} an address that leads there`;
  if (given.publicNetworkAccess === false) {
    findings.problem(at(path, "account", "publicNetworkAccess"), `is false, ${advice}`);
  }
  const { networkAcls } = given;
  const isClosed = networkAcls !== undefined && (networkAcls.defaultAction ?? "Deny") === "Deny";
  if (!isClosed || networkAcls.ipRules?.length) return;
  findings.problem(at(path, "account", "networkAcls"), `lets no address in, ${advice}`);
}

/** The gateway authenticates with a key. */
function checkKeys<V extends Values>(region: GatewayRegion<V>, findings: Findings): void {
  const { path, account, keys, keySlots, given } = region;
  checkSet(given.keySlots, at(path, "keySlots"), "key1", findings);
  if (keys === undefined) {
    if (account.kind === "existing" || account.hasLocalAuth) return;
    const text = "is true, so the account has no keys, and the gateway needs one: remove it";
    findings.problem(at(path, "account", "disableLocalAuth"), text);
    return;
  }
  const isEmpty = keys.key1 === undefined && keys.key2 === undefined;
  for (const slot of isEmpty ? [] : keySlots) {
    if (keys[slot] !== undefined) continue;
    const text = "is missing, but keySlots names it: give it, or leave it out of keySlots";
    findings.problem(at(path, "keys", slot), text, ["keySlots", at(path, "keySlots")]);
  }
}

function checkSurfaces<V extends Values>({ given: { surfaces }, common }: Gateway<V>, findings: Findings): void {
  checkSet(surfaces, "surfaces", "chat-completions", findings);
  if (common.apiMode === "v1" || !surfaces?.includes("responses")) return;
  const text = 'has "responses", which a deployment\'s URL does not serve: remove it, or use apiMode "v1"';
  findings.problem("surfaces", text, ["apiMode"]);
}

function checkSet(entries: readonly string[] | undefined, path: string, example: string, findings: Findings): void {
  if (entries === undefined) return;
  if (entries.length === 0) findings.problem(path, `is empty: give at least one, such as ${JSON.stringify(example)}`);
  for (const [index, entry] of entries.entries()) {
    if (entries.indexOf(entry) === index) continue;
    findings.problem(at(path, index), `is ${JSON.stringify(entry)} a second time: remove it`);
  }
}

function checkAccounts<V extends Values>({ regions }: Gateway<V>, findings: Findings): void {
  const names = new Map<string, string>();
  const subdomains = new Map<string, string>();
  for (const [index, region] of regions.entries()) {
    const { account } = region;
    const path = at(region.path, "account", ...(account.kind === "existing" ? ["existing"] : []));
    const group = groupOf(region) ?? `group of region ${index}`;
    const isTwice =
      typeof account.name === "string" && isSecond(names, account.name, at(path, "name"), findings, group);
    if (account.subdomain === undefined || isTwice) continue;
    isSecond(subdomains, account.subdomain, at(path, "subdomain"), findings);
  }
  const locations = regions.flatMap(({ account }) => (account.kind === "new" ? [account.location] : []));
  for (const location of new Set(locations)) {
    const count = locations.filter((other) => other === location).length;
    if (count <= MAX_ACCOUNTS_PER_LOCATION) continue;
    const text = `has ${count} new accounts in ${location}, but a subscription has at most ${MAX_ACCOUNTS_PER_LOCATION} in one location: move some elsewhere`;
    findings.problem("regions", text);
  }
}

/** Name of an account's resource group: empty for the shared one, `undefined` if it is not known yet. */
function groupOf<V extends Values>({ account }: GatewayRegion<V>): string | undefined {
  if (account.kind === "existing") return textOf(account.resourceGroupName);
  return account.resourceGroup.kind === "shared" ? "" : textOf(account.resourceGroup.name);
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** Whether another account already has the name, which is then reported; Azure ignores the case of names. */
function isSecond(seen: Map<string, string>, name: string, path: string, findings: Findings, scope = ""): boolean {
  const key = `${scope}/${name}`.toLowerCase();
  const first = seen.get(key);
  if (first !== undefined) {
    findings.problem(path, `is ${JSON.stringify(name)}, as is ${first}: give one of them another`, [first]);
  }
  seen.set(key, first ?? path);
  return first !== undefined;
}

function checkProviderIds<V extends Values>({ given, regions }: Gateway<V>, findings: Findings): void {
  const { providerIdPrefix } = given;
  if (providerIdPrefix !== undefined && !PROVIDER_ID.test(providerIdPrefix)) {
    const text = `is ${JSON.stringify(providerIdPrefix)}, but has lower-case letters, digits and "-", and begins with one of the first two: correct it`;
    findings.problem("providerIdPrefix", text);
    return;
  }
  const seen = new Map<string, string>();
  for (const { path, providers } of regions) {
    for (const { providerId, models } of providers) {
      const first = seen.get(providerId);
      const what = `leads to the provider id ${JSON.stringify(providerId)}`;
      if (first !== undefined) {
        const served = quoted(models.map(({ key }) => key));
        const text = `${what} for ${served}, as does ${first}: change the region's key or the model's`;
        findings.problem(path, text, ["deployments", first]);
      } else if (providerId.length > MAX_PROVIDER_ID_CHARS) {
        const text = `leads to a provider id of ${providerId.length} characters, but one has at most ${MAX_PROVIDER_ID_CHARS}: shorten the region's key or the model's`;
        findings.problem(path, text, ["deployments", "providerIdPrefix"]);
      } else if (isBuiltInProvider(providerId)) {
        findings.warning(
          path,
          `${what}, a built-in provider of the gateway: change providerIdPrefix or the region's key`,
        );
      }
      seen.set(providerId, first ?? path);
    }
  }
}

/** Provider ids must be unique in an account of the gateway. */
function checkOtherGateways<V extends Values>(
  { given, regions }: Gateway<V>,
  usedProviderIds: ReadonlyMap<string, string>,
  findings: Findings,
): void {
  const used = ownProviderIds(regions).find((id) => usedProviderIds.has(id));
  if (used === undefined) return;
  const { providerIdPrefix } = given;
  const what =
    providerIdPrefix === undefined
      ? `is left out, and the default ${JSON.stringify(DEFAULT_PREFIX)} leads`
      : `is ${JSON.stringify(providerIdPrefix)}, which leads`;
  const owner = JSON.stringify(usedProviderIds.get(used));
  const text = `${what} to the provider id ${JSON.stringify(used)}, as in AzureOpenAIGateway ${owner}: give each gateway a prefix of its own`;
  findings.problem("providerIdPrefix", text, ["regions", "deployments"]);
}

/** A URN contains the types of the parents but not their names, so all names of one type must differ. */
function checkPulumiNames<V extends Values>({ name, regions }: Gateway<V>, findings: Findings): void {
  const byType = [
    regions.flatMap(({ providers }) => providers.map(({ resourceName }) => resourceName)),
    regions.flatMap((region) => region.deployments.map(({ key }) => toDeploymentResourceName(region.name, key))),
    regions.flatMap((region) => region.models.map(({ key }) => toCheckName(name, region.key, key))),
  ];
  const isTwice = (resourceName: string, index: number, names: string[]) => names.indexOf(resourceName) !== index;
  for (const twice of new Set(byType.flatMap((names) => names.filter(isTwice)))) {
    const text = `lead to two Pulumi resources named ${JSON.stringify(twice)}: change a region's key or a model's`;
    findings.problem("regions", text, ["deployments"]);
  }
}
