/**
 * LangChain (`@langchain/openai`) through the gateway, with its default settings: plain, streaming, tools, structured
 * outputs, embeddings, errors. Does not prove that the hosted gateway responds the same.
 */
import { tool } from "@langchain/core/tools";
import { ChatOpenAI, OpenAIEmbeddings } from "@langchain/openai";
import { z } from "zod";
import { startTestGateway, type TestGateway } from "../../helpers/gateway";

const TEXT = "This is openai, model gpt-5-mini.";
let gateway: TestGateway;
let token: string;
beforeAll(async () => {
  gateway = await startTestGateway();
});
beforeEach(async () => {
  await gateway.reset();
  token = (await gateway.client.createAccessKey({})).token ?? "";
});
afterAll(() => gateway.close());

const configuration = () => ({ baseURL: `${gateway.gatewayUrl}/v1` });
const chat = (fields: object = {}) =>
  new ChatOpenAI({ model: "openai:gpt-5-mini", apiKey: token, configuration: configuration(), ...fields });

describe.each([
  ["chat completions, the default", {}],
  ["responses", { useResponsesApi: true }],
])("%s", (_name, fields) => {
  test("answer a question, plain and streamed", async () => {
    const answer = await chat(fields).invoke("Who are you?");
    expect([answer.text, answer.usage_metadata]).toEqual([TEXT, expect.objectContaining({ total_tokens: 18 })]);
    let streamed = "";
    for await (const chunk of await chat(fields).stream("Who are you?")) streamed += chunk.text;
    expect(streamed).toBe(TEXT);
  });

  test("call a tool with arguments of its schema", async () => {
    const weather = tool(() => "sunny", {
      name: "weather",
      description: "Says how the weather is.",
      schema: z.object({ city: z.string() }),
    });
    const { tool_calls: calls } = await chat(fields).bindTools([weather]).invoke("How is the weather?");
    expect(calls).toMatchObject([{ name: "weather", args: { city: expect.any(String) } }]);
  });

  test("answer with an object that matches a schema", async () => {
    const place = z.object({ city: z.string(), population: z.number() });
    const answer = await chat(fields).withStructuredOutput(place).invoke("Where?");
    expect(place.safeParse(answer).success).toBe(true);
  });

  test("report a refusal with status and code", async () => {
    const refused = chat({ ...fields, apiKey: "ng-wrong", maxRetries: 0 }).invoke("Hi");
    await expect(refused).rejects.toMatchObject({ status: 401, message: expect.stringContaining("ERR_NGROK_27007") });
  });
});

test("a document and a question with equal texts have equal embeddings", async () => {
  const embeddings = new OpenAIEmbeddings({
    model: "text-embedding-3-small",
    apiKey: token,
    configuration: configuration(),
  });
  const [one, two] = await embeddings.embedDocuments(["one", "two"]);
  expect(one).toHaveLength(1_536);
  expect(two).not.toEqual(one);
  expect(await embeddings.embedQuery("one")).toEqual(one);
});
