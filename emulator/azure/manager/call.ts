/** One request to the resource manager, and the asynchronous operation it may begin. */
import type { Cloud } from "../hosts";
import { managerHost } from "../hosts";
import { empty, isObject, type Parameters } from "../http";
import type { AzureState, Operation, Tags } from "../state";
import type { CapacityQuota } from "./capacityQuota";

export interface ManagerCall {
  readonly state: AzureState;
  readonly quota: CapacityQuota;
  readonly cloud: Cloud;
  readonly subscriptionId: string;
  readonly apiVersion: string;
  readonly parameters: Parameters;
  /** Empty where none was sent. */
  readonly body: Record<string, unknown>;
  /** Begins an operation that takes as long as the stand-in was told. */
  start(kind: Operation["kind"]): Operation;
}

/** The answer that tells where to ask for the end of an operation; undefined where it has ended already. */
export function accepted(call: ManagerCall, operation: Operation, resultsPath: string): Response | undefined {
  call.state.settle();
  if (operation.completesAtMs <= call.state.now()) return undefined;
  return stillRunning(call.cloud, `${resultsPath}/${operation.id}`, call.apiVersion);
}

export function stillRunning(cloud: Cloud, path: string, apiVersion: string): Response {
  const location = `https://${managerHost(cloud)}${path}?api-version=${apiVersion}`;
  return empty(202, { location, "retry-after": "0" });
}

export function tagsOf(value: unknown): Tags | undefined {
  if (!isObject(value)) return undefined;
  return Object.fromEntries(Object.entries(value).map(([key, text]) => [key, String(text)]));
}
