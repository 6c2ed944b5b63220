/**
 * Requests at an upstream and its responses: bytes, headers, keys, failover, streams, limits, usage. Does not prove the
 * behavior of the hosted gateway where its documentation is silent; the page of the emulator's coverage lists these
 * points.
 */
import OpenAI from "openai";
import { hang, json, startUpstream, stream, type Upstream, VALUE } from "./upstream";

let upstream: Upstream;
beforeAll(async () => {
  upstream = await startUpstream();
});
beforeEach(() => upstream.reset());
afterAll(() => upstream.close());

const post = async (body: string, path = "/v1/chat/completions", headers: Record<string, string> = {}) =>
  await fetch(upstream.gateway.gatewayUrl + path, {
    method: "POST",
    headers: { authorization: `Bearer ${await upstream.token()}`, "content-type": "application/json", ...headers },
    body,
  });
const chat = (model: string, more: object = {}) =>
  JSON.stringify({ model, messages: [{ role: "user", content: "Hi" }], ...more });
const completion = {
  choices: [{ finish_reason: "stop", message: { role: "assistant", content: "Yes" } }],
  usage: {
    prompt_tokens: 3,
    completion_tokens: 2,
    prompt_tokens_details: { cached_tokens: 1 },
    completion_tokens_details: { reasoning_tokens: 1 },
  },
};
const event = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`;
const chunk = (content: string) => event({ choices: [{ index: 0, delta: { content } }] });

async function usage() {
  const events = [];
  for await (const one of upstream.gateway.client.listUsage({
    startTime: "2020-01-01T00:00:00Z",
    includeRetries: true,
  })) {
    events.push(one);
  }
  return events.reverse();
}

/** Resolves when usage lists that many attempts: that of a stream is recorded at its end. */
async function usageOf(count: number) {
  for (;;) {
    const events = await usage();
    if (events.length >= count) return events;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe("A request at the upstream", () => {
  test("has the client's bytes, except the model's name and the list of models", async () => {
    upstream.answer(json(200, completion));
    const image = `{"type":"image_url","image_url":{"url":"data:image/png;base64,${"iVBORw0K".repeat(1000)}"}}`;
    const rest = `"messages" : [ {"role":"user","content":[${image}]} ],\n "tools":[{"unknown":1e2}], "seed": 12345678901234567890, "\\u0078":"\\ud83d\\ude00"`;
    await post(`{ "model" : "up:Big", ${rest}, "models": ["openai:gpt-5"] }`);
    expect(upstream.requests[0]?.body.toString("utf8")).toBe(`{ "model" : "Big", ${rest} }`);
  });

  test("has the base URL's path followed by the surface's path, and the base URL's query, host and key", async () => {
    upstream.answer(json(200, {}));
    await post(chat("up:Big"), "/v1/responses");
    await post(chat("up:Big"), "/v1/messages", { "anthropic-version": "2023-06-01", cookie: "no" });
    expect(upstream.requests.map(({ url }) => url)).toEqual([
      "/base/v1/responses?api-version=1",
      "/base/v1/messages?api-version=1",
    ]);
    const [responses, messages] = upstream.requests.map(({ headers }) => headers);
    expect([responses?.host, responses?.authorization, responses?.["x-api-key"]]).toEqual([
      "up.example",
      `Bearer ${VALUE}-1`,
      undefined,
    ]);
    expect([messages?.["x-api-key"], messages?.authorization, messages?.["anthropic-version"]]).toEqual([
      `${VALUE}-1`,
      undefined,
      "2023-06-01",
    ]);
    expect(messages?.cookie).toBeUndefined();
  });

  test("has the declared spelling of the model, and an unknown model in the client's spelling", async () => {
    upstream.answer(json(200, completion));
    await post(chat("up:bIG"));
    await post(chat("up:Never-heard-of"));
    expect(upstream.requests.map(({ body }) => JSON.parse(body.toString()).model)).toEqual(["Big", "Never-heard-of"]);
  });
});

describe("A response", () => {
  test("is passed back with invalid token counts, which are not recorded", async () => {
    const nonsense = { choices: [{ finish_reason: 7 }], usage: { prompt_tokens: "5", completion_tokens: -1 } };
    upstream.answer(json(200, nonsense));
    expect(await (await post(chat("up:Big"))).json()).toEqual(nonsense);
    expect(await usage()).toMatchObject([{ inputTokens: 0, outputTokens: 0, stopReason: "" }]);
  });

  test("has the upstream's bytes, status and relevant headers", async () => {
    const text = '{ "choices" : [],  "odd":1.0 }';
    upstream.answer((response) => {
      response.writeHead(200, {
        "content-type": "application/json; charset=utf-8",
        "x-ratelimit-remaining-tokens": "7",
        "apim-request-id": "a",
        "x-ms-region": "East US",
        "set-cookie": "no=1",
        server: "up",
      });
      response.end(text);
    });
    const answer = await post(chat("up:Big"));
    expect(await answer.text()).toBe(text);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      "content-type": "application/json; charset=utf-8",
      "x-ratelimit-remaining-tokens": "7",
      "apim-request-id": "a",
      "x-ms-region": "East US",
      "ngrok-aig-request-id": (await usage())[0]?.requestId,
    });
    expect([answer.headers.get("set-cookie"), answer.headers.get("server")]).toEqual([null, null]);
  });

  test.each([400, 404, 409, 413, 422])(
    "with status %i is passed back, because no other attempt would succeed",
    async (status) => {
      await upstream.reset(2);
      upstream.answer(json(status, { error: { message: "in the upstream's words" } }));
      const answer = await post(chat("up:Big"));
      expect([answer.status, await answer.json()]).toEqual([status, { error: { message: "in the upstream's words" } }]);
      expect(upstream.requests).toHaveLength(1);
    },
  );

  test.each([401, 403, 408, 429, 500, 503])(
    "with status %i is followed by the next key, and no pair is tried twice",
    async (status) => {
      await upstream.reset(3);
      upstream.answer(json(status, {}), json(status, {}), json(200, completion));
      const answer = await post(chat("up:Big", { models: ["up:Big", "up:BIG"] }));
      expect(answer.status).toBe(200);
      expect(upstream.requests.map(({ headers }) => headers.authorization)).toEqual(
        [1, 2, 3].map((key) => `Bearer ${VALUE}-${key}`),
      );
      expect((await usage()).map((one) => [one.attemptNumber, one.statusCode, one.isFinalAttempt])).toEqual([
        [1, status, false],
        [2, status, false],
        [3, 200, true],
      ]);
    },
  );

  test("that never arrives times out, and the next key is tried", async () => {
    await upstream.reset(2);
    await upstream.gateway.client.updateGatewayConfig({ perRequestTimeout: "100ms" });
    upstream.answer(hang, json(200, completion));
    expect((await post(chat("up:Big"))).status).toBe(200);
    expect((await usage()).map(({ statusCode, timedOut }) => [statusCode, timedOut])).toEqual([
      [504, true],
      [200, false],
    ]);
  });

  test("is not awaited beyond the total timeout, and the error lists the attempts", async () => {
    await upstream.reset(5);
    await upstream.gateway.client.updateGatewayConfig({ totalTimeout: "250ms", perRequestTimeout: "100ms" });
    upstream.answer(hang);
    const answer = await post(chat("up:Big"));
    const { error } = (await answer.json()) as { error: { code: string; message: string } };
    expect([answer.status, error.code]).toEqual([504, "ERR_NGROK_3810"]);
    expect(error.message).toMatch(/Attempt 1: up:Big with key aigpk_\w+: upstream timed out\. Attempt 2/);
    expect(upstream.requests.length).toBeLessThan(5);
    expect((await usage()).at(-1)).toMatchObject({ isFinalAttempt: true, timedOut: true });
  });

  test("does not contain a key's value if the upstream refuses the key", async () => {
    await upstream.reset(2);
    upstream.answer(json(401, { error: "bad key" }));
    expect(await (await post(chat("up:Big"))).text()).not.toContain(VALUE);
  });
});

describe("A stream", () => {
  const streamed = (model = "up:Big", more: object = {}) => post(chat(model, { stream: true, ...more }));

  test("is passed on as it arrives, and its tokens are counted at its end", async () => {
    const pieces = [chunk("One "), chunk("two"), event({ choices: [], usage: completion.usage }), "data: [DONE]\n\n"];
    upstream.answer(stream(pieces));
    const answer = await streamed();
    expect(answer.headers.get("content-type")).toBe("text/event-stream");
    expect(await answer.text()).toBe(pieces.join(""));
    expect(await usageOf(1)).toMatchObject([
      { isStreaming: true, inputTokens: 3, outputTokens: 2, cacheReadTokens: 1, reasoningTokens: 1, statusCode: 200 },
    ]);
  });

  test("in Anthropic's format reports its tokens in two events", async () => {
    const start = { type: "message_start", message: { usage: { input_tokens: 5, output_tokens: 1 } } };
    const delta = { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 9 } };
    upstream.answer(stream([event(start), event(delta)]));
    await (await post(chat("up:Big", { stream: true }), "/v1/messages")).text();
    expect(await usageOf(1)).toMatchObject([{ inputTokens: 5, outputTokens: 9, stopReason: "end_turn" }]);
  });

  test("that breaks before its first chunk is followed by the next key", async () => {
    await upstream.reset(2);
    upstream.answer(stream([], "break"), stream([chunk("One")]));
    expect(await (await streamed()).text()).toBe(chunk("One"));
    expect((await usageOf(2)).map(({ statusCode }) => statusCode)).toEqual([502, 200]);
  });

  test("that breaks after its first chunk ends with an error that the SDK throws, and is not retried", async () => {
    await upstream.reset(2);
    upstream.answer(stream([chunk("One "), chunk("two")], "break"));
    const client = new OpenAI({ apiKey: await upstream.token(), baseURL: `${upstream.gateway.gatewayUrl}/v1` });
    const pieces: string[] = [];
    const read = async () => {
      const chunks = await client.chat.completions.create({ model: "up:Big", messages: [], stream: true });
      for await (const one of chunks) pieces.push(one.choices[0]?.delta.content ?? "");
    };
    await expect(read()).rejects.toThrow(/ERR_NGROK_27223.*broke off its stream/);
    expect([pieces.join(""), upstream.requests.length]).toEqual(["One two", 1]);
    expect(await usageOf(1)).toMatchObject([{ statusCode: 502, isFinalAttempt: true, isError: true }]);
  });

  test("that stalls is ended by the timeout with an error event", async () => {
    await upstream.gateway.client.updateGatewayConfig({ perRequestTimeout: "150ms" });
    upstream.answer(stream([chunk("One")], "hang"));
    const text = await (await streamed()).text();
    expect(text).toMatch(/^data: .*One.*\n\n\n\ndata: .*ERR_NGROK_27207/);
    expect(await usageOf(1)).toMatchObject([{ statusCode: 504, timedOut: true }]);
  });

  test("that an upstream answers with plain JSON is followed by the next key", async () => {
    await upstream.reset(2);
    upstream.answer(json(200, completion), stream([chunk("One")]));
    expect(await (await streamed()).text()).toBe(chunk("One"));
  });

  test("continues after its access key is deleted, and its usage does not restore the key", async () => {
    let finish = () => {};
    upstream.answer((response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(chunk("One "));
      finish = () => response.end(chunk("two"));
    });
    const answer = await streamed();
    const reader = answer.body!.getReader();
    const first = await reader.read();
    for await (const { id } of upstream.gateway.client.listAccessKeys()) {
      await upstream.gateway.client.deleteAccessKey(id);
    }
    finish();
    let text = Buffer.from(first.value ?? []).toString();
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      text += Buffer.from(next.value).toString();
    }
    expect(text).toBe(chunk("One ") + chunk("two"));
    // The end of the stream stores nothing of the key again.
    await usageOf(1);
    expect(await upstream.gateway.client.listAccessKeys()[Symbol.asyncIterator]().next()).toMatchObject({ done: true });
  });

  test("is ended at the upstream when the client disconnects", async () => {
    const closed = new Promise<void>((resolve) => {
      upstream.answer((response) => {
        response.on("close", resolve);
        stream([chunk("One")], "hang")(response, upstream.requests[0]!);
      });
    });
    const abort = new AbortController();
    const answer = await fetch(`${upstream.gateway.gatewayUrl}/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${await upstream.token()}` },
      body: chat("up:Big", { stream: true }),
      signal: abort.signal,
    });
    await answer.body!.getReader().read();
    abort.abort();
    await closed;
    expect(await usageOf(1)).toMatchObject([{ isStreaming: true, isFinalAttempt: true }]);
  });
});

describe("The account's limits", () => {
  test("refuse an input above maxInputTokens, and accept one at the limit", async () => {
    upstream.answer(json(200, completion));
    await upstream.gateway.client.updateGatewayConfig({ maxInputTokens: 10 });
    const ask = async (chars: number) => {
      const content = "x".repeat(chars - "user".length);
      return (await post(JSON.stringify({ model: "up:Big", messages: [{ role: "user", content }] }))).status;
    };
    expect([await ask(40), await ask(41)]).toEqual([200, 413]);
    expect(upstream.requests).toHaveLength(1);
  });

  test.each([
    ["lower a higher limit of the request", "/v1/chat/completions", { max_tokens: 900 }, { max_tokens: 50 }],
    [
      "keep a lower limit of the request",
      "/v1/chat/completions",
      { max_completion_tokens: 20 },
      { max_completion_tokens: 20 },
    ],
    ["are added to a request without a limit", "/v1/responses", {}, { max_output_tokens: 50 }],
    ["replace null", "/v1/chat/completions", { max_completion_tokens: null }, { max_completion_tokens: 50 }],
  ])("on the output %s", async (_how, path, given, sent) => {
    upstream.answer(json(200, completion));
    await upstream.gateway.client.updateGatewayConfig({ maxOutputTokens: 50 });
    await post(chat("up:Big", given), path);
    expect(JSON.parse(upstream.requests[0]?.body.toString() ?? "")).toEqual({
      model: "Big",
      messages: [{ role: "user", content: "Hi" }],
      ...sent,
    });
  });
});

describe("A request is refused if", () => {
  test.each([
    ["its body is not JSON", "{", 400, "ERR_NGROK_3801"],
    ["its body is not an object", "[]", 400, "ERR_NGROK_3801"],
    ["it names no model", "{}", 400, "ERR_NGROK_3801"],
    ["its models are not texts", '{"model":"up:Big","models":[1]}', 400, "ERR_NGROK_3801"],
    ["its provider is unknown", chat("nobody:Big"), 422, "ERR_NGROK_27225"],
    ["its model is unknown", chat("nobody"), 422, "ERR_NGROK_27230"],
    ["it names a custom provider's model without the provider", chat("Big"), 422, "ERR_NGROK_27230"],
  ])("%s", async (_what, body, status, code) => {
    const answer = await post(body);
    expect([answer.status, await answer.json()]).toMatchObject([status, { error: { code }, errorCode: code }]);
  });

  test("the provider does not support the surface", async () => {
    for await (const { id } of upstream.gateway.client.listProviders()) {
      const supportedApiSurfaces = [{ format: "openai", surface: "chat-completions" }];
      await upstream.gateway.client.updateProvider(id, { supportedApiSurfaces });
    }
    upstream.answer(json(200, completion));
    expect((await post(chat("up:Big"))).status).toBe(200);
    expect(await (await post(chat("up:Big"), "/v1/responses")).json()).toMatchObject({ errorCode: "ERR_NGROK_27226" });
  });

  test("the provider's URL is the gateway itself", async () => {
    await upstream.gateway.client.createProvider({
      providerId: "loop",
      name: "loop",
      baseUrl: "https://gateway.ngrok.ai/v1",
    });
    expect((await post(chat("loop:x"))).status).toBe(508);
  });
});

describe("Usage and credits:", () => {
  test("usage is summed by provider and by key, and the balance is reduced by the amount paid with credits", async () => {
    upstream.answer(json(200, completion));
    const before = (await upstream.gateway.client.getCreditBalance()).balanceCents;
    await post(chat("up:Big"));
    for (let request = 0; request < 300; request++) await post(chat("openai:gpt-5"));
    const overview = await upstream.gateway.client.getUsageOverview({ startTime: "2020-01-01T00:00:00Z" });
    // 300 × 18 tokens at 0.000002 dollars each, and the fee of 0.00000005 for each token, with one's own key too.
    expect(overview.buckets.map(({ groupKey, cost, requests, errors }) => [groupKey, cost, requests, errors])).toEqual([
      ["openai", "0.01107", 300, 0],
      ["up", "0.00000", 1, 0],
    ]);
    expect(overview.totals).toEqual({ cost: "0.01107", requests: 301, errors: 0 });
    expect((await upstream.gateway.client.getCreditBalance()).balanceCents).toBe(before - 2);
  });

  test("the URL of a checkout session adds credits once", async () => {
    const { client } = upstream.gateway;
    const { sessionUrl } = await client.createCheckoutSession({ amount: 1234 });
    const before = (await client.getCreditBalance()).balanceCents;
    expect([(await fetch(sessionUrl)).status, (await fetch(sessionUrl)).status]).toEqual([200, 404]);
    expect((await client.getCreditBalance()).balanceCents).toBe(before + 1234);
    expect((await client.listCreditTransactions())[0]).toMatchObject({ category: "purchase", amountCents: 1234 });
  });
});
