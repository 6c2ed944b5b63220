/**
 * Route check: a real chat completion through the gateway, when the resource is created or anything of it changes.
 * Operations: `POST /v1/chat/completions` of the data plane, and of the management API /usage (list) where several models
 * are named. Nothing of it is an object at the gateway: refresh asks nobody, and delete has nothing to delete.
 * Surprising: the gateway's answer does not say which provider gave it. A model with a provider's prefix and no others beside it
 * can have been answered by that one alone; for a list, the account's usage tells, a moment later.
 * @see https://ngrok.com/docs/ai-gateway/custom-providers
 */
import type * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import { askModel, type CompletionAnswer } from "../../sdk/completion";
import type { UsageEvent } from "../../sdk/contract/usage";
import { type CallContext, defineAction } from "../lifecycle/definition";
import { lazily } from "../lifecycle/schemas";
import { type Diagnosis, diagnose } from "../routing/routeAdvice";
import { GatewayResource } from "./gatewayResource";

const DEFAULT_MESSAGE = "Answer with one word: are you there?";
const DEFAULT_RETRY_SECONDS = 60;
const MAX_RETRY_SECONDS = 1800;
/** All attempts of one request at the gateway, as its account settings bound them unless changed. */
const REQUEST_TIMEOUT_MS = 120_000;
const FIRST_WAIT_MS = 1_000;
const MAX_WAIT_MS = 15_000;
/** How long the account's usage may lag behind the answer. */
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
  /** Question to ask; the answer is paid for. @default a short one */
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

  run: checkRoute,
});

/** Asks until an answer comes, the failure is one that will not pass, or time is up. */
async function checkRoute(inputs: Inputs, context: CallContext): Promise<State> {
  const { clock } = context;
  const askedAtMs = clock.nowMs();
  const deadlineMs = askedAtMs + (inputs.retryForSeconds ?? DEFAULT_RETRY_SECONDS) * 1000;
  for (let attempt = 1; ; attempt++) {
    const startedAtMs = clock.nowMs();
    const answer = await askModel({
      gatewayUrl: context.gatewayUrl,
      token: inputs.token,
      model: inputs.model,
      models: inputs.models,
      message: inputs.message ?? DEFAULT_MESSAGE,
      timeoutMs: REQUEST_TIMEOUT_MS,
      signal: context.call.signal,
    });
    const latencyMs = clock.nowMs() - startedAtMs;
    const diagnosis = diagnose(answer);
    if (diagnosis === undefined) return toState(inputs, answer as CompletionAnswer, latencyMs, startedAtMs, context);
    const waitMs = Math.max(
      Math.min(FIRST_WAIT_MS * 2 ** (attempt - 1), MAX_WAIT_MS),
      ("why" in answer ? undefined : answer.retryAfterMs) ?? 0,
    );
    if (!diagnosis.mayPass || clock.nowMs() + waitMs > deadlineMs) throw failure(inputs, diagnosis, attempt);
    await clock.sleep(waitMs, context.call.signal);
  }
}

function failure({ model, models = [] }: Inputs, { seen, advice }: Diagnosis, attempts: number): Error {
  const asked = [model, ...models.filter((other) => other !== model)].join(", ");
  return new Error(
    `${asked} did not answer: ${seen}. ${advice} (asked ${attempts === 1 ? "once" : `${attempts} times`})`,
  );
}

async function toState(
  inputs: Inputs,
  { status, requestId }: CompletionAnswer,
  latencyMs: number,
  startedAtMs: number,
  context: CallContext,
): Promise<State> {
  const answeredBy = await whoAnswered(inputs, requestId, startedAtMs, context);
  const { expectProvider, model } = inputs;
  if (expectProvider !== undefined && answeredBy !== expectProvider) {
    throw new Error(
      `${model} was answered by ${answeredBy ?? "a provider that nobody names"}, not by ${expectProvider}: ` +
        "look at the order of the models and at the rules of the access key's configuration.",
    );
  }
  return { ...inputs, answeredBy, status, latencyMs, requestId };
}

/** `undefined`: the gateway does not tell. */
async function whoAnswered(
  { model, models = [] }: Inputs,
  requestId: string | undefined,
  startedAtMs: number,
  { client, call, clock }: CallContext,
): Promise<string | undefined> {
  const isPinned = model.includes(":") && models.every((other) => other === model);
  if (isPinned) return model.slice(0, model.indexOf(":"));
  if (requestId === undefined) return undefined;
  const startTime = new Date(startedAtMs - USAGE_LAG_MS).toISOString();
  const deadlineMs = clock.nowMs() + USAGE_LAG_MS;
  while (clock.nowMs() < deadlineMs) {
    const final = await finalAttempt(client.listUsage({ startTime }, call), requestId);
    if (final !== undefined) return final.provider;
    await clock.sleep(USAGE_POLL_MS, call.signal);
  }
  return undefined;
}

async function finalAttempt(events: AsyncIterable<UsageEvent>, requestId: string): Promise<UsageEvent | undefined> {
  for await (const event of events) if (event.requestId === requestId && event.isFinalAttempt) return event;
  return undefined;
}

/**
 * A proof that a route answers: asks a model through the gateway, and fails the `up` with advice where it does not. Costs one
 * short chat completion when it is created and whenever an argument changes; preview and refresh ask nobody.
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
 * @throws The model does not answer, or another provider than `expectProvider` does. What was seen decides what the message says and
 * whether it is asked again:
 * @adopt There is nothing to take over: a check is no object at the gateway.
 * @drift `pulumi refresh` asks nobody. Give `triggers` something that changes with what is to be checked (a base URL, a key's
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
  /** Provider that answered, as `azure-eastus2`; undefined where the gateway does not tell. */
  declare readonly answeredBy: pulumi.Output<string | undefined>;
  /** HTTP status of the answer. */
  declare readonly status: pulumi.Output<number>;
  /** Time the answer took, in milliseconds. */
  declare readonly latencyMs: pulumi.Output<number>;
  /** What the gateway or the upstream calls the request, where it says so. */
  declare readonly requestId: pulumi.Output<string | undefined>;

  constructor(name: string, args: RouteCheckArgs, opts: pulumi.CustomResourceOptions = {}) {
    super(definition, name, { ...args }, opts);
  }
}
