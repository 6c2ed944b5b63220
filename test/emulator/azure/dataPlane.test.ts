/**
 * The Azure OpenAI data plane over HTTP, under the host names of production.
 * Does not prove that Azure answers the same: bodies and headers are those of its documentation and of reports.
 */
import { Readable } from "node:stream";
import OpenAI, { AzureOpenAI } from "openai";
import { request as send } from "undici";
import { type Answer, ask, azureWith, closeAzures, TestClock } from "./helpers";

const KEYS = ["key-one", "key-two"];
const SEED = {
  azure: [
    {
      resource: "contoso",
      keys: KEYS,
      location: "swedencentral",
      deployments: [
        { name: "chat", model: "gpt-5-mini", version: "2025-08-07" },
        { name: "small", model: "gpt-5-mini", version: "2025-08-07", capacity: 1 },
        { name: "thinker", model: "o3-mini" },
        { name: "vectors", model: "text-embedding-3-small" },
        { name: "batch", model: "gpt-5", sku: "GlobalBatch" },
      ],
    },
  ],
};
const ENDPOINT = "https://contoso.openai.azure.com";
const DATED = `${ENDPOINT}/openai/deployments/chat/chat/completions?api-version=2024-10-21`;
const V1 = `${ENDPOINT}/openai/v1`;
const HELLO = { messages: [{ role: "user", content: "Hello" }] };
const ANSWER_TEXT =
  "This is deployment chat of the Azure OpenAI resource contoso in swedencentral (Sweden Central), model gpt-5-mini-2025-08-07.";

afterEach(closeAzures);

async function askSeeded(url: string, headers: Record<string, string>, body: unknown = HELLO): Promise<Answer> {
  return ask(await azureWith({ seed: SEED }), url, { headers, body });
}

test("a chat completion on the dated route has Azure's shape and says who answered", async () => {
  const clock = new TestClock();
  const azure = await azureWith({ seed: SEED, clock: clock.read });
  const { status, headers, body } = await ask(azure, DATED, { headers: { "api-key": "key-one" }, body: HELLO });
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
  expect(headers["x-ms-region"]).toBe("Sweden Central");
  expect(headers["apim-request-id"]).toMatch(/^[0-9a-f-]{36}$/);
});

test("the same request gets the same answer", async () => {
  const clock = new TestClock();
  const azure = await azureWith({ seed: SEED, clock: clock.read });
  const options = { headers: { "api-key": "key-two" }, body: HELLO };
  const [one, other] = [await ask(azure, DATED, options), await ask(azure, DATED, options)];
  expect(one.body).toEqual(other.body);
});

test("a streamed chat completion begins with the prompt's filter results and ends with [DONE]", async () => {
  const answer = await askSeeded(DATED, { "api-key": "key-one" }, { ...HELLO, stream: true });
  expect(answer.headers["content-type"]).toBe("text/event-stream; charset=utf-8");
  const events = answer.text.trimEnd().split("\n\n");
  expect(events.at(-1)).toBe("data: [DONE]");
  const chunks = events.slice(0, -1).map((event) => JSON.parse(event.slice("data: ".length)));
  expect(chunks[0]).toMatchObject({ choices: [], model: "", prompt_filter_results: [{ prompt_index: 0 }] });
  expect(chunks[1].choices[0].delta).toEqual({ role: "assistant", content: "", refusal: null });
  expect(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? "").join("")).toBe(ANSWER_TEXT);
  expect(chunks.at(-1).choices[0].finish_reason).toBe("stop");
});

test("a stream carries the usage in its last chunk when asked to", async () => {
  const body = { ...HELLO, stream: true, stream_options: { include_usage: true } };
  const { text } = await askSeeded(DATED, { "api-key": "key-one" }, body);
  const last = text.trimEnd().split("\n\n").at(-2)?.slice("data: ".length) ?? "";
  expect(JSON.parse(last)).toMatchObject({ choices: [], usage: { prompt_tokens: 6, total_tokens: 37 } });
});

test("an answer that reaches max_completion_tokens is cut off there", async () => {
  const { body } = await askSeeded(DATED, { "api-key": "key-one" }, { ...HELLO, max_completion_tokens: 2 });
  expect(body.choices[0]).toMatchObject({ finish_reason: "length", message: { content: "This is " } });
  expect(body.usage.completion_tokens).toBe(2);
});

test.each([
  "openai.azure.com",
  "services.ai.azure.com",
  "cognitiveservices.azure.com",
  "openai.azure.us",
  "openai.azure.cn",
])("the resource answers under %s", async (domain) => {
  const url = `https://contoso.${domain}/openai/deployments/chat/chat/completions?api-version=2024-10-21`;
  expect((await askSeeded(url, { "api-key": "key-one" })).status).toBe(200);
});

test("a request to a name that no resource has gets no answer", async () => {
  const url = DATED.replace("contoso", "nobody");
  await expect(askSeeded(url, { "api-key": "key-one" })).rejects.toThrow("other side closed");
});

describe("v1", () => {
  test.each([{ "api-key": "key-two" }, { authorization: "Bearer key-two" }])(
    "takes the key as %j and the deployment from `model`",
    async (headers) => {
      const { status, body } = await askSeeded(`${V1}/chat/completions`, headers as unknown as Record<string, string>, {
        ...HELLO,
        model: "chat",
      });
      expect(status).toBe(200);
      expect(body.choices[0].message.content).toBe(ANSWER_TEXT);
    },
  );

  test("answers a Responses request", async () => {
    const { status, body } = await askSeeded(
      `${V1}/responses`,
      { "api-key": "key-one" },
      { model: "chat", input: "Hello" },
    );
    expect(status).toBe(200);
    expect(body).toMatchObject({
      id: expect.stringMatching(/^resp_[0-9a-f]{32}$/),
      object: "response",
      status: "completed",
      model: "gpt-5-mini-2025-08-07",
      output: [
        { type: "message", role: "assistant", content: [{ type: "output_text", text: ANSWER_TEXT, annotations: [] }] },
      ],
      usage: { input_tokens: 6, output_tokens: 31, total_tokens: 37 },
    });
  });

  test("streams a Responses request as typed events in order", async () => {
    const body = { model: "chat", input: [{ role: "user", content: "Hello" }], stream: true };
    const { text } = await askSeeded(`${V1}/responses`, { "api-key": "key-one" }, body);
    const events = text
      .trimEnd()
      .split("\n\n")
      .map((event) => JSON.parse(event.split("\ndata: ")[1] ?? ""));
    expect(events.map(({ sequence_number }) => sequence_number)).toEqual(events.map((_event, index) => index));
    expect(events[0].type).toBe("response.created");
    expect(events.at(-1)).toMatchObject({ type: "response.completed", response: { usage: { total_tokens: 37 } } });
    const deltas = events.filter(({ type }) => type === "response.output_text.delta").map(({ delta }) => delta);
    expect(deltas.join("")).toBe(ANSWER_TEXT);
  });

  test("refuses a dated api-version", async () => {
    const url = `${V1}/chat/completions?api-version=2024-10-21`;
    const { status, body } = await askSeeded(url, { "api-key": "key-one" }, { ...HELLO, model: "chat" });
    expect(status).toBe(400);
    expect(body).toEqual({ error: { code: "BadRequest", message: "API version not supported" } });
  });

  test("accepts api-version=preview", async () => {
    const url = `${V1}/chat/completions?api-version=preview`;
    expect((await askSeeded(url, { "api-key": "key-one" }, { ...HELLO, model: "chat" })).status).toBe(200);
  });

  test("says that a model without responses is not supported", async () => {
    const { status, body } = await askSeeded(
      `${V1}/responses`,
      { "api-key": "key-one" },
      { model: "vectors", input: "Hello" },
    );
    expect(status).toBe(400);
    expect(body).toEqual({ error: { code: "400", message: "Model not supported" } });
  });
});

describe("keys", () => {
  test("a key in Authorization on the dated route gets the flat 401", async () => {
    const { status, body } = await askSeeded(DATED, { authorization: "Bearer key-one" });
    expect(status).toBe(401);
    expect(body).toEqual({
      statusCode: 401,
      message:
        "Unauthorized. Access token is missing, invalid, audience is incorrect (https://cognitiveservices.azure.com), or have expired.",
    });
  });

  test.each([{ "api-key": "wrong" }, {}])("the header %j gets a 401", async (headers) => {
    const { status, body } = await askSeeded(DATED, headers as unknown as Record<string, string>);
    expect(status).toBe(401);
    expect(body).toEqual({
      error: {
        code: "401",
        message:
          "Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an active subscription and use a correct regional API endpoint for your resource.",
      },
    });
  });
});

describe("paths and api-versions", () => {
  const NOT_FOUND = { error: { code: "404", message: "Resource not found" } };

  test.each([
    ["no api-version", "/openai/deployments/chat/chat/completions"],
    ["an unknown api-version", "/openai/deployments/chat/chat/completions?api-version=2024-11-20"],
    ["a retired api-version", "/openai/deployments/chat/chat/completions?api-version=2023-03-15-preview"],
    ["v1's api-version", "/openai/deployments/chat/chat/completions?api-version=preview"],
    ["a double slash", "/openai//deployments/chat/chat/completions?api-version=2024-10-21"],
    ["a wrong path", "/openai/deployments/chat/completions?api-version=2024-10-21"],
  ])("%s gets 404 Resource not found", async (_what, path) => {
    const { status, body } = await askSeeded(`${ENDPOINT}${path}`, { "api-key": "key-one" });
    expect({ status, body }).toEqual({ status: 404, body: NOT_FOUND });
  });

  test.each(["2024-02-15-preview", "2024-06-01", "2024-10-21", "2025-04-01-preview"])(
    "%s is served",
    async (version) => {
      const { status } = await askSeeded(DATED.replace("2024-10-21", version), { "api-key": "key-one" });
      expect(status).toBe(200);
    },
  );

  test.each(["missing", "batch"])("the deployment %s is not found", async (deployment) => {
    const url = `${ENDPOINT}/openai/deployments/${deployment}/chat/completions?api-version=2024-10-21`;
    const { status, body } = await askSeeded(url, { "api-key": "key-one" });
    expect(status).toBe(404);
    expect(body).toEqual({
      error: {
        code: "DeploymentNotFound",
        message:
          "The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, please wait a moment and try again.",
      },
    });
  });

  test("a reasoning model wants a newer api-version than the last dated release", async () => {
    const url = `${ENDPOINT}/openai/deployments/thinker/chat/completions?api-version=2024-10-21`;
    const { status, body } = await askSeeded(url, { "api-key": "key-one" });
    expect(status).toBe(400);
    expect(body).toEqual({
      error: {
        code: "BadRequest",
        message: "Model o3-mini is enabled only for api versions 2024-12-01-preview and later",
      },
    });
  });
});

describe("request bodies", () => {
  test("a body that is no JSON object is refused", async () => {
    const { status, body } = await askSeeded(DATED, { "api-key": "key-one" }, "{");
    expect(status).toBe(400);
    expect(body).toEqual({
      error: {
        message: "We could not parse the JSON body of your request. The OpenAI API expects a JSON payload.",
        type: "invalid_request_error",
        param: null,
        code: null,
      },
    });
  });

  test.each([
    [{}, "Missing required parameter: 'messages'.", "missing_required_parameter"],
    [
      { messages: "Hello" },
      "Invalid type for 'messages': expected an array of objects, but got a string instead.",
      "invalid_type",
    ],
    [
      { messages: [] },
      "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.",
      "empty_array",
    ],
  ])("%j is refused with what is wrong", async (sent, message, code) => {
    const { status, body } = await askSeeded(DATED, { "api-key": "key-one" }, sent);
    expect(status).toBe(400);
    expect(body).toEqual({ error: { message, type: "invalid_request_error", param: "messages", code } });
  });

  test("a prompt with the filter's marker is refused by the content filter", async () => {
    const sent = { messages: [{ role: "user", content: [{ type: "text", text: "Hello [[content-filter]]" }] }] };
    const { status, body } = await askSeeded(DATED, { "api-key": "key-one" }, sent);
    expect(status).toBe(400);
    const safe = { filtered: false, severity: "safe" };
    expect(body).toEqual({
      error: {
        code: "content_filter",
        param: "prompt",
        status: 400,
        type: null,
        message:
          "The response was filtered due to the prompt triggering Azure OpenAI's content management policy. Please modify your prompt and retry. To learn more about our content filtering policies please read our documentation: https://go.microsoft.com/fwlink/?linkid=2198766",
        innererror: {
          code: "ResponsibleAIPolicyViolation",
          content_filter_result: {
            hate: { filtered: true, severity: "medium" },
            jailbreak: { filtered: false, detected: false },
            self_harm: safe,
            sexual: safe,
            violence: safe,
          },
        },
      },
    });
  });
});

describe("quota", () => {
  const SMALL = DATED.replace("/chat/chat/", "/small/chat/");
  /** Counts 600 tokens: 6 for the prompt and what the answer may use. */
  const BIG = { ...HELLO, max_completion_tokens: 594 };

  test("a deployment of capacity 1 takes requests until 1,000 tokens are counted, and again after a minute", async () => {
    const clock = new TestClock();
    const azure = await azureWith({ seed: SEED, clock: clock.read });
    const options = { headers: { "api-key": "key-one" }, body: BIG };

    const first = await ask(azure, SMALL, options);
    expect(first.status).toBe(200);
    expect(first.headers).toMatchObject({
      "x-ratelimit-limit-tokens": "1000",
      "x-ratelimit-remaining-tokens": "400",
      "x-ratelimit-limit-requests": "6",
      "x-ratelimit-remaining-requests": "5",
    });

    clock.advance(15_500);
    const second = await ask(azure, SMALL, options);
    expect(second.status).toBe(200);
    expect(second.headers["x-ratelimit-remaining-tokens"]).toBe("0");

    const third = await ask(azure, SMALL, options);
    expect(third.status).toBe(429);
    expect(third.body).toEqual({
      error: {
        code: "429",
        message:
          "Requests to the ChatCompletions_Create Operation under Azure OpenAI API version 2024-10-21 have exceeded token rate limit of your current OpenAI S0 pricing tier. Please retry after 45 seconds. Please go here: https://aka.ms/oai/quotaincrease if you would like to further increase the default rate limit.",
      },
    });
    expect(third.headers).toMatchObject({
      "retry-after": "45",
      "retry-after-ms": "44500",
      "x-ratelimit-remaining-tokens": "0",
      "x-ratelimit-reset-tokens": "45",
      "x-ms-region": "Sweden Central",
    });
    expect(third.headers["apim-request-id"]).toMatch(/^[0-9a-f-]{36}$/);

    clock.advance(44_499);
    expect((await ask(azure, SMALL, options)).status).toBe(429);
    clock.advance(1);
    expect((await ask(azure, SMALL, options)).status).toBe(200);
  });

  test("both keys of an account use up the same tokens", async () => {
    const azure = await azureWith({ seed: SEED, clock: new TestClock().read });
    for (const key of ["key-one", "key-two"]) {
      expect((await ask(azure, SMALL, { headers: { "api-key": key }, body: BIG })).status).toBe(200);
    }
    for (const key of ["key-one", "key-two"]) {
      expect((await ask(azure, SMALL, { headers: { "api-key": key }, body: BIG })).status).toBe(429);
    }
  });

  test("requests run out before tokens when they are small", async () => {
    const azure = await azureWith({ seed: SEED, clock: new TestClock().read });
    const options = { headers: { "api-key": "key-one" }, body: { ...HELLO, max_completion_tokens: 1 } };
    for (let count = 0; count < 6; count++) expect((await ask(azure, SMALL, options)).status).toBe(200);
    const { status, body } = await ask(azure, SMALL, options);
    expect(status).toBe(429);
    expect(body.error.message).toContain("have exceeded call rate limit");
  });

  test("a seeded deployment without capacity never runs out", async () => {
    const azure = await azureWith({ seed: SEED, clock: new TestClock().read });
    const options = { headers: { "api-key": "key-one" }, body: { ...HELLO, max_completion_tokens: 10_000_000 } };
    for (let count = 0; count < 3; count++) expect((await ask(azure, DATED, options)).status).toBe(200);
  });
});

describe("the official client", () => {
  // The built-in fetch sends no Host but its own.
  const viaStandIn = (azureUrl: string, host: string): typeof fetch => {
    return async (input, init) => {
      const { pathname, search } = new URL(String(input));
      const { statusCode, headers, body } = await send(`${azureUrl}${pathname}${search}`, {
        method: "POST",
        headers: { ...Object.fromEntries(new Headers(init?.headers)), host },
        body: String(init?.body),
      });
      const contentType = String(headers["content-type"]);
      return new Response(Readable.toWeb(body) as ReadableStream, {
        status: statusCode,
        headers: { "content-type": contentType },
      });
    };
  };

  test("AzureOpenAI speaks to the dated route", async () => {
    const azure = await azureWith({ seed: SEED });
    const client = new AzureOpenAI({
      endpoint: ENDPOINT,
      apiKey: "key-one",
      apiVersion: "2024-10-21",
      deployment: "chat",
      maxRetries: 0,
      fetch: viaStandIn(azure.azureUrl, "contoso.openai.azure.com"),
    });
    const messages = [{ role: "user" as const, content: "Hello" }];
    const stream = await client.chat.completions.create({ model: "ignored", messages, stream: true });
    let text = "";
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? "";
    expect(text).toBe(ANSWER_TEXT);
  });

  test("OpenAI speaks to v1, with chat completions and with responses", async () => {
    const azure = await azureWith({ seed: SEED });
    const client = new OpenAI({
      baseURL: V1,
      apiKey: "key-one",
      maxRetries: 0,
      fetch: viaStandIn(azure.azureUrl, "contoso.openai.azure.com"),
    });
    const response = await client.responses.create({ model: "chat", input: "Hello" });
    expect(response.output_text).toBe(ANSWER_TEXT);
    const stream = await client.responses.create({ model: "chat", input: "Hello", stream: true });
    let text = "";
    for await (const event of stream) if (event.type === "response.output_text.delta") text += event.delta;
    expect(text).toBe(ANSWER_TEXT);
  });
});
