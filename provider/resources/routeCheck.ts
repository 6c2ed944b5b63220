/**
 * Route check: a real question to a model through the gateway, when the resource is created or anything of it changes.
 * Operations: `POST /v1/chat/completions` or `/v1/embeddings` of the data plane, and of the management API
 * `/usage/requests/{id}` where neither the model nor the answer's headers name the provider. Nothing of it is an object at the
 * gateway: refresh sends nothing, and delete has nothing to delete.
 * Surprising: a list of models may be answered by any of them, and the body of an answer does not say by which.
 * @see https://ngrok.com/docs/ai-gateway/custom-providers
 */
import type * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import { askModel, type CompletionAnswer, type QuestionSurface } from "../../sdk/completion";
import { toOneLine } from "../../sdk/oneLine";
import { checkCredential } from "../lifecycle/check";
import { type CallContext, defineAction, ifFound } from "../lifecycle/definition";
import { lazily } from "../lifecycle/schemas";
import { type Diagnosis, diagnose, isForEmbeddings } from "../routing/routeAdvice";
import { GatewayResource, given } from "./gatewayResource";

const DEFAULT_MESSAGE = "Answer with one word: are you there?";
const DEFAULT_RETRY_SECONDS = 60;
const MAX_RETRY_SECONDS = 1800;
/** The gateway's default for all attempts of one request. */
const REQUEST_TIMEOUT_MS = 120_000;
const FIRST_WAIT_MS = 1_000;
const MAX_WAIT_MS = 15_000;
/** How long the account's usage may lag behind an answer. */
const USAGE_LAG_MS = 10_000;
const USAGE_POLL_MS = 500;

const inputsSchema = lazily((z) =>
  z.strictObject({
    token: z.string().min(1),
    model: z.string().min(1),
    models: z.array(z.string().min(1)).optional(),
    expectProvider: z.string().min(1).optional(),
    message: z.string().min(1).optional(),
    retryForSeconds: z.number().min(0).max(MAX_RETRY_SECONDS).optional(),
    triggers: z.unknown().optional(),
  }),
);
type Inputs = z.infer<ReturnType<typeof inputsSchema>>;

interface State extends Inputs {
  answeredBy: string | undefined;
  status: number;
  latencyMs: number;
  requestId: string | undefined;
}

/** Arguments of `RouteCheck`. A change of any of them checks anew, in place. */
export interface RouteCheckArgs {
  /** Token of the access key to ask with. Secret. */
  token: pulumi.Input<string>;
  /** Model to ask, as applications name it: `azure-eastus2:gpt-5-mini` pins a provider. */
  model: pulumi.Input<string>;
  /** Models to try after `model`, in this order. @default none */
  models?: pulumi.Input<pulumi.Input<string>[]>;
  /** Provider that must have answered; another one fails the check. @default any */
  expectProvider?: pulumi.Input<string>;
  /** Question to ask, or text to embed; the answer is paid for. @default a short one */
  message?: pulumi.Input<string>;
  /**
   * How long a failure that may pass is asked again for, in seconds, 0 to 1800: Azure needs up to five minutes after a deployment
   * or a key was made.
   * @default 60
   */
  retryForSeconds?: pulumi.Input<number>;
  /** Anything; when it changes, the route is checked anew. @default none */
  triggers?: pulumi.Input<unknown>;
}

/** @internal */
export const definition = defineAction<Inputs, State>({
  kind: "RouteCheck",
  schema: inputsSchema as () => z.ZodType<Inputs>,
  fields: {
    token: { change: "patch", secret: true },
    model: { change: "patch" },
    models: { change: "patch", default: "none" },
    expectProvider: { change: "patch", default: "any" },
    message: { change: "patch", default: "a short question" },
    retryForSeconds: { change: "patch", default: String(DEFAULT_RETRY_SECONDS) },
    triggers: { change: "patch", default: "none" },
  },
  outputs: ["answeredBy", "status", "latencyMs", "requestId"],
  verify: ({ token }, unknown) => checkCredential("token", token, unknown),

  run: checkRoute,
});

/** Asks until an answer comes, a failure is one that will not pass, or time is up. */
async function checkRoute(inputs: Inputs, context: CallContext): Promise<State> {
  const { clock } = context;
  const deadlineMs = clock.nowMs() + (inputs.retryForSeconds ?? DEFAULT_RETRY_SECONDS) * 1000;
  let surface = surfaceFor(inputs.model);
  for (let attempt = 1; ; attempt++) {
    const startedAtMs = clock.nowMs();
    const answer = await askModel({
      gatewayUrl: context.gatewayUrl,
      token: inputs.token,
      surface,
      model: inputs.model,
      models: inputs.models,
      message: inputs.message ?? DEFAULT_MESSAGE,
      timeoutMs: REQUEST_TIMEOUT_MS,
      signal: context.call.signal,
    });
    const latencyMs = clock.nowMs() - startedAtMs;
    const diagnosis = diagnose(answer);
    if (diagnosis === undefined) return toState(inputs, answer as CompletionAnswer, latencyMs, context);
    if (surface === "chat-completions" && !("why" in answer) && isForEmbeddings(answer)) {
      surface = "embeddings";
      continue;
    }
    const [requestId, retryAfterMs = 0] = "why" in answer ? [] : [answer.requestId, answer.retryAfterMs];
    const waitMs = Math.max(Math.min(FIRST_WAIT_MS * 2 ** (attempt - 1), MAX_WAIT_MS), retryAfterMs);
    if (!diagnosis.mayPass || clock.nowMs() + waitMs > deadlineMs) throw failure(inputs, diagnosis, attempt, requestId);
    await clock.sleep(waitMs, context.call.signal);
  }
}

/** A model for embeddings answers no chat; where its name does not say so, its refusal does. */
function surfaceFor(model: string): QuestionSurface {
  return /embed/i.test(model) ? "embeddings" : "chat-completions";
}

function failure(
  { model, models = [] }: Inputs,
  { seen, advice }: Diagnosis,
  attempts: number,
  requestId: string | undefined,
): Error {
  const asked = [model, ...models.filter((other) => other !== model)].join(", ");
  const times = attempts === 1 ? "asked once" : `asked ${attempts} times`;
  return new Error(toOneLine(`${asked} did not answer: ${seen}. ${advice} (${times}${requestNote(requestId)})`));
}

/** The id that `GET /usage/requests/{id}` and the service's support take. */
function requestNote(requestId: string | undefined): string {
  return requestId === undefined ? "" : `; request ${requestId}`;
}

async function toState(
  inputs: Inputs,
  answer: CompletionAnswer,
  latencyMs: number,
  context: CallContext,
): Promise<State> {
  const answeredBy = await findProvider(inputs, answer, context);
  const { expectProvider, model } = inputs;
  const { status, requestId } = answer;
  if (expectProvider !== undefined && answeredBy !== expectProvider) {
    throw new Error(
      toOneLine(
        `${model} was answered by ${answeredBy ?? "a provider that the gateway does not name"}, not by ${expectProvider}: check the ` +
          `order of the models and the rules of the access key's configuration (status ${status}${requestNote(requestId)}).`,
      ),
    );
  }
  return { ...inputs, answeredBy, status, latencyMs, requestId };
}

/**
 * The provider that answered: the one that the model names, if no other could; that of the answer's header; or that of the
 * request's served attempt. `undefined`: the gateway does not say.
 */
async function findProvider(
  { model, models = [] }: Inputs,
  { requestId, answeringModel }: CompletionAnswer,
  context: CallContext,
): Promise<string | undefined> {
  const isPinned = model.includes(":") && models.every((other) => other === model);
  const named = isPinned ? model : answeringModel;
  if (named?.includes(":")) return named.slice(0, named.indexOf(":"));
  return requestId === undefined ? undefined : await servingProvider(requestId, context);
}

/** The attempts of a request may be recorded some time after its answer. */
async function servingProvider(requestId: string, { client, call, clock }: CallContext): Promise<string | undefined> {
  const deadlineMs = clock.nowMs() + USAGE_LAG_MS;
  while (clock.nowMs() < deadlineMs) {
    const request = await ifFound(client.getRequestAttempts(requestId, call));
    const served = request?.attempts.find((attempt) => attempt.served);
    if (served !== undefined) return served.event.provider;
    await clock.sleep(USAGE_POLL_MS, call.signal);
  }
  return undefined;
}

/**
 * A proof that a route answers: asks a model through the gateway, and fails the `up` with advice where it does not answer. A model for
 * embeddings is asked for an embedding. Costs one short answer when it is created and whenever an argument changes; preview and
 * refresh ask nothing.
 * @see https://ngrok.com/docs/ai-gateway/custom-providers
 * @example
 * import * as ngrok from "pulumi-ngrok-ai";
 *
 * // A key without a configuration may use everything; the built-in provider is paid with the gateway's credits.
 * const checkKey = new ngrok.AccessKey("route-check", {});
 *
 * const check = new ngrok.RouteCheck("openai-answers", {
 *   token: checkKey.token,
 *   model: "openai:gpt-5-mini",
 *   expectProvider: "openai",
 * });
 *
 * export const latencyMs = check.latencyMs;
 * @throws The model does not answer, or another provider than `expectProvider` does. Each message names the request at the gateway. What
 * was seen decides the advice and whether it is asked again:
 * @adopt There is nothing to take over: a check is no object at the gateway.
 * @drift `pulumi refresh` asks nothing. Give `triggers` something that changes with what is to be checked (a base URL, a key's
 * `keyRedacted`), and a change of it checks anew.
 * @removal Nothing at the gateway is changed.
 */
export class RouteCheck extends GatewayResource {
  /** Token that was asked with, secret. */
  declare readonly token: pulumi.Output<string>;
  declare readonly model: pulumi.Output<string>;
  declare readonly models: pulumi.Output<string[] | undefined>;
  declare readonly expectProvider: pulumi.Output<string | undefined>;
  declare readonly message: pulumi.Output<string | undefined>;
  declare readonly retryForSeconds: pulumi.Output<number | undefined>;
  declare readonly triggers: pulumi.Output<unknown>;
  /** Provider that answered, such as `azure-eastus2`; absent where the gateway does not report it. */
  declare readonly answeredBy: pulumi.Output<string | undefined>;
  /** HTTP status of the answer. */
  declare readonly status: pulumi.Output<number>;
  /** Time the answer took, in milliseconds. */
  declare readonly latencyMs: pulumi.Output<number>;
  /** Id of the request at the gateway, as errors name it and `GET /usage/requests/{id}` takes it. */
  declare readonly requestId: pulumi.Output<string | undefined>;

  constructor(name: string, args: RouteCheckArgs, opts: pulumi.CustomResourceOptions = {}) {
    super(definition, name, { ...given("RouteCheck", name, args) }, opts);
  }
}
