/**
 * The part of Azure Resource Manager that Azure OpenAI accounts, their deployments and their governance need.
 *
 * Not emulated: roles and policies (any bearer token may do everything in any subscription), locks, throttling (except through
 * faults), private endpoints, and every other resource type.
 */
import { findRoute, isObject, type Parameters, Refusal, route } from "../http";
import type { AzureState } from "../state";
import { deleteAccount, getAccount, listAccounts, listKeys, patchAccount, putAccount, regenerateKey } from "./accounts";
import { unknownApiVersionOf } from "./apiVersions";
import type { ManagerCall } from "./call";
import { type CapacityLimit, CapacityQuota } from "./capacityQuota";
import { getDeletedAccount, listDeletedAccounts, purgeDeletedAccount } from "./deletedAccounts";
import { deleteDeployment, getDeployment, listDeployments, patchDeployment, putDeployment } from "./deployments";
import {
  authenticationFailed,
  invalidBody,
  invalidSubscription,
  missingApiVersion,
  notServed,
  unknownApiVersion,
} from "./errors";
import { ACTION_GROUP_TYPE, actionGroups } from "./monitor/actionGroups";
import { diagnosticSettings } from "./monitor/diagnosticSettings";
import { metricAlerts } from "./monitor/metricAlerts";
import type { StoredHandlers } from "./monitor/storedResources";
import { WORKSPACE_TYPE, workspaces } from "./monitor/workspaces";
import { type Poll, showOperation, showOperationResult } from "./operations";
import { deleteRaiPolicy, getRaiPolicy, listRaiPolicies, putRaiPolicy } from "./raiPolicies";
import {
  deleteResourceGroup,
  getResourceGroup,
  listResourceGroups,
  patchResourceGroup,
  putResourceGroup,
} from "./resourceGroups";

export interface ManagerOptions {
  /** Duration of create, change and delete operations, in milliseconds. */
  readonly provisioningMs: number;
  readonly capacityLimits: readonly CapacityLimit[];
}

/** The cloud of the called resource manager, and its address. */
export type Caller = Pick<ManagerCall, "cloud" | "origin">;

type Handler = (call: ManagerCall) => Response;

const SUBSCRIPTION = "/subscriptions/{subscription}";
const GROUPS = `${SUBSCRIPTION}/resourceGroups`;
const GROUP = `${GROUPS}/{resourceGroup}`;
const COGNITIVE = `${SUBSCRIPTION}/providers/Microsoft.CognitiveServices`;
const ACCOUNTS = `${GROUP}/providers/Microsoft.CognitiveServices/accounts`;
const ACCOUNT = `${ACCOUNTS}/{account}`;
const DEPLOYMENT = `${ACCOUNT}/deployments/{deployment}`;
const POLICY = `${ACCOUNT}/raiPolicies/{policy}`;
const DELETED_ACCOUNT = `${COGNITIVE}/locations/{location}/resourceGroups/{resourceGroup}/deletedAccounts/{account}`;

const ROUTES = [
  route<Handler>("GET", GROUPS, listResourceGroups),
  route<Handler>("GET", GROUP, getResourceGroup),
  route<Handler>("PUT", GROUP, putResourceGroup),
  route<Handler>("PATCH", GROUP, patchResourceGroup),
  route<Handler>("DELETE", GROUP, deleteResourceGroup),
  route<Handler>("GET", ACCOUNTS, listAccounts),
  route<Handler>("GET", `${COGNITIVE}/accounts`, listAccounts),
  route<Handler>("GET", ACCOUNT, getAccount),
  route<Handler>("PUT", ACCOUNT, putAccount),
  route<Handler>("PATCH", ACCOUNT, patchAccount),
  route<Handler>("DELETE", ACCOUNT, deleteAccount),
  route<Handler>("POST", `${ACCOUNT}/listKeys`, listKeys),
  route<Handler>("POST", `${ACCOUNT}/regenerateKey`, regenerateKey),
  route<Handler>("GET", `${ACCOUNT}/deployments`, listDeployments),
  route<Handler>("GET", DEPLOYMENT, getDeployment),
  route<Handler>("PUT", DEPLOYMENT, putDeployment),
  route<Handler>("PATCH", DEPLOYMENT, patchDeployment),
  route<Handler>("DELETE", DEPLOYMENT, deleteDeployment),
  route<Handler>("GET", `${ACCOUNT}/raiPolicies`, listRaiPolicies),
  route<Handler>("GET", POLICY, getRaiPolicy),
  route<Handler>("PUT", POLICY, putRaiPolicy),
  route<Handler>("DELETE", POLICY, deleteRaiPolicy),
  route<Handler>("GET", `${COGNITIVE}/deletedAccounts`, listDeletedAccounts),
  route<Handler>("GET", DELETED_ACCOUNT, getDeletedAccount),
  route<Handler>("DELETE", DELETED_ACCOUNT, purgeDeletedAccount),
  ...storedRoutes(`${ACCOUNT}/providers/Microsoft.Insights/diagnosticSettings`, diagnosticSettings),
  ...storedRoutes(`${GROUP}/providers/Microsoft.Insights/metricAlerts`, metricAlerts),
  ...storedRoutes(`${GROUP}/providers/${ACTION_GROUP_TYPE}`, actionGroups),
  ...storedRoutes(`${GROUP}/providers/${WORKSPACE_TYPE}`, workspaces),
];

function storedRoutes(all: string, handlers: StoredHandlers) {
  return [
    route<Handler>("GET", all, handlers.list),
    route<Handler>("GET", `${all}/{name}`, handlers.get),
    route<Handler>("PUT", `${all}/{name}`, handlers.put),
    route<Handler>("PATCH", `${all}/{name}`, handlers.patch),
    route<Handler>("DELETE", `${all}/{name}`, handlers.remove),
  ];
}

type PollHandler = (poll: Poll) => Response;

const POLLING_ROUTES = [`${COGNITIVE}/locations/{location}`, SUBSCRIPTION].flatMap((scope) => [
  route<PollHandler>("GET", `${scope}/operations/{operation}`, showOperation),
  route<PollHandler>("GET", `${scope}/operationResults/{operation}`, showOperationResult),
]);

const SUBSCRIPTION_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export class ResourceManager {
  private readonly provisioningMs: number;
  private readonly quota: CapacityQuota;

  constructor(
    private readonly state: AzureState,
    { provisioningMs, capacityLimits }: ManagerOptions,
  ) {
    this.provisioningMs = provisioningMs;
    this.quota = new CapacityQuota(state, capacityLimits);
  }

  /** @throws Refusal */
  async handle(caller: Caller, request: Request, url: URL): Promise<Response> {
    const { pathname: path, searchParams } = url;
    if (!/^Bearer ./i.test(request.headers.get("authorization") ?? "")) throw authenticationFailed();
    const apiVersion = searchParams.get("api-version");
    if (apiVersion === null) throw missingApiVersion();
    const unknown = unknownApiVersionOf(path, apiVersion);
    if (unknown !== undefined) throw unknownApiVersion(apiVersion, unknown.type, unknown.supported);
    const polled = findRoute(POLLING_ROUTES, request.method, path);
    if (polled !== undefined) {
      const viewOf = (id: string) => this.view(id, apiVersion, caller);
      const address = `${caller.origin}${path}${url.search}`;
      return polled.handle({ state: this.state, url: address, path, parameters: polled.parameters, viewOf });
    }
    const body = await readBody(request);
    // Operations may have completed while the body was read.
    this.state.settle();
    if (request.method !== "GET") this.state.revision += 1;
    const answered = this.dispatch(request.method, path, apiVersion, body, caller);
    if (answered === undefined) throw notServed(request.method, path);
    return answered;
  }

  /** The resource as a GET returns it; undefined if it does not exist. */
  private view(id: string, apiVersion: string, caller: Caller): Response | undefined {
    try {
      return this.dispatch("GET", id, apiVersion, {}, caller);
    } catch (error) {
      if (error instanceof Refusal) return undefined;
      throw error;
    }
  }

  /** Undefined if no route matches. */
  private dispatch(
    method: string,
    path: string,
    apiVersion: string,
    body: Record<string, unknown>,
    caller: Caller,
  ): Response | undefined {
    const found = findRoute(ROUTES, method, path);
    return found?.handle({
      cloud: caller.cloud,
      origin: caller.origin,
      state: this.state,
      quota: this.quota,
      apiVersion,
      subscriptionId: subscriptionOf(found.parameters),
      parameters: found.parameters,
      body,
      start: (kind, resourceId) => this.state.startOperation(kind, resourceId, this.provisioningMs),
    });
  }
}

function subscriptionOf({ subscription = "" }: Parameters): string {
  if (!SUBSCRIPTION_ID.test(subscription)) throw invalidSubscription(subscription);
  return subscription;
}

async function readBody(request: Request): Promise<Record<string, unknown>> {
  const text = await request.text();
  if (text === "") return {};
  try {
    const body: unknown = JSON.parse(text);
    if (isObject(body)) return body;
  } catch {
    // Rejected below, like any other body that is not a JSON object.
  }
  throw invalidBody();
}
