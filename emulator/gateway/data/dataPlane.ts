/** The data plane: forwards model requests with the account's credentials, within the scope of the access key. */
import type { HttpBindings } from "@hono/node-server";
import type { Context, Hono, MiddlewareHandler } from "hono";
import { errorCodes } from "../../../sdk/contract/errorCodes";
import { ApiError, toApiError } from "../apiError";
import { readText } from "../body";
import type { Accounts } from "../store/accounts";
import type { Store, StoredAccessKey } from "../store/store";
import { answerModelRequest } from "./attempts";
import { Client } from "./clientRequest";
import { errorBody } from "./dataPlaneErrors";
import { listModels } from "./modelList";
import { creditRefusal } from "./plan";
import { checkInputTokens, parseModelRequest } from "./requestBody";
import { type ApiFormat, type Surface, surfaces, UNSERVED_PATHS } from "./surfaces";
import { gatewayHeaders, newTrace, type Trace } from "./trace";
import { type Forward, PASSED_ON } from "./upstream";

export type DataEnv = { Bindings: HttpBindings; Variables: { trace: Trace } };

/** Large enough for images in a request; the service's own limit is not published. */
const MAX_BODY_BYTES = 64 * 1024 * 1024;

/** Gives each request an id, which every answer to it contains. */
export const traced: MiddlewareHandler<DataEnv> = (context, next) => {
  context.set("trace", newTrace());
  return next();
};

/** Adds all routes of the data plane, behind `traced`. */
export function addDataPlane(app: Hono<DataEnv>, accounts: Accounts, forward: Forward): void {
  app.onError((error, context) => {
    const known = toApiError(error);
    return context.json(
      errorBody(known, formatOf(context)),
      known.statusCode as 500,
      gatewayHeaders(context.var.trace),
    );
  });
  app.use(async (_context, next) => {
    await next();
    await accounts.settled();
  });
  app.get("/v1/models", (context) => {
    const { store, key } = authenticate(accounts, context);
    return context.json(listModels(store, key, formatOf(context)), 200, gatewayHeaders(context.var.trace));
  });
  for (const surface of surfaces) {
    app.post(surface.path, (context) => serveModelRequest(accounts, forward, surface, context));
  }
  for (const path of UNSERVED_PATHS) {
    app.post(path, (context) => {
      authenticate(accounts, context);
      throw new ApiError(errorCodes.surfaceNotImplemented, "The local gateway does not serve this API surface.");
    });
  }
  app.notFound((context) => {
    throw new ApiError(errorCodes.surfaceUnsupported, `The API surface ${context.req.path} is not supported.`);
  });
}

async function serveModelRequest(
  accounts: Accounts,
  forward: Forward,
  surface: Surface,
  context: Context<DataEnv>,
): Promise<Response> {
  const { store, key: presented } = authenticate(accounts, context);
  const body = parseModelRequest(await readText(context, MAX_BODY_BYTES, errorCodes.requestBodyInvalid));
  // A key that was deleted while the body arrived must be neither used nor stored again.
  const key = accounts.holds(store) ? store.accessKeys.get(presented.id) : undefined;
  if (key === undefined) throw invalidKey();
  const unpaid = creditRefusal(store);
  if (unpaid !== undefined) throw unpaid;
  checkInputTokens(body, surface, store.settings);
  store.accessKeys.set({ ...key, lastUsed: new Date().toISOString() });
  const { trace } = context.var;
  const client = new Client(context.env.outgoing);
  return await answerModelRequest(forward, { trace, store, key, surface, body, headers: passedOn(context), client });
}

function authenticate(accounts: Accounts, context: Context<DataEnv>): { store: Store; key: StoredAccessKey } {
  const bearer = /^Bearer (.+)$/.exec(context.req.header("authorization") ?? "")?.[1];
  const token = bearer ?? context.req.header("x-api-key");
  if (token === undefined)
    throw new ApiError(errorCodes.authenticationFailed, "Authentication failed: no access key was sent.");
  const found = accounts.byAccessToken(token);
  if (found === undefined) throw invalidKey();
  return found;
}

function invalidKey(): ApiError {
  return new ApiError(errorCodes.accessKeyInvalid, "The access key is invalid or was deleted.");
}

/** Anthropic's SDKs send their API version on every path. */
function formatOf(context: Context<DataEnv>): ApiFormat {
  return context.req.header("anthropic-version") === undefined && !context.req.path.startsWith("/v1/messages")
    ? "openai"
    : "anthropic";
}

function passedOn(context: Context<DataEnv>): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const name of PASSED_ON) {
    const value = context.req.header(name);
    if (value !== undefined) headers[name] = value;
  }
  return headers;
}
