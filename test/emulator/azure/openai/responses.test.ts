/**
 * The Responses API, plain and streamed: its format, the order of its events, tools, structured outputs, and responses
 * that continue stored ones. Does not prove that an Azure model replies the same.
 */

import type { Azure } from "../../../../emulator/azure/startAzure";
import { type Ask, ask, azureWith, closeAzures, TestClock } from "../helpers";
import { ANSWER_TEXT, askSeeded, ENDPOINT, eventsOf, invalid, KEY, SEED, V1 } from "./seeded";

afterEach(closeAzures);

const URL = `${V1}/responses`;
const send = (change: object) => askSeeded(URL, { body: { model: "chat", input: "Hello", ...change } });
const at = (azure: Azure, path = "", options: Ask = {}) => ask(azure, `${URL}${path}`, { headers: KEY, ...options });

test("a response has Azure's format and repeats the request's parameters", async () => {
  const clock = new TestClock();
  const azure = await azureWith({ seed: SEED, clock: clock.read });
  const asked = {
    model: "chat",
    input: "Hello",
    instructions: "Be brief.",
    metadata: { a: "b" },
    max_output_tokens: 99,
  };
  const { status, body } = await at(azure, "", { body: asked });
  expect(status).toBe(200);
  expect(body).toEqual({
    id: expect.stringMatching(/^resp_[0-9a-f]{32}$/),
    object: "response",
    created_at: clock.nowMs / 1000,
    status: "completed",
    background: false,
    content_filters: null,
    error: null,
    incomplete_details: null,
    instructions: "Be brief.",
    max_output_tokens: 99,
    max_tool_calls: null,
    model: "gpt-5-mini-2025-08-07",
    output: [
      {
        id: expect.stringMatching(/^msg_[0-9a-f]{32}$/),
        type: "message",
        status: "completed",
        role: "assistant",
        content: [{ type: "output_text", text: ANSWER_TEXT, annotations: [], logprobs: [] }],
      },
    ],
    parallel_tool_calls: true,
    previous_response_id: null,
    prompt_cache_key: null,
    reasoning: { effort: null, summary: null },
    safety_identifier: null,
    service_tier: "default",
    store: true,
    temperature: 1,
    text: { format: { type: "text" } },
    tool_choice: "auto",
    tools: [],
    top_logprobs: 0,
    top_p: 1,
    truncation: "disabled",
    usage: {
      input_tokens: 13,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens: 31,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: 44,
    },
    user: null,
    metadata: { a: "b" },
  });
});

test("the events of a stream are in the documented order", async () => {
  const events = eventsOf(await send({ stream: true }));
  expect(events.map(({ sequence_number }) => sequence_number)).toEqual(events.map((_event, index) => index));
  const kinds = events.map(({ type }) => type).filter((type, index, all) => type !== all[index - 1]);
  expect(kinds).toEqual([
    "response.created",
    "response.in_progress",
    "response.output_item.added",
    "response.content_part.added",
    "response.output_text.delta",
    "response.output_text.done",
    "response.content_part.done",
    "response.output_item.done",
    "response.completed",
  ]);
  const deltas = events.filter(({ type }) => type === "response.output_text.delta").map(({ delta }) => delta);
  expect(deltas.join("")).toBe(ANSWER_TEXT);
  expect(events.at(-1).response).toMatchObject({ status: "completed", usage: { total_tokens: 37 } });
});

test("a response that reaches max_output_tokens is incomplete", async () => {
  const { body } = await send({ max_output_tokens: 16 });
  expect([body.status, body.incomplete_details, body.usage.output_tokens]).toEqual([
    "incomplete",
    { reason: "max_output_tokens" },
    16,
  ]);
  const events = eventsOf(await send({ max_output_tokens: 16, stream: true }));
  expect(events.at(-1).type).toBe("response.incomplete");
});

const parameters = {
  type: "object",
  properties: { city: { type: "string" } },
  required: ["city"],
  additionalProperties: false,
};
const tools = [{ type: "function", name: "weather", parameters, strict: true }];

describe("tools", () => {
  test.each([undefined, "auto", "required", { type: "function", name: "weather" }])(
    "are called with valid arguments, with the choice %j",
    async (choice) => {
      const { body } = await send({ tools, ...(choice !== undefined && { tool_choice: choice }) });
      expect(body.output).toEqual([
        {
          id: expect.stringMatching(/^fc_/),
          type: "function_call",
          status: "completed",
          call_id: expect.stringMatching(/^call_/),
          name: "weather",
          arguments: '{"city":"city"}',
        },
      ]);
      expect([body.tools, body.tool_choice]).toEqual([tools, choice ?? "auto"]);
    },
  );

  test("are not called with the choice none", async () => {
    expect((await send({ tools, tool_choice: "none" })).body.output[0].type).toBe("message");
  });

  test("are streamed as the call, then its arguments, then the complete call", async () => {
    const events = eventsOf(await send({ tools, stream: true }));
    const kinds = events.map(({ type }) => type).filter((type, index, all) => type !== all[index - 1]);
    expect(kinds).toEqual([
      "response.created",
      "response.in_progress",
      "response.output_item.added",
      "response.function_call_arguments.delta",
      "response.function_call_arguments.done",
      "response.output_item.done",
      "response.completed",
    ]);
    expect(events[2].item).toMatchObject({
      type: "function_call",
      status: "in_progress",
      name: "weather",
      arguments: "",
    });
    expect(events.find(({ type }) => type.endsWith("arguments.done"))).toMatchObject({ arguments: '{"city":"city"}' });
    expect(events.at(-2).item).toMatchObject({ status: "completed", arguments: '{"city":"city"}' });
  });

  test("with text input get a text", async () => {
    const { body } = await send({ tools: [{ type: "custom", name: "run" }] });
    expect(body.output).toMatchObject([{ type: "custom_tool_call", name: "run", input: ANSWER_TEXT }]);
    const kinds = eventsOf(await send({ tools: [{ type: "custom", name: "run" }], stream: true })).map(
      ({ type }) => type,
    );
    expect(kinds).toContain("response.custom_tool_call_input.done");
  });
});

test("structured outputs are JSON that matches the schema", async () => {
  const text = { format: { type: "json_schema", name: "place", schema: parameters, strict: true } };
  const { body } = await send({ text });
  expect(JSON.parse(body.output[0].content[0].text)).toEqual({ city: "city" });
  expect(body.text).toEqual(text);
});

describe("stored responses:", () => {
  test("a response continues an earlier one and counts its tokens again", async () => {
    const azure = await azureWith({ seed: SEED });
    const first = await at(azure, "", { body: { model: "chat", input: "Hello" } });
    const { status, body } = await at(azure, "", {
      body: { model: "chat", input: "Go on", previous_response_id: first.body.id },
    });
    expect([status, body.previous_response_id]).toEqual([200, first.body.id]);
    expect(body.usage.input_tokens).toBe(6 + 4 + 31 + 4 + 2);
  });

  test("a tool result continues the response that called the tool", async () => {
    const azure = await azureWith({ seed: SEED });
    const first = await at(azure, "", { body: { model: "chat", input: "Hello", tools } });
    const output = { type: "function_call_output", call_id: first.body.output[0].call_id, output: "sunny" };
    const request = { model: "chat", input: [output], tools, previous_response_id: first.body.id };
    const { status, body } = await at(azure, "", { body: request });
    expect([status, body.output[0].content?.[0].text]).toEqual([200, ANSWER_TEXT]);
  });

  test("a response is readable on both families of routes until it is deleted", async () => {
    const azure = await azureWith({ seed: SEED });
    const { body } = await at(azure, "", { body: { model: "chat", input: "Hello" } });
    expect((await at(azure, `/${body.id}`)).body).toEqual(body);
    const dated = `${ENDPOINT}/openai/responses/${body.id}?api-version=2025-04-01-preview`;
    expect((await ask(azure, dated, { headers: KEY })).body).toEqual(body);
    const deleted = await at(azure, `/${body.id}`, { method: "DELETE" });
    expect(deleted.body).toEqual({ id: body.id, object: "response", deleted: true });
    const gone = await at(azure, `/${body.id}`);
    expect([gone.status, gone.body]).toEqual([404, invalid(`Response with id '${body.id}' not found.`, null, null)]);
  });

  test("a response with store: false is not stored", async () => {
    const azure = await azureWith({ seed: SEED });
    const { body } = await at(azure, "", { body: { model: "chat", input: "Hello", store: false } });
    expect([body.store, (await at(azure, `/${body.id}`)).status]).toEqual([false, 404]);
  });

  test("a missing response cannot be continued", async () => {
    const { status, body } = await send({ previous_response_id: "resp_gone" });
    expect([status, body]).toEqual([
      400,
      invalid(
        "Previous response with id 'resp_gone' not found.",
        "previous_response_id",
        "previous_response_not_found",
      ),
    ]);
  });

  test("a response of another account is not found", async () => {
    const other = { ...SEED.azure[0]!, resource: "fabrikam" };
    const azure = await azureWith({ seed: { azure: [...SEED.azure, other] } });
    const { body } = await at(azure, "", { body: { model: "chat", input: "Hello" } });
    const url = `${URL.replace("contoso", "fabrikam")}/${body.id}`;
    expect((await ask(azure, url, { headers: KEY })).status).toBe(404);
  });

  test("a tool call may be sent as a reference to its item", async () => {
    const azure = await azureWith({ seed: SEED });
    const first = await at(azure, "", { body: { model: "chat", input: "Hello", tools } });
    const [{ id, call_id }] = first.body.output;
    const input = [
      { type: "item_reference", id },
      { type: "function_call_output", call_id, output: "sunny" },
    ];
    expect((await at(azure, "", { body: { model: "chat", input } })).status).toBe(200);
  });

  test("a tool call without its result and a result without its call are refused", async () => {
    const azure = await azureWith({ seed: SEED });
    const first = await at(azure, "", { body: { model: "chat", input: "Hello", tools } });
    const [{ call_id: id }] = first.body.output;
    const open = await at(azure, "", { body: { model: "chat", input: "Go on", previous_response_id: first.body.id } });
    expect([open.status, open.body]).toEqual([
      400,
      invalid(`No tool output found for function call ${id}.`, "input", null),
    ]);
    const output = { type: "function_call_output", call_id: "call_x", output: "sunny" };
    const stray = await at(azure, "", { body: { model: "chat", input: [output] } });
    expect([stray.status, stray.body]).toEqual([
      400,
      invalid("No tool call found for function call output with call_id call_x.", "input", null),
    ]);
  });
});
