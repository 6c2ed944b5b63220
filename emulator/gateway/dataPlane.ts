/** The data plane: whoever has an access key, and what it may use, gets its request forwarded with the account's credentials. */
import { randomUUID } from "node:crypto";
import { Hono } from "hono";
import { BUILT_IN_PROVIDER_IDS, NGROK_STEP_PROVIDER_IDS } from "../../sdk/contract/common";
import { parseGoDurationMs } from "../../sdk/contract/gatewayConfig";
import { ApiError, withErrors } from "./apiError";
import { answerBuiltIn } from "./builtInProviders";
import { withMembers } from "./jsonMembers";
import type { Store, StoredAccessKey, StoredProviderKey } from "./store";
import { type Forward, joinPath } from "./upstream";
import { type NewUsageEvent, NO_TOKENS, type TokenCounts, tokensOf } from "./usage";

/** How one attempt ended, for the error that lists them all. */
interface Attempt {
  readonly model: string;
  readonly key: string;
  readonly outcome: string;
}

interface Target {
  /** `provider:model` as the client may write it. */
  readonly address: string;
  readonly provider: string;
  readonly model: string;
}

/** A credential to try: a stored key, or the gateway's credits. */
interface Credential {
  readonly id: string;
  readonly value?: string;
}

const SURFACE_PATH = "/chat/completions";
/** Of a stream, kept to find what its end says of tokens. */
const MAX_TAIL_CHARS = 8_192;

export function dataPlane(store: Store, forward: Forward): Hono {
  const app = withErrors(new Hono());
  app.get("/v1/models", (context) => {
    const key = authenticate(store, context.req.raw.headers);
    const listed = store.providers
      .all()
      .flatMap(({ providerId, models }) =>
        (models ?? []).map(({ modelId }) => ({ provider: providerId, model: modelId })),
      )
      .map(({ provider, model }) => ({ address: `${provider}:${model}`, provider, model }))
      .filter((target) => refusal(store, key, target) === undefined);
    return context.json({
      object: "list",
      data: listed.map(({ address, provider }) => ({ id: address, object: "model", created: 0, owned_by: provider })),
    });
  });
  app.post("/v1/chat/completions", async (context) => {
    const key = authenticate(store, context.req.raw.headers);
    const text = await context.req.text();
    const body = parseRequest(text);
    const targets = [body.model, ...body.models].map((address) => resolve(store, address));
    for (const target of targets) {
      const refused = refusal(store, key, target);
      if (refused !== undefined) throw refused;
    }
    store.accessKeys.set({ ...key, lastUsed: new Date().toISOString() });
    const { isStreaming } = body;
    const request = { id: `aigr_${randomUUID()}`, key, text, isStreaming, signal: context.req.raw.signal };
    return await answer(store, forward, request, targets);
  });
  app.notFound((context) => {
    throw new ApiError(404, "ERR_NGROK_27204", `The API surface ${context.req.path} is not supported.`);
  });
  return app;
}

function authenticate(store: Store, headers: Headers): StoredAccessKey {
  const token = /^Bearer (.+)$/.exec(headers.get("authorization") ?? "")?.[1] ?? headers.get("x-api-key") ?? undefined;
  if (token === undefined) throw new ApiError(401, "ERR_NGROK_27201", "Authentication failed: no access key was sent.");
  const key = store.accessKeys.all().find((candidate) => candidate.token === token);
  if (key === undefined) throw new ApiError(401, "ERR_NGROK_27007", "The access key is invalid or was deleted.");
  return key;
}

function parseRequest(text: string): { model: string; models: string[]; isStreaming: boolean } {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new ApiError(400, "ERR_NGROK_3801", "The request body is not valid JSON.");
  }
  const { model, models = [], stream } = (body ?? {}) as { model?: unknown; models?: unknown; stream?: unknown };
  if (typeof model !== "string" || !Array.isArray(models) || models.some((entry) => typeof entry !== "string")) {
    throw new ApiError(400, "ERR_NGROK_3801", "The request body needs a model, and models must be a list of texts.");
  }
  // The first of `models` may repeat `model`: what was tried is not tried again.
  return { model, models: models.filter((entry) => entry !== model), isStreaming: stream === true };
}

function resolve(store: Store, address: string): Target {
  const colon = address.indexOf(":");
  if (colon > 0) {
    const provider = address.slice(0, colon);
    const isKnown =
      (BUILT_IN_PROVIDER_IDS as readonly string[]).includes(provider) || store.provider(provider) !== undefined;
    if (!isKnown) throw new ApiError(422, "ERR_NGROK_27225", `The provider ${provider} is not known.`);
    return { address, provider, model: address.slice(colon + 1) };
  }
  const wanted = address.toLowerCase();
  const custom = store.providers
    .all()
    .find(({ models }) => models?.some(({ modelId }) => modelId.toLowerCase() === wanted));
  if (custom !== undefined)
    return { address: `${custom.providerId}:${address}`, provider: custom.providerId, model: address };
  const [vendor, model] = address.split("/");
  if (vendor && model && (BUILT_IN_PROVIDER_IDS as readonly string[]).includes(vendor))
    return { address, provider: vendor, model };
  throw new ApiError(422, "ERR_NGROK_27230", `${address} is neither a known model nor a known provider.`);
}

/** Why a key may not use a target; `undefined` when it may. */
function refusal(store: Store, key: StoredAccessKey, { address, provider, model }: Target): ApiError | undefined {
  const access = store.configurations.get(key.accessKeyConfiguration?.id ?? "")?.access;
  const names = [provider, store.provider(provider)?.id];
  const providers = access?.providers?.allow;
  if (providers !== undefined && !providers.some((entry) => names.includes(entry))) {
    return new ApiError(
      403,
      "ERR_NGROK_27231",
      `The provider ${provider} is not allowed by the access key's configuration.`,
    );
  }
  const models = access?.models?.allow?.map((entry) => entry.toLowerCase());
  const forms = [address, `${provider}:${model}`, `${provider}/${model}`].map((form) => form.toLowerCase());
  if (models !== undefined && !models.some((entry) => forms.includes(entry))) {
    return new ApiError(
      403,
      "ERR_NGROK_27232",
      `The model ${address} is not allowed by the access key's configuration.`,
    );
  }
  return undefined;
}

/** Steps in order, keys in order; a model's rule wins over its provider's. */
function credentialsFor(store: Store, key: StoredAccessKey, { address, provider }: Target): Credential[] {
  const stored = (id: string): Credential[] => {
    const found = store.providerKeys.get(id);
    return found === undefined ? [] : [{ id, value: found.value }];
  };
  const credits: Credential[] = (NGROK_STEP_PROVIDER_IDS as readonly string[]).includes(provider)
    ? [{ id: "ngrok" }]
    : [];
  const configuration = store.configurations.get(key.accessKeyConfiguration?.id ?? "");
  if (configuration === undefined) {
    const own = store.providerKeys.all().filter((candidate) => candidate.providerId === provider);
    return [...own.map(({ id, value }) => ({ id, value })), ...credits];
  }
  const rules = configuration.router?.rules ?? [];
  const names = [provider, store.provider(provider)?.id];
  const isOf = (named: string | undefined) => named === undefined || names.includes(named);
  const rule =
    rules.find((candidate) => candidate.model?.toLowerCase() === address.toLowerCase() && isOf(candidate.provider)) ??
    rules.find((candidate) => candidate.model === undefined && names.includes(candidate.provider ?? ""));
  if (rule === undefined) return credits;
  return rule.steps.flatMap((step) =>
    step.type === "ngrok" ? [{ id: "ngrok" }] : (step.keys ?? []).flatMap(({ id }) => stored(id)),
  );
}

/** Answers that the next credential, step or model may better. */
function shouldFailOver(status: number): boolean {
  return status === 401 || status === 403 || status === 408 || status === 429 || status >= 500;
}

/** What all attempts of one request share. */
interface ClientRequest {
  readonly id: string;
  readonly key: StoredAccessKey;
  readonly text: string;
  readonly isStreaming: boolean;
  readonly signal: AbortSignal;
}

async function answer(
  store: Store,
  forward: Forward,
  request: ClientRequest,
  targets: readonly Target[],
): Promise<Response> {
  const total = AbortSignal.timeout(parseGoDurationMs(store.settings.totalTimeout) ?? 120_000);
  const tried = new Set<string>();
  const attempts: Attempt[] = [];
  const plan = targets.flatMap((target) => {
    const credentials = credentialsFor(store, request.key, target);
    if (credentials.length === 0)
      attempts.push({ model: target.address, key: "none", outcome: "no keys available for the provider" });
    return credentials.map((credential) => ({ target, credential }));
  });
  const bounded = { ...request, signal: AbortSignal.any([total, request.signal]) };
  for (const [index, { target, credential }] of plan.entries()) {
    const pair = `${target.address} ${credential.id}`;
    if (tried.has(pair)) continue;
    tried.add(pair);
    if (total.aborted) break;
    const isLast = index === plan.length - 1;
    const outcome = await attempt(store, forward, bounded, { target, credential, number: tried.size, isLast });
    if (outcome instanceof Response) {
      outcome.headers.set("ngrok-request-id", request.id);
      return outcome;
    }
    attempts.push({ model: target.address, key: credential.id, outcome });
  }
  if (total.aborted) throw new ApiError(504, "ERR_NGROK_3810", `The total timeout was exceeded. ${describe(attempts)}`);
  if (plan.length === 0)
    throw new ApiError(
      400,
      "ERR_NGROK_3802",
      `No credentials: the access key's configuration has none. ${describe(attempts)}`,
    );
  throw new ApiError(503, "ERR_NGROK_3807", `Every provider failed. ${describe(attempts)}`);
}

function describe(attempts: readonly Attempt[]): string {
  return attempts
    .map(({ model, key, outcome }, index) => `Attempt ${index + 1}: ${model} with key ${key}: ${outcome}.`)
    .join(" ");
}

interface Try {
  readonly target: Target;
  readonly credential: Credential;
  /** From 1. */
  readonly number: number;
  /** No other may follow. */
  readonly isLast: boolean;
}

/** One attempt: the answer for the client, or, where another may be tried, what went wrong. Either is recorded as usage. */
async function attempt(store: Store, forward: Forward, request: ClientRequest, tried: Try): Promise<Response | string> {
  const { target, credential } = tried;
  const provider = store.provider(target.provider);
  const stored = store.providerKeys.get(credential.id);
  if (stored !== undefined) store.providerKeys.set({ ...stored, lastUsed: new Date().toISOString() });
  const record = (status: number, isFinal: boolean, tokens = NO_TOKENS, timedOut = false) =>
    store.usage.record(usageEvent(request, tried, stored, { status, isFinal, timedOut }), tokens);
  const body = withMembers(request.text, { model: JSON.stringify(target.model), models: undefined });
  const timeoutMs = parseGoDurationMs(store.settings.perRequestTimeout) ?? 60_000;
  try {
    const response =
      provider === undefined
        ? answerBuiltIn(target.provider, target.model, body)
        : await forward({
            url: joinPath(provider.baseUrl, SURFACE_PATH),
            key: credential.value ?? "",
            body,
            signal: AbortSignal.any([request.signal, AbortSignal.timeout(timeoutMs)]),
          });
    if (!shouldFailOver(response.status)) {
      return await counted(response, request.isStreaming, (tokens) => record(response.status, true, tokens));
    }
    await response.body?.cancel();
    record(response.status, tried.isLast);
    return `upstream answered ${response.status}`;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const timedOut = error.name === "TimeoutError";
    record(timedOut ? 504 : 502, tried.isLast, NO_TOKENS, timedOut);
    return timedOut ? "upstream timed out" : "upstream could not be reached";
  }
}

function usageEvent(
  { id, key, isStreaming }: ClientRequest,
  { target, credential, number }: Try,
  stored: StoredProviderKey | undefined,
  { status, isFinal, timedOut }: { status: number; isFinal: boolean; timedOut: boolean },
): NewUsageEvent {
  return {
    requestId: id,
    accessKeyId: key.id,
    provider: target.provider,
    providerDisplayName: target.provider,
    model: target.model,
    modelDisplayName: target.model,
    attemptNumber: number,
    isFinalAttempt: isFinal,
    statusCode: status,
    timedOut,
    isError: timedOut || status >= 400,
    isStreaming,
    keySource: credential.id === "ngrok" ? "ngrok" : "user",
    providerKeyId: stored?.id,
    providerKeyDisplayName: stored?.name,
  };
}

/** The answer with the same bytes, whose tokens are told once it has gone by. */
async function counted(
  response: Response,
  isStreaming: boolean,
  done: (tokens: TokenCounts) => void,
): Promise<Response> {
  const { status, headers } = response;
  if (!isStreaming || response.body === null) {
    const bytes = await response.arrayBuffer();
    done(tokensOf(parseJson(Buffer.from(bytes).toString("utf8"))));
    return new Response(bytes, { status, headers });
  }
  let tail = "";
  const watched = response.body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform: (chunk, controller) => {
        tail = (tail + Buffer.from(chunk).toString("utf8")).slice(-MAX_TAIL_CHARS);
        controller.enqueue(chunk);
      },
      flush: () => done(tokensOf(parseJson(/^data: (\{.*"usage":\s*\{.*\})$/m.exec(tail)?.[1] ?? "null"))),
    }),
  );
  return new Response(watched, { status, headers });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // An upstream may answer what it likes; what is no JSON tells no tokens.
    return undefined;
  }
}
