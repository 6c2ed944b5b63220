/** Deleted accounts, which can be restored until they are purged. */
import { empty, json } from "../http";
import { normalizeLocation } from "../locations";
import { type DeletedAccount, keyOf } from "../state";
import { acceptedOrDone, type ManagerCall, regionalOperations } from "./call";
import { resourceNotFound } from "./errors";
import { deletedAccountId, viewDeletedAccount } from "./views";

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

/** Frees name, subdomain and quota when it completes. */
export function purgeDeletedAccount(call: ManagerCall): Response {
  const deleted = findDeleted(call);
  if (deleted === undefined) return empty(204);
  deleted.operation ??= call.start("Purging", deletedAccountId(deleted.account));
  return acceptedOrDone(call, deleted.operation, regionalOperations(deleted.account));
}

function findDeleted({ state, subscriptionId, parameters }: ManagerCall): DeletedAccount | undefined {
  const deleted = state.deletedAccount(subscriptionId, parameters.resourceGroup ?? "", parameters.account ?? "");
  return deleted?.account.location === normalizeLocation(parameters.location ?? "") ? deleted : undefined;
}
