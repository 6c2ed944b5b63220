/** A local Azure that a test file starts and closes, and requests to it under Azure's host names. */
import { request as send } from "undici";
import { type Azure, type AzureOptions, startAzure } from "../../../emulator/azure/startAzure";

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every shape
  readonly body: any;
}

export interface Ask {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** A clock that a test moves. */
export class TestClock {
  nowMs = Date.parse("2026-11-24T12:00:00Z");
  readonly read = () => this.nowMs;
  advance(durationMs: number): void {
    this.nowMs += durationMs;
  }
}

/** A local Azure in this process or another one. */
export type Reachable = Pick<Azure, "azureUrl">;

const started: Azure[] = [];

/** Everything that takes time completes at once. */
export const AT_ONCE = { provisioningMs: 0 };

/** Body of a refusal of the resource manager, and of some of the data plane's. */
export function refusal(code: string, message: string): { error: { code: string; message: string } } {
  return { error: { code, message } };
}

/** Starts a local Azure that `closeAzures` closes. */
export async function azureWith(options: AzureOptions): Promise<Azure> {
  const azure = await startAzure(options);
  started.push(azure);
  return azure;
}

export async function closeAzures(): Promise<void> {
  await Promise.all(started.splice(0).map((azure) => azure.close()));
}

/** @param url as in production; sent to the local Azure with its host kept. */
export async function ask(azure: Reachable, url: string, options: Ask = {}): Promise<Answer> {
  const { protocol, host, pathname, search } = new URL(url);
  if (protocol !== "https:") throw new Error(`${url} is not how Azure is reached`);
  const { body } = options;
  const response = await send(`${azure.azureUrl}${pathname}${search}`, {
    method: (options.method ?? (body === undefined ? "GET" : "POST")) as "GET",
    headers: { ...options.headers, host },
    ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const text = await response.body.text();
  const isJson = String(response.headers["content-type"]).startsWith("application/json");
  return {
    status: response.statusCode,
    headers: Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name, String(value)])),
    text,
    body: isJson ? JSON.parse(text) : undefined,
  };
}

/** The api-versions that `@pulumi/azure-native` 3.28 uses; the innermost type of a path decides. */
const API_VERSIONS: readonly (readonly [path: RegExp, apiVersion: string])[] = [
  [/Microsoft.Insights\/diagnosticSettings/i, "2021-05-01-preview"],
  [/Microsoft.Insights\/metricAlerts/i, "2018-03-01"],
  [/Microsoft.Insights\/actionGroups/i, "2024-10-01-preview"],
  [/Microsoft.OperationalInsights/i, "2023-09-01"],
  [/Microsoft.CognitiveServices/i, "2025-06-01"],
];

function apiVersionFor(path: string): string {
  return API_VERSIONS.find(([pattern]) => pattern.test(path))?.[1] ?? "2024-03-01";
}

export const SUBSCRIPTION = "11111111-2222-3333-4444-555555555555";

/** Requests to the resource manager in one resource group, which `start` creates in eastus2. */
export class Manager {
  constructor(
    readonly azure: Reachable,
    readonly group = "rg",
    readonly subscription = SUBSCRIPTION,
  ) {}

  static async start(options: AzureOptions): Promise<Manager> {
    const manager = new Manager(await azureWith(options));
    await manager.send("PUT", manager.groupId, { location: "eastus2" });
    return manager;
  }

  get groupId(): string {
    return `/subscriptions/${this.subscription}/resourceGroups/${this.group}`;
  }

  accountId(name: string): string {
    return `${this.groupId}/providers/Microsoft.CognitiveServices/accounts/${name}`;
  }

  deploymentId(account: string, name: string): string {
    return `${this.accountId(account)}/deployments/${name}`;
  }

  raiPolicyId(account: string, name: string): string {
    return `${this.accountId(account)}/raiPolicies/${name}`;
  }

  deletedAccountId(name: string, location = "eastus2"): string {
    return `/subscriptions/${this.subscription}/providers/Microsoft.CognitiveServices/locations/${location}/resourceGroups/${this.group}/deletedAccounts/${name}`;
  }

  send(method: string, path: string, body?: unknown, apiVersion = apiVersionFor(path)): Promise<Answer> {
    return ask(this.azure, `https://management.azure.com${path}?api-version=${apiVersion}`, {
      method,
      headers: { authorization: "Bearer any" },
      ...(body !== undefined && { body }),
    });
  }

  putAccount(name: string, change: Record<string, unknown> = {}): Promise<Answer> {
    return this.send("PUT", this.accountId(name), accountBody(name, change));
  }

  putDeployment(account: string, name: string, change: Record<string, unknown> = {}): Promise<Answer> {
    return this.send("PUT", this.deploymentId(account, name), { ...deploymentBody(), ...change });
  }
}

export function accountBody(name: string, change: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    location: "eastus2",
    kind: "OpenAI",
    sku: { name: "S0" },
    properties: { customSubDomainName: name },
    ...change,
  };
}

export function deploymentBody(): Record<string, unknown> {
  return {
    sku: { name: "GlobalStandard", capacity: 10 },
    properties: { model: { format: "OpenAI", name: "gpt-5-mini", version: "2025-08-07" } },
  };
}
