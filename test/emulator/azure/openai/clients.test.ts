/**
 * The official `openai` package with its default settings against the local Azure, at the address for plain clients:
 * `AzureOpenAI` on the dated routes, `OpenAI` on v1. Plain, streaming, tools, structured outputs, embeddings and
 * errors. Does not prove that Azure responds the same.
 */
import OpenAI, { APIConnectionError, AzureOpenAI, BadRequestError, NotFoundError, RateLimitError } from "openai";
import type { Azure } from "../../../../emulator/azure/startAzure";
import { FaultList } from "../../../../emulator/faults";
import { azureWith, closeAzures } from "../helpers";
import { ANSWER_TEXT, SEED } from "./seeded";

const faults = new FaultList();
let azure: Azure;
beforeAll(async () => {
  azure = await azureWith({ seed: SEED, faults });
});
afterAll(closeAzures);
afterEach(() => faults.clear());

const messages = [{ role: "user" as const, content: "Hello" }];
const schema = {
  type: "object" as const,
  properties: { city: { type: "string" }, days: { type: "integer" } },
  required: ["city", "days"],
  additionalProperties: false,
};
const VALUE = { city: "city", days: 1 };

const dated = (options = {}) =>
  new AzureOpenAI({
    endpoint: azure.endpoint("contoso"),
    apiKey: "key-one",
    apiVersion: "2024-10-21",
    deployment: "chat",
    ...options,
  });
const v1 = (options = {}) =>
  new OpenAI({ baseURL: `${azure.endpoint("contoso")}/openai/v1`, apiKey: "key-one", ...options });

/** Both clients, and what each calls the model. */
const clients: [string, () => OpenAI, string][] = [
  ["AzureOpenAI on the dated routes", dated, "ignored"],
  ["OpenAI on v1", v1, "chat"],
];

describe.each(clients)("%s", (_name, create, model) => {
  let client: OpenAI;
  beforeAll(() => {
    client = create();
  });

  test("returns a chat completion, plain and streamed", async () => {
    const plain = await client.chat.completions.create({ model, messages });
    expect(plain.choices[0]?.message.content).toBe(ANSWER_TEXT);
    const streamed = await client.chat.completions
      .stream({ model, messages, stream_options: { include_usage: true } })
      .finalChatCompletion();
    expect([streamed.choices[0]?.message.content, streamed.usage?.total_tokens]).toEqual([ANSWER_TEXT, 37]);
  });

  test("completes a tool call, plain and streamed", async () => {
    const calls: unknown[] = [];
    const tools = [
      {
        type: "function" as const,
        function: {
          name: "weather",
          parameters: schema,
          parse: JSON.parse,
          function: (value: unknown) => {
            calls.push(value);
            return "sunny";
          },
          description: "Says how the weather is.",
        },
      },
    ];
    expect(await client.chat.completions.runTools({ model, messages, tools }).finalContent()).toBe(ANSWER_TEXT);
    const streaming = client.chat.completions.runTools({ model, messages, tools, stream: true });
    expect(await streaming.finalContent()).toBe(ANSWER_TEXT);
    expect(calls).toEqual([VALUE, VALUE]);
  });

  test("parses a structured output", async () => {
    const parsed = await client.chat.completions.parse({
      model,
      messages,
      response_format: { type: "json_schema", json_schema: { name: "forecast", strict: true, schema } },
    });
    expect(JSON.parse(parsed.choices[0]?.message.content ?? "")).toEqual(VALUE);
  });

  test("throws the class and code of each error response", async () => {
    const refused = client.chat.completions.create({ model, messages, max_tokens: 5 });
    await expect(refused).rejects.toThrow(BadRequestError);
    await expect(refused).rejects.toMatchObject({ code: "unsupported_parameter", param: "max_tokens" });
  });

  test("retries after a 429, after the time in Retry-After", async () => {
    const action = {
      status: 429,
      headers: { "retry-after-ms": "1" },
      body: { error: { code: "429", message: "Busy" } },
    };
    faults.add({ plane: "azure", times: 2, action });
    expect((await client.chat.completions.create({ model, messages })).choices).toHaveLength(1);
    faults.add({ plane: "azure", times: 3, action });
    await expect(client.chat.completions.create({ model, messages })).rejects.toThrow(RateLimitError);
  });
});

test("AzureOpenAI uses the model as deployment by default, and reports a missing deployment", async () => {
  const client = dated({ deployment: undefined });
  expect((await client.chat.completions.create({ model: "chat", messages })).choices).toHaveLength(1);
  const missing = client.chat.completions.create({ model: "missing", messages });
  await expect(missing).rejects.toThrow(NotFoundError);
  await expect(missing).rejects.toMatchObject({ code: "DeploymentNotFound" });
});

test("both clients generate embeddings", async () => {
  const one = await dated({ deployment: undefined }).embeddings.create({ model: "vectors", input: ["a", "b"] });
  const other = await v1().embeddings.create({ model: "vectors", input: ["a", "b"] });
  expect(one.data.map(({ embedding }) => embedding.length)).toEqual([1_536, 1_536]);
  expect(other.data).toEqual(one.data);
});

test("both clients list the models", async () => {
  const ids = async (client: OpenAI) => (await client.models.list()).data.map(({ id }) => id);
  const listed = await ids(v1());
  expect(listed).toContain("gpt-5-mini-2025-08-07");
  expect(await ids(dated({ deployment: undefined }))).toEqual(listed);
});

describe("responses", () => {
  test("are generated by both clients, plain and streamed", async () => {
    const datedClient = dated({ deployment: undefined, apiVersion: "2025-04-01-preview" });
    for (const client of [v1(), datedClient]) {
      expect((await client.responses.create({ model: "chat", input: "Hello" })).output_text).toBe(ANSWER_TEXT);
      const streamed = await client.responses.stream({ model: "chat", input: "Hello" }).finalResponse();
      expect(streamed.output_text).toBe(ANSWER_TEXT);
    }
  });

  test("call a tool and use its result", async () => {
    const client = v1();
    const tools = [{ type: "function" as const, name: "weather", parameters: schema, strict: true }];
    const first = await client.responses.stream({ model: "chat", input: "Hello", tools }).finalResponse();
    expect(first.output).toMatchObject([{ type: "function_call", parsed_arguments: VALUE }]);
    const [call] = first.output;
    if (call?.type !== "function_call") throw new Error("no call");
    const second = await client.responses.create({
      model: "chat",
      previous_response_id: first.id,
      input: [{ type: "function_call_output", call_id: call.call_id, output: "sunny" }],
      tools,
    });
    expect(second.output_text).toBe(ANSWER_TEXT);
  });

  test("are parsed, retrieved and deleted", async () => {
    const client = v1();
    const text = { format: { type: "json_schema" as const, name: "forecast", schema, strict: true } };
    const parsed = await client.responses.parse({ model: "chat", input: "Hello", text });
    expect(JSON.parse(parsed.output_text)).toEqual(VALUE);
    expect((await client.responses.retrieve(parsed.id)).output_text).toBe(parsed.output_text);
    await client.responses.delete(parsed.id);
    await expect(client.responses.retrieve(parsed.id)).rejects.toThrow(NotFoundError);
  });
});

test("a wrong key and a dropped connection are errors of the expected classes", async () => {
  await expect(v1({ apiKey: "wrong" }).models.list()).rejects.toThrow("Access denied due to invalid subscription key");
  faults.add({ plane: "azure", times: 3, action: { drop: "before" } });
  await expect(v1({ maxRetries: 0 }).models.list()).rejects.toThrow(APIConnectionError);
});
