/**
 * Tools and structured outputs of the canned model, which replies for built-in providers, through the official SDKs.
 * canned/reply.test.ts proves which reply it selects. Does not prove that the providers' own models reply the same.
 */
import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { startUpstream, type Upstream } from "./upstream";

let upstream: Upstream;
let openai: OpenAI;
let anthropic: Anthropic;
beforeAll(async () => {
  upstream = await startUpstream();
  const { gatewayUrl } = upstream.gateway;
  const apiKey = await upstream.token();
  openai = new OpenAI({ apiKey, baseURL: `${gatewayUrl}/v1`, maxRetries: 0 });
  anthropic = new Anthropic({ apiKey, baseURL: gatewayUrl, maxRetries: 0 });
});
afterAll(() => upstream.close());

const model = "openai:gpt-5-mini";
const question = { role: "user" as const, content: "What is the weather?" };
const schema = {
  type: "object" as const,
  properties: { city: { type: "string" }, days: { type: "integer", minimum: 2 } },
  required: ["city", "days"],
  additionalProperties: false,
};
const VALUE = { city: "city", days: 2 };

test("chat completions call a required tool with valid arguments, plain and streamed", async () => {
  const request = {
    model,
    messages: [question],
    tools: [{ type: "function" as const, function: { name: "weather", parameters: schema, strict: true } }],
    tool_choice: "required" as const,
  };
  const plain = await openai.chat.completions.parse(request);
  expect(plain.choices[0]?.message.tool_calls).toMatchObject([{ function: { parsed_arguments: VALUE } }]);
  const streamed = await openai.chat.completions.stream(request).finalChatCompletion();
  expect(streamed.choices[0]?.message.tool_calls).toMatchObject([{ function: { parsed_arguments: VALUE } }]);
  expect(streamed.choices[0]?.finish_reason).toBe("tool_calls");
});

test("chat completions return JSON that matches the schema, plain and streamed", async () => {
  const request = {
    model,
    messages: [question],
    response_format: { type: "json_schema" as const, json_schema: { name: "forecast", schema, strict: true } },
  };
  const plain = await openai.chat.completions.create(request);
  expect(JSON.parse(plain.choices[0]?.message.content ?? "")).toEqual(VALUE);
  const streamed = await openai.chat.completions.stream(request).finalChatCompletion();
  expect(JSON.parse(streamed.choices[0]?.message.content ?? "")).toEqual(VALUE);
});

test("responses call a tool with arguments that fit, plain and streamed", async () => {
  const tools = [{ type: "function" as const, name: "weather", parameters: schema, strict: true }];
  const plain = await openai.responses.parse({ model, input: "Hi", tools });
  expect(plain.output).toMatchObject([{ type: "function_call", name: "weather", parsed_arguments: VALUE }]);
  const streamed = await openai.responses.stream({ model, input: "Hi", tools }).finalResponse();
  expect(streamed.output).toMatchObject([{ type: "function_call", name: "weather", parsed_arguments: VALUE }]);
});

test("responses call a custom tool with a text, plain and streamed", async () => {
  const tools = [{ type: "custom" as const, name: "run" }];
  const called = [{ type: "custom_tool_call", name: "run", input: "This is openai, model gpt-5-mini." }];
  expect((await openai.responses.create({ model, input: "Hi", tools })).output).toMatchObject(called);
  const streamed = await openai.responses.stream({ model, input: "Hi", tools }).finalResponse();
  expect(streamed.output).toMatchObject(called);
});

test("responses return JSON that matches the schema, plain and streamed", async () => {
  const text = { format: { type: "json_schema" as const, name: "forecast", schema, strict: true } };
  expect(JSON.parse((await openai.responses.create({ model, input: "Hi", text })).output_text)).toEqual(VALUE);
  const streamed = await openai.responses.stream({ model, input: "Hi", text }).finalResponse();
  expect(JSON.parse(streamed.output_text)).toEqual(VALUE);
});

test("messages call a tool with valid input, plain and streamed", async () => {
  const request = {
    model: "anthropic:claude-sonnet-4-5",
    max_tokens: 100,
    messages: [question],
    tools: [{ name: "weather", input_schema: schema }],
    tool_choice: { type: "any" as const },
  };
  const called = [{ type: "tool_use", name: "weather", input: VALUE }];
  expect((await anthropic.messages.create(request)).content).toMatchObject(called);
  expect((await anthropic.messages.stream(request).finalMessage()).content).toMatchObject(called);
});
