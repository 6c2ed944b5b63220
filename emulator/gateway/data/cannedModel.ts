/**
 * The canned model of the gateway's built-in providers: it names itself, calls the first tool that is offered, and answers in the
 * requested form (`emulator/canned/reply.ts`). Every provider supports every surface here.
 */
import { type Reply, replyTo, type SurfaceName } from "../../canned/reply";
import { cannedEmbeddings } from "./cannedEmbeddings";
import type { ModelRequest } from "./requestBody";
import type { Surface } from "./surfaces";
import { reportOf } from "./tokens";
import type { UpstreamAnswer } from "./upstream";

const INPUT_TOKENS = 10;
const OUTPUT_TOKENS = 8;

/** An answer before it is formatted for a surface. */
interface Answer {
  readonly model: string;
  readonly createdSeconds: number;
  readonly reply: Reply;
}

export function answerCanned(provider: string, model: string, surface: Surface, request: ModelRequest): UpstreamAnswer {
  const { members } = request;
  const { name } = surface;
  if (name === "embeddings") return wholeAnswer(cannedEmbeddings(model, request));
  const answer: Answer = {
    model,
    createdSeconds: Math.floor(Date.now() / 1000),
    reply: replyTo(name, members, `This is ${provider}, model ${model}.`),
  };
  const shape = SHAPES[name];
  return request.isStreaming ? streamedAnswer(shape.events(answer, members)) : wholeAnswer(shape.whole(answer));
}

function wholeAnswer(answer: object): UpstreamAnswer {
  const text = JSON.stringify(answer);
  return { ...upstreamAnswer("application/json", [text]), report: reportOf(answer), body: () => text };
}

function streamedAnswer(events: readonly string[]): UpstreamAnswer {
  return upstreamAnswer("text/event-stream", events);
}

function upstreamAnswer(contentType: string, pieces: readonly string[]): UpstreamAnswer {
  return {
    status: 200,
    headers: { "content-type": contentType },
    body: () => pieces.join(""),
    chunks: async function* () {
      const encoder = new TextEncoder();
      for (const piece of pieces) yield encoder.encode(piece);
    },
    discard: () => Promise.resolve(),
  };
}

interface Shape {
  whole(answer: Answer): object;
  events(answer: Answer, members: ModelRequest["members"]): string[];
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

const chatCompletions: Shape = {
  whole({ model, createdSeconds, reply }) {
    const message =
      reply.kind === "text"
        ? { role: "assistant", content: reply.text }
        : { role: "assistant", content: null, tool_calls: [toolCall(reply)] };
    const choice = { index: 0, message, finish_reason: finishReason(reply) };
    const base = { id: "chatcmpl-canned", object: "chat.completion", created: createdSeconds, model };
    return { ...base, choices: [choice], usage: chatUsage };
  },
  events({ model, createdSeconds, reply }, { stream_options: options }) {
    const base = { id: "chatcmpl-canned", object: "chat.completion.chunk", created: createdSeconds, model };
    const parts =
      reply.kind === "text"
        ? wordsOf(reply.text).map((content) => ({ content }))
        : [{ tool_calls: [{ index: 0, ...toolCall(reply) }] }];
    const deltas = [
      { delta: { role: "assistant", content: "" }, finish_reason: null },
      ...parts.map((delta) => ({ delta, finish_reason: null })),
      { delta: {}, finish_reason: finishReason(reply) },
    ];
    const chunks: object[] = deltas.map((delta) => ({ ...base, choices: [{ index: 0, ...delta }] }));
    const { include_usage: includesUsage } = (options ?? {}) as { include_usage?: unknown };
    if (includesUsage === true) chunks.push({ ...base, choices: [], usage: chatUsage });
    return [...chunks.map(data), "data: [DONE]\n\n"];
  },
};

type Call = Exclude<Reply, { kind: "text" }>;

function toolCall(call: Call): object {
  if (call.kind === "customCall") {
    return { id: "call_canned", type: "custom", custom: { name: call.name, input: call.input } };
  }
  const { name } = call;
  return { id: "call_canned", type: "function", function: { name, arguments: JSON.stringify(call.arguments) } };
}

function finishReason({ kind }: Reply): string {
  return kind === "text" ? "stop" : "tool_calls";
}

const responses: Shape = {
  whole({ model, createdSeconds, reply }) {
    return response({ model, createdSeconds }, "completed", [outputItem(reply, "completed")]);
  },
  events({ model, createdSeconds, reply }) {
    const started = response({ model, createdSeconds }, "in_progress", []);
    const item = outputItem(reply, "completed");
    const events: Event[] = [
      { type: "response.created", response: started },
      { type: "response.output_item.added", output_index: 0, item: outputItem(withoutContent(reply), "in_progress") },
      ...contentEvents(reply, { item_id: item.id, output_index: 0 }),
      { type: "response.output_item.done", output_index: 0, item },
      { type: "response.completed", response: response({ model, createdSeconds }, "completed", [item]) },
    ];
    return events.map((event, index) => named({ ...event, sequence_number: index }));
  },
};

function contentEvents(reply: Reply, at: { readonly item_id: string; readonly output_index: number }): Event[] {
  if (reply.kind === "text") {
    const { text } = reply;
    return [
      { type: "response.content_part.added", ...at, content_index: 0, part: textPart("") },
      ...wordsOf(text).map((delta) => ({ type: "response.output_text.delta", ...at, content_index: 0, delta })),
      { type: "response.output_text.done", ...at, content_index: 0, text },
      { type: "response.content_part.done", ...at, content_index: 0, part: textPart(text) },
    ];
  }
  if (reply.kind === "customCall") {
    const { input } = reply;
    return [
      { type: "response.custom_tool_call_input.delta", ...at, delta: input },
      { type: "response.custom_tool_call_input.done", ...at, input },
    ];
  }
  const text = JSON.stringify(reply.arguments);
  return [
    { type: "response.function_call_arguments.delta", ...at, delta: text },
    { type: "response.function_call_arguments.done", ...at, name: reply.name, arguments: text },
  ];
}

const textPart = (text: string) => ({ type: "output_text", text, annotations: [] });

/** An item as it is added to a stream: its text or arguments follow in deltas. */
function withoutContent(reply: Reply): Reply {
  if (reply.kind === "text") return { ...reply, text: "" };
  return reply.kind === "customCall" ? { ...reply, input: "" } : { ...reply, arguments: undefined };
}

function outputItem(reply: Reply, status: string): Readonly<Record<string, unknown>> & { readonly id: string } {
  if (reply.kind === "text") {
    const content = reply.text === "" ? [] : [textPart(reply.text)];
    return { id: "msg_canned", type: "message", role: "assistant", status, content };
  }
  const call = { status, call_id: "call_canned", name: reply.name };
  if (reply.kind === "customCall") {
    return { id: "ctc_canned", type: "custom_tool_call", ...call, input: reply.input };
  }
  const text = reply.arguments === undefined ? "" : JSON.stringify(reply.arguments);
  return { id: "fc_canned", type: "function_call", ...call, arguments: text };
}

function response(
  { model, createdSeconds }: Pick<Answer, "model" | "createdSeconds">,
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
  whole({ model, reply }) {
    const content = reply.kind === "text" ? { type: "text", text: reply.text } : toolUse(reply, inputOf(reply));
    return {
      ...message(model),
      content: [content],
      stop_reason: stopReason(reply),
      usage: { input_tokens: INPUT_TOKENS, output_tokens: OUTPUT_TOKENS },
    };
  },
  events({ model, reply }) {
    const usage = { input_tokens: INPUT_TOKENS, output_tokens: 1 };
    const block = reply.kind === "text" ? { type: "text", text: "" } : toolUse(reply, {});
    const deltas =
      reply.kind === "text"
        ? wordsOf(reply.text).map((word) => ({ type: "text_delta", text: word }))
        : [{ type: "input_json_delta", partial_json: JSON.stringify(inputOf(reply)) }];
    const events: Event[] = [
      { type: "message_start", message: { ...message(model), content: [], stop_reason: null, usage } },
      { type: "content_block_start", index: 0, content_block: block },
      ...deltas.map((delta) => ({ type: "content_block_delta", index: 0, delta })),
      { type: "content_block_stop", index: 0 },
      {
        type: "message_delta",
        delta: { stop_reason: stopReason(reply), stop_sequence: null },
        usage: { output_tokens: OUTPUT_TOKENS },
      },
      { type: "message_stop" },
    ];
    return events.map(named);
  },
};

const toolUse = ({ name }: Call, input: unknown) => ({ type: "tool_use", id: "toolu_canned", name, input });

/** On this surface, all tools have a schema. */
function inputOf(call: Call): unknown {
  return call.kind === "functionCall" ? call.arguments : {};
}

function stopReason({ kind }: Reply): string {
  return kind === "text" ? "end_turn" : "tool_use";
}

const message = (model: string) => ({
  id: "msg_canned",
  type: "message",
  role: "assistant",
  model,
  stop_sequence: null,
});

const SHAPES: Readonly<Record<SurfaceName, Shape>> = { "chat-completions": chatCompletions, responses, messages };
