/** The data plane: whoever has an access key, and what it may use, gets its request forwarded with the account's credentials. */
import type { HttpBindings } from "@hono/node-server";
import { type Context, Hono } from "hono";
import { errorCodes } from "../../../sdk/contract/errorCodes";
import { ApiError, toApiError } from "../apiError";
import { readText } from "../body";
import type { Accounts } from "../store/accounts";
import { newRequestId } from "../store/ids";
import type { Store, StoredAccessKey } from "../store/store";
import { answerModelRequest } from "./attempts";
import { errorBody } from "./dataPlaneErrors";
import { checkInputTokens, parseModelRequest } from "./requestBody";
import { refusal, resolve, surfaceRefusal, type Target } from "./routing";
import { type ApiFormat, type Surface, surfaces } from "./surfaces";
import { type Forward, PASSED_ON } from "./upstream";

export type DataEnv = { Bindings: HttpBindings };

/** Room for images in a request; the service's own bound is not published. */
const MAX_BODY_BYTES = 64 * 1024 * 1024;
/** The hosted gateway: a provider with that host would send requests round and round. */
const GATEWAY_HOST = "gateway.ngrok.ai";

export function dataPlane(accounts: Accounts, forward: Forward): Hono<DataEnv> {
  const app = new Hono<DataEnv>();
  app.onError((error, context) => {
    const known = toApiError(error);
    return context.json(errorBody(known, formatOf(context)), known.statusCode as 500);
  });
  app.use(async (_context, next) => {
    await next();
    await accounts.settled();
  });
  app.get("/v1/models", (context) => {
    const { store, key } = authenticate(accounts, context);
    return context.json(listModels(modelsFor(store, key), formatOf(context)));
  });
  for (const surface of surfaces) {
    app.post(surface.path, (context) => serveModelRequest(accounts, forward, surface, context));
  }
  app.notFound((context) => {
    throw new ApiError(errorCodes.surfaceUnsupported, `The API surface ${context.req.path} is not supported.`);
  });
  return app;
}

async function serveModelRequest(
  accounts: Accounts,
  forward: Forward,
  surface: Surface,
  context: Context<DataEnv>,
): Promise<Response> {
  authenticate(accounts, context);
  const body = parseModelRequest(await readText(context, MAX_BODY_BYTES, errorCodes.requestBodyInvalid));
  // Once more, as the body took its time: a key that was deleted meanwhile is not to be used, let alone stored again.
  const { store, key } = authenticate(accounts, context);
  const targets = body.models.map((address) => resolve(store, address));
  for (const target of targets) {
    const refused = refusal(store, key, target) ?? surfaceRefusal(store, target, surface) ?? loopRefusal(store, target);
    if (refused !== undefined) throw refused;
  }
  checkInputTokens(body, surface, store.settings);
  store.accessKeys.set({ ...key, lastUsed: new Date().toISOString() });
  const request = {
    id: newRequestId(),
    startedMs: performance.now(),
    store,
    key,
    surface,
    body,
    headers: passedOn(context),
    gone: clientGone(context),
  };
  return await answerModelRequest(forward, request, targets);
}

function authenticate(accounts: Accounts, context: Context<DataEnv>): { store: Store; key: StoredAccessKey } {
  const bearer = /^Bearer (.+)$/.exec(context.req.header("authorization") ?? "")?.[1];
  const token = bearer ?? context.req.header("x-api-key");
  if (token === undefined)
    throw new ApiError(errorCodes.authenticationFailed, "Authentication failed: no access key was sent.");
  const found = accounts.byAccessToken(token);
  if (found === undefined) throw new ApiError(errorCodes.accessKeyInvalid, "The access key is invalid or was deleted.");
  return found;
}

/** Anthropic's SDKs say which version of the API they speak, on every path. */
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

/** A client that hangs up before it has its answer wants none. */
function clientGone({ env: { outgoing } }: Context<DataEnv>): AbortSignal {
  const gone = new AbortController();
  outgoing.once("close", () => {
    if (!outgoing.writableFinished) gone.abort();
  });
  return gone.signal;
}

function loopRefusal(store: Store, { provider }: Target): ApiError | undefined {
  const baseUrl = store.provider(provider)?.baseUrl;
  return baseUrl !== undefined && new URL(baseUrl).host === GATEWAY_HOST
    ? new ApiError(errorCodes.routingLoop, `The provider ${provider} points back at the gateway.`)
    : undefined;
}

function modelsFor(store: Store, key: StoredAccessKey): Target[] {
  return [...store.providers.values()]
    .flatMap(({ providerId, models }) =>
      (models ?? []).map(({ modelId }) => ({
        address: `${providerId}:${modelId}`,
        provider: providerId,
        model: modelId,
      })),
    )
    .filter((target) => refusal(store, key, target) === undefined);
}

function listModels(targets: readonly Target[], format: ApiFormat): object {
  const ids = targets.map(({ address }) => address);
  if (format === "openai") {
    const data = targets.map(({ address: id, provider }) => ({ id, object: "model", created: 0, owned_by: provider }));
    return { object: "list", data };
  }
  const createdAt = new Date(0).toISOString();
  const data = ids.map((id) => ({ type: "model", id, display_name: id, created_at: createdAt }));
  return { data, has_more: false, first_id: ids[0] ?? null, last_id: ids.at(-1) ?? null };
}
