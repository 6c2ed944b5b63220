/** One request to the resource manager, and the asynchronous operation that it may start. */
import type { Cloud } from "../hosts";
import { empty, type Headers, isObject, json, type Parameters } from "../http";
import type { AzureState, Operation, Tags } from "../state";
import type { CapacityQuota } from "./capacityQuota";

export interface ManagerCall {
  readonly state: AzureState;
  readonly quota: CapacityQuota;
  readonly cloud: Cloud;
  /** Address at which the caller reaches the resource manager, such as `https://management.azure.com`. */
  readonly origin: string;
  readonly subscriptionId: string;
  readonly apiVersion: string;
  readonly parameters: Parameters;
  /** Empty if none was sent. */
  readonly body: Record<string, unknown>;
  /** Starts an operation with the configured duration of the local Azure. */
  start(kind: Operation["kind"], resourceId: string): Operation;
}

/** Polling address of operations on a region's Cognitive Services resources. */
export function regionalOperations({ subscriptionId, location }: { subscriptionId: string; location: string }): string {
  return `/subscriptions/${subscriptionId}/providers/Microsoft.CognitiveServices/locations/${location}`;
}

/** 202 with both polling addresses while the operation runs; 200 if it has already ended. */
export function acceptedOrDone(call: ManagerCall, operation: Operation, operationsPath: string): Response {
  call.state.settle();
  if (!call.state.isRunning(operation)) return empty(200);
  return empty(202, pollingHeaders(call, operation, operationsPath));
}

/** The resource, and the polling addresses while its operation runs. */
export function changed(
  call: ManagerCall,
  status: { readonly running: number; readonly done: number },
  operation: Operation,
  operationsPath: string,
  view: () => unknown,
): Response {
  call.state.settle();
  if (!call.state.isRunning(operation)) return json(status.done, view());
  return json(status.running, view(), pollingHeaders(call, operation, operationsPath));
}

/** @see https://learn.microsoft.com/azure/azure-resource-manager/management/async-operations */
function pollingHeaders({ origin, apiVersion }: ManagerCall, { id }: Operation, operationsPath: string): Headers {
  const address = (kind: string) => `${origin}${operationsPath}/${kind}/${id}?api-version=${apiVersion}`;
  return {
    "azure-asyncoperation": address("operations"),
    location: address("operationResults"),
    "retry-after": "0",
  };
}

export function tagsOf(value: unknown): Tags | undefined {
  if (!isObject(value)) return undefined;
  return Object.fromEntries(Object.entries(value).map(([key, text]) => [key, String(text)]));
}
