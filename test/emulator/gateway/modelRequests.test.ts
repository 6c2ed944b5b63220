/**
 * Model requests like the service of autumn 2026: response headers, the catalog, embeddings, skipped fallbacks, removed
 * parameters, waits for a backend. Each row of the cases about the gateway's data plane has a test here or in
 * accounts.test.ts. Does not prove how the hosted gateway writes lists in headers, or other details that its
 * documentation leaves open (the coverage page lists them).
 */
import OpenAI from "openai";
import { json, startUpstream, stream, type Upstream, VALUE } from "./upstream";

let upstream: Upstream;
beforeAll(async () => {
  upstream = await startUpstream();
});
beforeEach(() => upstream.reset());
afterAll(() => upstream.close());

const completion = {
  choices: [{ index: 0, message: { role: "assistant", content: "Yes" }, finish_reason: "stop" }],
  usage: { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 },
};
const messages = [{ role: "user" as const, content: "Hi" }];
const ID = /^aigr_[0-9a-f-]{36}$/;

interface Asked {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  readonly code: string | undefined;
}

async function ask(body: object | string, path = "/v1/chat/completions", token?: string): Promise<Asked> {
  const answer = await fetch(upstream.gateway.gatewayUrl + path, {
    method: "POST",
    headers: { authorization: `Bearer ${token ?? (await upstream.token())}` },
    body: typeof body === "string" ? body : JSON.stringify({ messages, ...body }),
  });
  const text = await answer.text();
  const { errorCode } = (text.startsWith("{") ? JSON.parse(text) : {}) as { errorCode?: string };
  return { status: answer.status, headers: Object.fromEntries(answer.headers), text, code: errorCode };
}

const aig = ({ headers }: Asked) =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      name.startsWith("ngrok-aig-") ? [[name.slice("ngrok-aig-".length), value]] : [],
    ),
  );
const bodiesSeen = () => upstream.requests.map(({ body }) => JSON.parse(body.toString()) as Record<string, unknown>);

async function keyFor(configuration: object): Promise<string> {
  const { id } = await upstream.gateway.client.createAccessKeyConfiguration({ name: "c", ...configuration });
  return (await upstream.gateway.client.createAccessKey({ accessKeyConfigurationId: id })).token ?? "";
}

describe("The headers of a response", () => {
  test("contain the request id, the number of attempts and the model, for plain and streamed responses", async () => {
    await upstream.reset(2);
    upstream.answer(json(429, {}), json(200, completion), stream(["data: {}\n\n"]));
    const answered = await ask({ model: "up:big" });
    expect(aig(answered)).toEqual({ "request-id": expect.stringMatching(ID), attempts: "2", model: "up:Big" });
    const streamed = await ask({ model: "up:Big", stream: true });
    expect(aig(streamed)).toEqual({ "request-id": expect.stringMatching(ID), attempts: "1", model: "up:Big" });
    expect(streamed.headers["ngrok-aig-request-id"]).not.toBe(answered.headers["ngrok-aig-request-id"]);
  });

  test("contain the request id with which the management API returns the attempts", async () => {
    upstream.answer(json(200, completion));
    const { headers } = await ask({ model: "up:Big" });
    const { attempts } = await upstream.gateway.client.getRequestAttempts(headers["ngrok-aig-request-id"] ?? "");
    expect(attempts.map(({ served, event }) => [served, event.provider, event.model])).toEqual([[true, "up", "Big"]]);
  });

  test("are complete for a rejection by the upstream", async () => {
    upstream.answer(json(400, { error: { message: "no" } }));
    expect(aig(await ask({ model: "up:Big" }))).toMatchObject({ attempts: "1", model: "up:Big" });
  });

  test("have no model if all attempts failed", async () => {
    upstream.answer(json(500, {}));
    const failed = await ask({ model: "up:Big" });
    expect([failed.status, aig(failed)]).toEqual([503, { "request-id": expect.stringMatching(ID), attempts: "1" }]);
  });

  test.each<[string, number, () => Promise<Asked>]>([
    ["a wrong access key", 401, () => ask({ model: "up:Big" }, undefined, "ng-wrong")],
    ["a body that is not JSON", 400, () => ask("{")],
    ["an unknown model", 422, () => ask({ model: "nobody:x" })],
    ["an unknown path", 404, () => ask({}, "/v1/nothing")],
  ])("count no attempt for a refusal of %s", async (_what, status, request) => {
    const refused = await request();
    expect([refused.status, aig(refused)]).toEqual([
      status,
      { "request-id": expect.stringMatching(ID), attempts: "0" },
    ]);
  });

  test("are also set for a list of models and for an injected fault", async () => {
    const headers = { authorization: `Bearer ${await upstream.token()}` };
    const listed = await fetch(`${upstream.gateway.gatewayUrl}/v1/models`, { headers });
    expect(listed.headers.get("ngrok-aig-request-id")).toMatch(ID);
    await upstream.gateway.fault({ plane: "gateway", action: { status: 503 } });
    const faulted = await ask({ model: "up:Big" });
    expect([faulted.status, faulted.headers["ngrok-aig-request-id"]]).toEqual([503, expect.stringMatching(ID)]);
  });

  test("encode characters that a header cannot contain", async () => {
    upstream.answer(json(200, completion));
    const answered = await ask({ model: "up:mödel\n字", models: ["nobody:a,b", "nobody:\ud800"] });
    expect(aig(answered)).toMatchObject({
      model: "up:m%C3%B6del%0A%E5%AD%97",
      "rejected-models": "nobody:a%2Cb, nobody:%EF%BF%BD",
    });
  });
});

describe("A fallback", () => {
  test.each<[string, string, object]>([
    ["whose provider is not allowed", "openai:gpt-5", { access: { providers: { allow: ["up"] } } }],
    ["whose model is not allowed", "up:Other", { access: { models: { allow: ["up:big"] } } }],
    ["of an unknown provider", "nobody:x", {}],
    ["that does not serve the surface", "openai:text-embedding-3-small", {}],
  ])("%s is skipped and reported", async (_what, fallback, configuration) => {
    upstream.answer(json(200, completion));
    const { id } = await upstream.gateway.client.createProviderKey({ providerId: "up", name: "own", value: VALUE });
    const rules = [{ provider: "up", steps: [{ type: "user", keys: [{ id }] }] }];
    const token = await keyFor({ ...configuration, router: { rules } });
    const answered = await ask({ model: "up:Big", models: [fallback] }, undefined, token);
    expect([answered.status, aig(answered)["rejected-models"]]).toEqual([200, fallback]);
  });

  test("is tried if the model before it fails, after skipped fallbacks", async () => {
    upstream.answer(json(500, {}));
    const answered = await ask({ model: "up:Big", models: ["nobody:x", "openai:gpt-5"] });
    expect([answered.status, aig(answered)]).toMatchObject([
      200,
      { attempts: "2", model: "openai:gpt-5", "rejected-models": "nobody:x" },
    ]);
  });
});

describe("A custom provider's model", () => {
  const client = () => upstream.gateway.client;
  const change = async (body: object) => {
    for await (const { id } of client().listProviders()) await client().updateProvider(id, body);
  };

  test("is requested by its provider's model id, without unsupported parameters", async () => {
    upstream.answer(json(200, completion));
    await change({
      models: [
        { modelId: "Big", providerModelId: "deployment-1", unsupportedParams: ["temperature", "top_p", "model"] },
      ],
    });
    const answered = await ask({ model: "up:Big", temperature: 0.5, seed: 7 });
    expect(bodiesSeen()).toEqual([{ messages, model: "deployment-1", seed: 7 }]);
    expect(aig(answered)).toMatchObject({ model: "up:Big", "removed-params": "temperature" });
    const [attempt] = (await client().getRequestAttempts(answered.headers["ngrok-aig-request-id"] ?? "")).attempts;
    expect(attempt?.event.model).toBe("Big");
  });

  test("is requested without an unsupported output limit", async () => {
    upstream.answer(json(200, completion));
    await client().updateGatewayConfig({ maxOutputTokens: 50 });
    await change({ models: [{ modelId: "Big", unsupportedParams: ["max_completion_tokens"] }] });
    await ask({ model: "up:Big" });
    expect(bodiesSeen()).toEqual([{ messages, model: "Big", max_tokens: 50 }]);
  });

  test("is requested at the surface's own base URL, and at the provider's for other surfaces", async () => {
    upstream.answer(json(200, completion));
    await change({
      supportedApiSurfaces: [
        { format: "openai", surface: "responses", baseUrl: "https://up.example/responses/v2/?version=2" },
        { format: "openai", surface: "chat-completions" },
      ],
    });
    await ask({ model: "up:Big" });
    await ask({ model: "up:Big", input: "Hi" }, "/v1/responses");
    await ask({ model: "up:Big", input: "Hi" }, "/v1/embeddings");
    expect(upstream.requests.map(({ url }) => url)).toEqual([
      "/base/v1/chat/completions?api-version=1",
      "/responses/v2/responses?version=2",
      "/base/v1/embeddings?api-version=1",
    ]);
  });
});

describe("A model of the catalog", () => {
  test.each(["gpt-5", "GPT-5", "openai/gpt-5", "openai:gpt-5", "openai:openai/gpt-5", "openai:GPT-5"])(
    "is selected by %s",
    async (model) => {
      const answered = await ask({ model });
      expect([answered.status, aig(answered).model]).toEqual([200, "openai:gpt-5"]);
    },
  );

  test.each(["openai/gpt-5", "openai:openai/gpt-5", "openai:gpt-5"])(
    "is allowed and routed by the name %s",
    async (name) => {
      const rules = [{ model: name, steps: [{ type: "ngrok" }] }];
      const token = await keyFor({ access: { models: { allow: [name] } }, router: { rules } });
      expect((await ask({ model: "gpt-5" }, undefined, token)).status).toBe(200);
      expect((await ask({ model: "gpt-5-mini" }, undefined, token)).code).toBe("ERR_NGROK_27232");
    },
  );

  test("with several providers is requested from one with a stored key", async () => {
    const model = "meta/llama-3.3-70b-instruct";
    expect((await ask({ model })).code).toBe("ERR_NGROK_3802");
    await upstream.gateway.client.createProviderKey({ providerId: "hyperbolic", name: "own", value: VALUE });
    expect(aig(await ask({ model })).model).toBe("hyperbolic:llama-3.3-70b-instruct");
  });

  test("that is unknown is requested with the account's own key, never with credits", async () => {
    expect((await ask({ model: "openai:brand-new" })).code).toBe("ERR_NGROK_27233");
    await upstream.gateway.client.createProviderKey({ providerId: "openai", name: "own", value: VALUE });
    expect((await ask({ model: "openai:brand-new" })).status).toBe(200);
  });

  test("that credits do not cover is refused for an ngrok step", async () => {
    const token = await keyFor({ router: { rules: [{ provider: "groq", steps: [{ type: "ngrok" }] }] } });
    const refused = await ask({ model: "groq:llama-3.3-70b-instruct" }, undefined, token);
    expect(refused.code).toBe("ERR_NGROK_27249");
  });

  test("is paid with credits if a custom provider before it fails, and the attempts report this", async () => {
    const { client } = upstream.gateway;
    const { id } = await client.createProviderKey({ providerId: "up", name: "own", value: VALUE });
    upstream.answer(json(401, {}));
    const rules = [{ provider: "up", steps: [{ type: "user", keys: [{ id }] }] }];
    const token = await keyFor({ router: { rules } });
    const answered = await ask({ model: "up:Big", models: ["gpt-5"] }, undefined, token);
    const { attempts } = await client.getRequestAttempts(answered.headers["ngrok-aig-request-id"] ?? "");
    expect(attempts.map(({ retryAction, event }) => [retryAction, event.keySource])).toEqual([
      ["next_backend", "user"],
      ["succeeded", "ngrok"],
    ]);
  });
});

describe("A Retry-After of the last backend", () => {
  const actionsOf = async ({ headers }: Asked) => {
    const { client } = upstream.gateway;
    const { attempts } = await client.getRequestAttempts(headers["ngrok-aig-request-id"] ?? "");
    return attempts.map(({ retryAction, event }) => [retryAction, event.statusCode]);
  };

  test("is respected, and the same backend is requested again", async () => {
    upstream.answer(json(429, {}, { "retry-after": "0" }), json(200, completion));
    const answered = await ask({ model: "up:Big" });
    expect([answered.status, aig(answered).attempts]).toEqual([200, "2"]);
    expect(await actionsOf(answered)).toEqual([
      ["retry_same_backend", 429],
      ["succeeded", 200],
    ]);
  });

  test("is respected at most twice", async () => {
    upstream.answer(json(503, {}, { "retry-after": "0" }));
    const failed = await ask({ model: "up:Big" });
    expect(failed.code).toBe("ERR_NGROK_3807");
    expect(await actionsOf(failed)).toEqual([
      ["retry_same_backend", 503],
      ["retry_same_backend", 503],
      ["exhausted", 503],
    ]);
  });

  test.each(["6", "soon", "Thu, 01 Jan 2026 12:00:20 GMT"])("of %s is not respected", async (retryAfter) => {
    upstream.answer(json(429, {}, { "retry-after": retryAfter }));
    expect(await actionsOf(await ask({ model: "up:Big" }))).toEqual([["exhausted", 429]]);
  });

  test("is not respected while another key remains", async () => {
    await upstream.reset(2);
    upstream.answer(json(429, {}, { "retry-after": "0" }), json(200, completion));
    expect(await actionsOf(await ask({ model: "up:Big" }))).toEqual([
      ["next_key", 429],
      ["succeeded", 200],
    ]);
  });
});

describe("Embeddings", () => {
  const client = async () =>
    new OpenAI({ apiKey: await upstream.token(), baseURL: `${upstream.gateway.gatewayUrl}/v1`, maxRetries: 0 });

  test("of the gateway's own models are equal for equal texts, with length 1", async () => {
    const openai = await client();
    const input = ["one", "two", "one"];
    const { data, usage } = await openai.embeddings.create({ model: "text-embedding-3-small", input, dimensions: 5 });
    expect(data.map(({ index, embedding }) => [index, embedding.length])).toEqual([
      [0, 5],
      [1, 5],
      [2, 5],
    ]);
    expect(data[0]?.embedding).toEqual(data[2]?.embedding);
    expect(data[0]?.embedding).not.toEqual(data[1]?.embedding);
    expect(Math.hypot(...(data[1]?.embedding ?? []))).toBeCloseTo(1, 5);
    expect(usage).toEqual({ prompt_tokens: 3, total_tokens: 3 });
  });

  test("are equal as numbers and as base64, the SDK's default", async () => {
    const openai = await client();
    const request = { model: "openai/text-embedding-3-large", input: "text" };
    const asFloats = await openai.embeddings.create({ ...request, encoding_format: "float" });
    const asDefault = await openai.embeddings.create(request);
    expect(asDefault.data[0]?.embedding).toEqual(asFloats.data[0]?.embedding);
    expect(asDefault.data[0]?.embedding).toHaveLength(1_536);
  });

  test("of an upstream are passed on unchanged", async () => {
    const answer = { object: "list", data: [], usage: { prompt_tokens: 3, total_tokens: 3 } };
    upstream.answer(json(200, answer));
    const answered = await ask({ model: "up:Big", input: "x" }, "/v1/embeddings");
    expect(JSON.parse(answered.text)).toEqual(answer);
    expect(upstream.requests[0]?.url).toBe("/base/v1/embeddings?api-version=1");
  });

  test.each([
    ["a model that generates texts", { model: "gpt-5", input: "x" }, "ERR_NGROK_27226"],
    [
      "an unknown encoding",
      { model: "text-embedding-3-small", input: "x", encoding_format: "int8" },
      "ENCODING_FORMAT",
    ],
    ["no input", { model: "text-embedding-3-small" }, "ERR_NGROK_27210"],
    ["too many dimensions", { model: "text-embedding-3-small", input: "x", dimensions: 1e6 }, "ERR_NGROK_27210"],
  ])("are refused for %s", async (_what, body, code) => {
    expect((await ask(body, "/v1/embeddings")).code).toContain(code);
  });

  test("are the only surface of an embedding model", async () => {
    expect((await ask({ model: "text-embedding-3-small" })).code).toBe("ERR_NGROK_27226");
  });
});

test.each(["/v1beta/models/gemini-2.5-pro:generateContent", "/v1beta/interactions", "/model/x/converse-stream"])(
  "%s is refused as not implemented",
  async (path) => {
    const refused = await ask({}, path);
    expect([refused.status, refused.code]).toEqual([501, "ERR_NGROK_27205"]);
  },
);

test("the management API lists the models of the catalog and of the account's providers", async () => {
  const models = await upstream.gateway.client.listModels();
  expect(models.find(({ id }) => id === "openai/gpt-5")).toMatchObject({
    slug: "gpt-5",
    owned_by: "ngrok",
    providers: [{ id: "openai", model_id: "openai:openai/gpt-5", status: "active" }],
  });
  expect(models.find(({ id }) => id === "up:Big")).toMatchObject({
    owned_by: "organization_owned",
    providers: [{ id: "up", model_id: "up:Big" }],
  });
});
