/**
 * Polling of asynchronous operations, at both addresses: `azure-asyncoperation` answers with the operation's status, `location` with
 * 202 until the operation has ended, and then with the resource if it still exists.
 */
import { empty, type Headers, json, type Parameters } from "../http";
import type { AzureState, Operation } from "../state";
import { refuse } from "./errors";

export interface Poll {
  readonly state: AzureState;
  /** The polled address, with its query. */
  readonly url: string;
  readonly path: string;
  readonly parameters: Parameters;
  /** The resource as a GET returns it; undefined if it does not exist. */
  viewOf(resourceId: string): Response | undefined;
}

export function showOperation({ state, path, parameters }: Poll): Response {
  const operation = requireOperation(state, parameters);
  const isRunning = state.isRunning(operation);
  return json(
    200,
    {
      id: path,
      name: operation.id,
      status: isRunning ? "InProgress" : "Succeeded",
      startTime: new Date(operation.startedAtMs).toISOString(),
      ...(!isRunning && { endTime: new Date(operation.completesAtMs).toISOString() }),
    },
    isRunning ? RETRY_AT_ONCE : {},
  );
}

export function showOperationResult({ state, url, parameters, viewOf }: Poll): Response {
  const operation = requireOperation(state, parameters);
  if (state.isRunning(operation)) return empty(202, { location: url, ...RETRY_AT_ONCE });
  const isDeletion = operation.kind === "Deleting" || operation.kind === "Purging";
  return (isDeletion ? undefined : viewOf(operation.resourceId)) ?? empty(200);
}

const RETRY_AT_ONCE: Headers = { "retry-after": "0" };

function requireOperation(state: AzureState, { operation: id = "" }: Parameters): Operation {
  const operation = state.operations.get(id);
  if (operation === undefined) throw refuse(404, "NotFound", `The operation '${id}' was not found.`);
  return operation;
}
