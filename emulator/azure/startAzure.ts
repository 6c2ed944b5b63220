/**
 * Azure on this machine: one HTTP server for every host name that Azure has, told apart by the `Host` header.
 *
 * A name that no account has does not exist in Azure's DNS, so a request to it gets no answer: its connection ends.
 */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener, type HttpBindings } from "@hono/node-server";
import type { FaultList } from "../faults";
import type { RequestLog } from "../requestLog";
import { type Recipient, recipientOf } from "./hosts";
import { answer } from "./http";
import { presentedKey } from "./openai/authorization";
import { DataPlane } from "./openai/dataPlane";
import { resourceNotFound } from "./openai/errors";
import { TokenQuota } from "./openai/quota";
import { type AzureSeed, plantSeed } from "./seed";
import { type Account, AzureState } from "./state";
import { NO_ANSWER, Traffic } from "./traffic";

export interface AzureOptions {
  /** @default "127.0.0.1" */
  readonly host?: string;
  /** 0 takes a free one. @default 0 */
  readonly port?: number;
  readonly seed?: AzureSeed;
  /** The time in milliseconds since 1970; everything that waits, expires or fills up goes by it. @default Date.now */
  readonly clock?: () => number;
  /** Faults of the plane "azure" are applied. @default none */
  readonly faults?: FaultList;
  /** Every request is recorded as of the plane "azure". @default none */
  readonly requestLog?: RequestLog;
}

export interface Azure {
  /** Address of the server. Requests to it keep the `Host` of the Azure service they are for. */
  readonly azureUrl: string;
  close(): Promise<void>;
}

/** @throws Error when the seed is wrong or the port is taken. */
export async function startAzure(options: AzureOptions = {}): Promise<Azure> {
  const { host = "127.0.0.1", port = 0, seed = {}, clock = Date.now } = options;
  const state = new AzureState(clock);
  plantSeed(state, seed);
  const service = new AzureService(state, new TokenQuota(clock));
  const traffic = new Traffic(options.faults, options.requestLog);
  const server = createServer(
    getRequestListener(
      (request, env) => {
        const bindings = env as HttpBindings;
        return traffic.serve(request, bindings, () => service.handle(request));
      },
      { overrideGlobalObjects: false },
    ),
  );
  await listen(server, port, host);
  const { port: boundPort } = server.address() as AddressInfo;
  return { azureUrl: `http://${host}:${boundPort}`, close: () => close(server) };
}

class AzureService {
  private readonly dataPlane: DataPlane;

  constructor(
    private readonly state: AzureState,
    quota: TokenQuota,
  ) {
    this.dataPlane = new DataPlane(state, quota);
  }

  async handle(request: Request): Promise<Response | typeof NO_ANSWER> {
    this.state.settle();
    const recipient = recipientOf(request.headers.get("host") ?? "");
    const account = this.accountOf(recipient, request);
    if (account === undefined && recipient.kind === "account") return NO_ANSWER;
    return answer(() => {
      if (account !== undefined) return this.dataPlane.handle(account, request);
      throw resourceNotFound();
    });
  }

  private accountOf(recipient: Recipient, request: Request): Account | undefined {
    if (recipient.kind === "account") return this.state.accountBySubdomain(recipient.subdomain);
    if (recipient.kind !== "region") return undefined;
    const key = presentedKey(request);
    return this.state.accounts
      .values()
      .find(
        (account) =>
          account.subdomain === undefined &&
          account.location === recipient.location &&
          account.keys.some((own) => own === key),
      );
  }
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
