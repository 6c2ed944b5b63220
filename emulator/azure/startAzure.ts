/**
 * Azure on this machine: one HTTP server for every host name that Azure has.
 *
 * A subdomain that no account has does not exist in Azure's DNS, so a request to such a host gets no answer: its connection
 * ends. A path for a resource that does not exist gets 404.
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
  /** Port to listen on; 0 takes a free one. @default 0 */
  readonly port?: number;
  /** What exists from the start. @default nothing */
  readonly seed?: AzureSeed;
  /** Models of which deployments can be created, beside those that the local Azure lists. @default none */
  readonly models?: readonly AzureModel[];
  /**
   * File in which everything is kept, keys of accounts included, except throttles, stored responses and the tokens of the
   * running minute; readable by its owner alone. Of the seed, what the file does not have is added.
   * @default nothing outlives the process
   */
  readonly dataFile?: string;
  /** The time in milliseconds since 1970; decides all waits, expiries and quotas. @default Date.now */
  readonly clock?: () => number;
  /** How long the resource manager takes to create, change or delete something, in milliseconds. @default 20 */
  readonly provisioningMs?: number;
  /** Capacity that a subscription may deploy, where it is not 1,000 units of each model and type in each region. */
  readonly capacityLimits?: readonly CapacityLimit[];
  /** Faults of the plane "azure" are applied. @default none */
  readonly faults?: FaultList;
  /** Every request is recorded as of the plane "azure". @default none */
  readonly requestLog?: RequestLog;
}

/** A local Azure that runs. */
export interface Azure {
  /** Address of the server. Requests to it keep the `Host` of the Azure service that they are for. */
  readonly azureUrl: string;
  /**
   * Address of one resource for clients that cannot set a `Host`, as `http://127.0.0.1:1234/resources/contoso`. What follows
   * it is as at `https://contoso.openai.azure.com`: `endpoint` of `AzureOpenAI`, and `baseURL` of `OpenAI` with `/openai/v1`.
   */
  endpoint(resource: string): string;
  /** Ends the server. */
  close(): Promise<void>;
}

/**
 * Starts a local Azure: resource manager and Azure OpenAI.
 * @throws Error when the seed or a model is wrong, the port is taken or `dataFile` can't be used.
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

  /** An answer that may be sent: what it says would survive the process. */
  private async settled(response: Promise<Response>): Promise<Response> {
    const answered = await response;
    await this.kept?.settled();
    return answered;
  }

  /** The account that a request is for, once it can be reached. */
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

/** The part of the seed that was never created: what was changed or deleted since then stays so. */
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
