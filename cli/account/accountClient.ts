/** The account that a command works on, from the environment and the flags. */
import type { Command } from "commander";
import { GatewayClient } from "../../sdk";

export interface AccountFlags {
  readonly apiUrl: string;
}

const DEFAULT_API_URL = "https://api.ngrok.ai";

export function withAccountFlags(command: Command): Command {
  const url = process.env.AI_GATEWAY_API_URL ?? DEFAULT_API_URL;
  return command.option("--api-url <url>", "address of the management API (environment: AI_GATEWAY_API_URL)", url);
}

/** @throws Error that says how to give the key. It is no flag, because flags are visible in process lists and histories. */
export function accountClient({ apiUrl }: AccountFlags): GatewayClient {
  const { AI_GATEWAY_API_KEY: apiKey } = process.env;
  if (!apiKey) {
    throw new Error(
      "no API key for the ngrok AI Gateway: set the environment variable AI_GATEWAY_API_KEY to one of the account's API keys",
    );
  }
  return new GatewayClient({ apiUrl, apiKey, apiKeySource: "the environment variable AI_GATEWAY_API_KEY" });
}
