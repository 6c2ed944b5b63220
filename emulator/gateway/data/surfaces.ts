/** The data plane's API surfaces: where each one is, and what it calls the same things. */

/** Whose SDKs speak it, and so in what shape errors go back. */
export type ApiFormat = "openai" | "anthropic";

export interface Surface {
  /** The API's own name for it. */
  readonly name: "chat-completions" | "responses" | "messages";
  readonly format: ApiFormat;
  /** On the gateway. */
  readonly path: string;
  /** Behind an upstream's base URL. */
  readonly upstreamPath: string;
  /** Members that carry what the model reads, of which input tokens are estimated. */
  readonly inputMembers: readonly string[];
  /** Members that bound the output, the one first that is set where a request has none. */
  readonly outputLimitMembers: readonly string[];
}

export const surfaces: readonly Surface[] = [
  {
    name: "chat-completions",
    format: "openai",
    path: "/v1/chat/completions",
    upstreamPath: "/chat/completions",
    inputMembers: ["messages", "tools"],
    outputLimitMembers: ["max_completion_tokens", "max_tokens"],
  },
  {
    name: "responses",
    format: "openai",
    path: "/v1/responses",
    upstreamPath: "/responses",
    inputMembers: ["input", "instructions", "tools"],
    outputLimitMembers: ["max_output_tokens"],
  },
  {
    name: "messages",
    format: "anthropic",
    path: "/v1/messages",
    upstreamPath: "/messages",
    inputMembers: ["messages", "system", "tools"],
    outputLimitMembers: ["max_tokens"],
  },
];
