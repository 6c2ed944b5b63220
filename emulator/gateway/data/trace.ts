/** What the gateway reports of a model request in the headers of its answer, whatever the answer is. */
import { newRequestId } from "../store/ids";

export interface Trace {
  /** As `GET /usage/requests/{id}` of the management API takes it. */
  readonly id: string;
  /** Of `performance.now()`, when the request arrived. */
  readonly startedMs: number;
  /** Attempts at an upstream so far. */
  attempts: number;
  /** Address of the model that answered. */
  model: string | undefined;
  /** Entries of the request's `models` that are not tried. */
  rejectedModels: readonly string[];
  /** Members of the request that the upstream did not receive. */
  removedParams: readonly string[];
}

export function newTrace(): Trace {
  return {
    id: newRequestId(),
    startedMs: performance.now(),
    attempts: 0,
    model: undefined,
    rejectedModels: [],
    removedParams: [],
  };
}

export function gatewayHeaders(trace: Trace): Record<string, string> {
  const { id, attempts, model, rejectedModels, removedParams } = trace;
  return {
    "ngrok-aig-request-id": id,
    "ngrok-aig-attempts": String(attempts),
    ...(model !== undefined && { "ngrok-aig-model": headerText(model) }),
    ...(rejectedModels.length > 0 && { "ngrok-aig-rejected-models": headerList(rejectedModels) }),
    ...(removedParams.length > 0 && { "ngrok-aig-removed-params": headerList(removedParams) }),
  };
}

/** Clients refuse longer ones. */
const MAX_HEADER_CHARS = 2_048;

function headerList(texts: readonly string[]): string {
  return headerText(texts.map((text) => text.replaceAll(",", "%2C")).join(", "));
}

/** Of a text that may hold anything, what a header may hold. */
function headerText(text: string): string {
  if (text.length <= MAX_HEADER_CHARS && /^[\x21-\x7e]*$/.test(text)) return text;
  const encoded = text
    .slice(0, MAX_HEADER_CHARS)
    .toWellFormed()
    .replace(/[^\x20-\x7e]/gu, encodeURIComponent);
  return encoded.slice(0, MAX_HEADER_CHARS).trim();
}
