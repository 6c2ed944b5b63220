/**
 * Operations and refusals of the local gateway, its differences from the service, and open questions about the service. This data is
 * the answer of `GET /_emulator/coverage` and the source of docs/emulator-coverage.md (`coveragePage.ts`).
 */
import { type ErrorCode, errorCodes } from "../../sdk/contract/errorCodes";
import { type Operation, type OperationUse, operations } from "../../sdk/contract/operations";
import { surfaces } from "./data/surfaces";

export interface CoveredOperation {
  readonly operationId: string;
  readonly method: string;
  readonly path: string;
  /** The project's use of it: the resource that manages it, the purpose of a read, or why it is out of scope. */
  readonly use: OperationUse;
}

export interface Coverage {
  /** All of the API's operations: the local gateway serves every one. */
  readonly controlPlane: readonly CoveredOperation[];
  readonly dataPlane: readonly { readonly method: string; readonly path: string }[];
  /** Requests that are refused as in the service, with the code. */
  readonly refused: readonly { readonly code: string; readonly status: number; readonly when: string }[];
  /** Known differences from the service. */
  readonly differences: readonly string[];
  /** Contradictions in the service's documents, with the statement that is followed here. */
  readonly disagreements: readonly { readonly subject: string; readonly followed: string; readonly other: string }[];
  /** Questions that the service's documents leave open, with the choice made here. */
  readonly notKnown: readonly { readonly question: string; readonly chosen: string }[];
}

const table: readonly Operation[] = Object.values(operations);

const refusal = ({ code, status }: ErrorCode, when: string) => ({ code, status, when });

// biome-ignore format: one refusal a line, so that the table can be read as a table
const refused: Coverage["refused"] = [
  refusal(errorCodes.authenticationFailed, "no API key, a wrong one, or no access key was sent"),
  refusal(errorCodes.badRequest, "a body is not JSON, has unknown fields or values of a wrong type, a query is out of bounds, or an account cannot buy credits (413: over 1 MiB; 415: not sent as JSON)"),
  refusal(errorCodes.alreadyExists, "an Idempotency-Key was used for another amount, or another purchase has no outcome yet"),
  refusal(errorCodes.notFound, "there is no such object or path"),
  refusal(errorCodes.methodNotAllowed, "a path does not have that method"),
  refusal(errorCodes.accessKeyDescriptionTooLong, "an access key's description is over 255 characters"),
  refusal(errorCodes.accessKeyMetadataTooLong, "an access key's metadata is over 4,096 characters"),
  refusal(errorCodes.accessKeyFieldMissing, "an access key is linked to a configuration that does not exist"),
  refusal(errorCodes.providerKeyNameTooLong, "a provider key's name is over 255 characters"),
  refusal(errorCodes.providerKeyDescriptionTooLong, "a provider key's description is over 255 characters"),
  refusal(errorCodes.providerKeyMetadataTooLong, "a provider key's metadata is over 4,096 characters"),
  refusal(errorCodes.providerKeyValueMissing, "a provider key's value is missing or empty"),
  refusal(errorCodes.providerKeyProviderUnknown, "a provider key is for a provider that does not exist"),
  refusal(errorCodes.providerKeyFieldMissing, "a provider key lacks a required field"),
  refusal(errorCodes.providerKeyInUse, "a provider key is to be deleted that a router rule refers to"),
  refusal(errorCodes.configurationFieldMissing, "a configuration lacks a required field"),
  refusal(errorCodes.configurationNameTooLong, "a configuration's name is over 255 characters"),
  refusal(errorCodes.configurationMetadataTooLong, "a configuration's metadata is over 4,096 characters"),
  refusal(errorCodes.routerInvalid, "a router is not valid: unknown provider or key, no steps, two provider rules for one upstream, an ngrok step for a custom provider"),
  refusal(errorCodes.resourceInUse, "a configuration is to be deleted that an access key refers to"),
  refusal(errorCodes.providerNameTooLong, "a provider's name is over 255 characters"),
  refusal(errorCodes.providerMetadataTooLong, "a provider's metadata is over 4,096 characters"),
  refusal(errorCodes.providerBaseUrlTooLong, "a provider's baseUrl is over 2,048 characters"),
  refusal(errorCodes.providerFieldMissing, "a provider lacks a required field"),
  refusal(errorCodes.providerIdReserved, "a providerId is a built-in one"),
  refusal(errorCodes.providerIdTooLong, "a providerId is over 255 characters"),
  refusal(errorCodes.apiFormatUnsupported, "an API format is neither openai nor anthropic"),
  refusal(errorCodes.apiSurfaceUnsupported, "an API surface does not belong to its format"),
  refusal(errorCodes.modelIdTooLong, "a modelId is over 255 characters"),
  refusal(errorCodes.providerInUse, "a provider is to be deleted that a key or a configuration refers to"),
  refusal(errorCodes.providerModelIdTooLong, "a providerModelId is over 255 characters"),
  refusal(errorCodes.unsupportedParamTooLong, "an entry of unsupportedParams is over 255 characters"),
  refusal(errorCodes.unsupportedParamListedTwice, "an entry of unsupportedParams is listed twice"),
  refusal(errorCodes.tooManyUnsupportedParams, "unsupportedParams have more than 100 entries"),
  refusal(errorCodes.unsupportedParamEmpty, "an entry of unsupportedParams is empty"),
  refusal(errorCodes.modelIdListedTwice, "a modelId is listed twice"),
  refusal(errorCodes.providerIdTaken, "a providerId is taken"),
  refusal(errorCodes.baseUrlHostNotAllowed, "a baseUrl is neither https nor of an *.internal host"),
  refusal(errorCodes.accessKeyInvalid, "an access key is wrong or was deleted"),
  refusal(errorCodes.requestBodyInvalid, "a model request is no JSON object with a model (413: over 64 MiB)"),
  refusal(errorCodes.noCredentials, "the configuration has no credentials for any of the models that may be tried"),
  refusal(errorCodes.everyProviderFailed, "every attempt failed; the message lists them"),
  refusal(errorCodes.totalTimeoutExceeded, "the total timeout is over"),
  refusal(errorCodes.inputTooLong, "the input is over maxInputTokens"),
  refusal(errorCodes.creditsEmpty, "the account's credits are used up, also if the request would use provider keys of its own"),
  refusal(errorCodes.creditsTooLow, "the account never had credits, also if the request would use provider keys of its own"),
  refusal(errorCodes.surfaceUnsupported, "the data plane has no such path"),
  refusal(errorCodes.surfaceNotImplemented, "the path is one of Google's or Bedrock's surfaces, which the local gateway does not serve"),
  refusal(errorCodes.upstreamTimedOut, "an upstream's stream takes longer than the timeouts allow (an event in the stream)"),
  refusal(errorCodes.upstreamNetworkError, "an upstream breaks off its stream (an event in the stream)"),
  refusal(errorCodes.upstreamBadRequest, "an embedding is asked for without input, or with too many dimensions"),
  refusal(errorCodes.providerUnknown, "the first model names a provider that does not exist"),
  refusal(errorCodes.surfaceNotServedByProvider, "the first model, or its provider, does not support the surface"),
  refusal(errorCodes.modelAndProviderUnknown, "the first model is neither of the catalog nor behind a known provider"),
  refusal(errorCodes.providerNotAllowed, "the access scope does not allow the provider of the first model"),
  refusal(errorCodes.modelNotAllowed, "the access scope does not allow the first model"),
  refusal(errorCodes.modelNotInCatalog, "only credits could pay for the model, and it is not in the catalog"),
  refusal(errorCodes.managedModelNotOffered, "only credits could pay for the model, and they do not pay for it"),
  refusal(errorCodes.routingLoop, "the provider of the first model points back at the gateway"),
  refusal(errorCodes.embeddingsEncodingUnsupported, "an embedding is asked for in another encoding than float or base64"),
];

const differences: readonly string[] = [
  "Built-in providers are a canned model: it says who it is, and calls the first tool that it is offered. All of them answer on every surface, whatever the model is called.",
  "The catalog of models is a small choice; the service's is larger and changes weekly. A model that is missing here counts as unknown: with a provider's prefix it is passed on, but credits do not pay for it.",
  "The canned model never fails; `--upstream openai=URL` lets a server of your own answer for a built-in provider instead. The attempts of a request never name `managed_fallback`; nor `next_quota_pool`, as there are no pools.",
  "Google's and Bedrock's API surfaces are not served. Virtual models, firewall policies, personal access tokens, MCP servers and Bedrock keys with a role are not there: their requests are not published.",
  "Nobody is charged for credits. Opening the address of a checkout session adds them; a purchase succeeds when it is first read, and never fails. There are no invoices; used credits only lower the balance.",
  "Each account begins with 500 cents of promotional credits. Every token paid with credits costs 0.000002 US dollars, cached ones as much as others, and all tokens the processing fee of 0.00000005.",
  "A router step of type `ngrok` is accepted for every built-in provider; which models of it the service pays for depends on the model.",
  "An account may have any number of provider keys for a provider, and has access to every part of the API: the refusals of plans and quotas (27001, 27504, 27506, 27601) never come by themselves.",
  "Usage is there at once, and the last 50,000 events are kept; the service's arrives with some delay.",
  "Requests to Azure's hosts go to the local Azure, and to other hosts as `--upstream` says; they are made over http where that is what the given address says.",
  "Codes for what an upstream did to a single request (27211 to 27221) come from faults alone: a request that an upstream rejects is answered in the upstream's own words.",
];

// biome-ignore format: one question a line
const notKnown: Coverage["notKnown"] = [
  { question: "The body of an error on the data plane", chosen: "the shape of the surface's own SDKs, with the code in the message, and the management API's fields beside it" },
  { question: "The header that carries a provider key to an upstream", chosen: "`api-key` for Azure's hosts, `x-api-key` on the Anthropic surface, a bearer token elsewhere" },
  { question: "The path that is appended to an Anthropic-format provider's base URL", chosen: "`/messages`, so such a base URL ends in `/v1`" },
  { question: "What is shown of a provider key shorter than 20 characters", chosen: "`***` alone" },
  { question: "What happens to a stream whose access key is deleted", chosen: "it goes on to its end: keys are checked when a request begins; the next request is refused" },
  { question: "How input tokens are counted", chosen: "a quarter of the characters of all texts in the input and the tools, rounded up" },
  { question: "How maxOutputTokens is applied", chosen: "a request's own limit is lowered to it, and set where the request has none" },
  { question: "What a failure after the first piece of a stream looks like", chosen: "an error event of the surface's kind, then the end; before the first piece, the next upstream is tried" },
  { question: "A streaming request that an upstream answers without a stream", chosen: "a failed attempt: the next one is made" },
  { question: "The form of `Ngrok-AIG-Model`", chosen: "`<provider>:<model>`, with the model's id at the gateway" },
  { question: "How a list is written in `Ngrok-AIG-Rejected-Models` and `Ngrok-AIG-Removed-Params`", chosen: "with commas between the names; other characters than printable ASCII, and commas in a name, are percent-encoded" },
  { question: "Which fallbacks are skipped", chosen: "those that are not allowed, that nobody knows, and whose provider does not support the surface; the first model must be none of these" },
  { question: "When the gateway waits for a `Retry-After`", chosen: "with nothing else left to try, for at most 5 seconds, twice at most" },
  { question: "Which provider answers for a model of the catalog that several serve", chosen: "the first of the catalog's list that is allowed and has credentials; then the next" },
  { question: "Which custom providers take embeddings", chosen: "those without supportedApiSurfaces, and those with one of the format `openai`" },
  { question: "What supportedParams of a surface do to a request", chosen: "nothing" },
  { question: "What unsupportedParams do to a request", chosen: "those members are left out, but for `model`" },
  { question: "When an account without credits is refused", chosen: "after the access key and the body were checked, before the models are" },
  { question: "Which request headers reach an upstream", chosen: "`anthropic-version`, `anthropic-beta` and `openai-beta`" },
  { question: "Which answer headers reach the client", chosen: "content type, request ids, Retry-After and rate limits, and those that begin with `x-ms-`, `openai-` or `anthropic-`" },
  { question: "A provider without supportedApiSurfaces", chosen: "takes every surface" },
  { question: "Whether the rules for a provider's baseUrl hold for that of a surface", chosen: "they do, but for its length" },
  { question: "An empty providerModelId", chosen: "counts as none" },
  { question: "Which codes the refusals of a credit purchase have", chosen: "27606 and 27607, with the documented `details`" },
  { question: "An account that never had credits and starts a purchase", chosen: "refused with `metronome_not_provisioned`; a checkout session makes it able to" },
  { question: "Null for a name that is required", chosen: "left as it is" },
  { question: "A name that is empty", chosen: "refused for a provider, as the document says; taken elsewhere" },
  { question: "The order in which an access key without a configuration uses stored keys", chosen: "oldest first, then the gateway's own credentials" },
  { question: "Statuses of codes whose status is not documented", chosen: "the nearest HTTP status" },
];

// biome-ignore format: one subject a line
const disagreements: Coverage["disagreements"] = [
  { subject: "A second attempt with the same model and key", followed: "after a `Retry-After` (the API's document)", other: "never (error handling of August)" },
  { subject: "Failures after which another upstream is tried", followed: "429, authentication errors, timeouts and 5xx (virtual models, October)", other: "any 4xx or 5xx (error handling of August)" },
  { subject: "Credits for requests with provider keys of one's own", followed: "needed, for the processing fee (credits, August)", other: "not needed (an older copy of the same page)" },
  { subject: "Providers that credits pay for", followed: "many, by model (paying with credits, October)", other: "OpenAI and Anthropic (several pages of August)" },
  { subject: "`ERR_NGROK_6033`", followed: "credits were never bought (error codes, March); a balance that is used up is 4026", other: "the balance is too low (its error page)" },
  { subject: "The value of a provider key", followed: "required (the API's document)", other: "absent for a Bedrock key with a role (error pages); no body of such a request is published" },
  { subject: "Buying credits over the API", followed: "possible (the API's document)", other: "not possible (an older copy of the page on credits)" },
];

export const coverage: Coverage = {
  controlPlane: table.map(({ operationId, method, path, use }) => ({ operationId, method, path, use })),
  dataPlane: [...surfaces.map(({ path }) => ({ method: "POST", path })), { method: "GET", path: "/v1/models" }],
  refused,
  differences,
  disagreements,
  notKnown,
};
