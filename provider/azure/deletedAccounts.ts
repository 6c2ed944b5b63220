/**
 * Deleted accounts. Azure keeps a deleted account for 48 hours with its name, subdomain and quota, and rejects a new account of that
 * name with 409 meanwhile. azure-native can neither find nor purge one, so this module calls the resource manager directly, with
 * azure-native's login. Only an `up` calls it; a preview makes no request.
 * @see https://learn.microsoft.com/azure/ai-services/recover-purge-resources
 */
import { setTimeout as sleep } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";
import { toOneLine } from "../../sdk/oneLine";
import type { Cloud } from "../azureAddress";
import { loadAuthorization } from "./azureNative";
import type { PulumiValues } from "./component";
import { inThisRun, perRun } from "./perRun";
import type { NewAccount } from "./plan/normalize";

const API_VERSION = "2025-06-01";
const MANAGER_HOSTS: Readonly<Record<Cloud, string>> = {
  public: "management.azure.com",
  usgovernment: "management.usgovcloudapi.net",
  china: "management.chinacloudapi.cn",
};
const REQUEST_TIMEOUT_MS = 20_000;
/** Largest response that is read, in bytes; a deleted account has a few thousand. */
const MAX_ANSWER_BYTES = 1024 * 1024;
/** Longest part of a response in a message, in characters. */
const MAX_SHOWN_CHARS = 1_000;
const PURGE_POLL_MS = 1_000;
/** Largest number of polls for the end of a purge. */
const MAX_PURGE_POLLS = 300;

/** The engine shows this name if the program did not register the hook, so it contains the advice. */
const PURGE_HOOK = 'purge the deleted account (run "pulumi destroy --run-program", or purge it by hand)';

interface AccountPlace {
  readonly subscriptionId: string;
  readonly resourceGroupName: string;
  readonly location: string;
  readonly name: string;
}

/**
 * Value of Azure's flag `restore` for a new account. With `purgeOnDelete`, first purges a deleted account of that name; otherwise
 * reports one that prevents the creation. A failed look-up is only a warning, because usually no such account exists.
 */
export function restoreFlag(
  plan: NewAccount<PulumiValues>,
  resourceGroupName: pulumi.Output<string>,
  cloud: Cloud,
  parent: pulumi.Resource,
): pulumi.Input<boolean | undefined> {
  const { restore, purgeOnDelete = false } = plan.given;
  if (restore === true) return true;
  if (pulumi.runtime.isDryRun()) return undefined;
  return resourceGroupName.apply(async (group): Promise<true | undefined> => {
    try {
      const manager = await ResourceManager.connect(cloud, parent);
      if (manager === undefined) return undefined;
      const { subscriptionId } = await loadAuthorization().getClientConfig({ parent });
      const place = { subscriptionId, resourceGroupName: group, location: plan.location, name: plan.name };
      const deleted = await manager.find(place);
      if (deleted === undefined) return undefined;
      if (restore === "ifDeleted") return true;
      if (purgeOnDelete) await manager.purge(place);
      else void pulumi.log.error(toAdvice(place, deleted), parent);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const text = `Azure refuses to create account ${JSON.stringify(plan.name)} if one with that name was deleted in the last 48 hours, which could not be checked: ${reason}`;
      // With neither argument, a program without the permission only loses the advice.
      const isAskedFor = restore === "ifDeleted" || purgeOnDelete;
      void (isAskedFor ? pulumi.log.warn(text, parent) : pulumi.log.debug(text, parent));
    }
    return undefined;
  });
}

function toAdvice({ name, resourceGroupName, location }: AccountPlace, { until }: DeletedAccount): string {
  return (
    `Account ${JSON.stringify(name)} was deleted and keeps its name${until === undefined ? "" : ` until ${until}`}, so Azure refuses to create it. ` +
    'Set account.restore to "ifDeleted", or account.purgeOnDelete to true, or give another nameSuffix, or purge it: ' +
    `az cognitiveservices account purge --name ${name} --resource-group ${resourceGroupName} --location ${location}`
  );
}

/** Cloud and login of each account that this program purges, by name; a region removed from the program uses the first. */
const purgedAccounts = perRun(() => {
  const owners = new Map<string, { readonly cloud: Cloud; readonly parent: pulumi.Resource }>();
  if (pulumi.ResourceHook === undefined) {
    throw new pulumi.RunError(
      "purgeOnDelete needs @pulumi/pulumi 3.182 or later: update it, or leave purgeOnDelete out.",
    );
  }
  const purge: pulumi.ResourceHookFunction = async ({ id, oldOutputs }) => {
    const place = toPlace(id, oldOutputs);
    const owner = owners.get(place.name) ?? owners.values().next().value;
    if (owner === undefined) throw new Error("no account of this program is purged");
    const manager = await ResourceManager.connect(owner.cloud, owner.parent);
    await manager?.purge(place);
  };
  return { owners, hook: new pulumi.ResourceHook(PURGE_HOOK, inThisRun(purge)) };
});

/** Options that purge an account after its deletion. */
export function purgingOnDelete(
  plan: NewAccount<PulumiValues>,
  cloud: Cloud,
  parent: pulumi.Resource,
): pulumi.CustomResourceOptions {
  const { owners, hook } = purgedAccounts();
  owners.set(plan.name, { cloud, parent });
  return { hooks: { afterDelete: [hook] } };
}

function toPlace(id: string, outputs: unknown): AccountPlace {
  const [, , subscriptionId = "", , resourceGroupName = "", , , , name = ""] = id.split("/");
  const { location } = outputs as { readonly location: string };
  return { subscriptionId, resourceGroupName, location, name };
}

interface DeletedAccount {
  /** Day and time at which Azure purges the account. */
  readonly until: string | undefined;
}

/** Client of Azure's resource manager, with the login of an Azure provider. */
class ResourceManager {
  private constructor(
    private readonly url: string,
    private readonly headers: Readonly<Record<string, string>>,
  ) {}

  /** `undefined` without a login, as under Pulumi's mocks. */
  static async connect(cloud: Cloud, parent: pulumi.Resource): Promise<ResourceManager | undefined> {
    const { token } = await loadAuthorization().getClientToken({}, { parent });
    if (token === undefined) return undefined;
    const host = MANAGER_HOSTS[cloud];
    return new ResourceManager(localAzure() ?? `https://${host}`, { host, authorization: `Bearer ${token}` });
  }

  /** The deleted account with this name, if there is one. */
  async find(place: AccountPlace): Promise<DeletedAccount | undefined> {
    const { status, body } = await this.send("GET", place);
    if (status === 404) return undefined;
    if (status >= 300) throw new Error(`Azure answered ${status} to a look-up of deleted accounts: ${messageIn(body)}`);
    const { properties } = body as { readonly properties?: { readonly scheduledPurgeDate?: string } };
    return { until: properties?.scheduledPurgeDate };
  }

  /** Purges a deleted account and waits for the end. */
  async purge(place: AccountPlace): Promise<void> {
    const { status, body } = await this.send("DELETE", place);
    if (status >= 300 && status !== 404) {
      throw new Error(
        `Azure answered ${status} to the purge of account ${JSON.stringify(place.name)}: ${messageIn(body)}`,
      );
    }
    for (let poll = 0; (await this.find(place)) !== undefined; poll++) {
      if (poll === MAX_PURGE_POLLS)
        throw new Error(`Azure has not purged account ${JSON.stringify(place.name)} in time`);
      await sleep(PURGE_POLL_MS);
    }
  }

  private async send(
    method: "GET" | "DELETE",
    { subscriptionId, location, resourceGroupName, name }: AccountPlace,
  ): Promise<{ readonly status: number; readonly body: unknown }> {
    const { EnvHttpProxyAgent, request } = await import("undici");
    const account = `resourceGroups/${encodeURIComponent(resourceGroupName)}/deletedAccounts/${encodeURIComponent(name)}`;
    const path = `/subscriptions/${subscriptionId}/providers/Microsoft.CognitiveServices/locations/${location}/${account}`;
    const answer = await request(`${this.url}${path}?api-version=${API_VERSION}`, {
      method,
      headers: this.headers,
      dispatcher: new EnvHttpProxyAgent({ maxResponseSize: MAX_ANSWER_BYTES }),
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
    const text = await answer.body.text();
    return { status: answer.statusCode, body: text === "" ? {} : toJson(text) };
  }
}

function toJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // For example a proxy's page; the status is sufficient.
    return {};
  }
}

function messageIn(body: unknown): string {
  const { error } = body as { readonly error?: { readonly code?: string; readonly message?: string } };
  const text = toOneLine([error?.code, error?.message].filter(Boolean).join(" "));
  return text.length > MAX_SHOWN_CHARS ? `${text.slice(0, MAX_SHOWN_CHARS)}…` : text;
}

/** Address of the local Azure, if the program uses one. Only an address on this machine may receive Azure's login. */
function localAzure(): string | undefined {
  const { AZURE_EMULATOR_URL: url } = process.env;
  return url !== undefined && /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?\/?$/.test(url)
    ? url.replace(/\/$/, "")
    : undefined;
}
