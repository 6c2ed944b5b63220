/** Starts the local gateway: a management API and a data plane, each on its own port, over the same accounts. */
import type { AddressInfo } from "node:net";
import { type ServerType, serve } from "@hono/node-server";
import { type Env, Hono } from "hono";
import { Agent } from "undici";
import { errorCodes } from "../../sdk/contract/errorCodes";
import { callerRefusal } from "../callerCheck";
import { closeAll } from "../closeAll";
import { FaultList, faultSchema } from "../faults";
import { RequestLog } from "../requestLog";
import { ApiError, withErrors } from "./apiError";
import { parseBody, readJson } from "./body";
import type { ControlEnv } from "./control/controlEnv";
import { addControlPlane } from "./control/controlPlane";
import { addCheckoutPage } from "./control/credits";
import { coverage } from "./coverage";
import { addDataPlane, type DataEnv, traced } from "./data/dataPlane";
import { gatewayHeaders } from "./data/trace";
import { makeForward } from "./data/upstream";
import { Accounts } from "./store/accounts";
import { watched } from "./watch";

/** Options of `startGateway`. */
export interface GatewayOptions {
  /** Address to listen on. @default "127.0.0.1" */
  readonly host?: string;
  /** Port of the management API. @default 0: a free one */
  readonly controlPort?: number;
  /** Port of the data plane. @default 0: a free one */
  readonly gatewayPort?: number;
  /** Key of the management API. @default "local" */
  readonly apiKey?: string;
  /** Keys of further accounts; accounts cannot see each other's objects. @default none */
  readonly otherApiKeys?: readonly string[];
  /** Promotional credits of each new account, in US cents. @default 500 */
  readonly creditCents?: number;
  /**
   * File that stores everything, including values of keys; only its owner may read it. @default nothing is stored after the
   * process ends
   */
  readonly dataFile?: string;
  /** Address for requests to Azure's hosts, from `startAzure`. @default Azure itself */
  readonly azureUrl?: string;
  /**
   * Where requests to other hosts go instead: host → URL. A built-in provider's id in place of a host gives the base URL of a server
   * that answers for it instead of the canned model.
   */
  readonly upstreams?: Readonly<Record<string, string>>;
  /** Fault list; share it with the local Azure, so that one address controls the faults of both. @default its own */
  readonly faults?: FaultList;
  /** Log of received requests; may be shared likewise. @default its own */
  readonly requestLog?: RequestLog;
}

/** A running local gateway. */
export interface Gateway {
  /** Address of the management API. */
  readonly controlUrl: string;
  /** Address of the data plane, without `/v1`. */
  readonly gatewayUrl: string;
  /** Key of the management API. */
  readonly apiKey: string;
  /** Closes both servers, including running requests, and the file. @throws Error when one of them could not be closed */
  close(): Promise<void>;
}

interface Server {
  readonly url: string;
  close(): Promise<void>;
}

const DEFAULT_CREDIT_CENTS = 500;

/**
 * Starts a local gateway: the management API and the data plane, each on its own port.
 * @example
 * import { startAzure, startGateway } from "pulumi-ngrok-ai/emulator";
 *
 * const azure = await startAzure({
 *   seed: {
 *     azure: [{ resource: "contoso", keys: ["key-1", "key-2"], deployments: [{ name: "gpt-5-mini", model: "gpt-5-mini" }] }],
 *   },
 * });
 * const gateway = await startGateway({ azureUrl: azure.azureUrl });
 * console.log(gateway.controlUrl, gateway.gatewayUrl, gateway.apiKey);
 * await gateway.close();
 * await azure.close();
 * @throws Error when a port is in use, or `dataFile` cannot be used.
 */
export async function startGateway(options: GatewayOptions = {}): Promise<Gateway> {
  const { host = "127.0.0.1", apiKey = "local", otherApiKeys = [], creditCents = DEFAULT_CREDIT_CENTS } = options;
  const { faults = new FaultList(), requestLog = new RequestLog(), dataFile } = options;
  const accounts = await Accounts.open({ apiKeys: [apiKey, ...otherApiKeys], creditCents, dataFile });
  const agent = new Agent();
  const addresses = { control: "" };

  const controlApp = new Hono<ControlEnv>();
  controlApp.route("/_emulator", inspection(accounts, faults, requestLog, host));
  controlApp.use(watched("control", faults, requestLog));
  addControlPlane(controlApp, accounts, () => addresses.control);
  const dataApp = new Hono<DataEnv>();
  dataApp.use(traced);
  dataApp.use(watched<DataEnv>("gateway", faults, requestLog, (context) => gatewayHeaders(context.var.trace)));
  const forward = makeForward(options, () => agent);
  addDataPlane(dataApp, accounts, forward);

  const servers: Server[] = [];
  const close = () =>
    closeAll(
      ...servers.map((server) => () => server.close()),
      () => agent.destroy(),
      () => accounts.close(),
    );
  try {
    servers.push(await listen(controlApp, host, options.controlPort ?? 0));
    servers.push(await listen(dataApp, host, options.gatewayPort ?? 0));
  } catch (error) {
    await close();
    throw error;
  }
  const [controlUrl = "", gatewayUrl = ""] = servers.map(({ url }) => url);
  addresses.control = controlUrl;
  return { controlUrl, gatewayUrl, apiKey, close };
}

/** `/_emulator/`: faults and inspection, without a key. */
function inspection(accounts: Accounts, faults: FaultList, requestLog: RequestLog, ownHost: string): Hono {
  const app = new Hono();
  app.use(async ({ req: { method, raw } }, next) => {
    const refusal = callerRefusal({ method, header: (name) => raw.headers.get(name) }, ownHost);
    if (refusal !== undefined)
      throw new ApiError(errorCodes.authenticationFailed, `This is not served: ${refusal}.`, { status: 403 });
    await next();
  });
  app.post("/faults", async (context) => {
    faults.add(parseBody("fault", faultSchema, await readJson(context)));
    return context.body(null, 204);
  });
  app.delete("/faults", (context) => {
    faults.clear();
    return context.body(null, 204);
  });
  app.get("/requests", (context) => context.json(requestLog.entries()));
  app.get("/coverage", (context) => context.json(coverage));
  addCheckoutPage(app, accounts);
  app.post("/reset", async (context) => {
    accounts.reset();
    faults.clear();
    requestLog.clear();
    await accounts.settled();
    return context.body(null, 204);
  });
  return withErrors(app);
}

async function listen<E extends Env>(app: Hono<E>, hostname: string, port: number): Promise<Server> {
  const server = await new Promise<ServerType>((resolve, reject) => {
    const started = serve({ fetch: app.fetch, hostname, port }, () => resolve(started));
    started.once("error", reject);
  });
  const { port: bound } = server.address() as AddressInfo;
  return {
    url: `http://${hostname}:${bound}`,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        if ("closeAllConnections" in server) server.closeAllConnections();
      }),
  };
}
