/**
 * Addresses of the data plane: hosts, paths, api-versions and keys of both families of routes. Does not prove that
 * Azure responds the same: bodies and headers are those of its documentation and of users' reports.
 */
import { request } from "undici";
import { ask, azureWith, closeAzures, refusal } from "../helpers";
import { ANSWER_TEXT, askSeeded, chatUrl, ENDPOINT, HELLO, KEY, SEED, V1 } from "./seeded";

afterEach(closeAzures);

const NOT_FOUND = refusal("404", "Resource not found");
const CHAT = { ...HELLO, model: "chat" };

test.each([
  "openai.azure.com",
  "services.ai.azure.com",
  "cognitiveservices.azure.com",
  "openai.azure.us",
  "openai.azure.cn",
])("the resource responds under %s", async (domain) => {
  const url = `https://contoso.${domain}/openai/deployments/chat/chat/completions?api-version=2024-10-21`;
  expect((await askSeeded(url, { body: HELLO })).status).toBe(200);
});

test("a request to the host of no resource gets no response", async () => {
  const url = chatUrl().replace("contoso", "nobody");
  await expect(askSeeded(url, { body: HELLO })).rejects.toThrow("other side closed");
});

describe("the server's own address", () => {
  async function send(path: string, method: "GET" | "POST" = "POST") {
    const azure = await azureWith({ seed: SEED });
    const body = method === "POST" ? { body: JSON.stringify(CHAT) } : {};
    const answer = await request(`${azure.azureUrl}${path}`, { method, headers: KEY, ...body });
    // biome-ignore lint/suspicious/noExplicitAny: bodies of every shape
    return { status: answer.statusCode, body: (await answer.body.json()) as any };
  }

  test.each([
    "/resources/contoso/openai/v1/chat/completions",
    "/resources/CONTOSO/openai/v1/chat/completions?api-version=v1",
    "/resources/contoso/openai/deployments/chat/chat/completions?api-version=2024-10-21",
  ])("serves %s", async (path) => {
    const { status, body } = await send(path);
    expect([status, body.choices?.[0].message.content]).toEqual([200, ANSWER_TEXT]);
  });

  test("is what `endpoint` returns, for any resource", async () => {
    const azure = await azureWith({ seed: SEED });
    expect(azure.endpoint("contoso")).toBe(`${azure.azureUrl}/resources/contoso`);
  });

  test("returns 404 with the names of existing resources for a missing resource", async () => {
    expect(await send("/resources/nobody/openai/v1/models", "GET")).toEqual({
      status: 404,
      body: refusal("404", "The local Azure has no resource 'nobody'. It has: contoso."),
    });
  });

  test("returns 404 with the address of resources for any other path", async () => {
    const { status, body } = await send("/openai/v1/models", "GET");
    expect([status, body.error.message]).toEqual([
      404,
      "The local Azure has nothing at /openai/v1/models. Plain clients reach a resource at /resources/<name>/openai/…; others send the Host of the Azure service.",
    ]);
  });
});

describe("v1", () => {
  test.each<[string, Record<string, string>]>([
    ["api-key", { "api-key": "key-two" }],
    ["Authorization", { authorization: "Bearer key-two" }],
  ])("accepts the key in %s and the deployment in `model`", async (_header, headers) => {
    const { status, body } = await askSeeded(`${V1}/chat/completions`, { headers, body: CHAT });
    expect([status, body.choices[0].message.content]).toEqual([200, ANSWER_TEXT]);
  });

  test.each(["", "?api-version=v1", "?api-version=preview", "?api-version=latest"])(
    "is served with the query %j",
    async (query) => {
      expect((await askSeeded(`${V1}/chat/completions${query}`, { body: CHAT })).status).toBe(200);
      expect((await askSeeded(`${V1}/responses${query}`, { body: { model: "chat", input: "Hi" } })).status).toBe(200);
      expect((await askSeeded(`${V1}/embeddings${query}`, { body: { model: "vectors", input: "Hi" } })).status).toBe(
        200,
      );
      expect((await askSeeded(`${V1}/models${query}`)).status).toBe(200);
    },
  );

  test.each(["2024-10-21", "2025-04-01-preview", "v2", ""])("refuses the api-version %j", async (apiVersion) => {
    const { status, body } = await askSeeded(`${V1}/chat/completions?api-version=${apiVersion}`, { body: CHAT });
    expect([status, body]).toEqual([400, refusal("BadRequest", "API version not supported")]);
  });

  test("reports a missing model", async () => {
    const { status, body } = await askSeeded(`${V1}/chat/completions`, { body: HELLO });
    expect([status, body.error.message]).toEqual([400, "you must provide a model parameter"]);
  });
});

describe("keys:", () => {
  test("a key in Authorization on the dated route is refused with the flat 401 body", async () => {
    const { status, body } = await askSeeded(chatUrl(), { headers: { authorization: "Bearer key-one" }, body: HELLO });
    expect(status).toBe(401);
    expect(body).toEqual({
      statusCode: 401,
      message:
        "Unauthorized. Access token is missing, invalid, audience is incorrect (https://cognitiveservices.azure.com), or have expired.",
    });
  });

  test.each<Record<string, string>>([{ "api-key": "wrong" }, {}])(
    "the headers %j are refused with 401",
    async (headers) => {
      const { status, body } = await askSeeded(chatUrl(), { headers, body: HELLO });
      expect([status, body]).toEqual([
        401,
        refusal(
          "401",
          "Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an active subscription and use a correct regional API endpoint for your resource.",
        ),
      ]);
    },
  );
});

describe("dated routes:", () => {
  test.each([
    ["no api-version", "/openai/deployments/chat/chat/completions"],
    ["an unknown api-version", "/openai/deployments/chat/chat/completions?api-version=2024-11-20"],
    ["a retired api-version", "/openai/deployments/chat/chat/completions?api-version=2023-03-15-preview"],
    ["v1's api-version", "/openai/deployments/chat/chat/completions?api-version=preview"],
    ["a double slash", "/openai//deployments/chat/chat/completions?api-version=2024-10-21"],
    ["a wrong path", "/openai/deployments/chat/completions?api-version=2024-10-21"],
    ["responses below a deployment", "/openai/deployments/chat/responses?api-version=2025-04-01-preview"],
  ])("%s is refused with 404 Resource not found", async (_what, path) => {
    const { status, body } = await askSeeded(`${ENDPOINT}${path}`, { body: HELLO });
    expect({ status, body }).toEqual({ status: 404, body: NOT_FOUND });
  });

  test.each(["2024-02-15-preview", "2024-06-01", "2024-10-21", "2025-04-01-preview"])(
    "chat completions are served with %s",
    async (apiVersion) => {
      expect((await askSeeded(chatUrl("chat", apiVersion), { body: HELLO })).status).toBe(200);
    },
  );

  test.each(["2025-03-01-preview", "2025-04-01-preview"])("responses are served with %s", async (apiVersion) => {
    const url = `${ENDPOINT}/openai/responses?api-version=${apiVersion}`;
    const { status, body } = await askSeeded(url, { body: { model: "chat", input: "Hello" } });
    expect([status, body.output[0].content[0].text]).toEqual([200, ANSWER_TEXT]);
  });

  test.each(["2024-10-21", "2025-02-01-preview"])("responses are not served with %s", async (apiVersion) => {
    const url = `${ENDPOINT}/openai/responses?api-version=${apiVersion}`;
    const { status, body } = await askSeeded(url, { body: { model: "chat", input: "Hello" } });
    const message = "Azure OpenAI Responses API is enabled only for api-version 2025-03-01-preview and later";
    expect([status, body]).toEqual([400, refusal("BadRequest", message)]);
  });

  test.each(["missing", "batch"])("the deployment %s is not found", async (deployment) => {
    const { status, body } = await askSeeded(chatUrl(deployment), { body: HELLO });
    expect([status, body]).toEqual([
      404,
      refusal(
        "DeploymentNotFound",
        "The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, please wait a moment and try again.",
      ),
    ]);
  });

  test("an o-series model requires a newer api-version than the last dated release", async () => {
    const { status, body } = await askSeeded(chatUrl("thinker"), { body: HELLO });
    const message = "Model o3-mini is enabled only for api versions 2024-12-01-preview and later";
    expect([status, body]).toEqual([400, refusal("BadRequest", message)]);
    expect((await askSeeded(chatUrl("thinker", "2024-12-01-preview"), { body: HELLO })).status).toBe(200);
  });
});

describe("operations of models:", () => {
  const operationNotSupported = (operation: string, model: string) =>
    refusal(
      "OperationNotSupported",
      `The ${operation} operation does not work with the specified model, ${model}. Please choose different model and try again. You can learn more about which models can be used with each operation here: https://go.microsoft.com/fwlink/?linkid=2197993.`,
    );

  test.each([
    ["vectors", "text-embedding-3-small"],
    ["coder", "gpt-5-codex"],
  ])("chat completions are refused by the deployment %s", async (deployment, model) => {
    const { status, body } = await askSeeded(chatUrl(deployment), { body: HELLO });
    expect([status, body]).toEqual([400, operationNotSupported("chatCompletion", model)]);
  });

  test("embeddings are refused by a chat model", async () => {
    const { status, body } = await askSeeded(`${V1}/embeddings`, { body: { model: "chat", input: "Hello" } });
    expect([status, body]).toEqual([400, operationNotSupported("embeddings", "gpt-5-mini")]);
  });

  test("responses are refused by an embeddings model", async () => {
    const { status, body } = await askSeeded(`${V1}/responses`, { body: { model: "vectors", input: "Hello" } });
    expect([status, body]).toEqual([400, refusal("400", "Model not supported")]);
  });

  test("responses are accepted by a codex model", async () => {
    const { status, body } = await askSeeded(`${V1}/responses`, { body: { model: "coder", input: "Hello" } });
    expect([status, body.model]).toEqual([200, "gpt-5-codex-2025-09-15"]);
  });
});

test("every response has the region and a request id", async () => {
  const azure = await azureWith({ seed: SEED });
  for (const url of [chatUrl(), chatUrl("missing")]) {
    const { headers } = await ask(azure, url, { headers: KEY, body: HELLO });
    expect(headers["x-ms-region"]).toBe("Sweden Central");
    expect(headers["apim-request-id"]).toMatch(/^[0-9a-f-]{36}$/);
  }
});
