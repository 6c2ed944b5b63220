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
  type ResourceGroup,
} from "../state";
import { accepted, type ManagerCall, tagsOf } from "./call";
import {
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
  return existing === undefined ? createAccount(call, group) : updateAccount(call, existing);
}

/** Merges what is sent into what is there, one level deep and within `properties`. */
export function patchAccount(call: ManagerCall): Response {
  const account = requireAccount(call);
  const { kind, location, sku, identity, tags, settings } = account;
  const properties = { ...settings, ...(isObject(call.body.properties) && call.body.properties) };
  return updateAccount({ ...call, body: { kind, location, sku, identity, tags, ...call.body, properties } }, account);
}

export function deleteAccount(call: ManagerCall): Response {
  const account = findAccount(call);
  if (account === undefined) return empty(204);
  refuseWhileBusy(account);
  account.operation = call.start("Deleting");
  return accepted(call, account.operation, operationResultsPath(account)) ?? empty(200);
}

export function listKeys(call: ManagerCall): Response {
  const account = requireAccount(call);
  if (account.settings.disableLocalAuth === true) throw keysDisabled();
  return json(200, viewKeys(account));
}

/** The key's old value stops at once. */
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

/** Where the operations of the account's region can be asked after. */
export function operationResultsPath({ subscriptionId, location }: Account): string {
  return `/subscriptions/${subscriptionId}/providers/Microsoft.CognitiveServices/locations/${location}/operationResults`;
}

export function findAccount({ state, subscriptionId, parameters }: ManagerCall): Account | undefined {
  return state.account(subscriptionId, parameters.resourceGroup ?? "", parameters.account ?? "");
}

/** @throws Refusal while another write to the account or one of its deployments runs. */
export function refuseWhileBusy(account: Account): void {
  const isBusy =
    account.operation !== undefined || account.deployments.values().some(({ operation }) => operation !== undefined);
  if (isBusy) throw requestConflict(accountId(account));
}

function requireAccount(call: ManagerCall): Account {
  const account = findAccount(call);
  const { account: name = "", resourceGroup = "" } = call.parameters;
  if (account === undefined) throw resourceNotFound(ACCOUNT_TYPE, name, resourceGroup);
  return account;
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
  const deleted = state.deletedAccount(key.subscriptionId, key.resourceGroupName, name);
  checkRestore(deleted, wanted.isRestore, accountId(key));
  checkSubdomain(state, wanted, deleted?.account);
  const placed = { ...key, cloud: call.cloud, location: normalizeLocation(location), createdAtMs: state.now() };
  if (deleted !== undefined && deleted.account.location !== placed.location) {
    throw otherLocation(name, deleted.account.location, group.name, placed.location);
  }
  if (deleted === undefined) checkAccountCount(state, placed);
  const account: Account = {
    ...placed,
    ...wanted.fields,
    keys: deleted?.account.keys ?? [newAccountKey(), newAccountKey()],
    etag: newEtag(),
    deployments: deleted?.account.deployments ?? new Map(),
    operation: call.start("Creating"),
  };
  if (deleted !== undefined) state.deletedAccounts.delete(accountKey(deleted.account));
  state.addAccount(account);
  state.settle();
  return json(201, viewAccount(account));
}

function checkRestore(deleted: DeletedAccount | undefined, isRestore: boolean, id: string): void {
  if (deleted !== undefined && !isRestore) throw mustBeRestored(id);
  if (deleted === undefined && isRestore) throw nothingToRestore(id);
}

/** Subdomains are unique in all of Azure, and stay taken by an account that was deleted and not purged. */
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

function updateAccount(call: ManagerCall, account: Account): Response {
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
  Object.assign(account, wanted.fields, {
    subdomain: account.subdomain ?? subdomain,
    etag: newEtag(),
    operation: call.start("Accepted"),
  });
  call.state.settle();
  return json(200, viewAccount(account));
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
