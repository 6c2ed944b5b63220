/**
 * Route check: a real model request through the gateway, sent when the resource is created or one of its arguments changes.
 * Operations: `POST /v1/chat/completions` or `/v1/embeddings` of the data plane; `/usage/requests/{id}` of the management API if
 * neither the model nor the response's headers name the provider. The gateway stores no object for it: refresh sends no request,
 * and delete has nothing to delete.
 * With a list of models, any of them may answer, and the response's body does not name which.
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
/** The gateway's default limit for all attempts of one request. */
const REQUEST_TIMEOUT_MS = 120_000;
const FIRST_WAIT_MS = 1_000;
const MAX_WAIT_MS = 15_000;
/** Longest time to wait for a request to appear in the account's usage. */
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

/** Arguments of `RouteCheck`. A change of any of them repeats the check, in place. */
export interface RouteCheckArgs {
  /** Token of the access key for the request. Secret. */
  token: pulumi.Input<string>;
  /** Model to request, in the form that applications use: `azure-eastus2:gpt-5-mini` selects a provider. */
  model: pulumi.Input<string>;
  /** Models to try after `model`, in this order. @default none */
  models?: pulumi.Input<pulumi.Input<string>[]>;
  /** Provider that must answer; an answer from another provider fails the check. @default any */
  expectProvider?: pulumi.Input<string>;
  /** Prompt to send, or text to embed; the request is billed. @default a short one */
  message?: pulumi.Input<string>;
  /**
   * How long to retry a transient failure, in seconds, 0 to 1800. Azure needs up to five minutes after a deployment or a key was
   * created.
   * @default 60
   */
  retryForSeconds?: pulumi.Input<number>;
  /** Any value; a change repeats the check. @default none */
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

/** Retries until the model answers, a failure is permanent, or the time limit is reached. */
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

/** An embedding model does not serve chat requests. The model's name decides; otherwise the gateway's refusal does. */
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

/** Names the request id, which `GET /usage/requests/{id}` and the service's support accept. */
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
 * The provider that answered: the provider in the model's name if no other model could answer, the one in the response's header,
 * or the one of the request's served attempt. `undefined` if the gateway does not report it.
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

/** The gateway may record a request's attempts some time after its response. */
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
 * A check that a route works: sends a model request through the gateway, and fails the `up` with advice if the model does not
 * answer. For an embedding model, it requests an embedding. It costs one short answer on create and on each change of an
 * argument; preview and refresh send no request.
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
 * @throws The model does not answer, or a provider other than `expectProvider` does. Each message names the request's id at the
 * gateway. The failure decides the advice and whether the check retries:
 * @adopt Not applicable: the gateway stores no object for a check.
 * @drift `pulumi refresh` sends no request. Set `triggers` to values that change with the route (a base URL, a key's
 * `keyRedacted`): a change of them repeats the check.
 * @removal Changes nothing at the gateway.
 */
export class RouteCheck extends GatewayResource {
  /** Token that the check used. Secret. */
  declare readonly token: pulumi.Output<string>;
  declare readonly model: pulumi.Output<string>;
  declare readonly models: pulumi.Output<string[] | undefined>;
  declare readonly expectProvider: pulumi.Output<string | undefined>;
  declare readonly message: pulumi.Output<string | undefined>;
  declare readonly retryForSeconds: pulumi.Output<number | undefined>;
  declare readonly triggers: pulumi.Output<unknown>;
  /** Provider that answered, for example `azure-eastus2`. Absent if the gateway does not report it. */
  declare readonly answeredBy: pulumi.Output<string | undefined>;
  /** HTTP status of the response. */
  declare readonly status: pulumi.Output<number>;
  /** Time from request to response, in milliseconds. */
  declare readonly latencyMs: pulumi.Output<number>;
  /** Id of the request at the gateway, which errors contain and `GET /usage/requests/{id}` accepts. */
  declare readonly requestId: pulumi.Output<string | undefined>;

  constructor(name: string, args: RouteCheckArgs, opts: pulumi.CustomResourceOptions = {}) {
    super(definition, name, { ...given("RouteCheck", name, args) }, opts);
  }
}
