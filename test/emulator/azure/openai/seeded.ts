/** A seeded resource "contoso" with a deployment for each kind of model, and requests to it. */
import { type Answer, type Ask, ask, azureWith } from "../helpers";

export const SEED = {
  azure: [
    {
      resource: "contoso",
      keys: ["key-one", "key-two"],
      location: "swedencentral",
      deployments: [
        { name: "chat", model: "gpt-5-mini", version: "2025-08-07" },
        { name: "plain", model: "gpt-4o" },
        { name: "small", model: "gpt-5-mini", version: "2025-08-07", capacity: 1 },
        { name: "thinker", model: "o3-mini" },
        { name: "o4", model: "o4-mini" },
        { name: "calm", model: "gpt-5.1" },
        { name: "newest", model: "gpt-5.5" },
        { name: "coder", model: "gpt-5-codex" },
        { name: "vectors", model: "text-embedding-3-small" },
        { name: "large-vectors", model: "text-embedding-3-large" },
        { name: "old-vectors", model: "text-embedding-ada-002" },
        { name: "batch", model: "gpt-5", sku: "GlobalBatch" },
      ],
    },
  ],
};
export const ENDPOINT = "https://contoso.openai.azure.com";
export const V1 = `${ENDPOINT}/openai/v1`;
export const KEY = { "api-key": "key-one" };
export const HELLO = { messages: [{ role: "user", content: "Hello" }] };
export const ANSWER_TEXT =
  "This is deployment chat of the Azure OpenAI resource contoso in swedencentral (Sweden Central), model gpt-5-mini-2025-08-07.";

/** Address of a deployment's chat completions on the dated route. */
export function chatUrl(deployment = "chat", apiVersion = "2024-10-21"): string {
  return `${ENDPOINT}/openai/deployments/${deployment}/chat/completions?api-version=${apiVersion}`;
}

/** One request to a local Azure of its own. */
export async function askSeeded(url: string, options: Ask = {}): Promise<Answer> {
  return ask(await azureWith({ seed: SEED }), url, { headers: KEY, ...options });
}

/** A refusal of a request's body. */
export function invalid(message: string, param: string | null, code: string | null) {
  return { error: { message, type: "invalid_request_error", param, code } };
}

/** The data of each event of a stream, without what ends it. */
// biome-ignore lint/suspicious/noExplicitAny: tests look into events of every shape
export function eventsOf({ text }: Answer): any[] {
  return text
    .trimEnd()
    .split("\n\n")
    .map((event) => event.split("\n").find((line) => line.startsWith("data: ")) ?? "")
    .filter((line) => line !== "data: [DONE]")
    .map((line) => JSON.parse(line.slice("data: ".length)));
}
