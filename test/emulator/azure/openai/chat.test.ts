/**
 * Chat completions, plain and streamed, with tools and structured outputs. canned/reply.test.ts proves which reply the
 * model selects. Does not prove that an Azure model replies the same.
 */
import { ask, azureWith, closeAzures, TestClock } from "../helpers";
import { ANSWER_TEXT, askSeeded, chatUrl, eventsOf, HELLO, KEY, SEED } from "./seeded";

afterEach(closeAzures);

const URL = chatUrl();
const send = (change: object) => askSeeded(URL, { body: { ...HELLO, ...change } });

test("a chat completion has Azure's shape and names the deployment that answered", async () => {
  const clock = new TestClock();
  const azure = await azureWith({ seed: SEED, clock: clock.read });
  const { status, body } = await ask(azure, URL, { headers: KEY, body: HELLO });
  expect(status).toBe(200);
  const safe = { filtered: false, severity: "safe" };
  const results = { hate: safe, self_harm: safe, sexual: safe, violence: safe };
  expect(body).toEqual({
    id: expect.stringMatching(/^chatcmpl-[0-9a-f]{32}$/),
    object: "chat.completion",
    created: clock.nowMs / 1000,
    model: "gpt-5-mini-2025-08-07",
    system_fingerprint: "fp_standin00",
    choices: [
      {
        index: 0,
        finish_reason: "stop",
        logprobs: null,
        content_filter_results: results,
        message: { role: "assistant", content: ANSWER_TEXT, refusal: null, annotations: [] },
      },
    ],
    prompt_filter_results: [
      { prompt_index: 0, content_filter_results: { ...results, jailbreak: { filtered: false, detected: false } } },
    ],
    usage: {
      prompt_tokens: 6,
      completion_tokens: 31,
      total_tokens: 37,
      prompt_tokens_details: { audio_tokens: 0, cached_tokens: 0 },
      completion_tokens_details: {
        accepted_prediction_tokens: 0,
        audio_tokens: 0,
        reasoning_tokens: 0,
        rejected_prediction_tokens: 0,
      },
    },
  });
});

test("equal requests have equal responses", async () => {
  const clock = new TestClock();
  const azure = await azureWith({ seed: SEED, clock: clock.read });
  const options = { headers: KEY, body: HELLO };
  const [one, other] = [await ask(azure, URL, options), await ask(azure, URL, options)];
  expect(one.body).toEqual(other.body);
});

test("a stream starts with the prompt's filter results and ends with [DONE]", async () => {
  const answer = await send({ stream: true });
  expect(answer.headers["content-type"]).toBe("text/event-stream; charset=utf-8");
  expect(answer.text).toMatch(/\n\ndata: \[DONE\]\n\n$/);
  const chunks = eventsOf(answer);
  expect(chunks[0]).toMatchObject({ choices: [], model: "", prompt_filter_results: [{ prompt_index: 0 }] });
  expect(chunks[1].choices[0].delta).toEqual({ role: "assistant", content: "", refusal: null });
  expect(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? "").join("")).toBe(ANSWER_TEXT);
  expect(chunks.at(-1).choices[0].finish_reason).toBe("stop");
});

test("a stream contains the usage in its last chunk if requested", async () => {
  const chunks = eventsOf(await send({ stream: true, stream_options: { include_usage: true } }));
  expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: 6, total_tokens: 37 } });
  expect(chunks.slice(1, -1).every(({ usage }) => usage === null)).toBe(true);
});

test("a reply is cut off at max_completion_tokens", async () => {
  const { body } = await send({ max_completion_tokens: 2 });
  expect(body.choices[0]).toMatchObject({ finish_reason: "length", message: { content: "This is " } });
  expect(body.usage.completion_tokens).toBe(2);
});

test("n choices are returned, plain and streamed", async () => {
  const { body } = await send({ n: 3 });
  expect(body.choices.map(({ index }: { index: number }) => index)).toEqual([0, 1, 2]);
  expect(body.usage.completion_tokens).toBe(93);
  const finished = eventsOf(await send({ n: 2, stream: true })).filter((chunk) => chunk.choices[0]?.finish_reason);
  expect(finished.map((chunk) => chunk.choices[0].index)).toEqual([0, 1]);
});

test("a reply ends before a stop sequence", async () => {
  const body = { ...HELLO, stop: ["chat", "contoso"] };
  expect((await askSeeded(chatUrl("plain"), { body })).body.choices[0]).toMatchObject({
    finish_reason: "stop",
    message: { content: "This is deployment plain of the Azure OpenAI resource " },
  });
});

const parameters = {
  type: "object",
  properties: { city: { type: "string" }, days: { type: "integer", minimum: 2 } },
  required: ["city", "days"],
  additionalProperties: false,
};
const tools = [{ type: "function", function: { name: "weather", parameters, strict: true } }];
const ARGUMENTS = { city: "city", days: 2 };

describe("tools", () => {
  test.each([undefined, "auto", "required", { type: "function", function: { name: "weather" } }])(
    "are called with valid arguments, with the choice %j",
    async (choice) => {
      const { body } = await send({ tools, ...(choice !== undefined && { tool_choice: choice }) });
      const [{ message, finish_reason: reason }] = body.choices;
      expect([reason, message.content]).toEqual(["tool_calls", null]);
      expect(message.tool_calls).toEqual([
        {
          id: expect.stringMatching(/^call_[0-9a-f]{32}$/),
          type: "function",
          function: { name: "weather", arguments: JSON.stringify(ARGUMENTS) },
        },
      ]);
    },
  );

  test("are not called with the choice none", async () => {
    const { body } = await send({ tools, tool_choice: "none" });
    expect([body.choices[0].finish_reason, body.choices[0].message.content]).toEqual(["stop", ANSWER_TEXT]);
  });

  test("are followed by a text after the result", async () => {
    const azure = await azureWith({ seed: SEED });
    const first = await ask(azure, URL, { headers: KEY, body: { ...HELLO, tools } });
    const { message } = first.body.choices[0];
    const result = { role: "tool", tool_call_id: message.tool_calls[0].id, content: "sunny" };
    const messages = [...HELLO.messages, message, result];
    const second = await ask(azure, URL, { headers: KEY, body: { messages, tools } });
    expect(second.body.choices[0].message.content).toBe(ANSWER_TEXT);
  });

  test("are streamed with the name first and the arguments in pieces", async () => {
    const chunks = eventsOf(await send({ tools, stream: true })).slice(1);
    const deltas = chunks.map((chunk) => chunk.choices[0].delta);
    expect(deltas[0]).toEqual({
      role: "assistant",
      content: null,
      refusal: null,
      tool_calls: [
        {
          index: 0,
          id: expect.stringMatching(/^call_/),
          type: "function",
          function: { name: "weather", arguments: "" },
        },
      ],
    });
    const pieces = deltas.slice(1, -1).map((delta) => delta.tool_calls[0].function.arguments);
    expect(JSON.parse(pieces.join(""))).toEqual(ARGUMENTS);
    expect(chunks.at(-1).choices[0]).toMatchObject({ delta: {}, finish_reason: "tool_calls" });
  });

  test("with text input get a text, plain and streamed", async () => {
    const custom = [{ type: "custom", custom: { name: "run" } }];
    const { body } = await send({ tools: custom });
    expect(body.choices[0].message.tool_calls).toMatchObject([
      { type: "custom", custom: { name: "run", input: ANSWER_TEXT } },
    ]);
    const deltas = eventsOf(await send({ tools: custom, stream: true })).flatMap((chunk) => chunk.choices);
    const pieces = deltas.map(({ delta }) => delta.tool_calls?.[0].custom.input ?? "");
    expect(pieces.join("")).toBe(ANSWER_TEXT);
  });
});

describe("structured outputs", () => {
  const json_schema = { name: "forecast", strict: true, schema: parameters };

  test("are JSON that matches the schema, plain and streamed", async () => {
    const response_format = { type: "json_schema", json_schema };
    const { body } = await send({ response_format });
    expect(JSON.parse(body.choices[0].message.content)).toEqual(ARGUMENTS);
    const chunks = eventsOf(await send({ response_format, stream: true }));
    const text = chunks.map((chunk) => chunk.choices[0]?.delta.content ?? "").join("");
    expect(JSON.parse(text)).toEqual(ARGUMENTS);
  });

  test("without a schema are a JSON object", async () => {
    const messages = [{ role: "user", content: "Answer in JSON." }];
    const { body } = await send({ messages, response_format: { type: "json_object" } });
    expect(JSON.parse(body.choices[0].message.content)).toEqual({ text: ANSWER_TEXT });
  });
});
