/** Reads and checks the request for a response (`/openai/v1/responses`, `/openai/responses`). */
import { isObject } from "../../http";
import { contentText } from "../chat/messages";
import { invalidRequest } from "../errors";
import type { TextPrompt } from "../model";
import type { CallContext } from "../operation";
import { checkModelRules } from "../parameters/modelRules";
import { checkOutputFormat } from "../parameters/outputFormat";
import { RESPONSES_PARAMETERS } from "../parameters/tables";
import { checkTools } from "../parameters/tools";
import { checkParameters, invalidValue, missing, wrongType } from "../parameters/types";
import type { StoredResponse } from "./storedResponses";

export interface ResponsesRequest extends TextPrompt {
  readonly surface: "responses";
  readonly isStreamed: boolean;
  readonly isStored: boolean;
}

const ROLES = ["assistant", "system", "developer", "user"];
const FORMAT = { path: "text.format", schemaPath: "text.format", schemaCode: "invalid_json_schema" };

/**
 * @param find returns a stored response by its id.
 * @throws Refusal for the first problem.
 */
export function readResponsesRequest(
  { body, model }: CallContext,
  find: (id: string) => StoredResponse | undefined,
): ResponsesRequest {
  const { input, instructions, reasoning } = body;
  const isPromptGiven = isObject(body.prompt) || body.previous_response_id != null || body.conversation != null;
  if (input == null && !isPromptGiven) throw missing("input");
  checkParameters(body, RESPONSES_PARAMETERS);
  if (input != null && typeof input !== "string" && !Array.isArray(input)) {
    throw wrongType("input", "one of a string or array of objects", input);
  }
  checkModelRules(model, body, { path: "reasoning.effort", value: isObject(reasoning) ? reasoning.effort : undefined });
  const items = typeof input === "string" ? [{ type: "message", role: "user", content: input }] : (input ?? []);
  for (const [index, item] of items.entries()) checkItem(item, `input[${index}]`);
  checkTools(body, "flat");
  checkFormat(body, items);
  if (body.stream_options != null && body.stream !== true) {
    const message = "The 'stream_options' parameter is only allowed when 'stream' is enabled.";
    throw invalidRequest(message, "stream_options", null);
  }
  const previous = previousResponse(body.previous_response_id, find);
  checkToolOutputs(items, previous?.response.output ?? []);
  const own = items.map((item) => contentText(isObject(item) ? (item.content ?? item.output) : undefined));
  return {
    surface: "responses",
    body: { ...body, input: items },
    texts: [...(typeof instructions === "string" ? [instructions] : []), ...(previous?.texts ?? []), ...own],
    maxTokens: typeof body.max_output_tokens === "number" ? body.max_output_tokens : undefined,
    stops: [],
    isStreamed: body.stream === true,
    isStored: body.store !== false,
  };
}

function previousResponse(id: unknown, find: (id: string) => StoredResponse | undefined): StoredResponse | undefined {
  if (typeof id !== "string") return undefined;
  const previous = find(id);
  if (previous !== undefined) return previous;
  const message = `Previous response with id '${id}' not found.`;
  throw invalidRequest(message, "previous_response_id", "previous_response_not_found");
}

function checkItem(item: unknown, path: string): void {
  if (!isObject(item)) throw wrongType(path, "an object", item);
  const { type = "message", role, content } = item;
  if (type !== "message") return;
  if (role === undefined) throw missing(`${path}.role`);
  if (!ROLES.includes(String(role))) throw invalidValue(path, String(role), ROLES);
  if (typeof content !== "string" && !Array.isArray(content)) throw missing(`${path}.content`);
}

function checkFormat(body: Record<string, unknown>, items: readonly unknown[]): void {
  const type = checkOutputFormat(isObject(body.text) ? body.text.format : undefined, FORMAT);
  if (type !== "json_object" || /json/i.test(JSON.stringify(items))) return;
  const message =
    "Response input messages must contain the word 'json' in some form to use 'text.format' of type 'json_object'.";
  throw invalidRequest(message, "input", null);
}

/** Each function output needs its call, and each call its output. References to stored items are not followed. */
function checkToolOutputs(items: readonly unknown[], earlier: readonly unknown[]): void {
  if (items.some((item) => isObject(item) && item.type === "item_reference")) return;
  const idsOf = (all: readonly unknown[], type: string) =>
    all.flatMap((item) => (isObject(item) && item.type === type ? [String(item.call_id)] : []));
  const calls = new Set(idsOf([...earlier, ...items], "function_call"));
  const outputs = new Set(idsOf(items, "function_call_output"));
  const stray = [...outputs].find((id) => !calls.has(id));
  if (stray !== undefined) {
    throw invalidRequest(`No tool call found for function call output with call_id ${stray}.`, "input", null);
  }
  const open = [...calls].find((id) => !outputs.has(id));
  if (open !== undefined) throw invalidRequest(`No tool output found for function call ${open}.`, "input", null);
}
