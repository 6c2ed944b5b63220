/** What the gateway reads of a model request, and the few members that it changes: the rest goes on byte for byte. */
import { ApiError } from "../apiError";
import type { Settings } from "../store/store";
import { withMembers } from "./jsonMembers";
import type { Surface } from "./surfaces";

/** The service's own way of counting is not published; this is the usual rule of thumb. */
const CHARS_PER_TOKEN = 4;

export interface ModelRequest {
  readonly text: string;
  readonly members: Readonly<Record<string, unknown>>;
  /** As the client names them, in the order in which they are to be tried. */
  readonly models: readonly string[];
  readonly isStreaming: boolean;
}

/** @throws ApiError where it is no request for a model. */
export function parseModelRequest(text: string): ModelRequest {
  let members: unknown;
  try {
    members = JSON.parse(text);
  } catch {
    throw new ApiError(400, "ERR_NGROK_3801", "The request body is not valid JSON.");
  }
  if (typeof members !== "object" || members === null || Array.isArray(members))
    throw new ApiError(400, "ERR_NGROK_3801", "The request body must be a JSON object.");
  const { model, models = [], stream } = members as Record<string, unknown>;
  if (typeof model !== "string" || !Array.isArray(models) || models.some((entry) => typeof entry !== "string")) {
    throw new ApiError(400, "ERR_NGROK_3801", "The request body needs a model, and models must be a list of texts.");
  }
  // The first of `models` may repeat `model`: what was tried is not tried again.
  return {
    text,
    members: members as Record<string, unknown>,
    models: [model, ...models.filter((entry) => entry !== model)],
    isStreaming: stream === true,
  };
}

/** @throws ApiError where the input is over the account's limit. */
export function checkInputTokens({ members }: ModelRequest, surface: Surface, { maxInputTokens }: Settings): void {
  if (typeof maxInputTokens !== "number") return;
  const chars = surface.inputMembers.reduce((sum, name) => sum + charsIn(members[name]), 0);
  const tokens = Math.ceil(chars / CHARS_PER_TOKEN);
  if (tokens <= maxInputTokens) return;
  throw new ApiError(
    413,
    "ERR_NGROK_3811",
    `The input of about ${tokens} tokens exceeds the account's maxInputTokens of ${maxInputTokens}.`,
  );
}

/** Every text in a value, at any depth. */
function charsIn(value: unknown): number {
  if (typeof value === "string") return value.length;
  if (typeof value !== "object" || value === null) return 0;
  return Object.values(value).reduce((sum: number, part) => sum + charsIn(part), 0);
}

/** The body for one upstream: its own name of the model, and no more output than the account allows. */
export function upstreamBody(
  { text, members }: ModelRequest,
  model: string,
  surface: Surface,
  { maxOutputTokens }: Settings,
): string {
  const changes: Record<string, string | undefined> = { model: JSON.stringify(model), models: undefined };
  const added: Record<string, string> = {};
  if (typeof maxOutputTokens === "number") {
    const given = surface.outputLimitMembers.filter((name) => typeof members[name] === "number");
    for (const name of given) {
      if ((members[name] as number) > maxOutputTokens) changes[name] = String(maxOutputTokens);
    }
    const [first = ""] = surface.outputLimitMembers;
    if (given.length === 0) {
      if (Object.hasOwn(members, first)) changes[first] = String(maxOutputTokens);
      else added[first] = String(maxOutputTokens);
    }
  }
  return withMembers(text, changes, added);
}
