/**
 * What the local gateway is and is not: served, refused, different from the service, and not known about it. Served over
 * `GET /_emulator/coverage`, and shown in docs/emulator-coverage.md, which `coveragePage.ts` makes from it.
 */
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

// biome-ignore format: one refusal a line, so that the table can be read as a table
const refused: Coverage["refused"] = [
  { code: "ERR_NGROK_27201", status: 401, when: "no API key, a wrong one, or no access key was sent" },
  { code: "ERR_NGROK_27606", status: 400, when: "a body is no JSON, has unknown fields or values of a wrong type, or a query is out of bounds (413: over 1 MiB; 415: not sent as JSON)" },
  { code: "ERR_NGROK_27611", status: 404, when: "there is no such object or path" },
  { code: "ERR_NGROK_27614", status: 405, when: "a path does not have that method" },
  { code: "ERR_NGROK_27004", status: 422, when: "an access key's description is over 255 characters" },
  { code: "ERR_NGROK_27005", status: 422, when: "an access key's metadata is over 4,096 characters" },
  { code: "ERR_NGROK_27006", status: 422, when: "an access key is linked to a configuration that does not exist" },
  { code: "ERR_NGROK_27501", status: 422, when: "a provider key's name is over 255 characters" },
  { code: "ERR_NGROK_27502", status: 422, when: "a provider key's description is over 255 characters" },
  { code: "ERR_NGROK_27503", status: 422, when: "a provider key's metadata is over 4,096 characters" },
  { code: "ERR_NGROK_27507", status: 422, when: "a provider key's value is missing or empty" },
  { code: "ERR_NGROK_27508", status: 422, when: "a provider key is for a provider that does not exist" },
  { code: "ERR_NGROK_27510", status: 422, when: "a provider key lacks a required field" },
  { code: "ERR_NGROK_27511", status: 409, when: "a provider key is to be deleted that a router rule refers to" },
  { code: "ERR_NGROK_27602", status: 422, when: "a configuration lacks a required field" },
  { code: "ERR_NGROK_27603", status: 422, when: "a configuration's name is over 255 characters" },
  { code: "ERR_NGROK_27604", status: 422, when: "a configuration's metadata is over 4,096 characters" },
  { code: "ERR_NGROK_27605", status: 422, when: "a router is not valid: unknown provider or key, no steps, two provider rules for one upstream, an ngrok step for a provider that has none" },
  { code: "ERR_NGROK_27615", status: 409, when: "a configuration is to be deleted that an access key refers to" },
  { code: "ERR_NGROK_27701", status: 422, when: "a provider's name is over 255 characters" },
  { code: "ERR_NGROK_27702", status: 422, when: "a provider's metadata is over 4,096 characters" },
  { code: "ERR_NGROK_27703", status: 422, when: "a provider's baseUrl is over 2,048 characters" },
  { code: "ERR_NGROK_27704", status: 422, when: "a provider lacks a required field" },
  { code: "ERR_NGROK_27705", status: 422, when: "a providerId is a built-in one" },
  { code: "ERR_NGROK_27706", status: 422, when: "a providerId is over 255 characters" },
  { code: "ERR_NGROK_27707", status: 422, when: "an API format is neither openai nor anthropic" },
  { code: "ERR_NGROK_27708", status: 422, when: "an API surface does not belong to its format" },
  { code: "ERR_NGROK_27709", status: 422, when: "a modelId is over 255 characters" },
  { code: "ERR_NGROK_27710", status: 409, when: "a provider is to be deleted that a key or a configuration refers to" },
  { code: "ERR_NGROK_27711", status: 422, when: "a modelId is listed twice" },
  { code: "ERR_NGROK_27712", status: 409, when: "a providerId is taken" },
  { code: "ERR_NGROK_27718", status: 422, when: "a baseUrl is neither https nor of an *.internal host" },
  { code: "ERR_NGROK_27007", status: 401, when: "an access key is wrong or was deleted" },
  { code: "ERR_NGROK_3801", status: 400, when: "a model request is no JSON object with a model (413: over 64 MiB)" },
  { code: "ERR_NGROK_3802", status: 400, when: "the configuration has no credentials for any of the models" },
  { code: "ERR_NGROK_3807", status: 503, when: "every attempt failed; the message lists them" },
  { code: "ERR_NGROK_3810", status: 504, when: "the total timeout is over" },
  { code: "ERR_NGROK_3811", status: 413, when: "the input is over maxInputTokens" },
  { code: "ERR_NGROK_4026", status: 403, when: "only the gateway's own credentials are left and the credits are used up" },
  { code: "ERR_NGROK_6033", status: 403, when: "only the gateway's own credentials are left and the account never had credits" },
  { code: "ERR_NGROK_27204", status: 404, when: "the data plane has no such path" },
  { code: "ERR_NGROK_27207", status: 504, when: "an upstream's stream takes longer than the timeouts allow (an event in the stream)" },
  { code: "ERR_NGROK_27223", status: 502, when: "an upstream breaks its stream off (an event in the stream)" },
  { code: "ERR_NGROK_27225", status: 422, when: "a model names a provider that does not exist" },
  { code: "ERR_NGROK_27226", status: 422, when: "a provider does not support the surface" },
  { code: "ERR_NGROK_27230", status: 422, when: "a model is neither known nor behind a known provider" },
  { code: "ERR_NGROK_27231", status: 403, when: "the access scope does not allow the provider, of a fallback model too" },
  { code: "ERR_NGROK_27232", status: 403, when: "the access scope does not allow the model" },
  { code: "ERR_NGROK_27237", status: 508, when: "a provider points back at the gateway" },
];

const differences: readonly string[] = [
  "Built-in providers are a canned model: it says who it is, and calls the first tool that it is offered. All eleven answer on every surface, whatever the model is called.",
  "There is no catalogue of built-in models: a bare model id is looked up among the custom providers only, and `/v1/models` lists theirs.",
  "A checkout session charges nobody: opening its address adds the credits. There are no invoices; used credits only lower the balance.",
  "Each account begins with 500 cents of promotional credits, and every token paid with credits costs 0.000002 US dollars.",
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
