/**
 * The AI SDK (`ai` with `@ai-sdk/openai` and `@ai-sdk/anthropic`) through the gateway, with its default settings:
 * plain, streaming, tools, structured outputs, embeddings, errors. Does not prove that the hosted gateway responds the
 * same.
 */
import { createAnthropic } from "@ai-sdk/anthropic";
import { createOpenAI } from "@ai-sdk/openai";
import { APICallError, embedMany, generateText, Output, stepCountIs, streamText } from "ai";
import { startTestGateway, type TestGateway } from "../../helpers/gateway";
import { CITY_SCHEMA, weatherTool } from "../weatherTool";

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

const openai = (apiKey = token) => createOpenAI({ apiKey, baseURL: `${gateway.gatewayUrl}/v1` });
const anthropic = (apiKey = token) => createAnthropic({ apiKey, baseURL: `${gateway.gatewayUrl}/v1` });
type Model = Parameters<typeof generateText>[0]["model"];

const models: [string, string, (apiKey?: string) => Model][] = [
  ["@ai-sdk/openai, which asks for responses", "openai, model gpt-5", (key) => openai(key)("openai:gpt-5")],
  ["@ai-sdk/openai with chat completions", "openai, model gpt-5", (key) => openai(key).chat("openai:gpt-5")],
  ["@ai-sdk/anthropic", "anthropic, model claude-sonnet-4-5", (key) => anthropic(key)("anthropic:claude-sonnet-4-5")],
];

describe.each(models)("%s", (_name, who, model) => {
  const text = `This is ${who}.`;

  test("generates a text, plain and streamed, and reads the gateway's headers", async () => {
    const { text: whole, usage, response } = await generateText({ model: model(), prompt: "Who are you?" });
    expect([whole, usage.inputTokens, usage.outputTokens]).toEqual([text, 10, 8]);
    expect(response.headers?.["ngrok-aig-request-id"]).toMatch(/^aigr_/);
    expect(await streamText({ model: model(), prompt: "Who are you?" }).text).toBe(text);
  });

  test("completes a tool call, plain and streamed", async () => {
    const { inputs, weather } = weatherTool();
    const options = { prompt: "How is the weather?", tools: { weather }, stopWhen: stepCountIs(3) };
    expect((await generateText({ model: model(), ...options })).text).toBe(text);
    expect(await streamText({ model: model(), ...options }).text).toBe(text);
    expect(inputs).toEqual([{ city: expect.any(String) }, { city: expect.any(String) }]);
  });

  test("generates an object that matches a schema", async () => {
    const { output } = await generateText({
      model: model(),
      prompt: "Where?",
      output: Output.object({ schema: CITY_SCHEMA }),
    });
    expect(output).toEqual({ city: expect.any(String) });
  });

  test("reports a refusal as its own error, with status and code", async () => {
    const refused: unknown = await generateText({ model: model("ng-wrong"), prompt: "Hi" }).catch(
      (error: unknown) => error,
    );
    expect(APICallError.isInstance(refused)).toBe(true);
    expect(refused).toMatchObject({ statusCode: 401, message: expect.stringContaining("ERR_NGROK_27007") });
  });

  test("retries after a transient fault", async () => {
    await gateway.fault({ plane: "gateway", times: 1, action: { status: 503, headers: { "retry-after-ms": "1" } } });
    expect((await generateText({ model: model(), prompt: "Hi" })).text).toBe(text);
  });
});

test("equal texts have equal embeddings", async () => {
  const model = openai().embedding("text-embedding-3-small");
  const { embeddings, usage } = await embedMany({ model, values: ["one", "two", "one"] });
  expect(embeddings.map((embedding) => embedding.length)).toEqual([1_536, 1_536, 1_536]);
  expect(embeddings[0]).toEqual(embeddings[2]);
  expect(embeddings[0]).not.toEqual(embeddings[1]);
  expect(usage.tokens).toBe(3);
});
