/** Accounts that were deleted and can be restored, until they are purged. */
import { empty, json } from "../http";
import { normalizeLocation } from "../locations";
import { accountKey, type DeletedAccount, keyOf } from "../state";
import type { ManagerCall } from "./call";
import { resourceNotFound } from "./errors";
import { viewDeletedAccount } from "./views";

export function listDeletedAccounts({ state, subscriptionId }: ManagerCall): Response {
  const deleted = state.deletedAccounts
    .values()
    .filter(({ account }) => keyOf(account.subscriptionId) === keyOf(subscriptionId));
  return json(200, { value: [...deleted.map(viewDeletedAccount)] });
}

export function getDeletedAccount(call: ManagerCall): Response {
  const deleted = findDeleted(call);
  const { account = "", resourceGroup = "" } = call.parameters;
  if (deleted === undefined) {
    throw resourceNotFound("Microsoft.CognitiveServices/deletedAccounts", account, resourceGroup);
  }
  return json(200, viewDeletedAccount(deleted));
}

/** Frees name, subdomain and quota at once. */
export function purgeDeletedAccount(call: ManagerCall): Response {
  const deleted = findDeleted(call);
  if (deleted === undefined) return empty(204);
  call.state.deletedAccounts.delete(accountKey(deleted.account));
  return empty(200);
}

function findDeleted({ state, subscriptionId, parameters }: ManagerCall): DeletedAccount | undefined {
  const deleted = state.deletedAccount(subscriptionId, parameters.resourceGroup ?? "", parameters.account ?? "");
  return deleted?.account.location === normalizeLocation(parameters.location ?? "") ? deleted : undefined;
}
