/**
 * Azure Resource Manager, as far as an Azure OpenAI account with its deployments needs it.
 *
 * Not emulated: roles and policies (any bearer token may do everything in any subscription), locks, throttling of the
 * resource manager, private endpoints, and every other resource type.
 */
import { randomUUID } from "node:crypto";
import type { Cloud } from "../hosts";
import { empty, findRoute, isObject, type Parameters, route } from "../http";
import type { AzureState, Operation } from "../state";
import { deleteAccount, getAccount, listAccounts, listKeys, patchAccount, putAccount, regenerateKey } from "./accounts";
import { type ManagerCall, stillRunning } from "./call";
import { type CapacityLimit, CapacityQuota } from "./capacityQuota";
import { getDeletedAccount, listDeletedAccounts, purgeDeletedAccount } from "./deletedAccounts";
import { deleteDeployment, getDeployment, listDeployments, patchDeployment, putDeployment } from "./deployments";
import {
  authenticationFailed,
  invalidBody,
  invalidSubscription,
  missingApiVersion,
  notServed,
  refuse,
  unknownApiVersion,
} from "./errors";
import {
  deleteResourceGroup,
  getResourceGroup,
  listResourceGroups,
  patchResourceGroup,
  putResourceGroup,
} from "./resourceGroups";

export interface ManagerOptions {
  /** How long creating, changing and deleting takes, in milliseconds. */
  readonly provisioningMs: number;
  readonly capacityLimits: readonly CapacityLimit[];
}

type Handler = (call: ManagerCall) => Response;

const GROUPS = "/subscriptions/{subscription}/resourceGroups";
const GROUP = `${GROUPS}/{resourceGroup}`;
const PROVIDER = "/subscriptions/{subscription}/providers/Microsoft.CognitiveServices";
const ACCOUNTS = `${GROUP}/providers/Microsoft.CognitiveServices/accounts`;
const ACCOUNT = `${ACCOUNTS}/{account}`;
const DEPLOYMENT = `${ACCOUNT}/deployments/{deployment}`;
const DELETED_ACCOUNT = `${PROVIDER}/locations/{location}/resourceGroups/{resourceGroup}/deletedAccounts/{account}`;

const ROUTES = [
  route<Handler>("GET", GROUPS, listResourceGroups),
  route<Handler>("GET", GROUP, getResourceGroup),
  route<Handler>("PUT", GROUP, putResourceGroup),
  route<Handler>("PATCH", GROUP, patchResourceGroup),
  route<Handler>("DELETE", GROUP, deleteResourceGroup),
  route<Handler>("GET", ACCOUNTS, listAccounts),
  route<Handler>("GET", `${PROVIDER}/accounts`, listAccounts),
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
  route<Handler>("GET", `${PROVIDER}/deletedAccounts`, listDeletedAccounts),
  route<Handler>("GET", DELETED_ACCOUNT, getDeletedAccount),
  route<Handler>("DELETE", DELETED_ACCOUNT, purgeDeletedAccount),
];

const OPERATION_ROUTES = [
  route("GET", `${PROVIDER}/locations/{location}/operationResults/{operation}`, undefined),
  route("GET", "/subscriptions/{subscription}/operationresults/{operation}", undefined),
];

/** Of `Microsoft.CognitiveServices`. Another family than those of the data plane, though some look alike. */
const COGNITIVE_API_VERSIONS = [
  "2021-04-30",
  "2021-10-01",
  "2022-03-01",
  "2022-10-01",
  "2022-12-01",
  "2023-05-01",
  "2023-10-01-preview",
  "2024-04-01-preview",
  "2024-06-01-preview",
  "2024-10-01",
  "2025-04-01-preview",
  "2025-06-01",
  "2025-07-01-preview",
  "2025-09-01",
  "2025-10-01-preview",
  "2025-12-01",
  "2026-01-15-preview",
  "2026-03-01",
  "2026-03-15-preview",
  "2026-05-01",
  "2026-05-15-preview",
  "2026-07-01",
];
const API_VERSION = /^\d{4}-\d{2}-\d{2}(-preview)?$/;
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
  async handle(cloud: Cloud, request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    if (!/^Bearer ./i.test(request.headers.get("authorization") ?? "")) throw authenticationFailed();
    const apiVersion = searchParams.get("api-version");
    if (apiVersion === null) throw missingApiVersion();
    checkApiVersion(apiVersion, pathname);
    const polled = findRoute(OPERATION_ROUTES, request.method, pathname);
    if (polled !== undefined) return this.poll(cloud, pathname, apiVersion, polled.parameters);
    const found = findRoute(ROUTES, request.method, pathname);
    if (found === undefined) throw notServed(request.method, pathname);
    const body = await readBody(request);
    // What completed while the body came in has completed.
    this.state.settle();
    return found.handle({
      state: this.state,
      quota: this.quota,
      cloud,
      apiVersion,
      subscriptionId: subscriptionOf(found.parameters),
      parameters: found.parameters,
      body,
      start: (kind) => this.startOperation(kind),
    });
  }

  private startOperation(kind: Operation["kind"]): Operation {
    const operation = { id: randomUUID(), kind, completesAtMs: this.state.now() + this.provisioningMs };
    this.state.operations.set(operation.id, operation);
    return operation;
  }

  private poll(cloud: Cloud, path: string, apiVersion: string, { operation: id = "" }: Parameters): Response {
    const operation = this.state.operations.get(id);
    if (operation === undefined) throw refuse(404, "NotFound", `The operation '${id}' was not found.`);
    return operation.completesAtMs > this.state.now() ? stillRunning(cloud, path, apiVersion) : empty(200);
  }
}

function checkApiVersion(apiVersion: string, path: string): void {
  const isCognitive = /\/providers\/Microsoft\.CognitiveServices\//i.test(path);
  const isKnown = isCognitive ? COGNITIVE_API_VERSIONS.includes(apiVersion) : API_VERSION.test(apiVersion);
  if (!isKnown)
    throw unknownApiVersion(apiVersion, isCognitive ? "accounts" : "resourceGroups", COGNITIVE_API_VERSIONS);
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
    // Refused below, like any other body that is no JSON object.
  }
  throw invalidBody();
}
