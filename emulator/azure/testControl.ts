/**
 * Control of the local Azure by a test or a demonstration, under `/_emulator/azure/`: operations of `az`, and operations that only an
 * emulator has. Needs no key.
 */
import { callerRefusal } from "../callerCheck";
import { findRoute, isObject, json, Refusal, route } from "./http";
import { isLocation, normalizeLocation } from "./locations";
import { viewAccount, viewDeletedAccount, viewDeployment, viewRaiPolicy, viewResourceGroup } from "./manager/views";
import type { ThrottleTarget, TokenQuota } from "./openai/quota";
import type { StoredResponses } from "./openai/responses/storedResponses";
import { type Account, type AzureState, newAccountKey } from "./state";

type Body = Readonly<Record<string, unknown>>;

export class TestControl {
  private readonly routes = [
    route("GET", "/_emulator/azure/state", () => this.showState()),
    route("POST", "/_emulator/azure/regenerate-key", (body: Body) => this.regenerateKey(body)),
    route("POST", "/_emulator/azure/throttle", (body: Body) => this.throttle(body)),
    route("DELETE", "/_emulator/azure/throttle", () => this.clearThrottles()),
    route("POST", "/_emulator/azure/reset-quota", () => this.resetQuota()),
    route("POST", "/_emulator/azure/reset", () => this.reset()),
  ];

  constructor(
    private readonly state: AzureState,
    private readonly quota: TokenQuota,
    private readonly responses: StoredResponses,
    private readonly createSeed: () => void,
  ) {}

  /** @throws Refusal */
  async handle(request: Request, ownHost: string): Promise<Response> {
    const { method, headers } = request;
    const refusal = callerRefusal({ method, header: (name) => headers.get(name) }, ownHost);
    if (refusal !== undefined) throw refuse(403, refusal);
    const { pathname } = new URL(request.url);
    const found = findRoute<(body: Body) => Response>(this.routes, request.method, pathname);
    if (found === undefined) throw refuse(404, `there is no ${request.method} ${pathname}`);
    const body = await readBody(request);
    if (request.method !== "GET") this.state.revision += 1;
    return found.handle(body);
  }

  /** Everything except the keys. */
  private showState(): Response {
    const { resourceGroups, accounts, deletedAccounts, storedResources } = this.state;
    return json(200, {
      resourceGroups: [...resourceGroups.values().map(viewResourceGroup)],
      accounts: [...accounts.values().map((account) => this.showAccount(account))],
      deletedAccounts: [...deletedAccounts.values().map(viewDeletedAccount)],
      otherResources: [...storedResources.values().map(({ id, name, type, body }) => ({ id, name, type, ...body }))],
      throttles: this.quota.activeThrottles().map(({ target, endsAtMs }) => ({
        ...target,
        endsAt: new Date(endsAtMs).toISOString(),
      })),
    });
  }

  private showAccount(account: Account): object {
    const deployments = [...account.deployments.values()].map((deployment) => ({
      ...viewDeployment(this.state.models, account, deployment),
      usedThisMinute: this.quota.usage(account, deployment),
    }));
    const raiPolicies = [...account.raiPolicies.values()].map((policy) => viewRaiPolicy(account, policy));
    return { ...viewAccount(account), deployments, raiPolicies };
  }

  /** `{ account, key: "key1" | "key2" }`: invalidates the key's old value at once. */
  private regenerateKey(body: Body): Response {
    const account = this.requireAccount(body.account);
    const index = ["key1", "key2"].indexOf(String(body.key).toLowerCase());
    if (index < 0) throw refuse(400, '"key" must be "key1" or "key2"');
    account.keys[index] = newAccountKey();
    const [key1, key2] = account.keys;
    return json(200, { key1, key2 });
  }

  /** `{ resource | account | region, deployment?, seconds }`: answers 429 for that time; 0 seconds ends it. */
  private throttle({ resource, account = resource, region, deployment, seconds }: Body): Response {
    if (typeof seconds !== "number" || !(seconds >= 0)) throw refuse(400, '"seconds" must be a number from 0');
    if (account === undefined && region === undefined) throw refuse(400, '"resource", "account" or "region" is needed');
    const target: ThrottleTarget = {
      ...(account !== undefined && { resource: this.requireAccount(account).name }),
      ...(deployment !== undefined && { deployment: String(deployment) }),
      ...(region !== undefined && { region: requireRegion(region) }),
    };
    if (seconds === 0) this.quota.clearThrottle(target);
    else this.quota.throttle(target, seconds * 1000);
    return json(200, { ...target, seconds });
  }

  private clearThrottles(): Response {
    for (const { target } of this.quota.activeThrottles()) this.quota.clearThrottle(target);
    return json(200, {});
  }

  /** Starts a new minute for all deployments and ends all throttles. */
  private resetQuota(): Response {
    this.quota.reset();
    return json(200, {});
  }

  /** Restores the seed. */
  private reset(): Response {
    this.state.clear();
    this.quota.reset();
    this.responses.clear();
    this.createSeed();
    return json(200, {});
  }

  private requireAccount(name: unknown): Account {
    const wanted = String(name).toLowerCase();
    const found = this.state.accounts
      .values()
      .find((account) => account.name.toLowerCase() === wanted || account.subdomain === wanted);
    if (found === undefined) throw refuse(404, `there is no account "${String(name)}"`);
    return found;
  }
}

function requireRegion(region: unknown): string {
  if (typeof region !== "string" || !isLocation(region)) throw refuse(400, `"${String(region)}" is no Azure region`);
  return normalizeLocation(region);
}

async function readBody(request: Request): Promise<Body> {
  const text = await request.text();
  if (text === "") return {};
  try {
    const body: unknown = JSON.parse(text);
    if (isObject(body)) return body;
  } catch {
    // Rejected below, like any other body that is not a JSON object.
  }
  throw refuse(400, "the body is no JSON object");
}

function refuse(status: number, message: string): Refusal {
  return new Refusal(status, { error: message });
}
