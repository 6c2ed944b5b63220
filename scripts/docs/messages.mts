/** What users see when something is wrong, made by the code that makes it for them. */

import type { NoAnswer } from "../../sdk/attempt.ts";
import type { CompletionAnswer } from "../../sdk/completion.ts";
import { advice, errors, findings } from "./build.mts";
import { code, table } from "./markdown.mts";

const ANSWER: CompletionAnswer = {
  status: 502,
  code: undefined,
  problem: "",
  requestId: undefined,
  answeringModel: undefined,
  retryAfterMs: undefined,
};

/** What a route check may see, and in whose words. */
const ANSWERS: readonly (readonly [seen: string, answer: CompletionAnswer | NoAnswer])[] = [
  ["401 `ERR_NGROK_27201`", { ...ANSWER, status: 401, code: "ERR_NGROK_27201", problem: "unknown token" }],
  [
    "403 `ERR_NGROK_27231`, `ERR_NGROK_27232`",
    { ...ANSWER, status: 403, code: "ERR_NGROK_27231", problem: "not allowed" },
  ],
  [
    "403 `ERR_NGROK_4026`, `ERR_NGROK_6033`",
    { ...ANSWER, status: 403, code: "ERR_NGROK_4026", problem: "the credit balance is empty" },
  ],
  [
    "422 `ERR_NGROK_27233`, `ERR_NGROK_27249`, …",
    { ...ANSWER, status: 422, code: "ERR_NGROK_27233", problem: "not in the catalog" },
  ],
  ["422 `ERR_NGROK_27226`", { ...ANSWER, status: 422, code: "ERR_NGROK_27226", problem: "surface not supported" }],
  ["400 `ERR_NGROK_3802`", { ...ANSWER, status: 400, code: "ERR_NGROK_3802", problem: "no credentials" }],
  [
    "422 `ERR_NGROK_27225`, `ERR_NGROK_27230`",
    { ...ANSWER, status: 422, code: "ERR_NGROK_27225", problem: "no such model" },
  ],
  ["401 of Azure", { ...ANSWER, status: 401, problem: "Access denied due to invalid subscription key" }],
  ["404 of Azure, `DeploymentNotFound`", { ...ANSWER, status: 404, problem: "The API deployment does not exist" }],
  ["404 of Azure, “Resource not found”", { ...ANSWER, status: 404, problem: "Resource not found" }],
  ["an error that names the api-version", { ...ANSWER, status: 400, problem: "API version not supported" }],
  ["403 of Azure, about networks", { ...ANSWER, status: 403, problem: "Public access is disabled" }],
  ["429", { ...ANSWER, status: 429, problem: "Requests have exceeded the token rate limit" }],
  ["408 or 5xx", { ...ANSWER, status: 503, problem: "unavailable" }],
  ["no answer", { why: "no-answer", code: "ECONNREFUSED", problem: "the connection was refused", isSent: false }],
  ["an answer that is no completion", { ...ANSWER, status: 200, problem: "no JSON" }],
];

/** Failures of a route check, what each means, and whether it is asked again. */
export function diagnosisTable(): string {
  const rows = ANSWERS.map(([seen, answer]) => {
    const diagnosis = advice.diagnose(answer);
    if (diagnosis === undefined) throw new Error(`${seen} counts as an answer`);
    return [seen, diagnosis.advice, diagnosis.mayPass ? "until `retryForSeconds` is over" : "no"];
  });
  return table(["seen", "what the message says to do", "asked again"], rows);
}

type Failure = Parameters<typeof errors.toGatewayError>[1];

/** One failed call per class of error, and per status that has advice of its own. */
export function errorTable(): string {
  const call = {
    operation: "create",
    kind: "ProviderKey",
    subjectName: "azure-key",
    method: "POST",
    path: "/provider-keys",
    replay: "never",
    isCreate: true,
    apiOrigin: "https://api.ngrok.ai",
    apiKeySource: "stack config ngrok-ai:apiKey",
    secrets: [],
  } as const;
  const refused = (status: number, msg: string, errorCode?: string): Failure => ({
    why: "refused",
    status,
    contentType: "application/json",
    body: { statusCode: status, msg, errorCode, details: {} },
  });
  const update = {
    operation: "update",
    method: "PATCH",
    path: "/provider-keys/aigpk_1",
    replay: "idempotent",
    isCreate: false,
  } as const;
  const cases: readonly (readonly [failure: Failure, outcome: "rejected" | "not-sent" | "unknown", other?: object])[] =
    [
      [refused(400, "The name is too long."), "rejected"],
      [refused(401, "The API key is not valid."), "rejected"],
      [refused(403, "Not allowed."), "rejected"],
      [refused(404, "Not found."), "rejected", update],
      [refused(409, "It exists already."), "rejected"],
      [refused(429, "Too many requests."), "rejected"],
      [refused(500, "Internal error."), "unknown"],
      [{ why: "refused", status: 502, contentType: "text/html" }, "unknown"],
      [{ why: "no-answer", code: "ECONNREFUSED", problem: "the connection was refused", isSent: false }, "not-sent"],
      [{ why: "no-answer", code: "ETIMEDOUT", problem: "no answer within 30 s", isSent: true }, "unknown"],
      [
        { why: "unexpected", status: 201, problem: "the body is not what the API promises", fieldPaths: ["id"] },
        "unknown",
      ],
    ];
  const rows = cases.map(([failure, outcome, other]) => {
    const error = errors.toGatewayError({ ...call, ...other }, failure, { attempts: 1, outcome });
    return [code(error.name), outcome, code(error.message)];
  });
  return table(["class", "outcome", "message"], rows);
}

/** Everything that `check` reports. */
export function findingTable(): string {
  const rows = Object.entries(findings.FINDINGS).map(([id, { concerns, message, advice }]) => [
    code(id),
    concerns.map((kind) => code(kind)).join(", "),
    message,
    advice,
  ]);
  return table(["finding", "concerns", "meaning", "what to do"], rows);
}
