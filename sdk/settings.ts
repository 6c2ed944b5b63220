/** Configuration of the provider: explicit provider, then stack config, then environment. */
import { GatewayConfigurationError } from "./errors";

/** Namespace of the stack config, and prefix of an explicit provider's inputs. */
export const CONFIG_NAMESPACE = "ngrok-ai";
/** Set by an explicit provider, which the provider process could not tell from stack config otherwise. */
export const EXPLICIT_MARKER = `${CONFIG_NAMESPACE}:explicit`;

const DEFAULT_API_URL = "https://api.ngrok.ai";
const DEFAULT_GATEWAY_URL = "https://gateway.ngrok.ai";
const DEFAULT_REQUEST_TIMEOUT_SECONDS = 30;
const DEFAULT_RETRY_BUDGET_SECONDS = 120;
const DEFAULT_MAX_CONCURRENCY = 16;

export interface Settings {
  readonly apiKey: string;
  /** Where the key came from, for the message of a 401. */
  readonly apiKeySource: string;
  readonly apiUrl: string;
  readonly gatewayUrl: string;
  readonly requestTimeoutMs: number;
  readonly retryBudgetMs: number;
  readonly maxConcurrency: number;
  readonly ownership: "on" | "off";
}

export type ConfigReader = (key: string) => string | undefined;
type Environment = Readonly<Record<string, string | undefined>>;

/** Reads all settings; a missing or unusable one is an error that says how to give it. */
export function readSettings(config: ConfigReader, environment: Environment): Settings {
  const get = (name: string) => config(`${CONFIG_NAMESPACE}:${name}`) || undefined;
  const isExplicit = config(EXPLICIT_MARKER) === "true";
  const configuredKey = get("apiKey");
  const apiKey = configuredKey ?? environment.AI_GATEWAY_API_KEY;
  if (!apiKey) {
    throw new GatewayConfigurationError(
      "No API key for the ngrok AI Gateway. Give one of: an explicit provider (new Provider(name, { apiKey })), " +
        `stack config (pulumi config set --secret ${CONFIG_NAMESPACE}:apiKey), or the environment variable AI_GATEWAY_API_KEY.`,
    );
  }
  return {
    apiKey,
    apiKeySource: toSource(configuredKey !== undefined, isExplicit),
    apiUrl: readUrl("apiUrl", get("apiUrl") ?? environment.AI_GATEWAY_API_URL ?? DEFAULT_API_URL),
    gatewayUrl: readUrl("gatewayUrl", get("gatewayUrl") ?? environment.AI_GATEWAY_URL ?? DEFAULT_GATEWAY_URL),
    requestTimeoutMs: readNumber("requestTimeoutSeconds", get, DEFAULT_REQUEST_TIMEOUT_SECONDS) * 1000,
    retryBudgetMs: readNumber("retryBudgetSeconds", get, DEFAULT_RETRY_BUDGET_SECONDS) * 1000,
    maxConcurrency: readNumber("maxConcurrency", get, DEFAULT_MAX_CONCURRENCY),
    ownership: readOwnership(get("ownership")),
  };
}

function toSource(isConfigured: boolean, isExplicit: boolean): string {
  if (!isConfigured) return "the environment variable AI_GATEWAY_API_KEY";
  return isExplicit ? "the explicit provider's apiKey" : `stack config ${CONFIG_NAMESPACE}:apiKey`;
}

function readNumber(name: string, get: ConfigReader, fallback: number): number {
  const text = get(name);
  if (text === undefined) return fallback;
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new GatewayConfigurationError(`${CONFIG_NAMESPACE}:${name} must be a number above 0, not "${text}".`);
}

function readOwnership(text: string | undefined): "on" | "off" {
  if (text === undefined || text === "on") return "on";
  if (text === "off") return "off";
  throw new GatewayConfigurationError(`${CONFIG_NAMESPACE}:ownership must be "on" or "off", not "${text}".`);
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** Keys travel to these addresses: plain http only where it does not leave the machine or ngrok's internal network. */
function readUrl(name: string, text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isPlainAllowed = url !== undefined && (LOOPBACK.test(url.hostname) || url.hostname.endsWith(".internal"));
  if (url?.protocol === "https:" || (url?.protocol === "http:" && isPlainAllowed)) return text.replace(/\/+$/, "");
  throw new GatewayConfigurationError(
    `${CONFIG_NAMESPACE}:${name} must be an https:// URL (http:// is accepted for loopback and *.internal hosts only).`,
  );
}
