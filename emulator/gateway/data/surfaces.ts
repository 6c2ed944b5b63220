/** The data plane's API surfaces: their paths, and their names for common concepts. */

/** The SDK family, which determines the format of errors. */
export type ApiFormat = "openai" | "anthropic";

export interface Surface {
  /** The API's own name for it. */
  readonly name: "chat-completions" | "responses" | "messages" | "embeddings";
  readonly format: ApiFormat;
  /** Path at the gateway. */
  readonly path: string;
  /** Appended to an upstream's base URL. */
  readonly upstreamPath: string;
  /** Members that the model reads; the estimate of input tokens uses them. */
  readonly inputMembers: readonly string[];
  /** Members that limit the output. The first is set if a request has none. */
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
  {
    name: "embeddings",
    format: "openai",
    path: "/v1/embeddings",
    upstreamPath: "/embeddings",
    inputMembers: ["input"],
    outputLimitMembers: [],
  },
];

/** Paths of surfaces that only the service has. */
export const UNSERVED_PATHS = [
  "/v1beta/models/*",
  "/v1beta/interactions",
  "/model/:id/invoke",
  "/model/:id/invoke-with-response-stream",
  "/model/:id/converse",
  "/model/:id/converse-stream",
] as const;
