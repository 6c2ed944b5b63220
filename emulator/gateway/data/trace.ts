/** The headers that report on a model request, on every answer. */
import { newRequestId } from "../store/ids";

export interface Trace {
  /** The id for `GET /usage/requests/{id}` of the management API. */
  readonly id: string;
  /** `performance.now()` at the request's arrival. */
  readonly startedMs: number;
  /** Number of attempts so far. */
  attempts: number;
  /** Address of the model that answered. */
  model: string | undefined;
  /** Entries of the request's `models` that are skipped. */
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

/** Longest header value: clients reject longer ones. */
const MAX_HEADER_CHARS = 2_048;

function headerList(texts: readonly string[]): string {
  return headerText(texts.map((text) => text.replaceAll(",", "%2C")).join(", "));
}

/** The part of any text that a header may contain. */
function headerText(text: string): string {
  if (text.length <= MAX_HEADER_CHARS && /^[\x21-\x7e]*$/.test(text)) return text;
  const encoded = text
    .slice(0, MAX_HEADER_CHARS)
    .toWellFormed()
    .replace(/[^\x20-\x7e]/gu, encodeURIComponent);
  return encoded.slice(0, MAX_HEADER_CHARS).trim();
}
