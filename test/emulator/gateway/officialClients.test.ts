/**
 * The official openai and @anthropic-ai/sdk packages through the data plane: plain, streamed, tool calls, and every
 * error class with the gateway's code in its message. Does not prove that the hosted gateway's errors have the same
 * format.
 */
import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { hang, json, startUpstream, type Upstream } from "./upstream";

let upstream: Upstream;
beforeAll(async () => {
  upstream = await startUpstream();
});
beforeEach(() => upstream.reset());
afterAll(() => upstream.close());

const MODEL = "openai:gpt-5-mini";
const CLAUDE = "anthropic:claude-sonnet-4-5";
const openai = (apiKey: string) => new OpenAI({ apiKey, baseURL: `${upstream.gateway.gatewayUrl}/v1`, maxRetries: 0 });
const anthropic = (apiKey: string) => new Anthropic({ apiKey, baseURL: upstream.gateway.gatewayUrl, maxRetries: 0 });

const question = { role: "user" as const, content: "What is the weather?" };
const parameters = { type: "object" as const, properties: {} };

describe("openai", () => {
  let client: OpenAI;
  beforeEach(async () => {
    client = openai(await upstream.token());
  });

  test("requests a chat completion, plain and streamed", async () => {
    const { choices, usage } = await client.chat.completions.create({ model: MODEL, messages: [question] });
    expect([choices[0]?.message.content, choices[0]?.finish_reason]).toEqual([
      "This is openai, model gpt-5-mini.",
      "stop",
    ]);
    expect(usage).toMatchObject({ prompt_tokens: 10, completion_tokens: 8 });
    const runner = client.chat.completions.stream({
      model: MODEL,
      messages: [question],
      stream_options: { include_usage: true },
    });
    const final = await runner.finalChatCompletion();
    expect([final.choices[0]?.message.content, final.usage?.total_tokens]).toEqual([choices[0]?.message.content, 18]);
  });

  test("calls a tool and sends its result, plain and streamed", async () => {
    const tools = [{ type: "function" as const, function: { name: "weather", parameters } }];
    const { choices } = await client.chat.completions.create({ model: MODEL, messages: [question], tools });
    const call = choices[0]?.message.tool_calls?.[0];
    expect([choices[0]?.finish_reason, call]).toMatchObject([
      "tool_calls",
      { function: { name: "weather", arguments: "{}" } },
    ]);
    const streamed = await client.chat.completions
      .stream({ model: MODEL, messages: [question], tools })
      .finalChatCompletion();
    expect(streamed.choices[0]?.message.tool_calls?.[0]).toMatchObject({ function: { name: "weather" } });
    const messages = [
      question,
      choices[0]!.message,
      { role: "tool" as const, tool_call_id: call?.id ?? "", content: "sunny" },
    ];
    const after = await client.chat.completions.create({ model: MODEL, messages, tools });
    expect(after.choices[0]?.message.content).toBe("This is openai, model gpt-5-mini.");
  });

  test("requests a response, plain, streamed, and with a tool", async () => {
    expect((await client.responses.create({ model: MODEL, input: "Hi" })).output_text).toBe(
      "This is openai, model gpt-5-mini.",
    );
    let text = "";
    let last = "";
    for await (const event of await client.responses.create({ model: MODEL, input: "Hi", stream: true })) {
      if (event.type === "response.output_text.delta") text += event.delta;
      last = event.type;
    }
    expect([text, last]).toEqual(["This is openai, model gpt-5-mini.", "response.completed"]);
    const tools = [{ type: "function" as const, name: "weather", parameters, strict: false }];
    const called = await client.responses.create({ model: MODEL, input: "Hi", tools });
    expect(called.output).toMatchObject([{ type: "function_call", name: "weather", arguments: "{}" }]);
    const final = await client.responses.stream({ model: MODEL, input: "Hi", tools }).finalResponse();
    expect(final.output).toMatchObject([{ type: "function_call", name: "weather" }]);
  });

  test("lists the models", async () => {
    expect((await client.models.list()).data.map(({ id }) => id)).toEqual(
      expect.arrayContaining(["openai/gpt-5", "up:Big"]),
    );
  });
});

describe("@anthropic-ai/sdk", () => {
  let client: Anthropic;
  beforeEach(async () => {
    client = anthropic(await upstream.token());
  });
  const ask = { model: CLAUDE, max_tokens: 100, messages: [question] };

  test("requests a message, plain and streamed", async () => {
    const message = await client.messages.create(ask);
    expect([message.content, message.stop_reason]).toEqual([
      [{ type: "text", text: "This is anthropic, model claude-sonnet-4-5." }],
      "end_turn",
    ]);
    const streamed = await client.messages.stream(ask).finalMessage();
    expect([streamed.content, streamed.usage.output_tokens]).toEqual([message.content, 8]);
  });

  test("calls a tool and sends its result, plain and streamed", async () => {
    const tools = [{ name: "weather", input_schema: parameters }];
    const { content, stop_reason } = await client.messages.create({ ...ask, tools });
    expect([stop_reason, content]).toMatchObject(["tool_use", [{ type: "tool_use", name: "weather", input: {} }]]);
    const streamed = await client.messages.stream({ ...ask, tools }).finalMessage();
    expect(streamed.content).toMatchObject([{ type: "tool_use", name: "weather", input: {} }]);
    const result = { type: "tool_result" as const, tool_use_id: "toolu_canned", content: "sunny" };
    const messages = [question, { role: "assistant" as const, content }, { role: "user" as const, content: [result] }];
    expect((await client.messages.create({ ...ask, messages, tools })).stop_reason).toBe("end_turn");
  });

  test("lists the models with the access key in either header", async () => {
    const ids = async (of: Anthropic) => (await of.models.list()).data.map(({ id }) => id);
    const all = await ids(client);
    expect(all).toEqual(expect.arrayContaining(["openai/gpt-5", "up:Big"]));
    const bearer = new Anthropic({
      apiKey: null,
      authToken: await upstream.token(),
      baseURL: upstream.gateway.gatewayUrl,
    });
    expect(await ids(bearer)).toEqual(all);
  });
});

/** What makes the gateway refuse, the code, and the class of error in either SDK. */
interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly openai: string;
  readonly anthropic: string;
  readonly model?: string;
  arrange?(token: string): Promise<unknown>;
}

const config = (settings: Parameters<typeof upstream.gateway.client.updateGatewayConfig>[0]) =>
  upstream.gateway.client.updateGatewayConfig(settings);

async function deleteAllKeys() {
  for await (const { id } of upstream.gateway.client.listAccessKeys())
    await upstream.gateway.client.deleteAccessKey(id);
}

async function restrict() {
  const { id } = await upstream.gateway.client.createAccessKeyConfiguration({
    name: "none",
    access: { providers: { allow: [] } },
  });
  for await (const key of upstream.gateway.client.listAccessKeys())
    await upstream.gateway.client.updateAccessKey(key.id, { accessKeyConfigurationId: id });
}

const fault = (status: number) =>
  upstream.gateway.fault({ plane: "gateway", match: { method: "POST" }, action: { status } });

const refusals: Refusal[] = [
  {
    status: 401,
    code: "ERR_NGROK_27007",
    openai: "AuthenticationError",
    anthropic: "AuthenticationError",
    arrange: deleteAllKeys,
  },
  {
    status: 403,
    code: "ERR_NGROK_27231",
    openai: "PermissionDeniedError",
    anthropic: "PermissionDeniedError",
    arrange: restrict,
  },
  {
    status: 404,
    code: "ERR_NGROK_27213",
    openai: "NotFoundError",
    anthropic: "NotFoundError",
    arrange: () => fault(404),
  },
  {
    status: 413,
    code: "ERR_NGROK_3811",
    openai: "APIError",
    anthropic: "ContentTooLargeError",
    arrange: () => config({ maxInputTokens: 1 }),
  },
  {
    status: 422,
    code: "ERR_NGROK_27230",
    openai: "UnprocessableEntityError",
    anthropic: "UnprocessableEntityError",
    model: "nobody",
  },
  {
    status: 429,
    code: "ERR_NGROK_27217",
    openai: "RateLimitError",
    anthropic: "RateLimitError",
    arrange: () => fault(429),
  },
  {
    status: 503,
    code: "ERR_NGROK_3807",
    openai: "InternalServerError",
    anthropic: "ServiceUnavailableError",
    model: "up:Big",
    arrange: async () => upstream.answer(json(429, {})),
  },
  {
    status: 504,
    code: "ERR_NGROK_3810",
    openai: "InternalServerError",
    anthropic: "GatewayTimeoutError",
    model: "up:Big",
    arrange: async () => {
      upstream.answer(hang);
      await config({ totalTimeout: "100ms" });
    },
  },
];

describe("each refusal is the SDK's own error with the gateway's code in the message:", () => {
  const failure = (promise: Promise<unknown>) =>
    promise.then(
      () => ["no error"],
      (error: Error & { status: number }) => [error.constructor.name, error.status, error.message],
    );

  test.each(refusals)("$status $code in openai", async ({ status, code, openai: name, model = MODEL, arrange }) => {
    const token = await upstream.token();
    await arrange?.(token);
    const asked = openai(token).chat.completions.create({ model, messages: [question] });
    expect(await failure(asked)).toEqual([name, status, expect.stringContaining(code)]);
    if (code === "ERR_NGROK_27213" || code === "ERR_NGROK_27217") await arrange?.(token);
    const response = openai(token).responses.create({ model, input: question.content });
    expect(await failure(response)).toEqual([name, status, expect.stringContaining(code)]);
  });

  test.each(refusals)(
    "$status $code in @anthropic-ai/sdk",
    async ({ status, code, anthropic: name, model = CLAUDE, arrange }) => {
      const token = await upstream.token();
      await arrange?.(token);
      const asked = anthropic(token).messages.create({ model, max_tokens: 10, messages: [question] });
      expect(await failure(asked)).toEqual([name, status, expect.stringContaining(code)]);
    },
  );

  test("a path that the gateway does not have is not found", async () => {
    const asked = openai(await upstream.token()).completions.create({ model: MODEL, prompt: "x" });
    expect(await failure(asked)).toEqual(["NotFoundError", 404, expect.stringContaining("ERR_NGROK_27204")]);
  });
});
