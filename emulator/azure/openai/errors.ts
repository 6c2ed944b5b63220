/** The data plane's refusals, with their complete bodies. Clients use the status, because Azure's codes vary. */
import { type Headers, Refusal } from "../http";

export function invalidKey(): Refusal {
  return coded(
    401,
    "401",
    "Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an active subscription and use a correct regional API endpoint for your resource.",
  );
}

/** The only body without nesting: the dated routes' answer to a bearer token that is not from Entra, such as a key. */
export function invalidToken(): Refusal {
  return new Refusal(401, {
    statusCode: 401,
    message:
      "Unauthorized. Access token is missing, invalid, audience is incorrect (https://cognitiveservices.azure.com), or have expired.",
  });
}

export function publicAccessDisabled(): Refusal {
  return coded(403, "403", "Public access is disabled. Please configure private endpoint.");
}

export function deniedByFirewall(): Refusal {
  return coded(403, "403", "Access denied due to Virtual Network/Firewall rules.");
}

export function keysDisabled(): Refusal {
  return coded(403, "AuthenticationTypeDisabled", "Key based authentication is disabled for this resource.");
}

export function deploymentNotFound(): Refusal {
  return coded(
    404,
    "DeploymentNotFound",
    "The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, please wait a moment and try again.",
  );
}

/** An unknown path, or an api-version that is missing, unknown or retired. */
export function resourceNotFound(): Refusal {
  return coded(404, "404", "Resource not found");
}

export function apiVersionNotSupported(): Refusal {
  return coded(400, "BadRequest", "API version not supported");
}

export function newerApiVersionNeeded(model: string, minimum: string): Refusal {
  return coded(
    400,
    "BadRequest",
    `Model ${model} is enabled only for api versions ${minimum.slice(0, 10)}-preview and later`,
  );
}

export function operationNotSupported(operation: string, model: string): Refusal {
  return coded(
    400,
    "OperationNotSupported",
    `The ${operation} operation does not work with the specified model, ${model}. Please choose different model and try again. You can learn more about which models can be used with each operation here: https://go.microsoft.com/fwlink/?linkid=2197993.`,
  );
}

export function modelNotSupported(): Refusal {
  return coded(400, "400", "Model not supported");
}

/** Not Azure's, whose DNS does not resolve the name. Plain clients get this instead of a failed look-up. */
export function unknownResource(subdomain: string, known: readonly string[]): Refusal {
  const list = known.length === 0 ? "none" : known.join(", ");
  return coded(404, "404", `The local Azure has no resource '${subdomain}'. It has: ${list}.`);
}

/** Not Azure's: a request to the local Azure's own address. */
export function noService(path: string): Refusal {
  return coded(
    404,
    "404",
    `The local Azure has nothing at ${path}. Plain clients reach a resource at /resources/<name>/openai/…; others send the Host of the Azure service.`,
  );
}

export function responsesNeedNewerApiVersion(minimum: string): Refusal {
  return coded(400, "BadRequest", `Azure OpenAI Responses API is enabled only for api-version ${minimum} and later`);
}

export function newerApiVersionNeededFor(what: string, minimum: string): Refusal {
  return coded(400, "BadRequest", `${what} is enabled only for api versions ${minimum} and later`);
}

/** A provisioned deployment accepts only shorter prompts than the model. */
export function promptTooLong(maximum: number, tokens: number): Refusal {
  const message = `This model's maximum context length is ${maximum} tokens. However, your messages resulted in ${tokens} tokens. Please reduce the length of the messages.`;
  return invalidRequest(message, "messages", "context_length_exceeded");
}

export function responseNotFound(id: string): Refusal {
  return invalidRequest(`Response with id '${id}' not found.`, null, null, 404);
}

export function invalidRequest(message: string, parameter: string | null, code: string | null, status = 400): Refusal {
  return new Refusal(status, { error: { message, type: "invalid_request_error", param: parameter, code } });
}

const SAFE = { filtered: false, severity: "safe" };

export function contentFiltered(): Refusal {
  return new Refusal(400, {
    error: {
      message:
        "The response was filtered due to the prompt triggering Azure OpenAI's content management policy. Please modify your prompt and retry. To learn more about our content filtering policies please read our documentation: https://go.microsoft.com/fwlink/?linkid=2198766",
      type: null,
      param: "prompt",
      code: "content_filter",
      status: 400,
      innererror: {
        code: "ResponsibleAIPolicyViolation",
        content_filter_result: {
          hate: { filtered: true, severity: "medium" },
          jailbreak: { filtered: false, detected: false },
          self_harm: SAFE,
          sexual: SAFE,
          violence: SAFE,
        },
      },
    },
  });
}

export interface Exhaustion {
  readonly what: "token" | "call";
  readonly operation: string;
  /** Null on the v1 route. */
  readonly apiVersion: string | null;
  readonly retryAfterMs: number;
  readonly headers: Headers;
}

export function tooManyRequests({ what, operation, apiVersion, retryAfterMs, headers }: Exhaustion): Refusal {
  const retryAfterSeconds = Math.ceil(retryAfterMs / 1000);
  const message =
    `Requests to the ${operation} Operation under Azure OpenAI API version ${apiVersion ?? "v1"} have exceeded ${what} rate limit ` +
    `of your current OpenAI S0 pricing tier. Please retry after ${retryAfterSeconds} seconds. ` +
    "Please go here: https://aka.ms/oai/quotaincrease if you would like to further increase the default rate limit.";
  return coded(429, "429", message, {
    "retry-after": String(retryAfterSeconds),
    "retry-after-ms": String(retryAfterMs),
    ...headers,
  });
}

function coded(status: number, code: string, message: string, headers: Headers = {}): Refusal {
  return new Refusal(status, { error: { code, message } }, headers);
}
