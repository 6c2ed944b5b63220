/** The gateway's own providers, answered by a canned model that says who it is. */

const ENCODER = new TextEncoder();

/** A chat completion of a built-in provider, streamed where the request asks for it. */
export function answerBuiltIn(provider: string, model: string, body: string): Response {
  const { stream = false } = JSON.parse(body) as { stream?: boolean };
  const content = `This is ${provider}, model ${model}.`;
  const base = { id: "chatcmpl-canned", created: Math.floor(Date.now() / 1000), model };
  if (!stream) {
    const usage = { prompt_tokens: 10, completion_tokens: 8, total_tokens: 18 };
    const choices = [{ index: 0, message: { role: "assistant", content }, finish_reason: "stop" }];
    return Response.json({ ...base, object: "chat.completion", choices, usage });
  }
  const chunks = [
    { delta: { role: "assistant", content: "" }, finish_reason: null },
    ...content.split(/(?<= )/).map((part) => ({ delta: { content: part }, finish_reason: null })),
    { delta: {}, finish_reason: "stop" },
  ].map((choice) => ({ ...base, object: "chat.completion.chunk", choices: [{ index: 0, ...choice }] }));
  const text = [...chunks.map((chunk) => JSON.stringify(chunk)), "[DONE]"].map((data) => `data: ${data}\n\n`).join("");
  return new Response(ENCODER.encode(text), { headers: { "content-type": "text/event-stream" } });
}
