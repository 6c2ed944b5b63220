/**
 * Content filter configurations of an account, which its deployments name as `raiPolicyName`. The data plane applies them to
 * prompts (`openai/contentFilter.ts`).
 * @see https://learn.microsoft.com/rest/api/aiservices/accountmanagement/rai-policies
 *
 * Not emulated: block lists, and filters for answers.
 */
import { empty, isObject, json, textOf } from "../http";
import { type Account, keyOf, newEtag, type RaiPolicy } from "../state";
import { findAccount, refuseUnlessReady, refuseWhileBusy, requireParent } from "./accounts";
import { acceptedOrDone, type ManagerCall, regionalOperations, tagsOf } from "./call";
import { invalidRaiPolicy, raiPolicyInUse, resourceNotFound } from "./errors";
import { RAI_POLICY_TYPE, raiPolicyId, viewRaiPolicy } from "./views";

/** Policies that every account has. */
const SYSTEM_POLICIES = ["Microsoft.Default", "Microsoft.DefaultV2", "Microsoft.Nil"];
const SOURCES = ["Prompt", "Completion"];
const LEVELS = ["Low", "Medium", "High"];
const MODES = ["Default", "Deferred", "Blocking", "Asynchronous_filter"];

export function isSystemRaiPolicy(name: string): boolean {
  return SYSTEM_POLICIES.some((policy) => keyOf(policy) === keyOf(name));
}

export function getRaiPolicy(call: ManagerCall): Response {
  const account = requireParent(call, "raiPolicies");
  const name = call.parameters.policy ?? "";
  const policy = account.raiPolicies.get(keyOf(name)) ?? systemPolicy(account, name);
  if (policy !== undefined) return json(200, viewRaiPolicy(account, policy));
  throw resourceNotFound(RAI_POLICY_TYPE, `${account.name}/${name}`, account.resourceGroupName);
}

export function listRaiPolicies(call: ManagerCall): Response {
  const account = requireParent(call, "raiPolicies");
  const system = SYSTEM_POLICIES.flatMap((name) => systemPolicy(account, name) ?? []);
  return json(200, { value: [...system, ...account.raiPolicies.values()].map((each) => viewRaiPolicy(account, each)) });
}

export function putRaiPolicy(call: ManagerCall): Response {
  const account = requireParent(call, "raiPolicies");
  refuseUnlessReady(account);
  const name = call.parameters.policy ?? "";
  if (isSystemRaiPolicy(name))
    throw invalidRaiPolicy(`The policy '${name}' is managed by Microsoft and cannot be changed.`);
  const existing = account.raiPolicies.get(keyOf(name));
  const policy: RaiPolicy = {
    name: existing?.name ?? name,
    properties: readProperties(account, call.body),
    tags: tagsOf(call.body.tags),
    etag: newEtag(),
    createdAtMs: existing?.createdAtMs ?? call.state.now(),
  };
  account.raiPolicies.set(keyOf(name), policy);
  return json(existing === undefined ? 201 : 200, viewRaiPolicy(account, policy));
}

export function deleteRaiPolicy(call: ManagerCall): Response {
  const account = findAccount(call);
  const policy = account?.raiPolicies.get(keyOf(call.parameters.policy ?? ""));
  if (account === undefined || policy === undefined) return empty(204);
  refuseWhileBusy(account);
  const user = account.deployments
    .values()
    .find(({ settings }) => keyOf(textOf(settings.raiPolicyName) ?? "") === keyOf(policy.name));
  if (user !== undefined) throw raiPolicyInUse(policy.name, user.name);
  policy.operation = call.start("Deleting", raiPolicyId(account, policy.name));
  return acceptedOrDone(call, policy.operation, regionalOperations(account));
}

function readProperties(account: Account, body: Record<string, unknown>): Record<string, unknown> {
  const properties = isObject(body.properties) ? body.properties : {};
  const { basePolicyName, mode, contentFilters = [] } = properties;
  if (mode !== undefined) requireOneOf("mode", mode, MODES);
  const base = textOf(basePolicyName);
  if (base !== undefined && !isSystemRaiPolicy(base) && !account.raiPolicies.has(keyOf(base))) {
    throw invalidRaiPolicy(`The base policy '${base}' does not exist.`);
  }
  if (!Array.isArray(contentFilters)) throw invalidRaiPolicy("'contentFilters' must be a list.");
  for (const [index, filter] of contentFilters.entries()) checkFilter(`contentFilters[${index}]`, filter);
  return properties;
}

/** Filters with unknown names are accepted, because Azure adds new ones. */
function checkFilter(path: string, filter: unknown): void {
  if (!isObject(filter) || textOf(filter.name) === undefined) throw invalidRaiPolicy(`'${path}.name' is required.`);
  requireOneOf(`${path}.source`, filter.source, SOURCES);
  if (filter.severityThreshold !== undefined)
    requireOneOf(`${path}.severityThreshold`, filter.severityThreshold, LEVELS);
}

function requireOneOf(path: string, value: unknown, allowed: readonly string[]): void {
  if (allowed.includes(String(value))) return;
  throw invalidRaiPolicy(`The value '${String(value)}' of '${path}' is not one of ${allowed.join(", ")}.`);
}

function systemPolicy({ createdAtMs }: Account, name: string): RaiPolicy | undefined {
  const found = SYSTEM_POLICIES.find((policy) => keyOf(policy) === keyOf(name));
  if (found === undefined) return undefined;
  const properties = { type: "SystemManaged", mode: "Blocking", contentFilters: [] };
  return { name: found, properties, tags: undefined, etag: `"${found}"`, createdAtMs };
}
