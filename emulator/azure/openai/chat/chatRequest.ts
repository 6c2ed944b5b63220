/** Reads and checks the request of `chat/completions`, in the reported order of the service's checks. */
import { isObject } from "../../http";
import { isAtLeast } from "../apiVersions";
import { invalidRequest, newerApiVersionNeededFor } from "../errors";
import type { TextPrompt } from "../model";
import type { CallContext } from "../operation";
import { checkModelRules } from "../parameters/modelRules";
import { checkOutputFormat } from "../parameters/outputFormat";
import { CHAT_PARAMETERS } from "../parameters/tables";
import { checkTools } from "../parameters/tools";
import { checkParameters, emptyArray, missing, wrongType } from "../parameters/types";
import { checkMessages, contentText } from "./messages";

export interface ChatRequest extends TextPrompt {
  readonly surface: "chat-completions";
  readonly isStreamed: boolean;
  readonly includesUsage: boolean;
  readonly choices: number;
}

const RESPONSE_FORMAT = { path: "response_format", schemaPath: "response_format.json_schema", schemaCode: null };
const JSON_SCHEMA_API_VERSION = "2024-08-01-preview";

/** @throws Refusal for the first problem. */
export function readChatRequest({ body, model, apiVersion }: CallContext): ChatRequest {
  const messages = requireMessages(body);
  checkModelRules(model, body, { path: "reasoning_effort", value: body.reasoning_effort ?? undefined });
  checkMessages(messages);
  checkTools(body, "nested");
  checkFormat(body, messages, apiVersion);
  const isStreamed = body.stream === true;
  const options = isObject(body.stream_options) ? body.stream_options : undefined;
  if (options !== undefined && !isStreamed) {
    const message = "The 'stream_options' parameter is only allowed when 'stream' is enabled.";
    throw invalidRequest(message, "stream_options", null);
  }
  return {
    surface: "chat-completions",
    body,
    texts: messages.map((message) => contentText(isObject(message) ? message.content : undefined)),
    maxTokens: tokenLimit(body.max_completion_tokens) ?? tokenLimit(body.max_tokens),
    stops: [body.stop].flat().filter((stop): stop is string => typeof stop === "string" && stop !== ""),
    isStreamed,
    includesUsage: options?.include_usage === true,
    choices: typeof body.n === "number" ? body.n : 1,
  };
}

function requireMessages(body: Record<string, unknown>): readonly unknown[] {
  const { messages } = body;
  if (messages === undefined || messages === null) throw missing("messages");
  checkParameters(body, CHAT_PARAMETERS);
  if (!Array.isArray(messages)) throw wrongType("messages", "an array of objects", messages);
  if (messages.length === 0) throw emptyArray("messages");
  return messages;
}

function checkFormat(body: Record<string, unknown>, messages: readonly unknown[], apiVersion: string | null): void {
  const type = checkOutputFormat(body.response_format, RESPONSE_FORMAT);
  if (type === "json_schema" && apiVersion !== null && !isAtLeast(apiVersion, JSON_SCHEMA_API_VERSION)) {
    throw newerApiVersionNeededFor("response_format value as json_schema", JSON_SCHEMA_API_VERSION);
  }
  if (type === "json_object" && !/json/i.test(JSON.stringify(messages))) {
    const message =
      "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.";
    throw invalidRequest(message, "messages", null);
  }
}

function tokenLimit(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}
