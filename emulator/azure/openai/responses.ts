/** `POST /openai/v1/responses`. Nothing is stored: `previous_response_id` is not followed. */
import { type Headers, isObject, json } from "../http";
import { contentText, tokenLimit } from "./chatCompletions";
import { invalidRequest } from "./errors";
import { eventStream, namedEvent } from "./events";
import { type Completion, complete, modelId, piecesOf, type Serving, stableId } from "./model";

export interface ResponsesRequest {
  readonly prompts: readonly string[];
  readonly instructions: string | null;
  readonly isStreamed: boolean;
  readonly maxTokens: number | undefined;
}

/** @throws Refusal where the body is no request for a response. */
export function readResponsesRequest(body: Record<string, unknown>): ResponsesRequest {
  const { input, instructions, stream } = body;
  if (typeof input !== "string" && !Array.isArray(input)) {
    throw invalidRequest("Missing required parameter: 'input'.", "input", "missing_required_parameter");
  }
  const told = typeof instructions === "string" ? instructions : null;
  const inputs = typeof input === "string" ? [input] : input.map((item) => contentText(isObject(item) && item.content));
  return {
    prompts: told === null ? inputs : [told, ...inputs],
    instructions: told,
    isStreamed: stream === true,
    maxTokens: tokenLimit(body.max_output_tokens),
  };
}

export function answerResponse(serving: Serving, request: ResponsesRequest, nowMs: number, headers: Headers): Response {
  const completion = complete(serving, request.prompts, request.maxTokens);
  const id = stableId(serving, request);
  const draft = new Draft(id, serving, request, completion, Math.floor(nowMs / 1000));
  if (request.isStreamed) return eventStream(events(draft, completion), headers);
  return json(200, draft.finished(), headers);
}

/** One response, as it looks at each moment of its making. */
class Draft {
  readonly itemId: string;

  constructor(
    private readonly id: string,
    private readonly serving: Serving,
    private readonly request: ResponsesRequest,
    private readonly completion: Completion,
    private readonly createdAt: number,
  ) {
    this.itemId = `msg_${id}`;
  }

  part(text: string) {
    return { type: "output_text", annotations: [], logprobs: [], text };
  }

  item(status: "in_progress" | "completed" | "incomplete", content: readonly object[]) {
    return { id: this.itemId, type: "message", status, role: "assistant", content };
  }

  begun() {
    return this.response("in_progress", [], null);
  }

  finished() {
    const { isCutOff, text, promptTokens, completionTokens } = this.completion;
    const status = isCutOff ? "incomplete" : "completed";
    return this.response(status, [this.item(status, [this.part(text)])], {
      input_tokens: promptTokens,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens: completionTokens,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: promptTokens + completionTokens,
    });
  }

  private response(status: string, output: readonly object[], usage: object | null) {
    return {
      id: `resp_${this.id}`,
      object: "response",
      created_at: this.createdAt,
      status,
      background: false,
      error: null,
      incomplete_details: status === "incomplete" ? { reason: "max_output_tokens" } : null,
      instructions: this.request.instructions,
      max_output_tokens: this.request.maxTokens ?? null,
      model: modelId(this.serving.deployment),
      output,
      parallel_tool_calls: true,
      previous_response_id: null,
      store: true,
      text: { format: { type: "text" } },
      tool_choice: "auto",
      tools: [],
      usage,
      metadata: {},
    };
  }
}

function* events(draft: Draft, { text, isCutOff }: Completion): Generator<string> {
  let sequence = 0;
  const event = (type: string, data: object) => namedEvent(type, { sequence_number: sequence++, ...data });
  const place = { item_id: draft.itemId, output_index: 0, content_index: 0 };
  const status = isCutOff ? "incomplete" : "completed";
  yield event("response.created", { response: draft.begun() });
  yield event("response.in_progress", { response: draft.begun() });
  yield event("response.output_item.added", { output_index: 0, item: draft.item("in_progress", []) });
  yield event("response.content_part.added", { ...place, part: draft.part("") });
  for (const piece of piecesOf(text))
    yield event("response.output_text.delta", { ...place, delta: piece, logprobs: [] });
  yield event("response.output_text.done", { ...place, text, logprobs: [] });
  yield event("response.content_part.done", { ...place, part: draft.part(text) });
  yield event("response.output_item.done", { output_index: 0, item: draft.item(status, [draft.part(text)]) });
  yield event(`response.${status}`, { response: draft.finished() });
}
