/** Checks the messages of a chat: roles, contents, and the match between tool calls and their results. */
import { isObject } from "../../http";
import { invalidRequest } from "../errors";
import { invalidValue, missing, wrongType } from "../parameters/types";

const ROLES = ["system", "assistant", "user", "function", "tool", "developer"];

/** @throws Refusal for the first problem. */
export function checkMessages(messages: readonly unknown[]): void {
  for (const [index, message] of messages.entries()) checkRole(message, index);
  for (const [index, message] of messages.entries()) checkContent(message as Message, index);
  checkToolMessages(messages as readonly Message[]);
}

/** The texts of a content's parts, joined. */
export function contentText(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content.map((part) => (isObject(part) && typeof part.text === "string" ? part.text : "")).join("");
}

type Message = Record<string, unknown> & { readonly role: string };

function checkRole(message: unknown, index: number): void {
  const path = `messages[${index}]`;
  if (!isObject(message)) throw wrongType(path, "an object", message);
  const { role } = message;
  if (role === undefined || role === null) throw missing(`${path}.role`);
  if (!ROLES.includes(String(role))) throw invalidValue(`${path}.role`, String(role), ROLES);
}

/** An assistant's message may have other members instead of a content. */
function checkContent(message: Message, index: number): void {
  const { role, content, tool_calls, function_call, refusal, audio } = message;
  if (typeof content === "string" || Array.isArray(content)) return;
  const path = `messages[${index}].content`;
  if (content !== undefined && content !== null) throw wrongType(path, "one of a string or array of objects", content);
  const substitutes = [tool_calls, function_call, refusal, audio];
  if (role === "assistant" && substitutes.some((value) => value !== undefined && value !== null)) return;
  if (role === "developer") throw missing(path);
  throw invalidRequest(
    "Invalid value for 'content': expected a string, got null.",
    `messages.[${index}].content`,
    null,
  );
}

function checkToolMessages(messages: readonly Message[]): void {
  let open = new Set<unknown>();
  for (const [index, message] of messages.entries()) {
    if (message.role === "tool") {
      if (!open.delete(message.tool_call_id)) throw strayToolMessage(index);
      continue;
    }
    if (open.size > 0) throw unansweredCalls(index, open);
    const calls = message.role === "assistant" && Array.isArray(message.tool_calls) ? message.tool_calls : [];
    open = new Set(calls.map((call) => (isObject(call) ? call.id : undefined)));
  }
  if (open.size > 0) throw unansweredCalls(messages.length, open);
}

function strayToolMessage(index: number) {
  const message =
    "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.";
  return invalidRequest(message, `messages.[${index}].role`, null);
}

function unansweredCalls(index: number, ids: ReadonlySet<unknown>) {
  return invalidRequest(
    `An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: ${[...ids].join(", ")}`,
    `messages.[${index}].role`,
    null,
  );
}
