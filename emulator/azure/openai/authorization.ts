/** Whether a request may use an account's data plane. */
import { createHash, timingSafeEqual } from "node:crypto";
import { isObject } from "../http";
import type { Account } from "../state";
import { deniedByFirewall, invalidKey, invalidToken, keysDisabled, publicAccessDisabled } from "./errors";

/**
 * The dated routes accept a key only in `api-key`; a bearer token there must be from Entra, which the local Azure does not emulate.
 * The v1 routes accept a key in either header.
 *
 * @throws Refusal
 */
export function authorize(account: Account, request: Request, family: "dated" | "v1"): void {
  checkNetwork(account);
  const key = request.headers.get("api-key");
  const token = bearerToken(request);
  if (key === null && token !== undefined && family === "dated") throw invalidToken();
  const presented = key ?? token;
  if (presented === undefined || !account.keys.some((own) => isEqual(own, presented))) throw invalidKey();
  if (account.settings.disableLocalAuth === true) throw keysDisabled();
}

function checkNetwork({ settings }: Account): void {
  if (settings.publicNetworkAccess === "Disabled") throw publicAccessDisabled();
  const rules = settings.networkAcls;
  if (!isObject(rules) || rules.defaultAction !== "Deny") return;
  // Any address rule is assumed to match the caller, because all callers of the local Azure have the same address.
  if (!Array.isArray(rules.ipRules) || rules.ipRules.length === 0) throw deniedByFirewall();
}

/** The key of a request, in either header. */
export function presentedKey(request: Request): string | undefined {
  return request.headers.get("api-key") ?? bearerToken(request);
}

function bearerToken(request: Request): string | undefined {
  return /^Bearer +(\S+)$/i.exec(request.headers.get("authorization") ?? "")?.[1];
}

function isEqual(one: string, other: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}
