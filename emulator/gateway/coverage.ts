/**
 * What the local gateway serves and refuses, where it differs from the service, and what is not known about the service. It is
 * the answer of `GET /_emulator/coverage`; `coveragePage.ts` makes docs/emulator-coverage.md from it.
 */
import { type ErrorCode, errorCodes } from "../../sdk/contract/errorCodes";
import { type Operation, type OperationUse, operations } from "../../sdk/contract/operations";
import { surfaces } from "./data/surfaces";

export interface CoveredOperation {
  readonly operationId: string;
  readonly method: string;
  readonly path: string;
  /** What this project does with it: the resource that manages it, what it is read for, or why it is out of scope. */
  readonly use: OperationUse;
}

export interface Coverage {
  /** All of the API's operations: the local gateway serves every one. */
  readonly controlPlane: readonly CoveredOperation[];
  readonly dataPlane: readonly { readonly method: string; readonly path: string }[];
  /** What is refused as the service refuses it, with the code. */
  readonly refused: readonly { readonly code: string; readonly status: number; readonly when: string }[];
  /** Where the local gateway knowingly does something else. */
  readonly differences: readonly string[];
  /** What the service's documents leave open, and what was chosen. */
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
  refusal(errorCodes.noCredentials, "the configuration has no credentials for any of the models"),
  refusal(errorCodes.everyProviderFailed, "every attempt failed; the message lists them"),
  refusal(errorCodes.totalTimeoutExceeded, "the total timeout is over"),
  refusal(errorCodes.inputTooLong, "the input is over maxInputTokens"),
  refusal(errorCodes.creditsEmpty, "only the gateway's own credentials are left and the credits are used up"),
  refusal(errorCodes.creditsTooLow, "only the gateway's own credentials are left and the account never had credits"),
  refusal(errorCodes.surfaceUnsupported, "the data plane has no such path"),
  refusal(errorCodes.upstreamTimedOut, "an upstream's stream takes longer than the timeouts allow (an event in the stream)"),
  refusal(errorCodes.upstreamNetworkError, "an upstream breaks its stream off (an event in the stream)"),
  refusal(errorCodes.providerUnknown, "a model names a provider that does not exist"),
  refusal(errorCodes.surfaceNotServedByProvider, "a provider does not support the surface"),
  refusal(errorCodes.modelAndProviderUnknown, "a model is neither known nor behind a known provider"),
  refusal(errorCodes.providerNotAllowed, "the access scope does not allow the provider, of a fallback model too"),
  refusal(errorCodes.modelNotAllowed, "the access scope does not allow the model"),
  refusal(errorCodes.routingLoop, "a provider points back at the gateway"),
];

const differences: readonly string[] = [
  "Built-in providers are a canned model: it says who it is, and calls the first tool that it is offered. All of them answer on every surface, whatever the model is called.",
  "`/v1/models` of the management API lists a small choice of the catalog; the service's is larger and changes weekly.",
  "Nobody is charged for credits. Opening the address of a checkout session adds them; a purchase succeeds when it is first read, and never fails. There are no invoices; used credits only lower the balance.",
  "Each account begins with 500 cents of promotional credits. Every token paid with credits costs 0.000002 US dollars, cached ones as much as others, and all tokens the processing fee of 0.00000005.",
  "A router step of type `ngrok` is accepted for every built-in provider; which models of it the service pays for depends on the model.",
  "An account may have any number of provider keys for a provider, and has access to every part of the API: the refusals of plans and quotas (27001, 27504, 27506, 27601) never come by themselves.",
  "Usage is there at once, and the last 50,000 events are kept; the service's arrives with some delay.",
  "Requests to Azure's hosts go to the local Azure, and to other hosts as `--upstream` says; they are made over http where that is what the given address says.",
  "Codes that only say what an upstream did to a single request (27210 to 27221) come from faults alone: an upstream's last refusal is passed back as the upstream wrote it.",
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
  { question: "What a failure after the first piece of a stream looks like", chosen: "an error event of the surface's kind, then the end; until the first piece, the next upstream takes over" },
  { question: "A streaming request that an upstream answers without a stream", chosen: "a failed attempt: the next one follows" },
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
  { question: "The name of the header with the request's id", chosen: "`ngrok-request-id`, the `requestId` of its usage events" },
  { question: "Statuses of codes whose status is not documented", chosen: "the nearest HTTP status" },
];

export const coverage: Coverage = {
  controlPlane: table.map(({ operationId, method, path, use }) => ({ operationId, method, path, use })),
  dataPlane: [...surfaces.map(({ path }) => ({ method: "POST", path })), { method: "GET", path: "/v1/models" }],
  refused,
  differences,
  notKnown,
};
