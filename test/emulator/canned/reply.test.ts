/**
 * The reply of a canned model, on each surface. Does not prove the format of the response; the tests of each plane do.
 */
import { type Reply, replyTo, type SurfaceName } from "../../../emulator/canned/reply";

const parameters = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
const TEXT: Reply = { kind: "text", text: "Hello." };
const called = (name: string): Reply => ({ kind: "functionCall", name, arguments: { city: "city" } });

/** The same offer of two tools, and the same ways to choose, in each surface's words. */
const surfaces = {
  "chat-completions": {
    tools: ["weather", "time"].map((name) => ({ type: "function", function: { name, parameters } })),
    required: "required",
    named: { type: "function", function: { name: "time" } },
    none: "none",
    question: { messages: [{ role: "user", content: "Hi" }] },
    result: {
      messages: [
        { role: "user", content: "Hi" },
        { role: "tool", content: "sunny" },
      ],
    },
    format: (schema: object) => ({ response_format: { type: "json_schema", json_schema: { name: "x", schema } } }),
  },
  responses: {
    tools: ["weather", "time"].map((name) => ({ type: "function", name, parameters })),
    required: "required",
    named: { type: "function", name: "time" },
    none: "none",
    question: { input: "Hi" },
    result: {
      input: [
        { role: "user", content: "Hi" },
        { type: "function_call_output", output: "sunny" },
      ],
    },
    format: (schema: object) => ({ text: { format: { type: "json_schema", name: "x", schema } } }),
  },
  messages: {
    tools: ["weather", "time"].map((name) => ({ name, input_schema: parameters })),
    required: { type: "any" },
    named: { type: "tool", name: "time" },
    none: { type: "none" },
    question: { messages: [{ role: "user", content: "Hi" }] },
    result: { messages: [{ role: "user", content: [{ type: "tool_result", content: "sunny" }] }] },
    format: (schema: object) => ({ output_config: { format: { type: "json_schema", schema } } }),
  },
};

describe.each(Object.entries(surfaces))("the canned model on %s", (name, words) => {
  const surface = name as SurfaceName;
  const { tools, question, result } = words;
  const reply = (members: object) => replyTo(surface, { ...question, ...members }, "Hello.");

  test("replies with its text without tools", () => {
    expect(reply({})).toEqual(TEXT);
    expect(reply({ tools: [] })).toEqual(TEXT);
  });

  test("calls the first tool, with arguments that satisfy its schema", () => {
    expect(reply({ tools })).toEqual(called("weather"));
    expect(reply({ tools, tool_choice: words.required })).toEqual(called("weather"));
  });

  test("calls the tool named by tool_choice, and none if tool_choice is none", () => {
    expect(reply({ tools, tool_choice: words.named })).toEqual(called("time"));
    expect(reply({ tools, tool_choice: words.none })).toEqual(TEXT);
  });

  test("replies with its text after a tool result, unless a call is required", () => {
    expect(reply({ tools, ...result })).toEqual(TEXT);
    expect(reply({ tools, ...result, tool_choice: words.required })).toEqual(called("weather"));
    expect(reply({ tools, ...result, tool_choice: words.named })).toEqual(called("time"));
  });

  test("replies with JSON that matches the requested schema", () => {
    expect(reply(words.format(parameters))).toEqual({ kind: "text", text: '{"city":"city"}' });
  });

  test("calls a tool before it replies in the requested format", () => {
    expect(reply({ tools, ...words.format(parameters) })).toEqual(called("weather"));
    expect(reply({ tools, ...words.format(parameters), ...result })).toEqual({ kind: "text", text: '{"city":"city"}' });
  });
});

test.each<[SurfaceName, object, string]>([
  ["chat-completions", { response_format: { type: "json_object" } }, '{"text":"Hello."}'],
  ["responses", { text: { format: { type: "json_object" } } }, '{"text":"Hello."}'],
  ["messages", { output_format: { type: "json_schema", schema: parameters } }, '{"city":"city"}'],
  ["chat-completions", { response_format: { type: "text" } }, "Hello."],
  ["responses", { text: { verbosity: "low" } }, "Hello."],
])("the canned model on %s replies to %j with %s", (surface, members, text) => {
  expect(replyTo(surface, { ...members }, "Hello.")).toEqual({ kind: "text", text });
});

test("the canned model calls only allowed tools", () => {
  const { tools } = surfaces["chat-completions"];
  const allow = (mode: string) => ({
    type: "allowed_tools",
    allowed_tools: { mode, tools: [{ type: "function", function: { name: "time" } }] },
  });
  expect(replyTo("chat-completions", { tools, tool_choice: allow("auto") }, "Hello.")).toEqual(called("time"));
  const flat = { type: "allowed_tools", mode: "required", tools: [{ type: "function", name: "time" }] };
  expect(replyTo("responses", { tools: surfaces.responses.tools, tool_choice: flat }, "Hello.")).toEqual(
    called("time"),
  );
});

test("the canned model calls a custom tool with its text, and never calls a built-in tool", () => {
  const custom: Reply = { kind: "customCall", name: "run", input: "Hello." };
  expect(replyTo("responses", { tools: [{ type: "web_search" }, { type: "custom", name: "run" }] }, "Hello.")).toEqual(
    custom,
  );
  expect(replyTo("chat-completions", { tools: [{ type: "custom", custom: { name: "run" } }] }, "Hello.")).toEqual(
    custom,
  );
  expect(replyTo("responses", { tools: [{ type: "web_search" }], tool_choice: "required" }, "Hello.")).toEqual(TEXT);
  expect(replyTo("messages", { tools: [{ type: "web_search_20250305", name: "web_search" }] }, "Hello.")).toEqual(TEXT);
});

test.each([
  [undefined, {}],
  [{ type: "object", properties: {} }, {}],
  [{}, {}],
  [{ properties: { n: { type: "integer" } } }, { n: 1 }],
])("a tool with the parameters %j is called with %j", (schema, expected) => {
  const tools = [{ type: "function", name: "f", parameters: schema }];
  expect(replyTo("responses", { tools }, "Hello.")).toMatchObject({ arguments: expected });
});
