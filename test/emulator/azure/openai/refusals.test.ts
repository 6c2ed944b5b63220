/**
 * Refused requests on chat completions and responses: unknown parameters, wrong types and bounds, parameters that a
 * model family does not support, wrong messages, tools and schemas. Does not prove that Azure responds the same: the
 * bodies are those that users of Azure's and OpenAI's services report.
 */
import type { Azure } from "../../../../emulator/azure/startAzure";
import { ask, azureWith, closeAzures } from "../helpers";
import { chatUrl, HELLO, invalid, KEY, SEED, V1 } from "./seeded";

let azure: Azure;
beforeAll(async () => {
  azure = await azureWith({ seed: SEED });
});
afterAll(closeAzures);

async function post(url: string, body: unknown) {
  const { status, body: answer } = await ask(azure, url, { headers: KEY, body });
  return status === 200 ? 200 : [status, answer];
}

const NEWEST_DATED = "2025-04-01-preview";
const chat = (change: object, deployment = "chat") => post(chatUrl(deployment, NEWEST_DATED), { ...HELLO, ...change });
const respond = (change: object, deployment = "chat") =>
  post(`${V1}/responses`, { model: deployment, input: "Hello", ...change });
const refused = (message: string, param: string | null, code: string | null) => [400, invalid(message, param, code)];

describe("request bodies:", () => {
  test.each(["{", "[]", '"text"', ""])("%j is refused because it is not a JSON object", async (body) => {
    expect(await post(chatUrl(), body)).toEqual(
      refused("We could not parse the JSON body of your request. The OpenAI API expects a JSON payload.", null, null),
    );
  });

  test.each<[object, string, string | null, string | null]>([
    [{ messages: undefined }, "Missing required parameter: 'messages'.", "messages", "missing_required_parameter"],
    [
      { messages: "Hello" },
      "Invalid type for 'messages': expected an array of objects, but got a string instead.",
      "messages",
      "invalid_type",
    ],
    [
      { messages: [] },
      "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.",
      "messages",
      "empty_array",
    ],
    [
      { messages: ["Hello"] },
      "Invalid type for 'messages[0]': expected an object, but got a string instead.",
      "messages[0]",
      "invalid_type",
    ],
    [
      { messages: [{ content: "Hello" }] },
      "Missing required parameter: 'messages[0].role'.",
      "messages[0].role",
      "missing_required_parameter",
    ],
    [
      {
        messages: [
          { role: "user", content: "Hello" },
          { role: "wizard", content: "Hello" },
        ],
      },
      "Invalid value: 'wizard'. Supported values are: 'system', 'assistant', 'user', 'function', 'tool', and 'developer'.",
      "messages[1].role",
      "invalid_value",
    ],
    [
      { messages: [{ role: "user" }] },
      "Invalid value for 'content': expected a string, got null.",
      "messages.[0].content",
      null,
    ],
    [
      { messages: [{ role: "user", content: 7 }] },
      "Invalid type for 'messages[0].content': expected one of a string or array of objects, but got an integer instead.",
      "messages[0].content",
      "invalid_type",
    ],
    [
      {
        messages: [
          { role: "user", content: "Hello" },
          { role: "tool", tool_call_id: "x", content: "sunny" },
        ],
      },
      "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
      "messages.[1].role",
      null,
    ],
    [
      {
        messages: [
          { role: "assistant", tool_calls: [{ id: "call_1" }] },
          { role: "user", content: "Hello" },
        ],
      },
      "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: call_1",
      "messages.[1].role",
      null,
    ],
  ])("chat completions with %j are refused", async (change, message, param, code) => {
    expect(await chat(change)).toEqual(refused(message, param, code));
  });

  test.each<[object, string, string | null, string | null]>([
    [{ input: undefined }, "Missing required parameter: 'input'.", "input", "missing_required_parameter"],
    [
      { input: 7 },
      "Invalid type for 'input': expected one of a string or array of objects, but got an integer instead.",
      "input",
      "invalid_type",
    ],
    [
      { input: [{ role: "tool", content: "Hello" }] },
      "Invalid value: 'tool'. Supported values are: 'assistant', 'system', 'developer', and 'user'.",
      "input[0]",
      "invalid_value",
    ],
    [
      { input: [{ role: "user" }] },
      "Missing required parameter: 'input[0].content'.",
      "input[0].content",
      "missing_required_parameter",
    ],
  ])("responses with %j are refused", async (change, message, param, code) => {
    expect(await respond(change)).toEqual(refused(message, param, code));
  });

  test.each([
    { messages: [{ role: "assistant", content: null, refusal: "No." }] },
    {
      messages: [
        { role: "developer", content: "Be brief." },
        { role: "user", content: [{ type: "text", text: "Hello" }] },
      ],
    },
    {
      messages: [
        { role: "assistant", tool_calls: [{ id: "a" }, { id: "b" }] },
        { role: "tool", tool_call_id: "b", content: "1" },
        { role: "tool", tool_call_id: "a", content: "2" },
      ],
    },
  ])("chat completions with %j are answered", async (change) => {
    expect(await chat(change)).toBe(200);
  });
});

describe("parameters:", () => {
  test("an unknown parameter is reported before all other errors except a missing parameter", async () => {
    const unknown = refused("Unknown parameter: 'top_k'.", "top_k", "unknown_parameter");
    expect(await chat({ top_k: 5, n: "many" })).toEqual(unknown);
    expect(await respond({ top_k: 5, temperature: "hot" })).toEqual(unknown);
    expect(await chat({ input: "Hello" })).toEqual(
      refused("Unknown parameter: 'input'.", "input", "unknown_parameter"),
    );
    expect(await chat({ top_k: 5, messages: undefined })).toEqual(
      refused("Missing required parameter: 'messages'.", "messages", "missing_required_parameter"),
    );
  });

  test.each<[object, string, string]>([
    [{ n: "2" }, "Invalid type for 'n': expected an integer, but got a string instead.", "invalid_type"],
    [{ n: 1.5 }, "Invalid type for 'n': expected an integer, but got a decimal number instead.", "invalid_type"],
    [
      { n: 0 },
      "Invalid 'n': integer below minimum value. Expected a value >= 1, but got 0 instead.",
      "integer_below_min_value",
    ],
    [
      { temperature: 2.5 },
      "Invalid 'temperature': decimal above maximum value. Expected a value <= 2, but got 2.5 instead.",
      "decimal_above_max_value",
    ],
    [
      { presence_penalty: -3 },
      "Invalid 'presence_penalty': decimal below minimum value. Expected a value >= -2, but got -3 instead.",
      "decimal_below_min_value",
    ],
    [{ stream: "yes" }, "Invalid type for 'stream': expected a boolean, but got a string instead.", "invalid_type"],
    [{ user: { a: 1 } }, "Invalid type for 'user': expected a string, but got an object instead.", "invalid_type"],
    [
      { verbosity: "loud" },
      "Invalid value: 'loud'. Supported values are: 'low', 'medium', and 'high'.",
      "invalid_value",
    ],
    [
      { max_completion_tokens: 0 },
      "Invalid 'max_completion_tokens': integer below minimum value. Expected a value >= 1, but got 0 instead.",
      "integer_below_min_value",
    ],
  ])("chat completions with %j are refused", async (change, message, code) => {
    expect(await chat(change)).toEqual(refused(message, Object.keys(change)[0] ?? "", code));
  });

  test("stream_options are refused without stream", async () => {
    const message = "The 'stream_options' parameter is only allowed when 'stream' is enabled.";
    const options = { stream_options: { include_usage: true } };
    expect(await chat(options)).toEqual(refused(message, "stream_options", null));
    expect(await chat({ ...options, stream: false })).toEqual(refused(message, "stream_options", null));
    expect(await respond({ stream_options: { include_obfuscation: false } })).toEqual(
      refused(message, "stream_options", null),
    );
  });

  test("null is equal to an omitted parameter", async () => {
    expect(await chat({ temperature: null, stop: null, max_tokens: null, stream_options: null })).toBe(200);
    expect(await respond({ temperature: null, previous_response_id: null, stream_options: null })).toBe(200);
  });
});

const unsupported = (name: string, advice = "") =>
  refused(`Unsupported parameter: '${name}' is not supported with this model.${advice}`, name, "unsupported_parameter");
const onlyDefault = (value: number) =>
  refused(
    `Unsupported value: 'temperature' does not support ${value} with this model. Only the default (1) value is supported.`,
    "temperature",
    "unsupported_value",
  );

describe("reasoning models:", () => {
  test.each(["chat", "thinker", "o4", "calm", "newest"])(
    "max_tokens is refused by the deployment %s",
    async (deployment) => {
      const expected = unsupported("max_tokens", " Use 'max_completion_tokens' instead.");
      expect(await chat({ max_tokens: 100 }, deployment)).toEqual(expected);
    },
  );

  test.each([0, 0.2, 1.5])("the temperature %d is refused on both surfaces", async (temperature) => {
    expect(await chat({ temperature })).toEqual(onlyDefault(temperature));
    expect(await respond({ temperature })).toEqual(onlyDefault(temperature));
    expect(await chat({ temperature }, "o4")).toEqual(onlyDefault(temperature));
  });

  test("the default sampling values are accepted", async () => {
    expect(await chat({ temperature: 1, top_p: 1, presence_penalty: 0, frequency_penalty: 0, logprobs: false })).toBe(
      200,
    );
    expect(await respond({ temperature: 1, top_p: 1 })).toBe(200);
  });

  test.each([
    { top_p: 0.5 },
    { presence_penalty: 0.5 },
    { frequency_penalty: -1 },
    { logprobs: true },
    { top_logprobs: 2 },
    { logit_bias: { 1: 1 } },
    { stop: ["x"] },
  ])("%j is refused", async (change) => {
    expect(await chat(change)).toEqual(unsupported(Object.keys(change)[0] ?? ""));
  });

  test("o3-mini refuses even the default temperature, and o-series models refuse parallel calls", async () => {
    expect(await chat({ temperature: 1 }, "thinker")).toEqual(unsupported("temperature"));
    const tools = [{ type: "function", function: { name: "weather" } }];
    expect(await chat({ tools, parallel_tool_calls: true }, "o4")).toEqual(unsupported("parallel_tool_calls"));
  });

  test.each([
    ["chat", "none", "'minimal', 'low', 'medium', and 'high'"],
    ["o4", "minimal", "'low', 'medium', and 'high'"],
    ["calm", "max", "'none', 'low', 'medium', 'high', and 'xhigh'"],
  ])("a reasoning effort that the deployment %s does not support is refused", async (deployment, effort, supported) => {
    const message = (path: string) =>
      `Unsupported value: '${path}' does not support '${effort}' with this model. Supported values are: ${supported}.`;
    expect(await chat({ reasoning_effort: effort }, deployment)).toEqual(
      refused(message("reasoning_effort"), "reasoning_effort", "unsupported_value"),
    );
    expect(await respond({ reasoning: { effort } }, deployment)).toEqual(
      refused(message("reasoning.effort"), "reasoning.effort", "unsupported_value"),
    );
  });

  test("gpt-5.1 and later accept sampling parameters if reasoning is off", async () => {
    expect(await chat({ temperature: 0.2, top_p: 0.5 }, "calm")).toBe(200);
    expect(await chat({ temperature: 0.2, reasoning_effort: "low" }, "calm")).toEqual(onlyDefault(0.2));
    expect(await chat({ temperature: 0.2, reasoning_effort: "none" }, "newest")).toBe(200);
    expect(await chat({ temperature: 0.2 }, "newest")).toEqual(onlyDefault(0.2));
    expect(await respond({ temperature: 0.2, reasoning: { effort: "none" } }, "newest")).toBe(200);
  });

  test("a model without reasoning accepts all sampling parameters", async () => {
    const change = { max_tokens: 5, temperature: 0, top_p: 0.5, presence_penalty: 1, stop: "x", logit_bias: { 1: 1 } };
    expect(await chat(change, "plain")).toBe(200);
  });
});

const parameters = { type: "object", properties: { city: { type: "string" } } };

/** The same tool in each surface's words. */
const surfaces = {
  "chat completions": {
    send: chat,
    tool: (fields: object) => ({ type: "function", function: fields }),
    choice: (name: string) => ({ type: "function", function: { name } }),
    at: "tools[0].function",
  },
  responses: {
    send: respond,
    tool: (fields: object) => ({ type: "function", ...fields }),
    choice: (name: string) => ({ type: "function", name }),
    at: "tools[0]",
  },
};

describe.each(Object.entries(surfaces))("tools of %s", (_name, { send, tool, choice, at }) => {
  const weather = tool({ name: "weather", parameters });

  test("require a type and a valid name", async () => {
    expect(await send({ tools: [{}] })).toEqual(
      refused("Missing required parameter: 'tools[0].type'.", "tools[0].type", "missing_required_parameter"),
    );
    expect(await send({ tools: [tool({ parameters })] })).toEqual(
      refused(`Missing required parameter: '${at}.name'.`, `${at}.name`, "missing_required_parameter"),
    );
    expect(await send({ tools: [tool({ name: "get weather" })] })).toEqual(
      refused(
        `Invalid '${at}.name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.`,
        `${at}.name`,
        "invalid_value",
      ),
    );
  });

  test("require an object schema", async () => {
    expect(await send({ tools: [tool({ name: "f", parameters: { type: "string" } })] })).toEqual(
      refused(
        `Invalid schema for function 'f': schema must be a JSON Schema of 'type: "object"', got 'type: "string"'.`,
        `${at}.parameters`,
        "invalid_function_parameters",
      ),
    );
  });

  test.each<[object, string]>([
    [parameters, "In context=(), 'additionalProperties' is required to be supplied and to be false."],
    [
      { ...parameters, additionalProperties: false },
      "In context=(), 'required' is required to be supplied and to be an array including every key in properties. Missing 'city'.",
    ],
    [
      {
        type: "object",
        properties: { places: { type: "array", items: parameters } },
        required: ["places"],
        additionalProperties: false,
      },
      "In context=('properties', 'places', 'items'), 'additionalProperties' is required to be supplied and to be false.",
    ],
    [
      {
        type: "object",
        properties: { place: { anyOf: [{ type: "null" }, { $ref: "#/$defs/place" }] } },
        required: ["place"],
        additionalProperties: false,
        $defs: { place: parameters },
      },
      "In context=('$defs', 'place'), 'additionalProperties' is required to be supplied and to be false.",
    ],
  ])("refuse the schema %j if they are strict", async (schema, fault) => {
    expect(await send({ tools: [tool({ name: "f", parameters: schema, strict: true })] })).toEqual(
      refused(`Invalid schema for function 'f': ${fault}`, `${at}.parameters`, "invalid_function_parameters"),
    );
    expect(await send({ tools: [tool({ name: "f", parameters: schema, strict: false })] })).toBe(200);
  });

  test("are required by tool_choice, which must name one of them", async () => {
    expect(await send({ tool_choice: "required" })).toEqual(
      refused(
        "Invalid value for 'tool_choice': 'tool_choice' is only allowed when 'tools' are specified.",
        "tool_choice",
        null,
      ),
    );
    expect(await send({ tools: [weather], tool_choice: "always" })).toEqual(
      refused(
        "Invalid value: 'always'. Supported values are: 'none', 'auto', and 'required'.",
        "tool_choice",
        "invalid_value",
      ),
    );
    expect(await send({ tools: [weather], tool_choice: choice("time") })).toEqual([
      400,
      { error: expect.objectContaining({ param: "tool_choice", code: null }) },
    ]);
    expect(await send({ tools: [weather], tool_choice: 7 })).toEqual(
      refused(
        "Invalid type for 'tool_choice': expected one of 'none', 'auto', or 'required' or object, but got an integer instead.",
        "tool_choice",
        "invalid_type",
      ),
    );
    expect(await send({ tool_choice: "none" })).toBe(200);
  });

  test("are refused if there are more than 128", async () => {
    const tools = Array.from({ length: 129 }, (_, index) => tool({ name: `f${index}` }));
    expect(await send({ tools: tools.slice(1) })).toBe(200);
    expect(await send({ tools })).toEqual([
      400,
      { error: expect.objectContaining({ param: "tools", code: "array_above_max_length" }) },
    ]);
  });
});

test("parallel_tool_calls of chat completions require tools", async () => {
  const message =
    "Invalid value for 'parallel_tool_calls': 'parallel_tool_calls' is only allowed when 'tools' are specified.";
  expect(await chat({ parallel_tool_calls: false })).toEqual(refused(message, "parallel_tool_calls", null));
  expect(await respond({ parallel_tool_calls: false })).toBe(200);
});

describe("structured outputs", () => {
  const fault = "In context=(), 'additionalProperties' is required to be supplied and to be false.";

  test("require a strict schema if they are strict", async () => {
    const json_schema = { name: "place", strict: true, schema: parameters };
    expect(await chat({ response_format: { type: "json_schema", json_schema } })).toEqual(
      refused(`Invalid schema for response_format 'place': ${fault}`, "response_format", null),
    );
    expect(await respond({ text: { format: { type: "json_schema", ...json_schema } } })).toEqual(
      refused(`Invalid schema for response_format 'place': ${fault}`, "text.format.schema", "invalid_json_schema"),
    );
  });

  test("require a type, a name and a schema", async () => {
    const missing = (path: string) =>
      refused(`Missing required parameter: '${path}'.`, path, "missing_required_parameter");
    expect(await chat({ response_format: {} })).toEqual(missing("response_format.type"));
    expect(await chat({ response_format: { type: "json_schema" } })).toEqual(missing("response_format.json_schema"));
    expect(await chat({ response_format: { type: "json_schema", json_schema: { schema: {} } } })).toEqual(
      missing("response_format.json_schema.name"),
    );
    expect(await respond({ text: { format: { type: "json_schema", name: "x" } } })).toEqual(
      missing("text.format.schema"),
    );
    expect(await chat({ response_format: { type: "xml" } })).toEqual(
      refused(
        "Invalid value: 'xml'. Supported values are: 'json_object', 'json_schema', and 'text'.",
        "response_format.type",
        "invalid_value",
      ),
    );
  });

  test("without a schema require the word JSON in the messages", async () => {
    expect(await chat({ response_format: { type: "json_object" } })).toEqual(
      refused(
        "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.",
        "messages",
        null,
      ),
    );
    expect(await respond({ text: { format: { type: "json_object" } } })).toEqual(
      refused(
        "Response input messages must contain the word 'json' in some form to use 'text.format' of type 'json_object'.",
        "input",
        null,
      ),
    );
    expect(await respond({ input: "Answer in JSON.", text: { format: { type: "json_object" } } })).toBe(200);
  });

  test("with a schema require a dated api-version that supports them", async () => {
    const response_format = { type: "json_schema", json_schema: { name: "x", schema: { type: "object" } } };
    expect(await post(chatUrl("chat", "2024-06-01"), { ...HELLO, response_format })).toEqual([
      400,
      {
        error: {
          code: "BadRequest",
          message: "response_format value as json_schema is enabled only for api versions 2024-08-01-preview and later",
        },
      },
    ]);
    expect(await post(chatUrl("chat", "2024-08-01-preview"), { ...HELLO, response_format })).toBe(200);
  });
});
