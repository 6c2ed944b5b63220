/** Reads a model request and changes a few of its members: every other byte is passed on. */
import { errorCodes } from "../../../sdk/contract/errorCodes";
import { ApiError } from "../apiError";
import type { Settings } from "../store/store";
import { withMembers } from "./jsonMembers";
import type { Target } from "./routing";
import type { Surface } from "./surfaces";
import { estimateTokens } from "./tokens";

export interface ModelRequest {
  readonly text: string;
  readonly members: Readonly<Record<string, unknown>>;
  /** Names as in the request, in the order in which they are tried. */
  readonly models: readonly string[];
  readonly isStreaming: boolean;
}

/** @throws ApiError when it is not a request for a model. */
export function parseModelRequest(text: string): ModelRequest {
  let members: unknown;
  try {
    members = JSON.parse(text);
  } catch {
    throw new ApiError(errorCodes.requestBodyInvalid, "The request body is not valid JSON.");
  }
  if (typeof members !== "object" || members === null || Array.isArray(members))
    throw new ApiError(errorCodes.requestBodyInvalid, "The request body must be a JSON object.");
  const { model, models = [], stream } = members as Record<string, unknown>;
  if (typeof model !== "string" || !Array.isArray(models) || models.some((entry) => typeof entry !== "string")) {
    throw new ApiError(
      errorCodes.requestBodyInvalid,
      "The request body needs a model, and models must be a list of texts.",
    );
  }
  // The first of `models` may repeat `model`: nothing is tried twice.
  return {
    text,
    members: members as Record<string, unknown>,
    models: [model, ...models.filter((entry) => entry !== model)],
    isStreaming: stream === true,
  };
}

export function estimateInputTokens({ members }: ModelRequest, surface: Surface): number {
  return estimateTokens(surface.inputMembers.map((name) => members[name]));
}

/** @throws ApiError when the input exceeds the account's limit. */
export function checkInputTokens(request: ModelRequest, surface: Surface, { maxInputTokens }: Settings): void {
  if (typeof maxInputTokens !== "number") return;
  const tokens = estimateInputTokens(request, surface);
  if (tokens <= maxInputTokens) return;
  const message = `The input of about ${tokens} tokens exceeds the account's maxInputTokens of ${maxInputTokens}.`;
  throw new ApiError(errorCodes.inputTooLong, message);
}

/** The body for one upstream: with its model name, without unsupported parameters, and with at most the account's output limit. */
export function upstreamBody(
  request: ModelRequest,
  target: Target,
  surface: Surface,
  { maxOutputTokens }: Settings,
): string {
  const { text, members } = request;
  const changes: Record<string, string | undefined> = {
    model: JSON.stringify(target.upstreamModel),
    models: undefined,
  };
  const added: Record<string, string> = {};
  const removed = removedParams(request, target);
  const limits = surface.outputLimitMembers.filter((name) => !target.unsupportedParams.includes(name));
  const [first] = limits;
  if (typeof maxOutputTokens === "number" && first !== undefined) {
    const given = limits.filter((name) => typeof members[name] === "number");
    for (const name of given) {
      if ((members[name] as number) > maxOutputTokens) changes[name] = String(maxOutputTokens);
    }
    if (given.length === 0) {
      if (Object.hasOwn(members, first)) changes[first] = String(maxOutputTokens);
      else added[first] = String(maxOutputTokens);
    }
  }
  for (const name of removed) changes[name] = undefined;
  return withMembers(text, changes, added);
}

/** Parameters of the request that the model does not support; `model` itself is always sent. */
export function removedParams({ members }: ModelRequest, { unsupportedParams }: Target): string[] {
  return unsupportedParams.filter((name) => name !== "model" && Object.hasOwn(members, name));
}
