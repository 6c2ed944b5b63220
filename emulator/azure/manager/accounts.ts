/** Cognitive Services accounts of the kinds that serve Azure OpenAI: `OpenAI` and `AIServices`. */
import { empty, isObject, json, textOf } from "../http";
import { isLocation, LOCATION_NAMES, normalizeLocation } from "../locations";
import {
  type Account,
  type AzureState,
  accountKey,
  type DeletedAccount,
  keyOf,
  newAccountKey,
  newEtag,
  provisioningState,
  type ResourceGroup,
} from "../state";
import { acceptedOrDone, changed, type ManagerCall, regionalOperations, tagsOf } from "./call";
import {
  accountNotReady,
  invalidAccountSku,
  invalidKeyName,
  invalidKind,
  invalidResourceName,
  invalidSubdomain,
  keysDisabled,
  locationNotAvailable,
  locationRequired,
  mustBeRestored,
  nothingToRestore,
  otherLocation,
  parentNotFound,
  requestConflict,
  resourceNotFound,
  subdomainCannotChange,
  subdomainInUse,
  subdomainRequired,
  tooManyAccounts,
} from "./errors";
import { requireGroupForWrite } from "./resourceGroups";
import { ACCOUNT_TYPE, accountId, viewAccount } from "./views";

const MAX_ACCOUNTS_PER_LOCATION = 30;
const NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]{1,63}$/;
const SUBDOMAIN = /^[a-z0-9][a-z0-9-]{0,62}[a-z0-9]$/i;
const KINDS = new Set(["OpenAI", "AIServices"]);

export function getAccount(call: ManagerCall): Response {
  return json(200, viewAccount(requireAccount(call)));
}

export function listAccounts({ state, subscriptionId, parameters }: ManagerCall): Response {
  const { resourceGroup } = parameters;
  const accounts = state.accounts
    .values()
    .filter((account) => keyOf(account.subscriptionId) === keyOf(subscriptionId))
    .filter((account) => resourceGroup === undefined || keyOf(account.resourceGroupName) === keyOf(resourceGroup));
  return json(200, { value: [...accounts.map(viewAccount)] });
}

export function putAccount(call: ManagerCall): Response {
  const group = requireGroupForWrite(call);
  const existing = findAccount(call);
  return existing === undefined ? createAccount(call, group) : updateAccount(call, existing, 200);
}

/** Merges the sent body into the resource, one level deep and within `properties`. */
export function patchAccount(call: ManagerCall): Response {
  const account = requireAccount(call);
  const { kind, location, sku, identity, tags, settings } = account;
  const properties = { ...settings, ...(isObject(call.body.properties) && call.body.properties) };
  const body = { kind, location, sku, identity, tags, ...call.body, properties };
  return updateAccount({ ...call, body }, account, 202);
}

export function deleteAccount(call: ManagerCall): Response {
  const account = findAccount(call);
  if (account === undefined) return empty(204);
  refuseWhileBusy(account);
  account.operation = call.start("Deleting", accountId(account));
  return acceptedOrDone(call, account.operation, regionalOperations(account));
}

export function listKeys(call: ManagerCall): Response {
  const account = requireAccount(call);
  if (account.settings.disableLocalAuth === true) throw keysDisabled();
  return json(200, viewKeys(account));
}

/** Invalidates the key's old value at once. */
export function regenerateKey(call: ManagerCall): Response {
  const account = requireAccount(call);
  const index = ["key1", "key2"].indexOf(String(call.body.keyName).toLowerCase());
  if (index < 0) throw invalidKeyName();
  account.keys[index] = newAccountKey();
  return json(200, viewKeys(account));
}

function viewKeys({ keys: [key1, key2] }: Account) {
  return { key1, key2 };
}

export function findAccount({ state, subscriptionId, parameters }: ManagerCall): Account | undefined {
  return state.account(subscriptionId, parameters.resourceGroup ?? "", parameters.account ?? "");
}

/** @throws Refusal while another write to the account, or to a deployment or content filter of it, runs. */
export function refuseWhileBusy(account: Account): void {
  const all = [account, ...account.deployments.values(), ...account.raiPolicies.values()];
  if (all.some(({ operation }) => operation !== undefined)) throw requestConflict(accountId(account));
}

/** @throws Refusal when it does not exist. */
export function requireAccount(call: ManagerCall): Account {
  const account = findAccount(call);
  const { account: name = "", resourceGroup = "" } = call.parameters;
  if (account === undefined) throw resourceNotFound(ACCOUNT_TYPE, name, resourceGroup);
  return account;
}

/** @throws Refusal when the account of a child resource does not exist. */
export function requireParent(call: ManagerCall, childType: string): Account {
  const account = findAccount(call);
  const { account: name = "", resourceGroup: resourceGroupName = "" } = call.parameters;
  if (account !== undefined) return account;
  throw parentNotFound(childType, accountId({ subscriptionId: call.subscriptionId, resourceGroupName, name }));
}

/** @throws Refusal while the account accepts no write to its children. */
export function refuseUnlessReady(account: Account): void {
  if (account.operation?.kind === "Creating") throw accountNotReady(accountId(account), provisioningState(account));
  refuseWhileBusy(account);
}

// ── create ───────────────────────────────────────────────────────────────────────────────────────────────────────

function createAccount(call: ManagerCall, group: ResourceGroup): Response {
  const { state, parameters } = call;
  const location = textOf(call.body.location);
  const wanted = readAccount(call);
  const name = parameters.account ?? "";
  if (!NAME.test(name)) throw invalidResourceName(name, ACCOUNT_TYPE);
  if (location === undefined) throw locationRequired();
  if (!isLocation(location)) throw locationNotAvailable(location, ACCOUNT_TYPE, LOCATION_NAMES);
  const key = { subscriptionId: group.subscriptionId, resourceGroupName: group.name, name };
  const id = accountId(key);
  const deleted = state.deletedAccount(key.subscriptionId, key.resourceGroupName, name);
  checkRestore(deleted, wanted.isRestore, id);
  checkSubdomain(state, wanted, deleted?.account);
  const placed = { ...key, cloud: call.cloud, location: normalizeLocation(location), createdAtMs: state.now() };
  if (deleted !== undefined && deleted.account.location !== placed.location) {
    throw otherLocation(name, deleted.account.location, group.name, placed.location);
  }
  if (deleted === undefined) checkAccountCount(state, placed);
  if (deleted?.operation !== undefined) throw requestConflict(id);
  const operation = call.start("Creating", id);
  const account: Account = {
    ...placed,
    ...wanted.fields,
    keys: deleted?.account.keys ?? [newAccountKey(), newAccountKey()],
    etag: newEtag(),
    deployments: deleted?.account.deployments ?? new Map(),
    raiPolicies: deleted?.account.raiPolicies ?? new Map(),
    operation,
  };
  if (deleted !== undefined) state.deletedAccounts.delete(accountKey(deleted.account));
  state.addAccount(account);
  return changed(call, { running: 201, done: 201 }, operation, regionalOperations(account), () => viewAccount(account));
}

function checkRestore(deleted: DeletedAccount | undefined, isRestore: boolean, id: string): void {
  if (deleted !== undefined && !isRestore) throw mustBeRestored(id);
  if (deleted === undefined && isRestore) throw nothingToRestore(id);
}

/** Subdomains are unique in all of Azure, and remain reserved for an account that was deleted and not purged. */
function checkSubdomain(state: AzureState, { fields }: WantedAccount, restored: Account | undefined): void {
  const { subdomain, settings } = fields;
  if (subdomain === undefined) {
    if (isObject(settings.networkAcls)) throw subdomainRequired("networkAcls");
    return;
  }
  if (!SUBDOMAIN.test(subdomain)) throw invalidSubdomain(subdomain);
  const holders = [...state.accounts.values(), ...state.deletedAccounts.values().map(({ account }) => account)];
  if (holders.some((holder) => holder !== restored && holder.subdomain === subdomain)) throw subdomainInUse(subdomain);
}

function checkAccountCount(
  state: AzureState,
  { subscriptionId, location }: { subscriptionId: string; location: string },
): void {
  const deleted = state.deletedAccounts.values().map(({ account }) => account);
  const count = [...state.accounts.values(), ...deleted].filter(
    (account) => keyOf(account.subscriptionId) === keyOf(subscriptionId) && account.location === location,
  ).length;
  if (count >= MAX_ACCOUNTS_PER_LOCATION) throw tooManyAccounts(MAX_ACCOUNTS_PER_LOCATION, location);
}

// ── update ───────────────────────────────────────────────────────────────────────────────────────────────────────

function updateAccount(call: ManagerCall, account: Account, running: 200 | 202): Response {
  refuseWhileBusy(account);
  const location = textOf(call.body.location);
  if (location !== undefined && normalizeLocation(location) !== account.location) {
    throw otherLocation(account.name, account.location, account.resourceGroupName, location);
  }
  const wanted = readAccount(call);
  const { subdomain } = wanted.fields;
  if (account.subdomain !== undefined && subdomain !== undefined && subdomain !== account.subdomain) {
    throw subdomainCannotChange(account.subdomain);
  }
  if (account.subdomain === undefined) checkSubdomain(call.state, wanted, account);
  const operation = call.start("Accepted", accountId(account));
  Object.assign(account, wanted.fields, { subdomain: account.subdomain ?? subdomain, etag: newEtag(), operation });
  return changed(call, { running, done: 200 }, operation, regionalOperations(account), () => viewAccount(account));
}

// ── reading the body ─────────────────────────────────────────────────────────────────────────────────────────────

interface WantedAccount {
  readonly fields: Pick<Account, "kind" | "sku" | "identity" | "tags" | "settings" | "subdomain">;
  readonly isRestore: boolean;
}

function readAccount({ body }: ManagerCall): WantedAccount {
  const kind = textOf(body.kind) ?? "";
  const skuName = isObject(body.sku) ? textOf(body.sku.name) : undefined;
  if (!KINDS.has(kind)) throw invalidKind(kind);
  if (!isObject(body.sku) || skuName !== "S0") throw invalidAccountSku();
  const { restore, customSubDomainName, ...settings } = isObject(body.properties) ? body.properties : {};
  return {
    fields: {
      kind,
      sku: { ...body.sku, name: skuName },
      identity: isObject(body.identity) ? body.identity : undefined,
      tags: tagsOf(body.tags),
      settings,
      subdomain: textOf(customSubDomainName)?.toLowerCase(),
    },
    isRestore: restore === true,
  };
}
