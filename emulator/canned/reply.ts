/**
 * The content of a canned model's answer: a text, a call of a tool, or JSON for the requested structured output.
 * Reads requests of all three API surfaces; each surface formats its answers itself.
 *
 * With `auto`, the first tool is called once after each message of the user; with `required`, always. A call's arguments and
 * a structured output satisfy their schema. Not covered: tools that run in the service, such as `web_search`, are never called.
 */
import { jsonFromSchema } from "./jsonFromSchema";
import { isSchema, listAt, type Schema } from "./schemas";

export type SurfaceName = "chat-completions" | "responses" | "messages";

export type Reply =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "functionCall"; readonly name: string; readonly arguments: unknown }
  /** A call of a tool whose input is any text. */
  | { readonly kind: "customCall"; readonly name: string; readonly input: string };

/** @param text the model's text if nothing else is requested. */
export function replyTo(surface: SurfaceName, members: Schema, text: string): Reply {
  const tool = calledTool(surface, members);
  if (tool?.isCustom) return { kind: "customCall", name: tool.name, input: text };
  if (tool !== undefined) {
    const value = jsonFromSchema(tool.schema);
    return { kind: "functionCall", name: tool.name, arguments: isSchema(value) ? value : {} };
  }
  return { kind: "text", text: formatted(formatOf(surface, members), text) };
}

// ── tools ────────────────────────────────────────────────────────────────────────────────────────────────────────

interface Tool {
  readonly name: string;
  readonly schema: unknown;
  readonly isCustom: boolean;
}

function calledTool(surface: SurfaceName, members: Schema): Tool | undefined {
  const tools = (listAt(members, "tools") ?? []).flatMap((tool) => toTool(surface, tool));
  const choice = toChoice(members.tool_choice);
  const offered = choice.names === undefined ? tools : tools.filter(({ name }) => choice.names?.includes(name));
  if (choice.mode === "none") return undefined;
  return choice.mode === "required" || !hasResultLast(surface, members) ? offered[0] : undefined;
}

function toTool(surface: SurfaceName, tool: unknown): Tool[] {
  if (!isSchema(tool)) return [];
  const { type, name } = tool;
  const nested = surface === "chat-completions" && typeof type === "string" ? tool[type] : tool;
  if (!isSchema(nested) || typeof nested.name !== "string") return [];
  if (surface === "messages") return "input_schema" in tool ? [toFunction(name, tool.input_schema)] : [];
  if (type === "custom") return [{ name: nested.name, schema: undefined, isCustom: true }];
  return type === "function" ? [toFunction(nested.name, nested.parameters)] : [];
}

function toFunction(name: unknown, schema: unknown): Tool {
  return {
    name: String(name),
    schema: isSchema(schema) ? { type: "object", ...schema } : { type: "object" },
    isCustom: false,
  };
}

interface Choice {
  readonly mode: "none" | "auto" | "required";
  /** Tools that may be called; undefined: all of them. */
  readonly names: readonly string[] | undefined;
}

function toChoice(choice: unknown): Choice {
  if (choice === "none" || choice === "required") return { mode: choice, names: undefined };
  if (!isSchema(choice)) return { mode: "auto", names: undefined };
  switch (choice.type) {
    case "none":
      return { mode: "none", names: undefined };
    case "any":
      return { mode: "required", names: undefined };
    case "allowed_tools": {
      const allowed = isSchema(choice.allowed_tools) ? choice.allowed_tools : choice;
      return {
        mode: allowed.mode === "required" ? "required" : "auto",
        names: (listAt(allowed, "tools") ?? []).flatMap(namesIn),
      };
    }
    case "auto":
      return { mode: "auto", names: undefined };
    default:
      return { mode: "required", names: namesIn(choice) };
  }
}

/** `{ name }`, or `{ type, <type>: { name } }`. */
function namesIn(value: unknown): string[] {
  if (!isSchema(value)) return [];
  const nested = typeof value.type === "string" ? value[value.type] : undefined;
  const name = value.name ?? (isSchema(nested) ? nested.name : undefined);
  return typeof name === "string" ? [name] : [];
}

/** Whether the conversation ends with a tool's result. */
function hasResultLast(surface: SurfaceName, members: Schema): boolean {
  const last = (listAt(members, surface === "responses" ? "input" : "messages") ?? []).at(-1);
  if (!isSchema(last)) return false;
  if (surface === "chat-completions") return last.role === "tool" || last.role === "function";
  if (surface === "responses") return String(last.type).endsWith("_call_output");
  return (listAt(last, "content") ?? []).some((part) => isSchema(part) && part.type === "tool_result");
}

// ── structured outputs ───────────────────────────────────────────────────────────────────────────────────────────

/** The text in the requested form. */
function formatted(format: unknown, text: string): string {
  if (!isSchema(format)) return text;
  if (format.type === "json_object") return JSON.stringify({ text });
  if (format.type !== "json_schema") return text;
  return JSON.stringify(jsonFromSchema(isSchema(format.json_schema) ? format.json_schema.schema : format.schema));
}

function formatOf(surface: SurfaceName, { response_format, text, output_config, output_format }: Schema): unknown {
  if (surface === "chat-completions") return response_format;
  if (surface === "responses") return isSchema(text) ? text.format : undefined;
  return isSchema(output_config) ? output_config.format : output_format;
}
