/**
 * Connection settings: the only checks and defaults of them, for stack config, an explicit provider, the environment, the command
 * line, and the options of a `GatewayClient`.
 */
import type { Connection, UnreachableNotice } from "./call";
import { type Clock, systemClock } from "./clock";
import { credentialProblem } from "./credentials";
import { GatewayConfigurationError } from "./errors";
import { nearest } from "./nearest";
import { ServerClock } from "./serverClock";

/** Namespace of the stack config, and prefix of an explicit provider's inputs. */
export const CONFIG_NAMESPACE = "ngrok-ai";
/** Set by an explicit provider, because the provider process cannot otherwise distinguish it from stack config. */
export const EXPLICIT_MARKER = `${CONFIG_NAMESPACE}:explicit`;

/** The settings by their names in the stack config. */
const SETTING_NAMES = [
  "apiKey",
  "apiUrl",
  "gatewayUrl",
  "requestTimeoutSeconds",
  "retryBudgetSeconds",
  "maxConcurrency",
  "ownership",
] as const;
type SettingName = (typeof SETTING_NAMES)[number];

export const ENVIRONMENT_VARIABLES = {
  apiKey: "AI_GATEWAY_API_KEY",
  apiUrl: "AI_GATEWAY_API_URL",
  gatewayUrl: "AI_GATEWAY_URL",
} as const satisfies Partial<Record<SettingName, string>>;

/** Default base URL of the management API. */
export const DEFAULT_API_URL = "https://api.ngrok.ai";
/** Default base URL of the data plane. */
const DEFAULT_GATEWAY_URL = "https://gateway.ngrok.ai";
/** Default time limit of one HTTP attempt, in milliseconds. */
export const DEFAULT_REQUEST_TIMEOUT_MS = 30_000;
/** Default time limit of all attempts of one call, including waits, in milliseconds. */
export const DEFAULT_RETRY_BUDGET_MS = 120_000;
/** Default number of concurrent requests per account and process. */
export const DEFAULT_MAX_CONCURRENCY = 16;
/** Largest time limit that is accepted, in milliseconds. */
const MAX_TIME_MS = 24 * 60 * 60 * 1000;

export interface Settings {
  readonly apiKey: string;
  /** Source of the key, for the message of a 401. */
  readonly apiKeySource: string;
  readonly apiUrl: string;
  readonly gatewayUrl: string;
  /** Why the data plane must not be called with these settings. */
  readonly gatewayUrlProblem?: string | undefined;
  readonly requestTimeoutMs: number;
  readonly retryBudgetMs: number;
  readonly maxConcurrency: number;
  readonly ownership: "on" | "off";
}

/** Sources of the settings; the first one with a value takes precedence. */
export interface SettingSources {
  /** Options of a command, by the setting's name. */
  readonly flags?: Readonly<Partial<Record<SettingName, string | undefined>>>;
  /** Stack config or the inputs of an explicit provider. */
  readonly config?: ConfigSource;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export interface ConfigSource {
  /** The value of `ngrok-ai:<name>`. */
  get(key: string): string | undefined;
  /** All keys of all namespaces, if they can be listed. */
  readonly keys?: readonly string[];
}

interface Given {
  readonly value: string;
  /** The source of the value, in the user's notation: `ngrok-ai:apiUrl`, `AI_GATEWAY_API_URL`. */
  readonly place: string;
}

/**
 * Reads and checks all settings.
 * @throws GatewayConfigurationError that names every missing or invalid setting, without repeating a key or a URL
 */
export function readSettings(sources: SettingSources): Settings {
  const judge = new Judge();
  const given = (name: SettingName) => find(name, sources);
  for (const key of sources.config?.keys ?? []) judge.checkConfigKey(key);
  const apiKey = given("apiKey");
  if (apiKey === undefined) judge.problem(missingKeyText(sources));
  const [apiUrl, gatewayUrl] = [given("apiUrl"), given("gatewayUrl")];
  const settings = {
    apiKey: judge.apiKey(apiKey),
    apiKeySource: toSource(apiKey, sources),
    apiUrl: judge.url(apiUrl, DEFAULT_API_URL),
    gatewayUrl: judge.url(gatewayUrl, DEFAULT_GATEWAY_URL).replace(/\/v1$/, ""), // clients need the /v1, so it is often given
    gatewayUrlProblem: gatewayUrl === undefined ? problemOfDefault(apiUrl) : undefined,
    requestTimeoutMs: judge.seconds(given("requestTimeoutSeconds"), DEFAULT_REQUEST_TIMEOUT_MS),
    retryBudgetMs: judge.seconds(given("retryBudgetSeconds"), DEFAULT_RETRY_BUDGET_MS),
    maxConcurrency: judge.wholeNumber(given("maxConcurrency"), DEFAULT_MAX_CONCURRENCY),
    ownership: judge.ownership(given("ownership")),
  };
  judge.throwProblems();
  return settings;
}

/** A token of a local gateway must not be sent to the hosted one. */
function problemOfDefault(apiUrl: Given | undefined): string | undefined {
  if (apiUrl === undefined || !URL.canParse(apiUrl.value)) return undefined; // an invalid address is another problem
  if (!LOOPBACK.test(new URL(apiUrl.value).hostname)) return undefined;
  return (
    `${apiUrl.place} is an address of this machine, and ${CONFIG_NAMESPACE}:gatewayUrl is not given: its default, ${DEFAULT_GATEWAY_URL}, is not the ` +
    `data plane of a local gateway. Set ${CONFIG_NAMESPACE}:gatewayUrl or ${ENVIRONMENT_VARIABLES.gatewayUrl}`
  );
}

function find(name: SettingName, { flags, config, environment }: SettingSources): Given | undefined {
  const flag = flags?.[name];
  if (flag) return { value: flag, place: `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}` };
  const configKey = `${CONFIG_NAMESPACE}:${name}`;
  const configured = config?.get(configKey);
  if (configured) return { value: configured, place: configKey };
  const variable = (ENVIRONMENT_VARIABLES as Partial<Record<SettingName, string>>)[name];
  const value = variable && environment[variable];
  return variable && value ? { value, place: variable } : undefined;
}

function missingKeyText({ config }: SettingSources): string {
  const variable = `the environment variable ${ENVIRONMENT_VARIABLES.apiKey}`;
  const what = "No API key for the ngrok AI Gateway.";
  if (config === undefined) return `${what} Set ${variable} to one of the account's API keys.`;
  return (
    `${what} Give one of: an explicit provider (new Provider(name, { apiKey })), ` +
    `stack config (pulumi config set --secret ${CONFIG_NAMESPACE}:apiKey), or ${variable}.`
  );
}

function toSource(apiKey: Given | undefined, { config }: SettingSources): string {
  const place = apiKey?.place ?? "";
  if (!place.startsWith(CONFIG_NAMESPACE)) return `the environment variable ${place}`;
  return config?.get(EXPLICIT_MARKER) === "true" ? "the explicit provider's apiKey" : `stack config ${place}`;
}

/** Options of a `GatewayClient`. */
export interface GatewayClientOptions {
  /** Base URL of the management API, for example `https://api.ngrok.ai`. `http://` only for loopback and `*.internal` hosts. */
  readonly apiUrl: string;
  /** Key of the management API. */
  readonly apiKey: string;
  /**
   * Source of the key, in words for the message of a 401, for example `environment variable AI_GATEWAY_API_KEY`.
   * @default "the client's apiKey option"
   */
  readonly apiKeySource?: string | undefined;
  /**
   * Time limit of one HTTP attempt, in milliseconds.
   * @default 30000
   */
  readonly requestTimeoutMs?: number | undefined;
  /**
   * Time limit of all attempts of one call, including waits, in milliseconds. It starts with the first attempt.
   * @default 120000
   */
  readonly retryBudgetMs?: number | undefined;
  /**
   * Largest number of concurrent requests, shared by all clients of the account in this process; the value of the client that was
   * used last applies.
   * @default 16
   */
  readonly maxConcurrency?: number | undefined;
  /**
   * Called when a call's first attempt got no response and is retried, so that a program can report the wait.
   * @default nothing is called
   */
  readonly onUnreachable?: ((notice: UnreachableNotice) => void) | undefined;
  /**
   * Time and randomness, for tests.
   * @default the machine's own
   */
  readonly clock?: Clock | undefined;
}

/**
 * The options, validated and with defaults.
 * @throws GatewayConfigurationError that names every invalid option, without repeating a key or a URL
 */
export function toConnection(options: GatewayClientOptions): Connection {
  const judge = new Judge();
  const option = (name: keyof GatewayClientOptions): Given | undefined => {
    const value = options[name];
    return value === undefined ? undefined : { value: String(value), place: name };
  };
  const connection = {
    apiUrl: judge.url(option("apiUrl") ?? { value: "", place: "apiUrl" }, ""),
    apiKey: judge.apiKey(option("apiKey") ?? { value: "", place: "apiKey" }),
    apiKeySource: options.apiKeySource ?? "the client's apiKey option",
    requestTimeoutMs: judge.milliseconds(option("requestTimeoutMs"), DEFAULT_REQUEST_TIMEOUT_MS),
    retryBudgetMs: judge.milliseconds(option("retryBudgetMs"), DEFAULT_RETRY_BUDGET_MS),
    maxConcurrency: judge.wholeNumber(option("maxConcurrency"), DEFAULT_MAX_CONCURRENCY),
    clock: options.clock ?? systemClock,
    onUnreachable: options.onUnreachable,
    serverClock: new ServerClock(),
  };
  judge.throwProblems();
  return connection;
}

/**
 * The base URL without a trailing slash.
 * @throws GatewayConfigurationError if the URL is not valid
 */
export function parseApiUrl(apiUrl: string): string {
  const judge = new Judge();
  const parsed = judge.url({ value: apiUrl, place: "apiUrl" }, "");
  judge.throwProblems();
  return parsed;
}

/** Collects the errors of settings, and returns the settings' values. */
class Judge {
  readonly #problems: string[] = [];

  problem(text: string): void {
    this.#problems.push(text);
  }

  throwProblems(): void {
    if (this.#problems.length > 0) throw new GatewayConfigurationError(this.#problems.join("\n"));
  }

  checkConfigKey(key: string): void {
    const [namespace, name = ""] = key.split(":");
    if (namespace !== CONFIG_NAMESPACE || key === EXPLICIT_MARKER) return;
    if ((SETTING_NAMES as readonly string[]).includes(name)) return;
    const meant = nearest(name, SETTING_NAMES);
    const advice = meant === undefined ? `there are ${SETTING_NAMES.join(", ")}` : `did you mean ${meant}?`;
    this.problem(`${key} is not a setting: ${advice}`);
  }

  apiKey(given: Given | undefined): string {
    const { value = "", place } = given ?? {};
    const problem = place && credentialProblem(value);
    if (problem) this.problem(`${place} ${problem}`);
    return value;
  }

  /** Keys are sent to these URLs: plain http is allowed only for hosts on this machine and in ngrok's internal network. */
  url(given: Given | undefined, fallback: string): string {
    if (given === undefined) return fallback;
    const { value, place } = given;
    const url = URL.canParse(value) ? new URL(value) : undefined;
    if (url === undefined || (url.protocol !== "https:" && url.protocol !== "http:")) {
      this.problem(`${place} is not an https:// URL: write it as https://host`);
    } else if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
      this.problem(`${place} must have no user, password, query or fragment: give the address alone`);
    } else if (url.protocol === "http:" && !isLoopbackOrInternal(url.hostname)) {
      this.problem(
        `${place} is http://${url.host}: http:// is for loopback and *.internal hosts only, as the key would be sent in clear. Use https://`,
      );
    } else {
      return url.origin + url.pathname.replace(/(?<!\/)\/+$/, "");
    }
    return fallback;
  }

  seconds(given: Given | undefined, fallbackMs: number): number {
    return this.time(given, 1000, "seconds", fallbackMs);
  }

  milliseconds(given: Given | undefined, fallbackMs: number): number {
    return this.time(given, 1, "milliseconds", fallbackMs);
  }

  private time(given: Given | undefined, unitMs: number, unit: string, fallbackMs: number): number {
    if (given === undefined) return fallbackMs;
    const value = toNumber(given.value);
    if (value > 0 && value * unitMs <= MAX_TIME_MS) return value * unitMs;
    this.problem(`${given.place} must be a number of ${unit} above 0 and at most ${MAX_TIME_MS / unitMs}`);
    return fallbackMs;
  }

  wholeNumber(given: Given | undefined, fallback: number): number {
    if (given === undefined) return fallback;
    const value = toNumber(given.value);
    if (Number.isInteger(value) && value > 0) return value;
    this.problem(`${given.place} must be a whole number above 0`);
    return fallback;
  }

  ownership(given: Given | undefined): "on" | "off" {
    if (given === undefined || given.value === "on") return "on";
    if (given.value !== "off") this.problem(`${given.place} must be "on" or "off"`);
    return "off";
  }
}

/** Returns NaN for a text that is not a number. */
function toNumber(text: string): number {
  return text.trim() === "" ? Number.NaN : Number(text);
}

const LOOPBACK = /^(localhost|.+\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** Whether a host, in the notation of `URL`, is on this machine or in ngrok's internal network. */
function isLoopbackOrInternal(hostname: string): boolean {
  return LOOPBACK.test(hostname) || hostname.endsWith(".internal");
}
