/**
 * Azure on this machine: one HTTP server for all of Azure's host names.
 *
 * Azure's DNS does not resolve a subdomain without an account, so a request to such a host gets no answer: its connection
 * is closed. A path of a resource that does not exist gets 404.
 */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener, type HttpBindings } from "@hono/node-server";
import type { FaultList } from "../faults";
import type { RequestLog } from "../requestLog";
import { endpointAt, type Recipient, recipientOf } from "./hosts";
import { answer } from "./http";
import { KeptState } from "./kept";
import type { CapacityLimit } from "./manager/capacityQuota";
import { ResourceManager } from "./manager/resourceManager";
import { type AzureModel, ModelCatalog } from "./models/modelCatalog";
import { presentedKey } from "./openai/authorization";
import { DataPlane } from "./openai/dataPlane";
import { invalidKey, noService, unknownResource } from "./openai/errors";
import { TokenQuota } from "./openai/quota";
import { type AzureSeed, createSeed } from "./seed";
import { type Account, AzureState, provisioningState } from "./state";
import { TestControl } from "./testControl";
import { NO_ANSWER, Traffic } from "./traffic";

/** Options of `startAzure`. */
export interface AzureOptions {
  /** Address to listen on. @default "127.0.0.1" */
  readonly host?: string;
  /** Port to listen on; 0 selects a free one. @default 0 */
  readonly port?: number;
  /** Initial content. @default none */
  readonly seed?: AzureSeed;
  /** Models that can be deployed, in addition to those that the local Azure lists. @default none */
  readonly models?: readonly AzureModel[];
  /**
   * File that stores everything, including keys of accounts, except throttles, stored responses and the tokens of the running minute.
   * Only its owner may read it. Entries of the seed that the file never contained are added.
   * @default nothing is stored after the process ends
   */
  readonly dataFile?: string;
  /** The time in milliseconds since 1970, which determines all waits, expiries and quotas. @default Date.now */
  readonly clock?: () => number;
  /** Duration of each create, change and delete in the resource manager, in milliseconds. @default 20 */
  readonly provisioningMs?: number;
  /** Capacity that a subscription may deploy, if it is not 1,000 units of each model and type in each region. */
  readonly capacityLimits?: readonly CapacityLimit[];
  /** Faults; those with the plane "azure" apply. @default none */
  readonly faults?: FaultList;
  /** Log that records every request with the plane "azure". @default none */
  readonly requestLog?: RequestLog;
}

/** A running local Azure. */
export interface Azure {
  /** Address of the server. A request to it keeps the `Host` of its Azure service. */
  readonly azureUrl: string;
  /**
   * Address of one resource for clients that cannot set a `Host`, such as `http://127.0.0.1:1234/resources/contoso`. The paths after it
   * are those of `https://contoso.openai.azure.com`: use it as `endpoint` of `AzureOpenAI`, or with `/openai/v1` as `baseURL` of `OpenAI`.
   */
  endpoint(resource: string): string;
  /** Stops the server. */
  close(): Promise<void>;
}

/**
 * Starts a local Azure: resource manager and Azure OpenAI.
 * @throws Error when the seed or a model is invalid, the port is in use, or `dataFile` cannot be used.
 */
export async function startAzure(options: AzureOptions = {}): Promise<Azure> {
  const { host = "127.0.0.1", port = 0 } = options;
  const service = await AzureService.open(options);
  const traffic = new Traffic(options.faults, options.requestLog);
  const server = createServer(
    getRequestListener(
      (request, env) => {
        const url = new URL(request.url);
        return url.pathname.startsWith("/_emulator/")
          ? service.handleTestControl(request, host)
          : traffic.serve(request, url, env as HttpBindings, () => service.handle(request, url));
      },
      { overrideGlobalObjects: false },
    ),
  );
  try {
    await listen(server, port, host);
  } catch (error) {
    await service.close();
    throw error;
  }
  const { port: boundPort } = server.address() as AddressInfo;
  const azureUrl = `http://${host}:${boundPort}`;
  return {
    azureUrl,
    endpoint: (resource) => endpointAt(azureUrl, resource),
    close: async () => {
      await close(server);
      await service.close();
    },
  };
}

class AzureService {
  private readonly state: AzureState;
  private readonly dataPlane: DataPlane;
  private readonly resourceManager: ResourceManager;
  private readonly testControl: TestControl;
  private kept: KeptState | undefined;

  private constructor(options: AzureOptions) {
    const { seed = {}, models = [], clock = Date.now, provisioningMs = 20, capacityLimits = [] } = options;
    this.state = new AzureState(clock, new ModelCatalog(models));
    const quota = new TokenQuota(clock, this.state.models);
    this.dataPlane = new DataPlane(this.state, quota);
    this.resourceManager = new ResourceManager(this.state, { provisioningMs, capacityLimits });
    const { responses } = this.dataPlane;
    this.testControl = new TestControl(this.state, quota, responses, () => createSeed(this.state, seed));
  }

  static async open(options: AzureOptions): Promise<AzureService> {
    const { seed = {}, dataFile } = options;
    const service = new AzureService(options);
    const kept = dataFile === undefined ? undefined : await KeptState.open(dataFile, service.state);
    service.kept = kept;
    try {
      createSeed(service.state, withoutKnown(seed, service.state));
      kept?.appendChanges();
      await kept?.settled();
    } catch (error) {
      await kept?.close();
      throw error;
    }
    return service;
  }

  async close(): Promise<void> {
    await this.kept?.close();
  }

  async handle(request: Request, url: URL): Promise<Response | typeof NO_ANSWER> {
    this.state.settle();
    const recipient = recipientOf(request.headers.get("host") ?? "", url);
    const account = this.accountOf(recipient, request);
    if (recipient.kind === "account" && account === undefined && !recipient.isByPath) return NO_ANSWER;
    return answer(() => {
      switch (recipient.kind) {
        case "manager":
          return this.settled(this.resourceManager.handle(recipient, request, url));
        case "own":
          throw noService(url.pathname);
        case "region":
          if (account === undefined) throw invalidKey();
          break;
        case "account":
          if (account === undefined) throw unknownResource(recipient.subdomain, this.subdomains());
      }
      return this.dataPlane.handle(account, request, url, recipient.path);
    });
  }

  handleTestControl(request: Request, ownHost: string): Promise<Response> {
    this.state.settle();
    return answer(() => this.settled(this.testControl.handle(request, ownHost)));
  }

  /** Returns an answer after the state that it describes is on disk. */
  private async settled(response: Promise<Response>): Promise<Response> {
    const answered = await response;
    await this.kept?.settled();
    return answered;
  }

  /** The account of a request, after its host is reachable. */
  private accountOf(recipient: Recipient, request: Request): Account | undefined {
    const account = this.addressedAccount(recipient, request);
    if (account === undefined) return undefined;
    const state = provisioningState(account);
    return state === "Creating" || state === "Deleting" ? undefined : account;
  }

  private addressedAccount(recipient: Recipient, request: Request): Account | undefined {
    if (recipient.kind === "account") return this.state.accountBySubdomain(recipient.subdomain);
    if (recipient.kind !== "region") return undefined;
    const key = presentedKey(request);
    return this.state.accounts
      .values()
      .filter(({ subdomain, location }) => subdomain === undefined && location === recipient.location)
      .find((account) => account.keys.some((own) => own === key));
  }

  private subdomains(): readonly string[] {
    return [...this.state.accounts.values()].flatMap(({ subdomain }) => subdomain ?? []);
  }
}

/** The entries of the seed that were never created; later changes and deletions of the others remain. */
function withoutKnown(seed: AzureSeed, state: AzureState): AzureSeed {
  const deleted = state.deletedAccounts.values().map(({ account }) => account);
  const known = new Set([...state.accounts.values(), ...deleted].map(({ subdomain }) => subdomain));
  return { azure: (seed.azure ?? []).filter(({ resource }) => !known.has(resource.toLowerCase())) };
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error === undefined ? resolve() : reject(error)));
    server.closeAllConnections();
  });
}
