/** The account that a command works on, from the environment and the flags. */
import type { Command } from "commander";
import type { GatewayClient } from "../../sdk";
import { DEFAULT_API_URL, readSettings } from "../../sdk/settings";
import { onceAtATime } from "../../sdk/unreachableReport";

export interface AccountFlags {
  readonly apiUrl: string;
}

export function withAccountFlags(command: Command): Command {
  const url = process.env.AI_GATEWAY_API_URL ?? DEFAULT_API_URL;
  return command.option("--api-url <url>", "address of the management API (environment: AI_GATEWAY_API_URL)", url);
}

/** @throws GatewayConfigurationError. There is no flag for the key, because flags are visible in process lists and histories. */
export function accountClient({ apiUrl }: AccountFlags): GatewayClient {
  // Loaded when a command runs: `--help` and completion need no HTTP client.
  const sdk = require("../../sdk") as typeof import("../../sdk");
  const onUnreachable = onceAtATime((line) => process.stderr.write(`pulumi-ngrok-ai: ${line}\n`), "--api-url");
  return new sdk.GatewayClient({ ...readSettings({ flags: { apiUrl }, environment: process.env }), onUnreachable });
}
