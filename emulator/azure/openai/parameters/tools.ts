/** The service's checks of tools and the tool choice. Chat completions nest a tool's fields, responses do not. */
import { isObject } from "../../http";
import { invalidRequest } from "../errors";
import { schemaFault } from "./strictSchemas";
import { invalidValue, missing, wrongType } from "./types";

export type Nesting = "nested" | "flat";

const NAME = /^[a-zA-Z0-9_-]+$/;
const MAX_TOOLS = 128;
const CHOICES = ["none", "auto", "required"];

/** @throws Refusal for the first problem. */
export function checkTools(body: Record<string, unknown>, nesting: Nesting): void {
  const tools = Array.isArray(body.tools) ? body.tools : [];
  if (tools.length > MAX_TOOLS) {
    throw invalidRequest(
      `Invalid 'tools': array too long. Expected an array with maximum length ${MAX_TOOLS}, but got an array with length ${tools.length} instead.`,
      "tools",
      "array_above_max_length",
    );
  }
  for (const [index, tool] of tools.entries()) checkTool(tool, `tools[${index}]`, nesting);
  checkChoice(body.tool_choice, tools, nesting);
  if (nesting === "nested" && tools.length === 0 && isGiven(body.parallel_tool_calls)) {
    throw onlyWithTools("parallel_tool_calls");
  }
}

function checkTool(tool: unknown, path: string, nesting: Nesting): void {
  if (!isObject(tool)) throw wrongType(path, "an object", tool);
  if (typeof tool.type !== "string") throw missing(`${path}.type`);
  if (tool.type !== "function") return;
  const [fields, at] = nesting === "nested" ? [tool.function, `${path}.function`] : [tool, path];
  if (!isObject(fields)) throw missing(at);
  const { name, parameters, strict } = fields;
  if (name === undefined || name === null) throw missing(`${at}.name`);
  if (typeof name !== "string") throw wrongType(`${at}.name`, "a string", name);
  if (!NAME.test(name)) {
    throw invalidRequest(
      `Invalid '${at}.name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.`,
      `${at}.name`,
      "invalid_value",
    );
  }
  const fault = parameters === undefined ? undefined : schemaFault(parameters, strict === true);
  if (fault === undefined) return;
  throw invalidRequest(
    `Invalid schema for function '${name}': ${fault}`,
    `${at}.parameters`,
    "invalid_function_parameters",
  );
}

function checkChoice(choice: unknown, tools: readonly unknown[], nesting: Nesting): void {
  if (!isGiven(choice) || choice === "none") return;
  if (tools.length === 0) throw onlyWithTools("tool_choice");
  if (typeof choice === "string") {
    if (!CHOICES.includes(choice)) throw invalidValue("tool_choice", choice, CHOICES);
    return;
  }
  if (!isObject(choice)) throw wrongType("tool_choice", "one of 'none', 'auto', or 'required' or object", choice);
  if (choice.type !== "function") return;
  const [fields, at] = nesting === "nested" ? [choice.function, "tool_choice.function"] : [choice, "tool_choice"];
  if (!isObject(fields)) throw missing(at);
  if (typeof fields.name !== "string") throw missing(`${at}.name`);
  const names = tools.map((tool) => nameOf(tool, nesting));
  if (names.includes(fields.name)) return;
  throw nesting === "nested"
    ? invalidRequest(
        `Invalid value for 'tool_choice': no function named '${fields.name}' was specified in the 'tools' parameter.`,
        "tool_choice",
        null,
      )
    : invalidRequest("Tool choice 'function' not found in 'tools' parameter.", "tool_choice", null);
}

function nameOf(tool: unknown, nesting: Nesting): unknown {
  const fields = isObject(tool) && nesting === "nested" ? tool.function : tool;
  return isObject(fields) ? fields.name : undefined;
}

function onlyWithTools(name: string) {
  return invalidRequest(
    `Invalid value for '${name}': '${name}' is only allowed when 'tools' are specified.`,
    name,
    null,
  );
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}
