/** The answer of `chat/completions`, complete and streamed. */
import { json } from "../../http";
import { type PromptResults, SAFE_RESULTS } from "../contentFilter";
import { DONE_EVENT, dataEvent, eventStream } from "../events";
import { type Completion, complete, modelId, piecesOf, type Serving, stableId } from "../model";
import type { Answering } from "../operation";
import type { ChatRequest } from "./chatRequest";

export function answerChat(
  serving: Serving,
  request: ChatRequest,
  { nowMs, headers, promptResults }: Answering,
): Response {
  const completion = complete(serving, request);
  const id = stableId(serving, request.body);
  const common = {
    id: `chatcmpl-${id}`,
    created: Math.floor(nowMs / 1000),
    model: modelId(serving.deployment),
    system_fingerprint: "fp_standin00",
  };
  if (request.isStreamed) {
    const draft = { ...common, object: "chat.completion.chunk" };
    return eventStream(chunks(draft, completion, request, { callId: `call_${id}`, promptResults }), headers);
  }
  const choices = indexes(request.choices).map((index) => ({
    content_filter_results: completion.kind === "text" ? SAFE_RESULTS : {},
    finish_reason: finishReason(completion),
    index,
    logprobs: null,
    message: messageOf(completion, `call_${id}`),
  }));
  const body = { ...common, object: "chat.completion", choices, prompt_filter_results: promptResults };
  return json(200, { ...body, usage: usageOf(completion, request.choices) }, headers);
}

function messageOf(completion: Completion, callId: string): object {
  const message = { annotations: [], refusal: null, role: "assistant" };
  if (completion.kind === "text") return { ...message, content: completion.content };
  return { ...message, content: null, tool_calls: [toolCall(completion, callId, completion.content)] };
}

function toolCall({ kind, name }: Completion, id: string, content: string): object {
  return kind === "customCall"
    ? { id, type: "custom", custom: { name, input: content } }
    : { id, type: "function", function: { name, arguments: content } };
}

interface StreamParts {
  readonly callId: string;
  readonly promptResults: PromptResults;
}

function* chunks(
  common: object,
  completion: Completion,
  request: ChatRequest,
  { callId, promptResults }: StreamParts,
): Generator<string> {
  const usage = request.includesUsage ? { usage: null } : {};
  const chunk = (index: number, delta: object, finish: string | null) => {
    const choice = { content_filter_results: {}, delta, finish_reason: finish, index, logprobs: null };
    return dataEvent({ ...common, choices: [choice], ...usage });
  };
  // Azure starts with the filter's results for the prompt, in a chunk without choices.
  yield dataEvent({ choices: [], created: 0, id: "", model: "", object: "", prompt_filter_results: promptResults });
  for (const index of indexes(request.choices)) {
    for (const delta of deltas(completion, callId)) yield chunk(index, delta, null);
    yield chunk(index, {}, finishReason(completion));
  }
  if (request.includesUsage) yield dataEvent({ ...common, choices: [], usage: usageOf(completion, request.choices) });
  yield DONE_EVENT;
}

/** Sends a call's name first, then its arguments in pieces. */
function* deltas(completion: Completion, callId: string): Generator<object> {
  const pieces = piecesOf(completion.content);
  if (completion.kind === "text") {
    yield { content: "", refusal: null, role: "assistant" };
    for (const content of pieces) yield { content };
    return;
  }
  const begun = { index: 0, ...toolCall(completion, callId, "") };
  yield { content: null, refusal: null, role: "assistant", tool_calls: [begun] };
  for (const piece of pieces) {
    const part = completion.kind === "customCall" ? { custom: { input: piece } } : { function: { arguments: piece } };
    yield { tool_calls: [{ index: 0, ...part }] };
  }
}

function finishReason({ kind, isCutOff }: Completion): string {
  if (isCutOff) return "length";
  return kind === "text" ? "stop" : "tool_calls";
}

function usageOf({ promptTokens, completionTokens }: Completion, choices: number) {
  const answered = completionTokens * choices;
  return {
    completion_tokens: answered,
    completion_tokens_details: {
      accepted_prediction_tokens: 0,
      audio_tokens: 0,
      reasoning_tokens: 0,
      rejected_prediction_tokens: 0,
    },
    prompt_tokens: promptTokens,
    prompt_tokens_details: { audio_tokens: 0, cached_tokens: 0 },
    total_tokens: promptTokens + answered,
  };
}

function indexes(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index);
}
