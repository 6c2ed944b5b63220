/**
 * Azure OpenAI's data plane: the dated and the v1 routes of one account.
 *
 * Not emulated: embeddings, images, files and all other operations (404, as a wrong path); tools, `n`, `stop` and
 * sampling parameters are accepted and ignored; a retired deployment goes on answering.
 */
import { randomUUID } from "node:crypto";
import { findRoute, type Headers, isObject, type Parameters, Refusal, route, textOf } from "../http";
import { displayNameOf } from "../locations";
import { factsOf, isBatchType } from "../models";
import { type Account, type AzureState, type Deployment, keyOf, provisioningState } from "../state";
import { isAtLeast, isServedApiVersion, isServedOnV1 } from "./apiVersions";
import { authorize } from "./authorization";
import { answerChat, promptsOf, readChatRequest } from "./chatCompletions";
import {
  apiVersionNotSupported,
  contentFiltered,
  deploymentNotFound,
  invalidRequest,
  modelNotSupported,
  newerApiVersionNeeded,
  operationNotSupported,
  resourceNotFound,
  tooManyRequests,
} from "./errors";
import { CONTENT_FILTER_MARKER, estimatedTokens, type Serving } from "./model";
import type { TokenQuota } from "./quota";
import { answerResponse, readResponsesRequest } from "./responses";

interface Call {
  readonly account: Account;
  readonly request: Request;
  /** Null on v1. */
  readonly apiVersion: string | null;
  readonly body: Record<string, unknown>;
}

interface Operation {
  readonly family: "dated" | "v1";
  handle(call: Call, parameters: Parameters): Response;
}

export class DataPlane {
  private readonly routes = [
    route("POST", "/openai/deployments/{deployment}/chat/completions", {
      family: "dated",
      handle: (call, parameters) => this.chat(call, parameters.deployment),
    } satisfies Operation as Operation),
    route("POST", "/openai/v1/chat/completions", {
      family: "v1",
      handle: (call) => this.chat(call, textOf(call.body.model)),
    } satisfies Operation as Operation),
    route("POST", "/openai/v1/responses", {
      family: "v1",
      handle: (call) => this.respond(call, textOf(call.body.model)),
    } satisfies Operation as Operation),
  ];

  constructor(
    private readonly state: AzureState,
    private readonly quota: TokenQuota,
  ) {}

  /** @throws Refusal */
  async handle(account: Account, request: Request): Promise<Response> {
    const standard = standardHeaders(account);
    try {
      return await this.dispatch(account, request, standard);
    } catch (error) {
      if (error instanceof Refusal) throw new Refusal(error.status, error.body, { ...standard, ...error.headers });
      throw error;
    }
  }

  private async dispatch(account: Account, request: Request, standard: Headers): Promise<Response> {
    const url = new URL(request.url);
    const isV1 = /^\/openai\/v1(\/|$)/i.test(url.pathname);
    authorize(account, request, isV1 ? "v1" : "dated");
    const apiVersion = url.searchParams.get("api-version");
    if (isV1 && !isServedOnV1(apiVersion)) throw apiVersionNotSupported();
    if (!isV1 && !isServedApiVersion(apiVersion)) throw resourceNotFound();
    const found = findRoute(this.routes, request.method, url.pathname);
    if (found === undefined) throw resourceNotFound();
    const call = { account, request, apiVersion: isV1 ? null : apiVersion, body: await readBody(request) };
    const response = found.handle.handle(call, found.parameters);
    for (const [name, value] of Object.entries(standard)) response.headers.set(name, value);
    return response;
  }

  private chat(call: Call, deploymentName: string | undefined): Response {
    const serving = this.serving(call, deploymentName);
    const { model } = serving.deployment;
    const { minimumApiVersion, surfaces } = factsOf(model);
    if (!surfaces.includes("chatCompletions")) throw operationNotSupported("chatCompletion", model.name);
    if (minimumApiVersion !== undefined && call.apiVersion !== null && !isAtLeast(call.apiVersion, minimumApiVersion)) {
      throw newerApiVersionNeeded(model.name, minimumApiVersion);
    }
    const request = readChatRequest(call.body);
    const prompts = promptsOf(request.messages);
    const headers = this.admit(call, serving, "ChatCompletions_Create", prompts, request.maxTokens);
    return answerChat(serving, request, this.state.now(), headers);
  }

  private respond(call: Call, deploymentName: string | undefined): Response {
    const serving = this.serving(call, deploymentName);
    if (!factsOf(serving.deployment.model).surfaces.includes("responses")) throw modelNotSupported();
    const request = readResponsesRequest(call.body);
    const headers = this.admit(call, serving, "Responses_Create", request.prompts, request.maxTokens);
    return answerResponse(serving, request, this.state.now(), headers);
  }

  private serving({ account }: Call, deploymentName: string | undefined): Serving {
    if (deploymentName === undefined) throw invalidRequest("you must provide a model parameter", null, null);
    const deployment = account.deployments.get(keyOf(deploymentName));
    if (deployment === undefined || !isServed(deployment)) throw deploymentNotFound();
    return { account, deployment };
  }

  /** Quota first: a prompt that the filter refuses has been counted. */
  private admit(
    { apiVersion }: Call,
    serving: Serving,
    operation: string,
    prompts: readonly string[],
    maxTokens: number | undefined,
  ): Headers {
    const tokens = estimatedTokens(serving, prompts, maxTokens);
    const admission = this.quota.admit(serving.account, serving.deployment, tokens);
    if (!admission.isAdmitted) throw tooManyRequests({ ...admission, operation, apiVersion });
    if (prompts.some((prompt) => prompt.includes(CONTENT_FILTER_MARKER))) throw contentFiltered();
    return { ...admission.headers, "x-ms-deployment-name": serving.deployment.name };
  }
}

function isServed(deployment: Deployment): boolean {
  const state = provisioningState(deployment);
  return state !== "Creating" && state !== "Deleting" && !isBatchType(deployment.sku.name);
}

function standardHeaders(account: Account): Headers {
  return { "x-ms-region": displayNameOf(account.location), "apim-request-id": randomUUID() };
}

async function readBody(request: Request): Promise<Record<string, unknown>> {
  const text = await request.text();
  try {
    const body: unknown = JSON.parse(text);
    if (isObject(body)) return body;
  } catch {
    // Answered below, like any other body that is no JSON object.
  }
  throw invalidRequest(
    "We could not parse the JSON body of your request. The OpenAI API expects a JSON payload.",
    null,
    null,
  );
}
