/**
 * A response, complete and streamed.
 *
 * Not emulated: `background` responses complete at once, `conversation` and `prompt` are ignored, and tools that run in the
 * service, such as `web_search`, are never called.
 */
import { isObject, json } from "../../http";
import { eventStream, namedEvent } from "../events";
import { type Completion, complete, modelId, piecesOf, type Serving, stableId } from "../model";
import type { Answering } from "../operation";
import type { ResponsesRequest } from "./responsesRequest";
import type { StoredResponse } from "./storedResponses";

/** @param store receives the finished response. */
export function answerResponse(
  serving: Serving,
  request: ResponsesRequest,
  { nowMs, headers }: Answering,
  store: (stored: StoredResponse) => void,
): Response {
  const completion = complete(serving, request);
  const draft = new Draft(serving, request, completion, Math.floor(nowMs / 1000));
  if (request.isStored) store({ response: draft.finished(), texts: [...request.texts, completion.content] });
  if (request.isStreamed) return eventStream(events(draft, completion), headers);
  return json(200, draft.finished(), headers);
}

type Status = "in_progress" | "completed" | "incomplete";

/** One response, in each state until it is complete. */
class Draft {
  private readonly id: string;

  constructor(
    private readonly serving: Serving,
    private readonly request: ResponsesRequest,
    private readonly completion: Completion,
    private readonly createdAt: number,
  ) {
    this.id = stableId(serving, request.body);
  }

  get status(): "completed" | "incomplete" {
    return this.completion.isCutOff ? "incomplete" : "completed";
  }

  get itemId(): string {
    const prefixes = { text: "msg", functionCall: "fc", customCall: "ctc" } as const;
    return `${prefixes[this.completion.kind]}_${this.id}`;
  }

  part(text: string) {
    return { type: "output_text", annotations: [], logprobs: [], text };
  }

  /** The only output item, with its content so far. */
  item(status: Status, content: string) {
    const { kind, name } = this.completion;
    if (kind === "text") {
      const parts = status === "in_progress" ? [] : [this.part(content)];
      return { id: this.itemId, type: "message", status, content: parts, role: "assistant" };
    }
    const call = { id: this.itemId, status, call_id: `call_${this.id}`, name };
    return kind === "customCall"
      ? { ...call, type: "custom_tool_call", input: content }
      : { ...call, type: "function_call", arguments: content };
  }

  begun() {
    return this.response("in_progress", [], null);
  }

  finished() {
    const { content, promptTokens, completionTokens } = this.completion;
    return this.response(this.status, [this.item(this.status, content)], {
      input_tokens: promptTokens,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens: completionTokens,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: promptTokens + completionTokens,
    });
  }

  private response(status: Status, output: readonly object[], usage: object | null) {
    const { body, isStored, maxTokens } = this.request;
    return {
      id: `resp_${this.id}`,
      object: "response",
      created_at: this.createdAt,
      status,
      background: body.background === true,
      content_filters: null,
      error: null,
      incomplete_details: status === "incomplete" ? { reason: "max_output_tokens" } : null,
      instructions: body.instructions ?? null,
      max_output_tokens: maxTokens ?? null,
      max_tool_calls: body.max_tool_calls ?? null,
      model: modelId(this.serving.deployment),
      output,
      parallel_tool_calls: body.parallel_tool_calls !== false,
      previous_response_id: body.previous_response_id ?? null,
      prompt_cache_key: body.prompt_cache_key ?? null,
      reasoning: isObject(body.reasoning)
        ? { effort: null, summary: null, ...body.reasoning }
        : { effort: null, summary: null },
      safety_identifier: body.safety_identifier ?? null,
      service_tier: "default",
      store: isStored,
      temperature: body.temperature ?? 1,
      text: { format: { type: "text" }, ...(isObject(body.text) && body.text) },
      tool_choice: body.tool_choice ?? "auto",
      tools: Array.isArray(body.tools) ? body.tools : [],
      top_logprobs: body.top_logprobs ?? 0,
      top_p: body.top_p ?? 1,
      truncation: body.truncation ?? "disabled",
      usage,
      user: body.user ?? null,
      metadata: body.metadata ?? {},
    };
  }
}

function* events(draft: Draft, completion: Completion): Generator<string> {
  let sequence = 0;
  const event = (type: string, data: object) => namedEvent(type, { sequence_number: sequence++, ...data });
  yield event("response.created", { response: draft.begun() });
  yield event("response.in_progress", { response: draft.begun() });
  yield event("response.output_item.added", { output_index: 0, item: draft.item("in_progress", "") });
  for (const [type, data] of contentEvents(draft, completion)) yield event(type, data);
  yield event("response.output_item.done", { output_index: 0, item: draft.item(draft.status, completion.content) });
  yield event(`response.${draft.status}`, { response: draft.finished() });
}

function* contentEvents(draft: Draft, { kind, name, content }: Completion): Generator<readonly [string, object]> {
  const at = { item_id: draft.itemId, output_index: 0 };
  const pieces = piecesOf(content);
  if (kind === "text") {
    const place = { ...at, content_index: 0 };
    yield ["response.content_part.added", { ...place, part: draft.part("") }];
    for (const delta of pieces) yield ["response.output_text.delta", { ...place, delta, logprobs: [] }];
    yield ["response.output_text.done", { ...place, text: content, logprobs: [] }];
    yield ["response.content_part.done", { ...place, part: draft.part(content) }];
    return;
  }
  const type = kind === "customCall" ? "response.custom_tool_call_input" : "response.function_call_arguments";
  for (const delta of pieces) yield [`${type}.delta`, { ...at, delta }];
  yield [`${type}.done`, kind === "customCall" ? { ...at, input: content } : { ...at, name, arguments: content }];
}
