/**
 * Azure OpenAI's data plane: the dated and the v1 routes of one account.
 *
 * Not emulated: audio, images, files, fine-tuning, assistants, vector stores and the legacy completions (404, like an unknown path);
 * Entra tokens; `logprobs`; sampling parameters, which are checked and then ignored. A retired deployment continues to
 * answer.
 */
import { randomUUID } from "node:crypto";
import { findRoute, type Headers, isObject, json, type Parameters, Refusal, route, textOf } from "../http";
import { displayNameOf } from "../locations";
import { isBatchType } from "../models/deploymentTypes";
import { type Account, type AzureState, type Deployment, keyOf, provisioningState } from "../state";
import { Admission } from "./admission";
import { isAtLeast, isServedApiVersion, isServedOnV1 } from "./apiVersions";
import { authorize } from "./authorization";
import { answerChat } from "./chat/chatAnswer";
import { type ChatRequest, readChatRequest } from "./chat/chatRequest";
import { filterPrompts } from "./contentFilter";
import { answerEmbeddings, type EmbeddingsRequest, readEmbeddingsRequest } from "./embeddings";
import {
  apiVersionNotSupported,
  deploymentNotFound,
  invalidRequest,
  modelNotSupported,
  newerApiVersionNeeded,
  operationNotSupported,
  resourceNotFound,
  responseNotFound,
  responsesNeedNewerApiVersion,
} from "./errors";
import type { Prompt, Serving } from "./model";
import { listModels, showModel } from "./modelList";
import type { ModelOperation } from "./operation";
import type { TokenQuota } from "./quota";
import { answerResponse } from "./responses/responsesAnswer";
import { type ResponsesRequest, readResponsesRequest } from "./responses/responsesRequest";
import { StoredResponses } from "./responses/storedResponses";

type Family = "dated" | "v1";

interface Call {
  readonly account: Account;
  readonly request: Request;
  readonly family: Family;
  /** Null on v1. */
  readonly apiVersion: string | null;
  readonly parameters: Parameters;
  /** Empty for a method without a body. */
  readonly body: Record<string, unknown>;
}

type Handler = (call: Call) => Response;

const RESPONSES_API_VERSION = "2025-03-01-preview";

export class DataPlane {
  /** Responses for follow-up requests; lost when the process ends. */
  readonly responses = new StoredResponses();
  private readonly admission: Admission;

  private readonly chat: ModelOperation<ChatRequest> = {
    name: "ChatCompletions_Create",
    surface: "chatCompletions",
    isFiltered: true,
    read: readChatRequest,
    answer: answerChat,
  };
  private readonly respond: ModelOperation<ResponsesRequest> = {
    name: "Responses_Create",
    surface: "responses",
    isFiltered: true,
    minimumApiVersion: RESPONSES_API_VERSION,
    read: (context, { account }) => readResponsesRequest(context, (id) => this.responses.find(account, id)),
    answer: (serving, request, answering) =>
      answerResponse(serving, request, answering, (stored) => this.responses.add(serving.account, stored)),
  };
  private readonly embed: ModelOperation<EmbeddingsRequest> = {
    name: "Embeddings_Create",
    surface: "embeddings",
    isFiltered: false,
    read: (context, { deployment }) => readEmbeddingsRequest(context, this.state.models.factsOf(deployment.model)),
    answer: (serving, request, { headers }) => answerEmbeddings(serving, request, headers),
  };

  private readonly routes: Readonly<Record<Family, readonly ReturnType<typeof route<Handler>>[]>> = {
    dated: [
      route<Handler>("POST", "/openai/deployments/{deployment}/chat/completions", (call) =>
        this.serve(call, this.chat),
      ),
      route<Handler>("POST", "/openai/deployments/{deployment}/embeddings", (call) => this.serve(call, this.embed)),
      ...this.resourceRoutes("/openai"),
    ],
    v1: [
      route<Handler>("POST", "/openai/v1/chat/completions", (call) => this.serve(call, this.chat)),
      route<Handler>("POST", "/openai/v1/embeddings", (call) => this.serve(call, this.embed)),
      ...this.resourceRoutes("/openai/v1"),
    ],
  };

  constructor(
    private readonly state: AzureState,
    quota: TokenQuota,
  ) {
    this.admission = new Admission(quota, state.models, isServed);
  }

  /**
   * @param path the path on the account's own host.
   * @throws Refusal
   */
  async handle(account: Account, request: Request, url: URL, path: string): Promise<Response> {
    const standard = standardHeaders(account);
    try {
      const response = await this.dispatch(account, request, url, path);
      for (const [name, value] of Object.entries(standard)) response.headers.set(name, value);
      return response;
    } catch (error) {
      if (error instanceof Refusal) throw new Refusal(error.status, error.body, { ...standard, ...error.headers });
      throw error;
    }
  }

  private async dispatch(account: Account, request: Request, url: URL, path: string): Promise<Response> {
    const family: Family = /^\/openai\/v1(\/|$)/i.test(path) ? "v1" : "dated";
    authorize(account, request, family);
    const apiVersion = url.searchParams.get("api-version");
    if (family === "v1" && !isServedOnV1(apiVersion)) throw apiVersionNotSupported();
    if (family === "dated" && !isServedApiVersion(apiVersion)) throw resourceNotFound();
    const found = findRoute(this.routes[family], request.method, path);
    if (found === undefined) throw resourceNotFound();
    const body = request.method === "POST" ? await readBody(request) : {};
    const { handle, parameters } = found;
    return handle({ account, request, family, apiVersion: family === "v1" ? null : apiVersion, parameters, body });
  }

  /** The routes whose `model` names the deployment, and those without a deployment. */
  private resourceRoutes(root: string) {
    return [
      route<Handler>("POST", `${root}/responses`, (call) => this.serve(call, this.respond)),
      route<Handler>("GET", `${root}/responses/{response}`, (call) => this.showResponse(call)),
      route<Handler>("DELETE", `${root}/responses/{response}`, (call) => this.deleteResponse(call)),
      route<Handler>("GET", `${root}/models`, ({ family }) =>
        listModels(this.state.models.models, family, this.state.now()),
      ),
      route<Handler>("GET", `${root}/models/{model}`, ({ family, parameters }) =>
        showModel(this.state.models.models, parameters.model ?? "", family, this.state.now()),
      ),
    ];
  }

  /** The quota is checked first: a prompt that the filter blocks counts too. */
  private serve<R extends Prompt>(call: Call, operation: ModelOperation<R>): Response {
    checkApiVersion(call, operation);
    const serving = this.serving(call);
    const { model } = serving.deployment;
    const { surfaces, minimumApiVersion } = this.state.models.factsOf(model);
    if (!surfaces.includes(operation.surface)) throw unsupported(operation.surface, model.name);
    const { apiVersion, body, request } = call;
    if (minimumApiVersion !== undefined && apiVersion !== null && !isAtLeast(apiVersion, minimumApiVersion)) {
      throw newerApiVersionNeeded(model.name, minimumApiVersion);
    }
    const read = operation.read({ body, model: model.name, apiVersion }, serving);
    const admitted = this.admission.admit(serving, read, { operation: operation.name, apiVersion }, request);
    const promptResults = operation.isFiltered ? filterPrompts(admitted.serving, read.texts) : [];
    const answering = { nowMs: this.state.now(), headers: admitted.headers, promptResults };
    return operation.answer(admitted.serving, read, answering);
  }

  private serving({ account, parameters, body }: Call): Serving {
    const name = parameters.deployment ?? textOf(body.model);
    if (name === undefined) throw invalidRequest("you must provide a model parameter", null, null);
    const deployment = account.deployments.get(keyOf(name));
    if (deployment === undefined || !isServed(deployment)) throw deploymentNotFound();
    return { account, deployment };
  }

  private showResponse({ account, parameters }: Call): Response {
    const { response: id = "" } = parameters;
    const stored = this.responses.find(account, id);
    if (stored === undefined) throw responseNotFound(id);
    return json(200, stored.response);
  }

  private deleteResponse({ account, parameters }: Call): Response {
    const { response: id = "" } = parameters;
    if (!this.responses.delete(account, id)) throw responseNotFound(id);
    return json(200, { id, object: "response", deleted: true });
  }
}

/** Two operations use different messages for a model that does not support them. */
function unsupported(surface: ModelOperation<Prompt>["surface"], model: string): Refusal {
  if (surface === "responses") return modelNotSupported();
  return operationNotSupported(surface === "chatCompletions" ? "chatCompletion" : surface, model);
}

function checkApiVersion<R extends Prompt>({ apiVersion }: Call, { minimumApiVersion }: ModelOperation<R>): void {
  if (apiVersion === null || minimumApiVersion === undefined || isAtLeast(apiVersion, minimumApiVersion)) return;
  throw responsesNeedNewerApiVersion(minimumApiVersion);
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
    // Answered below, like any other body that is not a JSON object.
  }
  throw invalidRequest(
    "We could not parse the JSON body of your request. The OpenAI API expects a JSON payload.",
    null,
    null,
  );
}
