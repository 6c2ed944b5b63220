/**
 * The gateway's own providers, answered by a canned model: it says who it is, and calls the first tool that it is offered, or
 * the one that it is told to, until it has seen a tool's result. Every provider speaks every surface here.
 */
import type { ModelRequest } from "./requestBody";
import type { Surface } from "./surfaces";
import type { UpstreamAnswer } from "./upstream";

const INPUT_TOKENS = 10;
const OUTPUT_TOKENS = 8;

/** What the canned model says, before it is put into a surface's shape. */
interface Saying {
  readonly model: string;
  readonly createdSeconds: number;
  readonly text: string;
  readonly tool: string | undefined;
}

export function answerCanned(provider: string, model: string, surface: Surface, request: ModelRequest): UpstreamAnswer {
  const saying: Saying = {
    model,
    createdSeconds: Math.floor(Date.now() / 1000),
    text: `This is ${provider}, model ${model}.`,
    tool: toolFor(request.members),
  };
  const shape = SHAPES[surface.name];
  if (!request.isStreaming) return answer("application/json", [JSON.stringify(shape.whole(saying))]);
  return answer("text/event-stream", shape.events(saying, request.members));
}

function answer(contentType: string, pieces: readonly string[]): UpstreamAnswer {
  const encoder = new TextEncoder();
  return {
    status: 200,
    headers: { "content-type": contentType },
    bytes: () => Promise.resolve(encoder.encode(pieces.join(""))),
    chunks: async function* () {
      for (const piece of pieces) yield encoder.encode(piece);
    },
    discard: () => Promise.resolve(),
  };
}

type Tool = { readonly name?: string; readonly function?: { readonly name?: string } };

function toolFor({ tools, tool_choice: choice, messages, input }: ModelRequest["members"]): string | undefined {
  if (!Array.isArray(tools) || tools.length === 0 || choice === "none") return undefined;
  const told = JSON.stringify(messages ?? input ?? null);
  if (/"role":"tool"|"type":"(tool_result|function_call_output)"/.test(told)) return undefined;
  const chosen = typeof choice === "object" ? (choice as Tool | null) : undefined;
  const first = tools[0] as Tool;
  return chosen?.function?.name ?? chosen?.name ?? first.function?.name ?? first.name;
}

interface Shape {
  whole(saying: Saying): object;
  events(saying: Saying, members: ModelRequest["members"]): string[];
}

type Event = { readonly type: string } & Readonly<Record<string, unknown>>;

const wordsOf = (text: string) => text.split(/(?<= )/);
const data = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`;
const named = (event: Event) => `event: ${event.type}\n${data(event)}`;

const chatUsage = {
  prompt_tokens: INPUT_TOKENS,
  completion_tokens: OUTPUT_TOKENS,
  total_tokens: INPUT_TOKENS + OUTPUT_TOKENS,
};
const toolCall = (name: string) => ({
  id: "call_canned",
  type: "function",
  function: { name, arguments: "{}" },
});

const chatCompletions: Shape = {
  whole({ model, createdSeconds, text, tool }) {
    const message =
      tool === undefined
        ? { role: "assistant", content: text }
        : { role: "assistant", content: null, tool_calls: [toolCall(tool)] };
    const choice = { index: 0, message, finish_reason: tool === undefined ? "stop" : "tool_calls" };
    const base = { id: "chatcmpl-canned", object: "chat.completion", created: createdSeconds, model };
    return { ...base, choices: [choice], usage: chatUsage };
  },
  events({ model, createdSeconds, text, tool }, { stream_options: options }) {
    const base = { id: "chatcmpl-canned", object: "chat.completion.chunk", created: createdSeconds, model };
    const said =
      tool === undefined
        ? wordsOf(text).map((content) => ({ content }))
        : [{ tool_calls: [{ index: 0, ...toolCall(tool) }] }];
    const deltas = [
      { delta: { role: "assistant", content: "" }, finish_reason: null },
      ...said.map((delta) => ({ delta, finish_reason: null })),
      { delta: {}, finish_reason: tool === undefined ? "stop" : "tool_calls" },
    ];
    const chunks: object[] = deltas.map((delta) => ({ ...base, choices: [{ index: 0, ...delta }] }));
    const { include_usage: includesUsage } = (options ?? {}) as { include_usage?: unknown };
    if (includesUsage === true) chunks.push({ ...base, choices: [], usage: chatUsage });
    return [...chunks.map(data), "data: [DONE]\n\n"];
  },
};

const responses: Shape = {
  whole({ model, createdSeconds, text, tool }) {
    return response({ model, createdSeconds }, "completed", [outputItem(text, tool, "completed")]);
  },
  events({ model, createdSeconds, text, tool }) {
    const started = response({ model, createdSeconds }, "in_progress", []);
    const item = outputItem(text, tool, "completed");
    const at = { item_id: item.id, output_index: 0 };
    const said: Event[] =
      tool === undefined
        ? [
            { type: "response.content_part.added", ...at, content_index: 0, part: textPart("") },
            ...wordsOf(text).map((delta) => ({ type: "response.output_text.delta", ...at, content_index: 0, delta })),
            { type: "response.output_text.done", ...at, content_index: 0, text },
            { type: "response.content_part.done", ...at, content_index: 0, part: textPart(text) },
          ]
        : [
            { type: "response.function_call_arguments.delta", ...at, delta: "{}" },
            { type: "response.function_call_arguments.done", ...at, arguments: "{}" },
          ];
    const events: Event[] = [
      { type: "response.created", response: started },
      {
        type: "response.output_item.added",
        output_index: 0,
        item: outputItem("", tool, "in_progress"),
      },
      ...said,
      { type: "response.output_item.done", output_index: 0, item },
      {
        type: "response.completed",
        response: response({ model, createdSeconds }, "completed", [item]),
      },
    ];
    return events.map((event, index) => named({ ...event, sequence_number: index }));
  },
};

const textPart = (text: string) => ({ type: "output_text", text, annotations: [] });

function outputItem(text: string, tool: string | undefined, status: string): { readonly id: string } {
  const item =
    tool === undefined
      ? { id: "msg_canned", type: "message", role: "assistant", status, content: text === "" ? [] : [textPart(text)] }
      : { id: "fc_canned", type: "function_call", status, call_id: "call_canned", name: tool, arguments: "{}" };
  return item;
}

function response(
  { model, createdSeconds }: Pick<Saying, "model" | "createdSeconds">,
  status: string,
  output: readonly object[],
): object {
  const usage = {
    input_tokens: INPUT_TOKENS,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: OUTPUT_TOKENS,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: INPUT_TOKENS + OUTPUT_TOKENS,
  };
  const base = { id: "resp_canned", object: "response", created_at: createdSeconds, model, status, output };
  return { ...base, error: null, incomplete_details: null, ...(status === "completed" ? { usage } : {}) };
}

const messages: Shape = {
  whole({ model, text, tool }) {
    const content =
      tool === undefined ? { type: "text", text } : { type: "tool_use", id: "toolu_canned", name: tool, input: {} };
    return {
      ...message(model),
      content: [content],
      stop_reason: tool === undefined ? "end_turn" : "tool_use",
      usage: { input_tokens: INPUT_TOKENS, output_tokens: OUTPUT_TOKENS },
    };
  },
  events({ model, text, tool }) {
    const usage = { input_tokens: INPUT_TOKENS, output_tokens: 1 };
    const block =
      tool === undefined ? { type: "text", text: "" } : { type: "tool_use", id: "toolu_canned", name: tool, input: {} };
    const deltas =
      tool === undefined
        ? wordsOf(text).map((word) => ({ type: "text_delta", text: word }))
        : [{ type: "input_json_delta", partial_json: "{}" }];
    const events: Event[] = [
      { type: "message_start", message: { ...message(model), content: [], stop_reason: null, usage } },
      { type: "content_block_start", index: 0, content_block: block },
      ...deltas.map((delta) => ({ type: "content_block_delta", index: 0, delta })),
      { type: "content_block_stop", index: 0 },
      {
        type: "message_delta",
        delta: { stop_reason: tool === undefined ? "end_turn" : "tool_use", stop_sequence: null },
        usage: { output_tokens: OUTPUT_TOKENS },
      },
      { type: "message_stop" },
    ];
    return events.map(named);
  },
};

const message = (model: string) => ({
  id: "msg_canned",
  type: "message",
  role: "assistant",
  model,
  stop_sequence: null,
});

const SHAPES: Readonly<Record<Surface["name"], Shape>> = { "chat-completions": chatCompletions, responses, messages };
