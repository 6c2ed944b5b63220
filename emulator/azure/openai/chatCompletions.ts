/** `POST …/chat/completions`, on the dated route and on v1. */
import { type Headers, isObject, json } from "../http";
import { invalidRequest } from "./errors";
import { DONE_EVENT, dataEvent, eventStream } from "./events";
import { type Completion, complete, modelId, piecesOf, type Serving, stableId } from "./model";

export interface ChatRequest {
  readonly messages: readonly unknown[];
  readonly isStreamed: boolean;
  readonly includesUsage: boolean;
  readonly maxTokens: number | undefined;
}

/** @throws Refusal where the body is no chat request. */
export function readChatRequest(body: Record<string, unknown>): ChatRequest {
  const { messages, stream, stream_options: streamOptions } = body;
  if (messages === undefined) {
    throw invalidRequest("Missing required parameter: 'messages'.", "messages", "missing_required_parameter");
  }
  if (!Array.isArray(messages)) {
    throw invalidRequest(
      `Invalid type for 'messages': expected an array of objects, but got ${typeName(messages)} instead.`,
      "messages",
      "invalid_type",
    );
  }
  if (messages.length === 0) {
    throw invalidRequest(
      "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.",
      "messages",
      "empty_array",
    );
  }
  return {
    messages,
    isStreamed: stream === true,
    includesUsage: isObject(streamOptions) && streamOptions.include_usage === true,
    maxTokens: tokenLimit(body.max_completion_tokens) ?? tokenLimit(body.max_tokens),
  };
}

/** The text of each message, its parts joined. */
export function promptsOf(messages: readonly unknown[]): string[] {
  return messages.map((message) => (isObject(message) ? contentText(message.content) : ""));
}

export function contentText(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content.map((part) => (isObject(part) && typeof part.text === "string" ? part.text : "")).join("");
}

export function tokenLimit(value: unknown): number | undefined {
  return typeof value === "number" && value > 0 ? Math.floor(value) : undefined;
}

export function answerChat(serving: Serving, request: ChatRequest, nowMs: number, headers: Headers): Response {
  const completion = complete(serving, promptsOf(request.messages), request.maxTokens);
  const common = {
    id: `chatcmpl-${stableId(serving, request)}`,
    created: Math.floor(nowMs / 1000),
    model: modelId(serving.deployment),
    system_fingerprint: "fp_standin00",
  };
  if (request.isStreamed) {
    return eventStream(chunks({ ...common, object: "chat.completion.chunk" }, completion, request), headers);
  }
  const choice = {
    content_filter_results: SAFE_RESULTS,
    finish_reason: finishReason(completion),
    index: 0,
    logprobs: null,
    message: { annotations: [], content: completion.text, refusal: null, role: "assistant" },
  };
  const body = { ...common, object: "chat.completion", choices: [choice], prompt_filter_results: PROMPT_RESULTS };
  return json(200, { ...body, usage: usageOf(completion) }, headers);
}

function* chunks(common: object, completion: Completion, request: ChatRequest): Generator<string> {
  const usage = request.includesUsage ? { usage: null } : {};
  const chunk = (delta: object, finish: string | null) => {
    const choice = { content_filter_results: {}, delta, finish_reason: finish, index: 0, logprobs: null };
    return dataEvent({ ...common, choices: [choice], ...usage });
  };
  // Azure opens with what its filter says of the prompt, in a chunk without choices.
  yield dataEvent({ choices: [], created: 0, id: "", model: "", object: "", prompt_filter_results: PROMPT_RESULTS });
  yield chunk({ content: "", refusal: null, role: "assistant" }, null);
  for (const piece of piecesOf(completion.text)) yield chunk({ content: piece }, null);
  yield chunk({}, finishReason(completion));
  if (request.includesUsage) yield dataEvent({ ...common, choices: [], usage: usageOf(completion) });
  yield DONE_EVENT;
}

const SAFE = { filtered: false, severity: "safe" };
const SAFE_RESULTS = { hate: SAFE, self_harm: SAFE, sexual: SAFE, violence: SAFE };
const PROMPT_RESULTS = [
  { prompt_index: 0, content_filter_results: { ...SAFE_RESULTS, jailbreak: { filtered: false, detected: false } } },
];

function finishReason({ isCutOff }: Completion): string {
  return isCutOff ? "length" : "stop";
}

function usageOf({ promptTokens, completionTokens }: Completion) {
  return {
    completion_tokens: completionTokens,
    completion_tokens_details: {
      accepted_prediction_tokens: 0,
      audio_tokens: 0,
      reasoning_tokens: 0,
      rejected_prediction_tokens: 0,
    },
    prompt_tokens: promptTokens,
    prompt_tokens_details: { audio_tokens: 0, cached_tokens: 0 },
    total_tokens: promptTokens + completionTokens,
  };
}

function typeName(value: unknown): string {
  if (value === null) return "null";
  if (typeof value === "number") return Number.isInteger(value) ? "an integer" : "a decimal number";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
